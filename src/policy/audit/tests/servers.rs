//! The server, its URL, and whether it is used.

use super::*;
use crate::model::client::Weight::{Error, Note, Warning};
use Setting as S;

pub(super) fn cases() -> Vec<Case> {
    let mut cases = used();
    cases.extend(off());
    cases.extend(differing());
    cases.extend(urls());
    cases
}

#[test]
fn the_server_and_its_url() {
    check(&cases());
}

const THREE: [S; 3] = [S::WuServer, S::WuStatusServer, S::UseWuServer];

fn used() -> Vec<Case> {
    let unused = (Code::UseWuServerMissing, Error);
    let half = (Code::Unpaired, Error);
    let key = S::WuServer.key();
    vec![
        Case::new("nothing", document(Vec::new()), &[(Code::ServerMissing, Warning)])
            .says("nothing of"),
        Case::new(
            "only removed",
            document(vec![Operation::DeleteKey(key)]),
            &[(Code::ServerMissing, Note)],
        ),
        Case::new("use not set", good().without(&THREE[2..]).document(), &[unused]).says("not set"),
        Case::new("use is 0", good().number(S::UseWuServer, 0).document(), &[unused]).says("is 0"),
        Case::new(
            "no server",
            good().without(&THREE[..2]).document(),
            &[(Code::ServerMissing, Error)],
        ),
        Case::new(
            "only for reports",
            good().without(&THREE[..1]).document(),
            &[(Code::ServerMissing, Error)],
        ),
        Case::new("only for updates", good().without(&THREE[1..2]).document(), &[half])
            .says("WUStatusServer is not"),
        Case::new(
            "only for reports, not used",
            good().without(&[S::WuServer, S::UseWuServer]).document(),
            &[half],
        ),
        Case::new(
            "from Microsoft by choice",
            good()
                .without(&THREE)
                .without(&[S::DetectionFrequency, S::DetectionFrequencyEnabled])
                .document(),
            &[(Code::ServerMissing, Note)],
        ),
        Case::new(
            "a group without server",
            good()
                .without(&THREE)
                .with(S::TargetGroup, text("Web"))
                .on(S::TargetGroupEnabled)
                .document(),
            &[(Code::Pointless, Warning), (Code::ServerMissing, Note)],
        )
        .says("TargetGroup, TargetGroupEnabled, DetectionFrequency and DetectionFrequencyEnabled"),
    ]
}

fn off() -> Vec<Case> {
    let off = (Code::AutomaticUpdatesOff, Error);
    let scheduled = [S::ScheduledInstallDay, S::ScheduledInstallTime, S::DetectionFrequencyEnabled];
    vec![
        Case::new("off", good().on(S::NoAutoUpdate).document(), &[off])
            .says("WUServer, WUStatusServer"),
        Case::new(
            "off, and nothing else is said of what it makes pointless",
            good()
                .on(S::NoAutoUpdate)
                .without(&scheduled)
                .number(S::NoAutoRebootWithLoggedOnUsers, 0)
                .document(),
            &[off],
        ),
        Case::new(
            "off alone",
            document(vec![set_at(&S::NoAutoUpdate.key(), "NoAutoUpdate", Data::Dword(1))]),
            &[off],
        ),
        Case::new(
            "no access",
            good().on(S::DisableWindowsUpdateAccess).document(),
            &[(Code::AccessDisabled, Error)],
        ),
    ]
}

fn differing() -> Vec<Case> {
    let with = |server: &str, status: &str| {
        good().server(server).with(S::WuStatusServer, text(status)).document()
    };
    let differ = (Code::ServersDiffer, Error);
    let spelled = (Code::ServersDiffer, Warning);
    let base = "https://wsus.corp.example:8531";
    vec![
        Case::new("host", with(base, "https://other.corp.example:8531"), &[differ])
            .says("differ in host"),
        Case::new("port", with(base, "https://wsus.corp.example"), &[differ]).says("in port"),
        Case::new("scheme", with(base, "http://wsus.corp.example:8531"), &[differ])
            .says("in scheme"),
        Case::new("case", with(base, "https://WSUS.corp.example:8531"), &[spelled])
            .says("letter case"),
        Case::new("slash", with(base, "https://wsus.corp.example:8531/"), &[spelled]).says("slash"),
        Case::new("the other slash", with("https://wsus.corp.example:8531/", base), &[spelled])
            .says("slash"),
        Case::new(
            "own port",
            with("https://wsus.corp.example", "https://wsus.corp.example:443"),
            &[spelled],
        )
        .says("same address"),
        Case::new("one is no URL", with(base, "wsus:8530"), &[(Code::ServerUrlInvalid, Error)])
            .says("WUStatusServer is \"wsus:8530\""),
    ]
}

fn urls() -> Vec<Case> {
    let url = |url: &str| good().server(url).document();
    let invalid = (Code::ServerUrlInvalid, Error);
    let other = (Code::PortForOtherScheme, Warning);
    let short = (Code::ShortNameWithTls, Warning);
    let clear = (Code::CleartextServer, Note);
    let missing = (Code::PortMissing, Warning);
    let slash = (Code::TrailingSlash, Warning);
    let mut cases = vec![
        Case::new("https on 8530", url("https://wsus.corp.example:8530"), &[other])
            .says("https://wsus.corp.example:8531"),
        Case::new("https on 80", url("https://wsus.corp.example:80"), &[other]),
        Case::new("http on 8531", url("http://wsus.corp.example:8531"), &[other])
            .says("https://wsus.corp.example:8531"),
        Case::new("http on 443", url("http://wsus.corp.example:443"), &[other]),
        Case::new("http", url("http://wsus:8530"), &[clear]),
        Case::new("http on 80, said", url("http://wsus:80"), &[clear]),
        Case::new("a port of one's own", url("http://[2001:db8::1]:9000"), &[clear]),
        Case::new("http without port", url("http://wsus"), &[missing, clear])
            .says("http://wsus:8530"),
        Case::new("address without port", url("http://[2001:db8::1]"), &[missing, clear]),
        Case::new("https without port", url("https://wsus.corp.example"), &[]),
        Case::new("slash", url("https://wsus.corp.example:8531/"), &[slash])
            .says("to https://wsus.corp.example:8531"),
        Case::new("short", url("https://wsus:8531"), &[short]).says("short name"),
        Case::new("address", url("https://192.0.2.7:8531"), &[short]).says("is an address"),
        Case::new(
            "foreign letters",
            url("https://bücher.example:8531"),
            &[(Code::ServerUrlInvalid, Warning)],
        ),
    ];
    for bad in [
        "",
        "wsus",
        "wsus:8530",
        "ftp://wsus",
        "https://",
        "https://a b",
        "https://a/b",
        " https://a.b:8531",
    ] {
        cases.push(Case::new("no URL", url(bad), &[invalid]));
    }
    cases.push(Case::new("a password", url("https://me:secret@wsus.corp.example"), &[invalid]));
    cases.push(Case::new(
        "second server",
        good().with(S::UpdateServiceUrlAlternate, text("files")).document(),
        &[(Code::ServerUrlInvalid, Warning), (Code::Overridden, Note)],
    ));
    cases
}

#[test]
fn a_password_is_not_repeated() {
    let both = "https://me:secret@wsus.corp.example";
    let of = |settings: Settings| format!("{:?}", findings(&[settings.document()]));
    for settings in [
        good().server(both),
        good().with(S::WuServer, text(both)),
        good().server(both).without(&[S::WuStatusServer]),
        good().with(S::UpdateServiceUrlAlternate, text(both)),
        good().with(S::DetectionFrequency, text(both)),
    ] {
        let told = of(settings);
        assert!(!told.contains("secret"), "{told}");
    }
    let misspelled = good().also(&Key::WindowsUpdate.path(), "WUServr", text(both));
    assert!(!format!("{:?}", findings(&[misspelled])).contains("secret"));
}
