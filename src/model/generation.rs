//! Which release of WSUS a server may be.

macro_rules! releases {
    ($($(#[doc = $doc:literal])+ $variant:ident => $name:literal, $words:literal,)+) => {
        /// A release of WSUS, oldest first.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Release {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl Release {
            /// Every release, oldest first.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The stable lower-case name used in every output.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// The name in a sentence.
            pub const fn words(self) -> &'static str {
                match self { $(Self::$variant => $words,)+ }
            }
        }
    };
}

releases! {
    /// WSUS 2.0.
    Wsus2 => "wsus_2_0", "WSUS 2.0",
    /// WSUS 3.0.
    Wsus3 => "wsus_3_0", "WSUS 3.0",
    /// WSUS 3.0 SP1.
    Wsus3Sp1 => "wsus_3_0_sp1", "WSUS 3.0 SP1",
    /// WSUS 3.0 SP2 ("3.2") on Windows Server 2003.
    Wsus3Sp2On2003 => "wsus_3_0_sp2_2003", "WSUS 3.0 SP2 on Server 2003",
    /// WSUS 3.0 SP2 on Windows Server 2008.
    Wsus3Sp2On2008 => "wsus_3_0_sp2_2008", "WSUS 3.0 SP2 on Server 2008",
    /// WSUS 3.0 SP2 on Windows Server 2008 R2.
    Wsus3Sp2On2008R2 => "wsus_3_0_sp2_2008_r2", "WSUS 3.0 SP2 on Server 2008 R2",
    /// The role of Windows Server 2012.
    Server2012 => "server_2012", "Server 2012",
    /// The role of Windows Server 2012 R2.
    Server2012R2 => "server_2012_r2", "Server 2012 R2",
    /// The role of Windows Server 2016.
    Server2016 => "server_2016", "Server 2016",
    /// The role of Windows Server 2019.
    Server2019 => "server_2019", "Server 2019",
    /// The role of Windows Server 2022.
    Server2022 => "server_2022", "Server 2022",
    /// The role of Windows Server 2025.
    Server2025 => "server_2025", "Server 2025",
}

/// One observation that narrows the release down, or would if it could be trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signal {
    /// What was seen. One line.
    pub observed: String,
    /// What it tells, with its limit. One line.
    pub tells: String,
    /// The releases that would show it.
    pub candidates: Vec<Release>,
}

/// An estimate from all signals together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Generation {
    /// The releases that every signal allows, oldest first; empty when signals contradict each
    /// other, as behind a proxy.
    pub candidates: Vec<Release>,
    /// The evidence, in the order of its weight.
    pub signals: Vec<Signal>,
}
