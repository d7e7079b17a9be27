//! TLS old and new, of `openssl s_server`.

use std::path::Path;

use crate::suite::Test;
use crate::support::peer::{Peer, certificate};
use crate::support::program::{run, wsus_probe};
use crate::windows::says;

pub(super) const TESTS: &[Test] = &[
    ("tls_versions_are_seen", tls_versions_are_seen),
    ("the_suites_of_server_2012_r2_are_enough", the_suites_of_server_2012_r2_are_enough),
];

/// The name that the tests' certificates are for.
pub(super) const NAME: &str = "wsus.test";

/// The suites that Windows Server 2012 R2 has on by default for a certificate of RSA, without
/// those that OpenSSL no longer has.
const WINDOWS_2012_R2: &str = "ECDHE-RSA-AES256-SHA384:ECDHE-RSA-AES128-SHA256:\
    ECDHE-RSA-AES256-SHA:ECDHE-RSA-AES128-SHA:DHE-RSA-AES256-GCM-SHA384:\
    DHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES256-SHA:DHE-RSA-AES128-SHA:AES256-GCM-SHA384:\
    AES128-GCM-SHA256:AES256-SHA256:AES128-SHA256:AES256-SHA:AES128-SHA:@SECLEVEL=0";

/// `openssl s_server` with these further arguments.
pub(super) fn s_server(arguments: &[&str]) -> Peer {
    let settings = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/openssl/permissive.cnf");
    let started = Peer::start("env", "coreutils", |_, address| {
        let file = |name: &str| certificate(name).display().to_string();
        let mut words = vec![format!("OPENSSL_CONF={}", settings.display())];
        words.extend(["openssl", "s_server", "-www", "-quiet", "-accept"].map(str::to_owned));
        words.extend([address.to_string(), "-cert".into(), file("rsa.pem")]);
        words.extend(["-key".into(), file("rsa.key")]);
        words.extend(arguments.iter().map(|&word| word.to_owned()));
        words
    });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.unwrap().block_on(started)
}

fn tls_versions_are_seen() {
    for (arguments, accepted) in [
        (&["-tls1"][..], &["1.0"][..]),
        (&["-tls1_2"], &["1.2"]),
        (&["-tls1_3"], &["1.3"]),
        (&[], &["1.0", "1.1", "1.2", "1.3"]),
    ] {
        let server = s_server(arguments);
        let url = format!("https://{}", server.address);
        let words = ["tls", "--output", "json", &url];
        let (here, there) = (run(&mut wsus_probe(words)), says(words));
        assert_eq!(here.code(), there.code(), "{arguments:?}: {there:?}");
        let report = there.json();
        let scan = &report["endpoints"][0]["members"][0]["tls_scan"];
        let versions = scan["versions"].as_array().unwrap_or_else(|| panic!("{report:#}"));
        let found: Vec<&str> = versions
            .iter()
            .filter(|one| one["support"] == "supported")
            .map(|one| one["protocol"].as_str().unwrap())
            .collect();
        assert_eq!(found, accepted, "{arguments:?}");
    }
}

fn the_suites_of_server_2012_r2_are_enough() {
    let server = s_server(&["-tls1_2", "-cipher", WINDOWS_2012_R2]);
    let url = format!("https://{}", server.address);
    let report = says(["check", "--output", "json", "--endpoint", &url]).json();
    let tls = &report["endpoints"][0]["members"][0]["tls"];
    assert_eq!(tls["suite"], "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384", "{report:#}");
    assert_eq!(tls["legacy_suite"], true);
}
