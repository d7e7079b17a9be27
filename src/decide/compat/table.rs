//! What each Windows release offers by default in a TLS handshake.
//!
//! Source: Microsoft's pages on `SChannel` (`MicrosoftDocs/win32`, `desktop-src/SecAuthN`, as of
//! commit `47e64c18`), of which each row names its own. `WinHTTP`, which the update agent uses, may
//! offer fewer versions than `SChannel` has (its page of option flags, KB3140245, KB5017811).
//!
//! Suites are those that a page calls enabled by default, in its order, without two kinds: those of
//! SSL 2.0, and those without encryption, which are "only used when the application explicitly
//! requests". Before Windows 10 each name carries a curve (`_P256`, `_P384`); such names are folded
//! into one suite, and the curves are the row's groups. What is lost by that: up to Windows 8.1 the
//! ECDSA suites with AES-256 and SHA-384 are listed with P-384 only.

use crate::model::protocol::Protocol;
use crate::model::suite::{Group, Suite};
use crate::model::windows_client::WindowsClient;

use Protocol::{Ssl3, Tls10, Tls11, Tls12, Tls13};

/// What one group of Windows releases offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// The releases in words.
    pub words: &'static str,
    /// The versions it offers, oldest first.
    pub protocols: &'static [Protocol],
    /// Versions of which it is not certain that it offers them, and why.
    pub doubtful: &'static [(Protocol, &'static str)],
    /// The suites it offers, in its order.
    pub suites: &'static [Suite],
    /// The groups it offers, in its order.
    pub groups: &'static [Group],
    /// What every statement about it takes for granted beyond Microsoft's pages.
    pub assumption: Option<&'static str>,
    /// Where all this is written: pages of the directory that the module names, and articles of
    /// the knowledge base.
    pub source: &'static [&'static str],
}

impl Row {
    /// The suites that it offers with one version, in its order.
    pub fn suites_of(&self, protocol: Protocol) -> Vec<Suite> {
        let has = |suite: &Suite| Suite::of(protocol).any(|info| info.suite == *suite);
        self.suites.iter().copied().filter(has).collect()
    }
}

/// The row of a group of releases.
pub const fn row(client: WindowsClient) -> &'static Row {
    match client {
        WindowsClient::Vista => &VISTA,
        WindowsClient::Seven => &SEVEN,
        WindowsClient::SevenUpdated => &SEVEN_UPDATED,
        WindowsClient::Eight => &EIGHT,
        WindowsClient::EightUpdated => &EIGHT_UPDATED,
        WindowsClient::EightOne => &EIGHT_ONE,
        WindowsClient::Ten1507 => &TEN_1507,
        WindowsClient::Ten1607 => &TEN_1607,
        WindowsClient::Ten1809 => &TEN_1809,
        WindowsClient::Ten22H2 => &TEN_22H2,
        WindowsClient::Eleven => &ELEVEN,
        WindowsClient::Eleven24H2 => &ELEVEN_24H2,
    }
}

const PROTOCOLS_PAGE: &str = "protocols-in-tls-ssl--schannel-ssp-.md#tls-protocol-version-support";
const WINHTTP_PAGE: &str = "../WinHttp/option-flags.md#winhttp_option_secure_protocols";
const DEPRECATION_PAGE: &str = "tls-10-11-deprecation-in-windows.md";
const CURVES_1507: &str = "tls-elliptic-curves-in-windows-10-1507-and-1511.md";
const CURVES_1607: &str = "tls-elliptic-curves-in-windows-10-1607-and-later.md";

const SSL3_DOUBT: &str = "SSL 3.0 was on as installed, and updates may have switched it off";
const SSL3_DOUBTFUL: &[(Protocol, &str)] = &[(Ssl3, SSL3_DOUBT)];

const OLD_TLS_UPDATED: &str = "with updates since September 2022 WinHTTP offers neither TLS 1.0 \
                               nor TLS 1.1 by default (KB5017811)";
const UPDATED_DOUBTFUL: &[(Protocol, &str)] = &[(Tls10, OLD_TLS_UPDATED), (Tls11, OLD_TLS_UPDATED)];

const OLD_TLS_NEWEST: &str = "WinHTTP of Windows 11 offers neither TLS 1.0 nor TLS 1.1 by default, \
                              and whether the update agent leaves it at that is not verified";
const TLS13_NEWEST: &str = "WinHTTP of Windows 11 offers TLS 1.3 by default, but whether the \
                            update agent leaves it at that is not verified";
const NEWEST_DOUBTFUL: &[(Protocol, &str)] =
    &[(Tls10, OLD_TLS_NEWEST), (Tls11, OLD_TLS_NEWEST), (Tls13, TLS13_NEWEST)];

const WINHTTP_DEFAULT: &str = "its update agent offers the versions that WinHTTP offers by \
                               default";

const NIST: &[Group] = &[Group::SECP256R1, Group::SECP384R1];
const NIST_WITH_P521: &[Group] = &[Group::SECP256R1, Group::SECP384R1, Group::SECP521R1];
const WITH_X25519: &[Group] = &[Group::X25519, Group::SECP256R1, Group::SECP384R1];

/// Suites by their numbers.
macro_rules! suites {
    ($($code:literal),+) => {
        &[$(Suite($code)),+]
    };
}

const VISTA: Row = Row {
    words: "Windows Vista / Server 2008",
    protocols: &[Tls10],
    doubtful: SSL3_DOUBTFUL,
    suites: suites![
        0x002f, 0x0035, 0x0005, 0x000a, 0xc009, 0xc00a, 0xc013, 0xc014, 0x0032, 0x0038, 0x0013,
        0x0004
    ],
    groups: NIST_WITH_P521,
    assumption: Some(
        "has the suites of Microsoft's list, which does not say which updates it includes, and not \
         KB4019276, which adds TLS 1.1 and 1.2 to Server 2008 SP2, switched off",
    ),
    source: &[PROTOCOLS_PAGE, WINHTTP_PAGE, "schannel-cipher-suites-in-windows-vista.md"],
};

const SEVEN: Row = Row {
    words: "Windows 7 / Server 2008 R2",
    protocols: &[Tls10],
    doubtful: SSL3_DOUBTFUL,
    suites: suites![
        0xc028, 0xc027, 0xc014, 0xc013, 0x009f, 0x009e, 0x0039, 0x0033, 0x009d, 0x009c, 0x003d,
        0x003c, 0x0035, 0x002f, 0xc02c, 0xc02b, 0xc024, 0xc023, 0xc00a, 0xc009, 0x006a, 0x0040,
        0x0038, 0x0032, 0x000a, 0x0013, 0x0005, 0x0004
    ],
    groups: NIST,
    assumption: Some(WINHTTP_DEFAULT),
    source: &[
        PROTOCOLS_PAGE,
        WINHTTP_PAGE,
        "tls-cipher-suites-in-windows-7.md",
        "KB3042058",
        "KB3140245",
    ],
};

const SEVEN_UPDATED: Row = Row {
    words: "Windows 7 / Server 2008 R2 with KB3140245",
    protocols: &[Tls10, Tls11, Tls12],
    assumption: Some(
        "DefaultSecureProtocols is set for TLS 1.2, and TLS 1.1 and 1.2 are switched on in \
         SChannel",
    ),
    ..SEVEN
};

const EIGHT: Row = Row {
    words: "Windows 8 / Server 2012",
    protocols: &[Tls10],
    doubtful: SSL3_DOUBTFUL,
    suites: suites![
        0xc028, 0xc027, 0xc014, 0xc013, 0x009f, 0x009e, 0x009d, 0x009c, 0x003d, 0x003c, 0x0035,
        0x002f, 0xc02c, 0xc02b, 0xc024, 0xc023, 0xc00a, 0xc009, 0x006a, 0x0040, 0x0038, 0x0032,
        0x000a, 0x0013, 0x0005, 0x0004
    ],
    groups: NIST,
    assumption: Some(WINHTTP_DEFAULT),
    source: &[
        PROTOCOLS_PAGE,
        WINHTTP_PAGE,
        "tls-cipher-suites-in-windows-8.md",
        "KB3042058",
        "KB3140245",
    ],
};

const EIGHT_UPDATED: Row = Row {
    words: "Windows 8 / Server 2012 with KB3140245",
    protocols: &[Tls10, Tls11, Tls12],
    assumption: Some("DefaultSecureProtocols is set for TLS 1.2"),
    ..EIGHT
};

const EIGHT_ONE: Row = Row {
    words: "Windows 8.1 / Server 2012 R2",
    protocols: &[Tls10, Tls11, Tls12],
    assumption: None,
    source: &[PROTOCOLS_PAGE, WINHTTP_PAGE, "tls-cipher-suites-in-windows-8-1.md", "KB2919355"],
    // The two pages list the same suites in the same order.
    ..SEVEN
};

const TEN_1507: Row = Row {
    words: "Windows 10 1507",
    protocols: &[Tls10, Tls11, Tls12],
    doubtful: SSL3_DOUBTFUL,
    suites: suites![
        0xc030, 0xc02f, 0xc028, 0xc027, 0xc014, 0xc013, 0x009f, 0x009e, 0x0039, 0x0033, 0x009d,
        0x009c, 0x003d, 0x003c, 0x0035, 0x002f, 0xc02c, 0xc02b, 0xc024, 0xc023, 0xc00a, 0xc009,
        0x006a, 0x0040, 0x0038, 0x0032, 0x000a, 0x0013, 0x0005, 0x0004
    ],
    groups: NIST,
    assumption: None,
    source: &[
        PROTOCOLS_PAGE,
        WINHTTP_PAGE,
        "tls-cipher-suites-in-windows-10--version-1507.md",
        CURVES_1507,
    ],
};

const TEN_1607: Row = Row {
    words: "Windows 10 1607 / Server 2016",
    protocols: &[Tls10, Tls11, Tls12],
    doubtful: &[],
    suites: suites![
        0xc02c, 0xc02b, 0xc030, 0xc02f, 0x009f, 0x009e, 0xc024, 0xc023, 0xc028, 0xc027, 0xc00a,
        0xc009, 0xc014, 0xc013, 0x0039, 0x0033, 0x009d, 0x009c, 0x003d, 0x003c, 0x0035, 0x002f,
        0x000a, 0x006a, 0x0040, 0x0038, 0x0032, 0x0013, 0x0005, 0x0004
    ],
    groups: WITH_X25519,
    assumption: None,
    source: &[
        PROTOCOLS_PAGE,
        WINHTTP_PAGE,
        "tls-cipher-suites-in-windows-10-v1607.md",
        CURVES_1607,
    ],
};

const TEN_1809: Row = Row {
    words: "Windows 10 1809 / Server 2019",
    protocols: &[Tls12],
    doubtful: UPDATED_DOUBTFUL,
    suites: suites![
        0xc02c, 0xc02b, 0xc030, 0xc02f, 0x009f, 0x009e, 0xc024, 0xc023, 0xc028, 0xc027, 0xc00a,
        0xc009, 0xc014, 0xc013, 0x009d, 0x009c, 0x003d, 0x003c, 0x0035, 0x002f, 0x000a
    ],
    groups: WITH_X25519,
    assumption: None,
    source: &[
        PROTOCOLS_PAGE,
        WINHTTP_PAGE,
        "tls-cipher-suites-in-windows-10-v1809.md",
        CURVES_1607,
        "KB5017811",
    ],
};

const TEN_22H2: Row = Row {
    words: "Windows 10 22H2",
    protocols: &[Tls12],
    doubtful: UPDATED_DOUBTFUL,
    suites: suites![
        0xc02c, 0xc02b, 0xc030, 0xc02f, 0xc024, 0xc023, 0xc028, 0xc027, 0xc00a, 0xc009, 0xc014,
        0xc013, 0x009d, 0x009c, 0x003d, 0x003c, 0x0035, 0x002f
    ],
    groups: WITH_X25519,
    assumption: None,
    source: &[
        PROTOCOLS_PAGE,
        WINHTTP_PAGE,
        "tls-cipher-suites-in-windows-10-v22H2.md",
        CURVES_1607,
        DEPRECATION_PAGE,
    ],
};

const ELEVEN: Row = Row {
    words: "Windows 11 21H2 / Server 2022",
    protocols: &[Tls12],
    doubtful: NEWEST_DOUBTFUL,
    suites: suites![
        0x1302, 0x1301, 0xc02c, 0xc02b, 0xc030, 0xc02f, 0x009f, 0x009e, 0xc024, 0xc023, 0xc028,
        0xc027, 0xc00a, 0xc009, 0xc014, 0xc013, 0x009d, 0x009c, 0x003d, 0x003c, 0x0035, 0x002f,
        0x000a
    ],
    groups: WITH_X25519,
    assumption: None,
    source: &[
        PROTOCOLS_PAGE,
        WINHTTP_PAGE,
        "tls-cipher-suites-in-windows-11.md",
        "tls-cipher-suites-in-windows-server-2022.md",
        CURVES_1607,
        DEPRECATION_PAGE,
    ],
};

const ELEVEN_24H2: Row = Row {
    words: "Windows 11 22H2 to 24H2 / Server 2025",
    protocols: &[Tls12],
    doubtful: NEWEST_DOUBTFUL,
    suites: suites![
        0x1302, 0x1301, 0xc02c, 0xc02b, 0xc030, 0xc02f, 0xc024, 0xc023, 0xc028, 0xc027, 0xc00a,
        0xc009, 0xc014, 0xc013, 0x009d, 0x009c, 0x003d, 0x003c, 0x0035, 0x002f
    ],
    groups: WITH_X25519,
    assumption: None,
    source: &[
        PROTOCOLS_PAGE,
        WINHTTP_PAGE,
        "tls-cipher-suites-in-windows-11-v22H2.md",
        "tls-cipher-suites-in-windows-server-2025.md",
        "tls-supported-groups-in-windows-11-24h2-and-later.md",
        DEPRECATION_PAGE,
    ],
};

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::model::suite::{Authentication, Cipher, KeyExchange};

    #[test]
    fn every_row_is_of_known_suites_and_cites_its_source() {
        for &client in WindowsClient::ALL {
            let row = row(client);
            assert!(!row.words.is_empty() && !row.groups.is_empty(), "{client:?}");
            assert!(row.source.len() >= 2 && row.source.iter().all(|s| !s.is_empty()));
            let doubtful = row.doubtful.iter().map(|(protocol, _)| *protocol);
            let protocols: BTreeSet<_> = row.protocols.iter().copied().chain(doubtful).collect();
            assert_eq!(protocols.len(), row.protocols.len() + row.doubtful.len(), "{client:?}");
            let distinct: BTreeSet<_> = row.suites.iter().collect();
            assert_eq!(distinct.len(), row.suites.len(), "{client:?}");
            for suite in row.suites {
                assert!(suite.info().is_some(), "{client:?} {suite}");
                // SChannel has TLS 1.2 in each row of Windows 7 and later; where it is switched
                // off its suites are listed all the same.
                let mut has = protocols.iter().chain([&Tls12]);
                let in_some = |p: &Protocol| Suite::of(*p).any(|info| info.suite == *suite);
                assert!(has.any(in_some), "{client:?} {suite}");
            }
        }
    }

    /// The rows of each page's list of what is enabled, less those for SSL 2.0 and for no
    /// encryption (four where both are listed, two where only the latter are), and less the second
    /// and third rows of the same suite with another curve.
    #[test]
    fn the_suites_are_as_many_as_the_pages_list() {
        use WindowsClient as W;
        let counted: [(WindowsClient, usize, usize, usize); 10] = [
            (W::Vista, 24, 4, 8),
            (W::Seven, 40, 4, 8),
            (W::Eight, 38, 4, 8),
            (W::EightOne, 40, 4, 8),
            (W::Ten1507, 34, 4, 0),
            (W::Ten1607, 32, 2, 0),
            (W::Ten1809, 23, 2, 0),
            (W::Ten22H2, 20, 2, 0),
            (W::Eleven, 25, 2, 0),
            (W::Eleven24H2, 22, 2, 0),
        ];
        for (client, listed, left_out, folded) in counted {
            assert_eq!(row(client).suites.len(), listed - left_out - folded, "{client:?}");
        }
        assert_eq!(row(W::SevenUpdated).suites, row(W::Seven).suites);
        assert_eq!(row(W::EightUpdated).suites, row(W::Eight).suites);
    }

    #[test]
    fn the_kinds_of_suites_are_those_of_the_releases() {
        use WindowsClient as W;
        type Kind = (KeyExchange, Authentication, Cipher);
        const COLUMNS: [Kind; 8] = [
            (KeyExchange::Ecdhe, Authentication::Rsa, Cipher::AesGcm),
            (KeyExchange::Ecdhe, Authentication::Ecdsa, Cipher::AesGcm),
            (KeyExchange::Ecdhe, Authentication::Rsa, Cipher::AesCbc),
            (KeyExchange::Dhe, Authentication::Rsa, Cipher::AesGcm),
            (KeyExchange::Rsa, Authentication::Rsa, Cipher::AesGcm),
            (KeyExchange::Rsa, Authentication::Rsa, Cipher::AesCbc),
            (KeyExchange::Rsa, Authentication::Rsa, Cipher::TripleDes),
            (KeyExchange::Rsa, Authentication::Rsa, Cipher::Rc4),
        ];
        let expected = [
            (W::Vista, "..x..xxx"),
            (W::Seven, ".xxxxxxx"),
            (W::Eight, ".xxxxxxx"),
            (W::EightOne, ".xxxxxxx"),
            (W::Ten1507, "xxxxxxxx"),
            (W::Ten1607, "xxxxxxxx"),
            (W::Ten1809, "xxxxxxx."),
            (W::Ten22H2, "xxx.xx.."),
            (W::Eleven, "xxxxxxx."),
            (W::Eleven24H2, "xxx.xx.."),
        ];
        for (client, expected) in expected {
            let infos: Vec<_> = row(client).suites.iter().filter_map(|s| s.info()).collect();
            let has = |&(kx, auth, cipher): &Kind| {
                let same = |info: &&&crate::model::suite::SuiteInfo| {
                    (info.key_exchange, info.authentication, info.cipher) == (kx, auth, cipher)
                };
                infos.iter().any(|info| same(&info))
            };
            let shown: String = COLUMNS.iter().map(|k| if has(k) { 'x' } else { '.' }).collect();
            assert_eq!(shown, expected, "{client:?}");
        }
    }
}
