//! A Windows client's settings: what can be wrong with them.

use super::registry::{KeyPath, Place};

/// How much it matters. The order is that of importance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Weight {
    /// Worth knowing.
    Note,
    /// Something does not do what whoever wrote it wants.
    Warning,
    /// The machine gets no updates from the server that is named, or nothing at all.
    Error,
}

impl Weight {
    /// The stable lower-case name used in every output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// Where something of a client's settings stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    /// The source, as an index into the list of those that were read.
    pub source: usize,
    /// Where in it.
    pub at: Place,
    /// The key, where it is about one or about a value of it.
    pub key: Option<KeyPath>,
    /// The value's name, where it is about one.
    pub value: Option<String>,
}

/// Something about a client's settings that is worth a person's attention.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientFinding {
    /// Stable code.
    pub code: ClientFindingCode,
    /// How much it matters.
    pub weight: Weight,
    /// Everywhere it stands, the most telling place first; empty where something is missing.
    pub places: Vec<Location>,
    /// What was seen. One line.
    pub observed: String,
    /// What it means for this machine. One line.
    pub meaning: String,
    /// What to do about it. One line.
    pub action: String,
}

closed_list! {
    /// The stable code of a finding about a Windows client's settings.
    ClientFindingCode {
        // The form of the source.
        /// Several values stand on one line of a registry file.
        SeveralValuesOnOneLine => "several_values_on_one_line",
        /// The text lacks the first line that makes it a registry file.
        RegistryHeaderMissing => "registry_header_missing",
        /// Something in the source cannot be read as what it should be.
        Unreadable => "unreadable",
        /// The file is encoded in a way that Windows does not import.
        EncodingNotImported => "encoding_not_imported",
        /// The same value is set more than once, and differently, or is set and removed again.
        SetTwice => "set_twice",

        // Single values.
        /// A value is outside the range that the update agent knows.
        OutOfRange => "out_of_range",
        /// A value has another type than the update agent reads.
        WrongType => "wrong_type",
        /// A number looks as if it had been written in decimal where hexadecimal is read.
        DecimalOrHex => "decimal_or_hex",
        /// A name that the update agent does not know but that is near one it does.
        MisspelledName => "misspelled_name",
        /// A name that the update agent does not know.
        UnknownName => "unknown_name",
        /// A known value under a key where the update agent does not look.
        WrongKey => "wrong_key",
        /// Settings of Windows Update stand under the root of a user or in the 32-bit view.
        WrongView => "wrong_view",

        // Values that belong together.
        /// A value without the one that switches it on, or the reverse.
        Unpaired => "unpaired",
        /// A value is there and switched off.
        SwitchedOff => "switched_off",
        /// The server for updates and the server for reports are not the same.
        ServersDiffer => "servers_differ",
        /// No server for updates is set.
        ServerMissing => "server_missing",
        /// A server is set, and that it is to be used is not.
        UseWuServerMissing => "use_wu_server_missing",
        /// Automatic updating is switched off.
        AutomaticUpdatesOff => "automatic_updates_off",
        /// Installation by schedule is chosen without a day and a time.
        ScheduleMissing => "schedule_missing",
        /// A setting that counts only for installation by schedule.
        ScheduleIgnored => "schedule_ignored",
        /// A setting that has no effect beside another one.
        Pointless => "pointless",
        /// A newer policy decides in place of the server that is set.
        Overridden => "overridden",
        /// Access to Windows Update is switched off.
        AccessDisabled => "access_disabled",
        /// The user interface of Windows Update is hidden from a user.
        UserAccessRemoved => "user_access_removed",
        /// The machine may restart while somebody works on it.
        RestartsUnasked => "restarts_unasked",

        // The server's URL.
        /// The server is not a URL that a client can use.
        ServerUrlInvalid => "server_url_invalid",
        /// The URL ends in a slash.
        TrailingSlash => "trailing_slash",
        /// The URL's port usually belongs to the other scheme.
        PortForOtherScheme => "port_for_other_scheme",
        /// The URL names no port, and WSUS usually is not on the scheme's own.
        PortMissing => "port_missing",
        /// TLS with a name that no certificate can carry outside this network.
        ShortNameWithTls => "short_name_with_tls",
        /// Updates are described in clear text.
        CleartextServer => "cleartext_server",

        // The fleet.
        /// The server is none of the known ones, and a letter or two away from one that is.
        ServerMisspelled => "server_misspelled",
        /// The server is none of the known ones.
        ServerNotInCatalogue => "server_not_in_catalogue",
        /// The server is known not to work.
        ServerSick => "server_sick",
        /// Another server is nearer, and worth the change.
        NearerServer => "nearer_server",
        /// Another server is nearer, and not worth the change.
        NearerServerNotWorthIt => "nearer_server_not_worth_it",
        /// Whether the server works could not be told.
        ServerUnknown => "server_unknown",

        // A change that did not end.
        /// A change of the settings was begun and did not end.
        ChangeUnfinished => "change_unfinished",
    }
}
