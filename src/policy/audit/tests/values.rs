//! Single values, pairs, schedule, restarts, newer policies.

use super::*;
use crate::model::client::Weight::{Error, Note, Warning};
use Setting as S;

pub(super) fn cases() -> Vec<Case> {
    let mut cases = single();
    cases.extend(pairs());
    cases.push(wrong_number_alone());
    cases.extend(schedules());
    cases.extend(restarts());
    cases.extend(newer());
    cases
}

#[test]
fn values_and_those_that_belong_together() {
    check(&cases());
}

fn single() -> Vec<Case> {
    let hours = |data| good().with(S::DetectionFrequency, data).document();
    let number = |setting, number| good().number(setting, number).document();
    let range = (Code::OutOfRange, Warning);
    let decimal = (Code::DecimalOrHex, Warning);
    let kind = (Code::WrongType, Warning);
    let policy_file = Document { format: Format::PolicyFile, ..hours(Data::Dword(0x22)) };
    let mut cases = vec![
        Case::new("no digits are written", policy_file, &[range]),
        Case::new("decimal digits in hexadecimal", hours(Data::Dword(0x22)), &[decimal])
            .says("34 (dword:00000022)")
            .says("dword:00000016, which is 22"),
        Case::new("neither way", hours(Data::Dword(0x99)), &[range]).says("153 (dword:00000099)"),
        Case::new("letters are no decimal digits", hours(Data::Dword(0x1a)), &[range]),
        Case::new("in range either way", hours(Data::Dword(0x10)), &[]),
        Case::new("zero hours", hours(Data::Dword(0)), &[range]).says("1 to 22 hours"),
        Case::new("23 o'clock", number(S::ScheduledInstallTime, 0x23), &[decimal]),
        Case::new("24 o'clock", number(S::ScheduledInstallTime, 24), &[range]),
        Case::new("eighth day", number(S::ScheduledInstallDay, 8), &[range]),
        Case::new(
            "a switch of 2",
            number(S::NoAutoRebootWithLoggedOnUsers, 2),
            &[range, (Code::RestartsUnasked, Note)],
        ),
        Case::new("use of 2", number(S::UseWuServer, 2), &[(Code::OutOfRange, Error)]),
        Case::new("the choice of servers", number(S::AuOptions, 7), &[(Code::OutOfRange, Note)]),
        Case::new("switched off by choice", number(S::AuOptions, 1), &[range]).says("switches"),
        Case::new("number as text", hours(text(" 4 ")), &[kind]).says("dword:00000004"),
        Case::new("qword", hours(Data::Qword(4)), &[kind]).says("REG_QWORD 4"),
        Case::new("three bytes", hours(Data::Other { kind: 4, bytes: vec![0; 3] }), &[kind]),
        Case::new("binary", hours(Data::Binary(vec![1, 0, 0, 0])), &[kind]),
    ];
    let server = |data| good().with(S::WuServer, data).document();
    cases.extend([
        Case::new("server as number", server(Data::Dword(1)), &[(Code::WrongType, Error)]),
        Case::new(
            "server in a list",
            server(Data::MultiString(vec![SERVER.into()])),
            &[(Code::WrongType, Error)],
        ),
        Case::new("server with variables", server(Data::ExpandString(SERVER.into())), &[kind]),
        Case::new(
            "use as text",
            good().with(S::UseWuServer, text("1")).document(),
            &[(Code::WrongType, Error)],
        )
        .says("dword:00000001 for 1"),
    ]);
    cases
}

/// Switched on, it would count.
fn wrong_number_alone() -> Case {
    Case::new(
        "a wrong number alone",
        good().number(S::RescheduleWaitTime, 100).document(),
        &[(Code::OutOfRange, Warning), (Code::Unpaired, Warning)],
    )
    .says("correct RescheduleWaitTime first, then set")
}

fn pairs() -> Vec<Case> {
    let unpaired = (Code::Unpaired, Warning);
    let group = |name: &str| good().with(S::TargetGroup, text(name));
    vec![
        Case::new(
            "number alone",
            good().without(&[S::DetectionFrequencyEnabled]).document(),
            &[unpaired],
        )
        .says("default of 22"),
        Case::new("switch alone", good().without(&[S::DetectionFrequency]).document(), &[unpaired]),
        Case::new(
            "switched off",
            good().number(S::DetectionFrequencyEnabled, 0).document(),
            &[(Code::SwitchedOff, Note)],
        ),
        Case::new(
            "off and nothing there",
            good().number(S::RebootRelaunchTimeoutEnabled, 0).document(),
            &[],
        ),
        Case::new("missed ones", good().number(S::RescheduleWaitTime, 15).document(), &[unpaired])
            .says("next scheduled day and time"),
        Case::new(
            "missed ones without",
            good().on(S::RescheduleWaitTimeEnabled).document(),
            &[unpaired],
        )
        .says("next scheduled day and time"),
        Case::new(
            "missed ones out of range",
            good().number(S::RescheduleWaitTime, 61).on(S::RescheduleWaitTimeEnabled).document(),
            &[(Code::OutOfRange, Warning)],
        )
        .says("next scheduled day and time"),
        Case::new("group alone", group("Web").document(), &[unpaired]),
        Case::new(
            "group without name",
            group(" ").on(S::TargetGroupEnabled).document(),
            &[unpaired],
        )
        .says("empty"),
        Case::new(
            "minutes alone",
            good().number(S::AlwaysAutoRebootMinutes, 15).document(),
            &[unpaired],
        ),
        Case::new(
            "no second server",
            good().on(S::FillEmptyContentUrls).document(),
            &[(Code::Pointless, Warning)],
        ),
        Case::new(
            "second server left empty",
            good()
                .with(S::UpdateServiceUrlAlternate, text(""))
                .on(S::FillEmptyContentUrls)
                .document(),
            &[(Code::Pointless, Warning)],
        )
        .says("is not set"),
        Case::new(
            "second server left empty by the editor",
            good().with(S::UpdateServiceUrlAlternate, text("")).document(),
            &[],
        ),
        Case::new(
            "a number outside its range has one finding",
            good()
                .number(S::RebootWarningTimeout, 31)
                .on(S::RebootWarningTimeoutEnabled)
                .document(),
            &[(Code::OutOfRange, Warning)],
        ),
    ]
}

fn schedules() -> Vec<Case> {
    let missing = (Code::ScheduleMissing, Warning);
    let both = [S::ScheduledInstallDay, S::ScheduledInstallTime];
    vec![
        Case::new("no day", good().without(&both[..1]).document(), &[missing])
            .says("ScheduledInstallDay is not"),
        Case::new("neither", good().without(&both).document(), &[missing]).says("are not set"),
        Case::new(
            "another choice",
            good().number(S::AuOptions, 3).document(),
            &[(Code::ScheduleIgnored, Note)],
        ),
        Case::new(
            "no choice",
            good().without(&[S::AuOptions]).document(),
            &[(Code::ScheduleIgnored, Warning)],
        ),
        Case::new(
            "a missed one without schedule",
            good()
                .without(&both)
                .number(S::AuOptions, 3)
                .number(S::RescheduleWaitTime, 1)
                .on(S::RescheduleWaitTimeEnabled)
                .document(),
            &[(Code::ScheduleIgnored, Note)],
        ),
    ]
}

fn restarts() -> Vec<Case> {
    let asked = S::NoAutoRebootWithLoggedOnUsers;
    let unasked = (Code::RestartsUnasked, Note);
    let always = good().on(S::AlwaysAutoReboot).number(S::AlwaysAutoRebootMinutes, 15);
    let user = |setting| good().on(setting);
    let removed = (Code::UserAccessRemoved, Note);
    vec![
        Case::new("not set", good().without(&[asked]).document(), &[unasked]).says("not set"),
        Case::new("set to 0", good().number(asked, 0).document(), &[unasked]),
        Case::new(
            "not by schedule",
            good().number(asked, 0).number(S::AuOptions, 5).document(),
            &[(Code::ScheduleIgnored, Note)],
        ),
        Case::new("always, and never", always.document(), &[(Code::Pointless, Warning)]),
        Case::new(
            "always",
            good()
                .number(asked, 0)
                .on(S::AlwaysAutoReboot)
                .number(S::AlwaysAutoRebootMinutes, 15)
                .document(),
            &[unasked],
        )
        .says("AlwaysAutoRebootAtScheduledTime is 1"),
        Case::new(
            "no countdown to see",
            good()
                .number(S::RebootWarningTimeout, 10)
                .on(S::RebootWarningTimeoutEnabled)
                .document(),
            &[(Code::Pointless, Note)],
        ),
        Case::new("a user", user(S::UserDisableWindowsUpdateAccess).document(), &[removed])
            .says("administrator"),
        Case::new("links of a user", user(S::UserNoWindowsUpdate).document(), &[removed])
            .says("approved"),
        Case::new(
            "the machine over a user",
            user(S::UserNoWindowsUpdate).number(S::DisableWindowsUpdateAccess, 0).document(),
            &[removed],
        )
        .says("override"),
    ]
}

const SOURCES: [S; 4] = [
    S::SourceForFeatureUpdates,
    S::SourceForQualityUpdates,
    S::SourceForDriverUpdates,
    S::SourceForOtherUpdates,
];

fn newer() -> Vec<Case> {
    let from = |numbers: [u32; 4]| {
        let pairs = SOURCES.into_iter().zip(numbers);
        pairs.fold(good(), |settings, (source, number)| settings.number(source, number))
    };
    let switch = S::UseUpdateClassPolicySource;
    let overridden = (Code::Overridden, Warning);
    let unpaired = (Code::Unpaired, Warning);
    let deferred = |settings: Settings| {
        settings.also(&Key::WindowsUpdate.path(), "DeferQualityUpdatesPeriodInDays", Data::Dword(7))
    };
    vec![
        Case::new("all from the server", from([1; 4]).on(switch).document(), &[]),
        Case::new(
            "quality from Microsoft",
            from([1, 0, 1, 1]).on(switch).document(),
            &[overridden],
        )
        .says("SetPolicyDrivenUpdateSourceForQualityUpdates is 0"),
        Case::new(
            "held back",
            from([0; 4]).on(switch).on(S::DisableDualScan).document(),
            &[overridden],
        )
        .says("takes that back"),
        Case::new("sources without switch", from([1; 4]).document(), &[unpaired]),
        Case::new(
            "three of four",
            from([1; 4]).without(&SOURCES[3..]).on(switch).document(),
            &[unpaired],
        )
        .says("OtherUpdates"),
        Case::new("switch alone", good().on(switch).document(), &[unpaired]),
        Case::new("deferral", deferred(good()), &[overridden])
            .says("DeferQualityUpdatesPeriodInDays"),
        Case::new(
            "deferral held back",
            deferred(good().on(S::DisableDualScan)),
            &[(Code::Overridden, Note)],
        ),
        Case::new("deferral and sources", deferred(from([1; 4]).on(switch)), &[]),
        Case::new(
            "a second server",
            good().with(S::UpdateServiceUrlAlternate, text("http://files.example:8530")).document(),
            &[(Code::Overridden, Note)],
        ),
    ]
}
