//! The servers, and the truth about each: the only place where it is written.
//!
//! Of badssl.com's categories cipher-suite, key-exchange, protocol and client every case is here
//! but two: SSL 2.0, which is not looked for, and `dh-small-subgroup`, which differs from
//! `dh-composite` in nothing that is seen without completing the handshake.

use super::genuine::Genuine;
use super::script::Delivery::{
    AfterWarning, ByteByByte, Cut, Drip, EndlessCertificate, HalfClose, TinyRecords, Whole,
};
use super::script::{Act, Choice, End, Refusal, Reply, Script};
use super::{Kind, Row};

const SSL3: u16 = 0x0300;
const TLS10: u16 = 0x0301;
const TLS11: u16 = 0x0302;
const TLS12: u16 = 0x0303;
const TLS13: u16 = 0x0304;

/// TLS 1.0 to 1.3 as a library of today has it.
const MODERN: Script = Script {
    versions: &[TLS10, TLS11, TLS12, TLS13],
    suites: &[0x1301, 0x1302, 0xc02f, 0xc030, 0xc014, 0xc013, 0x009c, 0x0035, 0x002f, 0x000a],
    old: false,
    field_bits: 2048,
    act: Act::AfterHello(Reply::Negotiates(Whole)),
    choice: Choice::Proper,
    refuses: None,
};

/// TLS 1.0 to 1.2 from before TLS 1.3 was thought of.
const OLD: Script = Script { versions: &[TLS10, TLS11, TLS12], old: true, ..MODERN };

/// Alert `handshake_failure`, fatal.
const FAILURE: &[u8] = &[21, 3, 1, 0, 2, 2, 40];
/// Alert `internal_error`, fatal.
const INTERNAL: &[u8] = &[21, 3, 1, 0, 2, 2, 80];
/// Alert `close_notify`.
const GOODBYE: &[u8] = &[21, 3, 1, 0, 2, 1, 0];
const BAD_REQUEST: &[u8] = b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n";

/// Whatever needs no keys of the wrong kind, anonymous or without encryption.
const ALL: &str = "ALL:!aNULL:!eNULL:@SECLEVEL=0";

/// The suites that Windows Server 2012 R2 has on by default, in its order, without those that
/// OpenSSL no longer has.
const WINDOWS_2012_R2: &str = "ECDHE-RSA-AES256-SHA384:ECDHE-RSA-AES128-SHA256:\
    ECDHE-RSA-AES256-SHA:ECDHE-RSA-AES128-SHA:DHE-RSA-AES256-GCM-SHA384:\
    DHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES256-SHA:DHE-RSA-AES128-SHA:AES256-GCM-SHA384:\
    AES128-GCM-SHA256:AES256-SHA256:AES128-SHA256:AES256-SHA:AES128-SHA:\
    ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-SHA384:\
    ECDHE-ECDSA-AES128-SHA256:ECDHE-ECDSA-AES256-SHA:ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0";

const fn scripted(
    name: &'static str,
    truth: &'static str,
    script: Script,
    why: &'static str,
) -> Row {
    Row { name, kind: Kind::Scripted(script), truth, why }
}

const fn openssl(
    name: &'static str,
    truth: &'static str,
    identity: &'static str,
    arguments: &'static [&'static str],
    why: &'static str,
) -> Row {
    Row { name, kind: Kind::Genuine(Genuine::OpenSsl { identity, arguments }), truth, why }
}

const fn nginx(
    name: &'static str,
    truth: &'static str,
    lines: &'static str,
    why: &'static str,
) -> Row {
    Row { name, kind: Kind::Genuine(Genuine::Nginx(lines)), truth, why }
}

/// Well-behaved servers: a client that offers what they want can connect.
#[rustfmt::skip]
pub(crate) const GENUINE: &[Row] = &[
    openssl("openssl 1.0", "nynnn", "rsa", &["-tls1", "-cipher", ALL], "one version"),
    openssl("openssl 1.1", "nnynn", "rsa", &["-tls1_1", "-cipher", ALL], "one version"),
    openssl("openssl 1.2", "nnnyn", "rsa", &["-tls1_2"], "one version"),
    openssl("openssl 1.3", "nnnny", "rsa", &["-tls1_3"], "one version"),
    openssl("openssl 1.0 and 1.1", "nyynn", "rsa", &["-no_tls1_2", "-no_tls1_3", "-cipher", ALL], "two"),
    openssl("openssl 1.2 and 1.3", "nnnyy", "rsa", &["-min_protocol", "TLSv1.2"], "today's default"),
    openssl("openssl 1.0 to 1.2", "nyyyn", "rsa", &["-no_tls1_3", "-cipher", ALL], "without the newest"),
    openssl("openssl 1.0 to 1.3", "nyyyy", "rsa", &["-cipher", ALL, "-serverpref"], "everything"),
    openssl("openssl 1.0 and 1.3", "nynny", "rsa", &["-no_tls1_1", "-no_tls1_2", "-cipher", ALL], "a hole in the middle"),
    openssl("2012 R2 list, RSA", "nyyyn", "rsa", &["-no_tls1_3", "-serverpref", "-curves", "P-256:P-384", "-cipher", WINDOWS_2012_R2], "CBC only where the key is ephemeral"),
    openssl("2012 R2 list, P-256", "nyyyn", "zoo_p256", &["-no_tls1_3", "-serverpref", "-curves", "P-256:P-384", "-cipher", WINDOWS_2012_R2], "GCM with an ECDSA key"),
    openssl("ECDHE-RSA CBC", "nnnyn", "rsa", &["-tls1_2", "-named_curve", "prime256v1", "-cipher", "ECDHE-RSA-AES256-SHA384:ECDHE-RSA-AES128-SHA256:ECDHE-RSA-AES256-SHA:ECDHE-RSA-AES128-SHA:@SECLEVEL=0"], "no AEAD"),
    openssl("RSA key exchange, CBC", "nyyyn", "rsa", &["-no_tls1_3", "-cipher", "AES128-SHA256:AES128-SHA:AES256-SHA256:AES256-SHA:@SECLEVEL=0"], "badssl static-rsa"),
    openssl("RSA key exchange, GCM", "nnnyn", "rsa", &["-no_tls1_3", "-cipher", "AES256-GCM-SHA384:AES128-GCM-SHA256:@SECLEVEL=0"], "older versions: alert 40, not 70"),
    openssl("old peer", "nyyyn", "rsa", &["-no_tls1_3", "-legacy_renegotiation", "-no_etm", "-cipher", "AES128-SHA:@SECLEVEL=0"], "neither encrypt-then-MAC nor secure renegotiation"),
    openssl("DHE, 1024 bits", "nnnyn", "rsa", &["-tls1_2", "-dhparam", "%zoo_dh1024.pem", "-cipher", "DHE-RSA-AES256-GCM-SHA384:@SECLEVEL=0"], "badssl dh1024"),
    openssl("DHE, 2048 bits", "nyyyn", "rsa", &["-no_tls1_3", "-cipher", "DHE:!aNULL:@SECLEVEL=0"], "badssl dh2048; parameters of its own"),
    openssl("SHA-1 key exchange", "nnnyn", "rsa", &["-tls1_2", "-sigalgs", "RSA+SHA1", "-cipher", "ECDHE-RSA-AES128-GCM-SHA256:@SECLEVEL=0"], "signs with nothing better"),
    openssl("client certificate, 1.2", "nnnyn", "rsa", &["-tls1_2", "-Verify", "1", "-CAfile", "%root.pem"], "accepts the version, refuses the client"),
    openssl("client certificate, 1.3", "nnnny", "rsa", &["-tls1_3", "-Verify", "1", "-CAfile", "%root.pem"], "the same, seen later"),
    openssl("client certificate, asked for", "nyyyy", "rsa", &["-cipher", ALL, "-verify", "1"], "does not insist"),
    openssl("HelloRetryRequest", "nnnny", "rsa", &["-tls1_3", "-groups", "P-384", "-ciphersuites", "TLS_AES_256_GCM_SHA384"], "the first answer is no ServerHello"),
    openssl("NULL encryption", "NYYYn", "rsa", &["-no_tls1_3", "-cipher", "NULL-SHA256:NULL-SHA:@SECLEVEL=0"], "badssl null; nobody offers these"),
    openssl("anonymous", "NYYYn", "rsa", &["-no_tls1_3", "-cipher", "aNULL:@SECLEVEL=0"], "nobody offers these"),
    openssl("P-521 only", "nyyyy", "rsa", &["-curves", "P-521", "-cipher", "ECDHE+aRSA:!eNULL:@SECLEVEL=0"], "a group that Windows has off"),
    openssl("X25519 only", "nyyyy", "rsa", &["-curves", "X25519", "-cipher", "ECDHE+aRSA:!eNULL:@SECLEVEL=0"], "a group that old clients lack"),
    openssl("P-256 key", "nyyyy", "zoo_p256", &["-cipher", ALL], "no suite with RSA"),
    openssl("Ed25519 key", "nnnyy", "zoo_ed25519", &["-cipher", ALL], "needs its own signature algorithm"),
    openssl("RSA-PSS key", "nnnyy", "zoo_pss", &["-cipher", ALL], "needs rsa_pss_pss"),
    openssl("RSA key of 1024 bits", "nyyyy", "rsa1024", &["-cipher", ALL], "short, but it works"),
    openssl("name known", "nyyyy", "rsa", &["-cipher", ALL, "-servername", "wsus.test", "-servername_fatal", "-cert2", "%rsa.pem", "-key2", "%rsa.key"], "the name in SNI is its own"),
    openssl("name unknown, fatal", "nyyyy", "rsa", &["-cipher", ALL, "-servername", "other.test", "-servername_fatal", "-cert2", "%rsa.pem", "-key2", "%rsa.key"], "alert 112; works without SNI"),
    openssl("records of 512 bytes", "nyyyy", "rsa", &["-cipher", ALL, "-split_send_frag", "512", "-max_send_frag", "512"], "the certificate spans records"),
    nginx("nginx 1.0", "nynnn", "ssl_protocols TLSv1; ssl_ciphers 'ALL:@SECLEVEL=0';", "badssl tls-v1-0"),
    nginx("nginx 1.1", "nnynn", "ssl_protocols TLSv1.1; ssl_ciphers 'ALL:@SECLEVEL=0';", "badssl tls-v1-1"),
    nginx("nginx 1.2", "nnnyn", "ssl_protocols TLSv1.2;", "badssl tls-v1-2"),
    nginx("nginx 1.3", "nnnny", "ssl_protocols TLSv1.3;", "badssl mozilla-modern"),
    nginx("nginx mozilla-intermediate", "nnnyy", "ssl_protocols TLSv1.2 TLSv1.3; ssl_ciphers 'ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-RSA-CHACHA20-POLY1305:DHE-RSA-AES128-GCM-SHA256';", "badssl mozilla-intermediate"),
    nginx("nginx mozilla-old", "nyyyy", "ssl_protocols TLSv1 TLSv1.1 TLSv1.2 TLSv1.3; ssl_prefer_server_ciphers on; ssl_ciphers 'ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-RSA-CHACHA20-POLY1305:DHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-SHA256:ECDHE-RSA-AES128-SHA:ECDHE-RSA-AES256-SHA384:ECDHE-RSA-AES256-SHA:AES128-GCM-SHA256:AES256-GCM-SHA384:AES128-SHA256:AES256-SHA256:AES128-SHA:AES256-SHA:DES-CBC3-SHA:@SECLEVEL=0';", "badssl mozilla-old"),
    nginx("nginx CBC", "nyyyn", "ssl_protocols TLSv1 TLSv1.1 TLSv1.2; ssl_ciphers 'ECDHE-RSA-AES128-SHA:ECDHE-RSA-AES256-SHA:AES128-SHA:AES256-SHA:@SECLEVEL=0';", "badssl cbc"),
    nginx("nginx client certificate", "nnnyy", "ssl_protocols TLSv1.2 TLSv1.3; ssl_verify_client on; ssl_client_certificate %root.pem;", "badssl client, client-cert-missing: told over HTTP"),
    nginx("nginx client certificate, asked for", "nnnyy", "ssl_protocols TLSv1.2 TLSv1.3; ssl_verify_client optional; ssl_client_certificate %root.pem;", "does not insist"),
];

/// Servers whose protocol is sound but so old that no library here has it.
#[rustfmt::skip]
pub(crate) const EXTINCT: &[Row] = &[
    scripted("SSL 3.0 only", "ynnnn", OLD.versions(&[SSL3]).suites(&[0x0035, 0x002f, 0x000a, 0x0005]), "badssl ssl-v3"),
    scripted("SSL 3.0 to 1.2", "yyyyn", OLD.versions(&[SSL3, TLS10, TLS11, TLS12]), "2012 R2 as delivered"),
    scripted("RC4 only", "nyyyn", OLD.suites(&[0x0005, 0xc011]), "badssl rc4"),
    scripted("RC4 with MD5 only", "yyyyn", OLD.versions(&[SSL3, TLS10, TLS11, TLS12]).suites(&[0x0004]), "badssl rc4-md5"),
    scripted("3DES only", "nyyyn", OLD.suites(&[0x000a, 0xc012]), "badssl 3des"),
    scripted("DES only", "yyNNn", OLD.versions(&[SSL3, TLS10]).suites(&[0x0009]), "IIS 6 without updates"),
    scripted("export suites", "YYNNN", OLD.versions(&[SSL3, TLS10]).suites(&[0x0003, 0x0008, 0x0014]), "nobody offers these"),
    scripted("NULL encryption, scripted", "nYYYN", OLD.suites(&[0x0002, 0x0001, 0x003b]), "nobody offers these"),
    scripted("anonymous, scripted", "nYYYN", OLD.suites(&[0x0034, 0x0018, 0xc018]), "nobody offers these"),
    scripted("DHE, 480 bits", "nyyyn", OLD.suites(&[0x009e, 0x0039, 0x0033]).field_bits(480), "badssl dh480: OpenSSL refuses such parameters"),
    scripted("DHE, 512 bits", "nyyyn", OLD.suites(&[0x009e, 0x0039, 0x0033]).field_bits(512), "badssl dh512: the same"),
    scripted("DHE, composite", "nyyyn", OLD.suites(&[0x009e, 0x0039, 0x0033]), "badssl dh-composite: the number is no prime"),
    scripted("keys of two kinds", "nyyyy", MODERN.suites(&[0x1301, 0xc02b, 0xc02f, 0xc009, 0xc013, 0x002f]), "the chain depends on the suite"),
    scripted("demands a session identifier", "nynnn", OLD.versions(&[TLS10]).refuses(Refusal::NoSession), "closes without one"),
    scripted("demands the renegotiation signal", "nyyyn", OLD.refuses(Refusal::NoRenegotiationSignal), "Server 2019"),
    scripted("1.2 in answer to 1.3", "nyyyn", OLD.chooses(Choice::Insists), "Server 2019: does not read the list of versions"),
    scripted("1.0 whatever is asked", "nynnn", OLD.versions(&[TLS10]), "the answer names the version"),
];

/// Servers that misbehave.
#[rustfmt::skip]
pub(crate) const ODD: &[Row] = &[
    scripted("plain", "nyyyy", MODERN, "none of the oddities below"),
    nginx("nginx, rejects all handshakes", "?????", "ssl_protocols TLSv1 TLSv1.1 TLSv1.2 TLSv1.3; ssl_ciphers 'ALL:@SECLEVEL=0'; ssl_reject_handshake on;", "alert 112 to every hello, of any version and with any name or none"),
    scripted("hangs at once", "?????", MODERN.act(Act::AtOnce(End::Hangs)), "reads nothing"),
    scripted("hangs after the hello", "?????", MODERN.replies(Reply::Ends(End::Hangs)), "says nothing"),
    scripted("resets at once", "?????", MODERN.act(Act::AtOnce(End::Resets)), "says nothing"),
    scripted("resets after the hello", "?????", MODERN.replies(Reply::Ends(End::Resets)), "says nothing"),
    scripted("resets within ServerHello", "n????", MODERN.delivers(Cut), "half an answer is none"),
    scripted("closes at once", "?????", MODERN.act(Act::AtOnce(End::Closes)), "says nothing"),
    scripted("closes after the hello", "?????", MODERN.replies(Reply::Ends(End::Closes)), "says nothing"),
    scripted("garbage", "?????", MODERN.replies(Reply::Says(&[0xa7, 0x13, 0x37, 0x00, 0xfe, 0x42, 0x99, 0x08])), "no TLS"),
    scripted("HTTP 400", "?????", MODERN.replies(Reply::Says(BAD_REQUEST)), "a clear-text port"),
    scripted("SSH banner", "?????", MODERN.act(Act::Greets(b"SSH-2.0-OpenSSH_9.2p1\r\n")), "speaks first"),
    scripted("byte by byte", "nyyyy", MODERN.delivers(ByteByByte), "a write for each byte of ServerHello"),
    scripted("a byte a second", "NYYYY", MODERN.delivers(Drip), "sound, but takes minutes"),
    scripted("alert 40", "?????", MODERN.replies(Reply::Says(FAILURE)), "refuses this hello, not the version"),
    scripted("alert 70", "nnnnn", MODERN.versions(&[]), "refuses the version"),
    scripted("alert 80", "?????", MODERN.replies(Reply::Says(INTERNAL)), "its own trouble"),
    scripted("warning 112, then all is well", "nyyyy", MODERN.delivers(AfterWarning), "a warning ends nothing"),
    scripted("close_notify", "?????", MODERN.replies(Reply::Says(GOODBYE)), "says goodbye and nothing else"),
    scripted("alert 80 and reset", "?????", MODERN.replies(Reply::SaysAndResets(INTERNAL)), "the reset may overtake the alert"),
    scripted("oversize record", "?????", MODERN.replies(Reply::Says(&[22, 3, 3, 0xff, 0xff, 2, 0, 0, 70, 3, 3])), "above the limit"),
    scripted("certificate message of 16 MiB", "nyyyy", MODERN.delivers(EndlessCertificate), "the version was told before"),
    scripted("suite that was not offered", "nNNNN", MODERN.chooses(Choice::Suite(0x00ff)), "no client goes on"),
    scripted("version that does not exist", "nNNNN", MODERN.chooses(Choice::Version(0x0305)), "no client goes on"),
    scripted("empty records without end", "?????", MODERN.replies(Reply::EmptyRecords), "never comes to the point"),
    scripted("records of one byte", "nyyyy", MODERN.delivers(TinyRecords), "each message spans records"),
    scripted("HelloRetryRequest for ever", "nnnny", MODERN.versions(&[TLS13]).chooses(Choice::RetriesForEver), "has the version, wants another key"),
    scripted("half close", "nyyyy", MODERN.delivers(HalfClose), "ends its side after the answer"),
    scripted("no hello above 512 bytes", "nyyyy", MODERN.refuses(Refusal::Larger(512)), "resets"),
    scripted("no record of 256 to 511 bytes", "nyyyy", MODERN.refuses(Refusal::MiddleSize), "hangs, as an F5 did"),
    scripted("no extensions", "nyyyN", OLD.refuses(Refusal::AnyExtension), "resets; TLS 1.3 is nothing but extensions"),
    scripted("no list of versions", "nyyyN", OLD.refuses(Refusal::ExtensionOfVersions), "resets"),
    scripted("no version above 1.0", "nyNNN", OLD.versions(&[TLS10]).refuses(Refusal::VersionAbove(TLS10)), "resets in place of answering with its own"),
    scripted("no record version but 1.0", "Nyyyy", MODERN.refuses(Refusal::RecordVersionOtherThan(TLS10)), "resets"),
    scripted("no more than 128 suites", "nyyyy", MODERN.refuses(Refusal::MoreSuites(128)), "resets, as IIS 6 did"),
    scripted("no more than 16 suites", "nyyyy", MODERN.refuses(Refusal::MoreSuites(16)), "resets"),
    scripted("no SNI", "nyyyy", MODERN.refuses(Refusal::ServerName), "resets"),
    scripted("three connections a second", "NYYYY", MODERN.refuses(Refusal::Faster(3)), "resets what is more"),
];

/// All of them.
pub(crate) fn rows() -> impl Iterator<Item = &'static Row> {
    GENUINE.iter().chain(EXTINCT).chain(ODD)
}
