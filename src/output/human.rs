//! For people.
//!
//! The answer comes first, then the tables, then what is wrong with what to do about it: on a
//! terminal the end of a long report is what stays in view. Everything is readable without
//! colour. Text from the network is escaped before it is printed.

mod cells;
mod check;
mod details;
mod machine;
mod nearest;
mod problems;
mod resolvers;
mod services;
pub(super) mod table;
mod tls;

use std::sync::Arc;
use std::time::SystemTime;

use crate::model::endpoint::Endpoint;
use crate::model::selection::{CheckReport, NearestReport};
use crate::output::machine::Applied;
use crate::policy::desired::Desired;

/// How the text is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Use ANSI colours.
    pub color: bool,
    /// Columns of the terminal. Text is wrapped there; tables are as narrow as their content
    /// allows. One character counts as one column.
    pub width: usize,
}

/// How much of a `check` is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct View {
    /// Everything about every endpoint, instead of the worst about those that are not healthy.
    pub details: bool,
    /// With the details, the internal names that servers tell of themselves
    /// (`PackageServerShare`).
    pub internal_names: bool,
}

/// The text of one `nearest` run: the choice, why, every candidate nearest first, and hints.
pub fn nearest(report: &NearestReport, style: Style) -> String {
    nearest::render(report, style)
}

/// A change of a machine's settings: each value before and after.
pub fn change(before: &Desired, after: &Desired, style: Style) -> String {
    machine::change(before, after, style)
}

/// What came of applying a choice.
pub fn applied(applied: &Applied, style: Style) -> String {
    machine::applied(applied, style)
}

/// The text of one `check` run: a line for each endpoint, then what is wrong, in as much detail
/// as `view` says. `now` turns the certificates' dates into days left.
pub fn check(report: &CheckReport, now: SystemTime, view: View, style: Style) -> String {
    check::render(report, now, view, style)
}

/// The text of one `tls` run: which versions, Windows releases and suites each endpoint's members
/// accept, their certificates, and what is wrong. `clear_text` are the endpoints that were left
/// out.
pub fn tls(
    report: &CheckReport,
    clear_text: &[Arc<Endpoint>],
    now: SystemTime,
    style: Style,
) -> String {
    tls::render(report, clear_text, now, style)
}

/// What a piece of text tells by its colour, beside its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tone {
    Plain,
    Strong,
    Faint,
    Good,
    Warning,
    Bad,
}

impl Tone {
    /// The text in this tone; unchanged where colour is off.
    pub(super) fn paint(self, text: &str, style: Style) -> String {
        // SGR parameters of ECMA-48.
        let parameter = match self {
            Self::Plain => return text.to_owned(),
            Self::Strong => "1",
            Self::Faint => "2",
            Self::Good => "32",
            Self::Warning => "33",
            Self::Bad => "31",
        };
        if style.color && !text.is_empty() {
            format!("\u{1b}[{parameter}m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::endpoint::EndpointName;
    use crate::output::fixture;

    const PLAIN: Style = Style { color: false, width: 80 };
    const COLOR: Style = Style { color: true, width: 80 };
    const BRIEF: View = View { details: false, internal_names: false };
    const DETAILS: View = View { details: true, internal_names: false };

    #[test]
    fn nearest_text() {
        insta::assert_snapshot!(nearest(&fixture::nearest(), PLAIN));
    }

    #[test]
    fn nearest_text_when_nothing_works() {
        insta::assert_snapshot!(nearest(&fixture::nearest_none(), PLAIN));
    }

    #[test]
    fn check_text() {
        insta::assert_snapshot!(check(&fixture::check(), fixture::now(), BRIEF, PLAIN));
    }

    #[test]
    fn check_text_with_details() {
        insta::assert_snapshot!(check(&fixture::check(), fixture::now(), DETAILS, PLAIN));
    }

    #[test]
    fn check_text_on_a_wide_terminal() {
        let style = Style { color: false, width: 132 };
        insta::assert_snapshot!(check(&fixture::check(), fixture::now(), DETAILS, style));
    }

    #[test]
    fn check_text_with_compared_resolvers() {
        let brief = check(&fixture::resolvers::check(), fixture::now(), BRIEF, PLAIN);
        insta::assert_snapshot!(brief);
        let details = check(&fixture::resolvers::check(), fixture::now(), DETAILS, PLAIN);
        assert!(details.contains("\n  dfw (msupdate.dfw.example.test)\n"), "{details}");
    }

    /// What could not be asked did not answer.
    #[test]
    fn compared_resolvers_that_were_not_asked() {
        use crate::model::failure::{Cause, Failure, Phase};
        let mut report = fixture::resolvers::check();
        for resolver in report.endpoints.iter_mut().flat_map(|one| &mut one.resolvers) {
            for lookup in &mut resolver.lookups {
                lookup.outcome = Err(Failure::new(Phase::Resolve, Cause::NoRoute, "no route"));
            }
        }
        let text = check(&report, fixture::now(), BRIEF, PLAIN);
        assert!(text.contains(": none answered; 3 not asked"), "{text}");
    }

    #[test]
    fn tls_text() {
        insta::assert_snapshot!(scan_text(PLAIN));
    }

    #[test]
    fn tls_text_on_a_wide_terminal() {
        insta::assert_snapshot!(scan_text(Style { color: false, width: 132 }));
    }

    #[test]
    fn check_text_with_the_details_of_a_scan() {
        insta::assert_snapshot!(check(&fixture::scan::tls(), fixture::now(), DETAILS, PLAIN));
    }

    #[test]
    fn colour_changes_nothing_but_colour() {
        for (plain, color) in [
            (scan_text(PLAIN), scan_text(COLOR)),
            (nearest(&fixture::nearest(), PLAIN), nearest(&fixture::nearest(), COLOR)),
            (
                check(&fixture::check(), fixture::now(), BRIEF, PLAIN),
                check(&fixture::check(), fixture::now(), BRIEF, COLOR),
            ),
            (
                check(&fixture::check(), fixture::now(), DETAILS, PLAIN),
                check(&fixture::check(), fixture::now(), DETAILS, COLOR),
            ),
        ] {
            assert_ne!(plain, color);
            assert_eq!(plain, without_colour(&color));
        }
    }

    #[test]
    fn text_from_the_network_cannot_steer_the_terminal() {
        let mut report = fixture::check();
        for endpoint in &mut report.endpoints {
            if let Some(failure) = &mut endpoint.failure {
                failure.detail = "\u{1b}[2Jcleared\nnext".into();
            }
            Arc::make_mut(&mut endpoint.endpoint).region = Some("\u{202e}txet".into());
        }
        for view in [BRIEF, DETAILS] {
            let text = check(&report, fixture::now(), view, PLAIN);
            assert!(text.contains("\\u{1b}[2Jcleared\\nnext"));
            assert!(!text.contains(['\u{1b}', '\u{202e}']));
        }
    }

    #[test]
    fn no_line_of_eighty_columns_is_longer() {
        let texts = [
            scan_text(PLAIN),
            check(&fixture::scan::tls(), fixture::now(), DETAILS, PLAIN),
            nearest(&fixture::nearest(), PLAIN),
            check(&fixture::check(), fixture::now(), BRIEF, PLAIN),
            check(&fixture::check(), fixture::now(), DETAILS, PLAIN),
            check(&fixture::resolvers::check(), fixture::now(), DETAILS, PLAIN),
        ];
        for line in texts.iter().flat_map(|text| text.lines()) {
            assert!(line.chars().count() <= PLAIN.width, "{line}");
            assert_eq!(line, line.trim_end());
        }
    }

    #[test]
    fn an_empty_run_and_a_terminal_without_width_are_no_trouble() {
        let mut report = fixture::check();
        let style = Style { color: true, width: 0 };
        assert!(check(&report, fixture::now(), BRIEF, style).contains("expired"));
        assert!(check(&report, fixture::now(), DETAILS, style).contains("expired"));
        assert!(nearest(&fixture::nearest(), style).contains("hkg"));
        report.endpoints.clear();
        report.interrupted = true;
        let text = check(&report, fixture::now(), BRIEF, PLAIN);
        assert!(text.starts_with("0 endpoints\ninterrupted"), "{text}");
    }

    #[test]
    fn a_thousand_endpoints_with_long_names_stay_aligned() {
        let mut report = fixture::check();
        let one = report.endpoints.remove(0);
        report.endpoints = (0..1_000)
            .map(|number| {
                let mut copy = one.clone();
                let name = format!("{}{number}", "long-".repeat(number % 12));
                Arc::make_mut(&mut copy.endpoint).name = EndpointName(name);
                copy
            })
            .collect();
        let text = check(&report, fixture::now(), BRIEF, PLAIN);
        assert!(text.starts_with("1000 endpoints: 1000 healthy\n"));
        let mut columns: Vec<_> = text.lines().skip(1).filter_map(|l| l.find(" healthy")).collect();
        columns.dedup();
        assert_eq!(columns.len(), 1);
    }

    #[test]
    fn internal_names_are_shown_only_where_they_were_asked_for() {
        for view in [BRIEF, DETAILS] {
            let text = check(&fixture::check(), fixture::now(), view, PLAIN);
            assert!(!text.contains("secret-host"));
        }
        let view = View { internal_names: true, ..DETAILS };
        let text = check(&fixture::check(), fixture::now(), view, PLAIN);
        assert!(text.contains(r"\\secret-host\UpdateServicesPackages"), "{text}");
    }

    #[test]
    fn a_scan_of_one_endpoint_needs_no_overview_and_one_of_none_says_so() {
        let mut report = fixture::scan::tls();
        report.endpoints.truncate(1);
        let text = tls(&report, &[], fixture::now(), PLAIN);
        assert!(text.starts_with("1 endpoint: 1 healthy\n\n~ by"), "{text}");
        report.endpoints.clear();
        let text = tls(&report, &fixture::scan::clear_text(), fixture::now(), PLAIN);
        let expected = "0 endpoints\nnot scanned, because http:// has no TLS: hkg\n";
        assert_eq!(text, expected);
    }

    fn scan_text(style: Style) -> String {
        tls(&fixture::scan::tls(), &fixture::scan::clear_text(), fixture::now(), style)
    }

    fn without_colour(text: &str) -> String {
        let mut pieces = text.split("\u{1b}[");
        let first = pieces.next().unwrap().to_owned();
        pieces.fold(first, |text, piece| text + piece.split_once('m').unwrap().1)
    }
}
