//! Files as people write them, good and bad, each fault with its message.

use std::fs;

use super::{Protection, check};

/// Checks a file with that text, beside a certificate `server.crt` and its key `server.key`.
fn checked(text: &str) -> Result<Protection, String> {
    let folder = tempfile::tempdir().unwrap();
    let pair = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let other = rcgen::KeyPair::generate().unwrap();
    for (name, text) in [
        ("server.crt", pair.cert.pem()),
        ("server.key", pair.signing_key.serialize_pem()),
        ("other.key", other.serialize_pem()),
        ("empty", String::new()),
        ("web.yml", text.to_owned()),
    ] {
        fs::write(folder.path().join(name), text).unwrap();
    }
    check(&folder.path().join("web.yml")).map_err(|error| error.to_string())
}

const TLS: &str = "tls_server_config:\n  cert_file: server.crt\n  key_file: server.key\n";

#[test]
fn good_files_are_taken() {
    let hash = "$2y$10$X0h1gDsPszWURQaxFh.zoubFi6DXncSjhoQNJgRrnGs7EsimhC7zG";
    for text in [
        "",
        "# nothing\n",
        "tls_server_config:\n",
        "tls_server_config: {min_version: TLS12}\n",
        TLS,
        &format!("{TLS}  min_version: TLS13\n  max_version: TLS13\n"),
        &format!("{TLS}  client_auth_type: RequireAnyClientCert\n  client_allowed_sans: [a]\n"),
        &format!(
            "{TLS}  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: server.crt\n"
        ),
        &format!(
            "{TLS}  cipher_suites: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, TLS_AES_128_GCM_SHA256]\n"
        ),
        &format!(
            "{TLS}  curve_preferences: [CurveP256, X25519]\n  prefer_server_cipher_suites: false\n"
        ),
        "http_server_config:\n  http2: true\n  headers:\n    X-Frame-Options: deny\n    X-XSS-Protection:\n",
        &format!("basic_auth_users:\n  alice: {hash}\n"),
        "rate_limit: {interval: 1s, burst: 20}\n",
        "rate_limit: {interval: 0}\n",
        "rate_limit: {interval: 1000000, burst: 20}\n",
    ] {
        let expected =
            Protection { tls: text.contains("cert_file"), users: text.contains("alice") };
        assert_eq!(checked(text), Ok(expected), "{text}");
    }
}

#[test]
fn each_fault_has_its_message() {
    let with = |line: &str| format!("{TLS}  {line}\n");
    for (text, part) in [
        ("unknown: 1\n".to_owned(), "unknown"),
        ("tls_server_config: {certfile: a}\n".to_owned(), "certfile"),
        ("tls_server_config: [\n".to_owned(), "line"),
        ("tls_server_config: {cert_file: server.crt}\n".to_owned(), "lacks `key_file`"),
        ("tls_server_config: {key_file: server.key}\n".to_owned(), "lacks `cert_file`"),
        ("tls_server_config: {cert_file: none, key_file: none}\n".to_owned(), "cannot be read"),
        (
            "tls_server_config: {cert_file: empty, key_file: server.key}\n".to_owned(),
            "no certificate",
        ),
        (
            "tls_server_config: {cert_file: server.crt, key_file: empty}\n".to_owned(),
            "no private key",
        ),
        (
            "tls_server_config: {cert_file: server.crt, key_file: other.key}\n".to_owned(),
            "do not go together",
        ),
        (with("cert: x"), "both `cert` and `cert_file`"),
        (with("min_version: TLS10"), "speaks only TLS 1.2 and 1.3"),
        (with("max_version: TLS11"), "speaks only TLS 1.2 and 1.3"),
        (with("min_version: SSL3"), "use TLS12 or TLS13"),
        (with("min_version: TLS13\n  max_version: TLS12"), "above `max_version`"),
        (with("client_auth_type: Maybe"), "known are NoClientCert"),
        (with("client_ca_file: server.crt"), "set it to RequireAndVerifyClientCert"),
        (with("client_auth_type: RequireAndVerifyClientCert"), "lacks `client_ca_file`"),
        (
            with("client_auth_type: RequestClientCert\n  client_allowed_sans: [a]"),
            "needs a `client_auth_type`",
        ),
        (with("cipher_suites: [TLS_RSA_WITH_AES_128_CBC_SHA]"), "this server has only TLS_AES"),
        (with("curve_preferences: [CurveP521]"), "only X25519, CurveP256"),
        (
            "http_server_config: {headers: {Server: x}}\n".to_owned(),
            "these can: Content-Security-Policy",
        ),
        (
            "http_server_config: {headers: {X-Frame-Options: allow}}\n".to_owned(),
            "only deny or sameorigin",
        ),
        ("http_server_config: {headers: {X-XSS-Protection: \"a\\nb\"}}\n".to_owned(), "character"),
        ("basic_auth_users: {alice: secret}\n".to_owned(), "htpasswd -nBC 10"),
        (format!("basic_auth_users: {{alice: \"$2y$31${}\"}}\n", ".".repeat(53)), "cost of 31"),
        ("rate_limit: {interval: 1s}\n".to_owned(), "`burst` of `rate_limit` is 0"),
        ("rate_limit: {interval: soon, burst: 1}\n".to_owned(), "1s, 100ms or 1m30s"),
        ("#".repeat(2 * 1024 * 1024), "is larger than"),
    ] {
        let error = checked(&text).unwrap_err();
        assert!(error.contains(part), "{text}: {error}");
        assert!(error.contains("web.yml"), "{error}");
        assert!(!error.contains("secret"), "no message repeats a password: {error}");
    }
}
