//! Closed lists of names.

/// Declares an enumeration whose members each have a stable lower-case name: it is used in every
/// output, and may become a metric label.
macro_rules! closed_list {
    ($(#[doc = $type_doc:literal])+ $name:ident {
        $($(#[doc = $doc:literal])+ $variant:ident => $text:literal,)+
    }) => {
        $(#[doc = $type_doc])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl $name {
            /// Every member, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The stable lower-case name used in every output and metric.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)+
                }
            }

            /// What it is, in a sentence or two: the text of its documentation.
            pub const fn summary(self) -> &'static str {
                match self {
                    $(Self::$variant => concat!($($doc),+).trim_ascii(),)+
                }
            }
        }
    };
}
