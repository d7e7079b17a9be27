//! What else must be set so that what was asked for counts.

use super::assignment::range;
use super::{Desired, Refusal};
use crate::model::registry::Data;
use crate::policy::setting::{Allowed, Setting};

impl Desired {
    /// Adds what the settings in `given` are paired with: a number gets its switch, one of the two
    /// URLs gets the other. Removing one of a pair removes the other. What was given stays.
    ///
    /// # Errors
    /// What was given contradicts itself, or demands a decision.
    pub fn complete(&mut self, given: &[Setting]) -> Result<(), Refusal> {
        for setting in given {
            if let Some(pair) = setting.row().pair {
                self.follow(*setting, pair, given)?;
            }
        }
        let is_server = |s: &Setting| matches!(s, Setting::WuServer | Setting::WuStatusServer);
        if given.iter().any(is_server) && !given.contains(&Setting::UseWuServer) {
            let use_it = self.get(Setting::WuServer).map(|_| Data::Dword(1));
            self.set(Setting::UseWuServer, use_it);
        }
        if given.contains(&Setting::AuOptions) {
            self.needs_schedule()?;
        }
        Ok(())
    }

    fn follow(
        &mut self,
        setting: Setting,
        pair: Setting,
        given: &[Setting],
    ) -> Result<(), Refusal> {
        let is_switch = |s: Setting| s.row().allowed == Allowed::Switch;
        let data = self.get(setting).cloned();
        if given.contains(&pair) {
            return self.agrees(setting, pair);
        }
        if data.is_none() {
            self.set(pair, None);
        } else if setting.row().allowed == Allowed::Url {
            self.set(pair, data);
        } else if is_switch(pair) {
            self.set(pair, Some(Data::Dword(1)));
        } else if data == Some(Data::Dword(1)) && self.get(pair).is_none() {
            return Err(Refusal {
                text: format!("{}=1 says nothing without {}", setting.as_str(), pair.as_str()),
                hint: format!("add --set {}=N, {}", pair.as_str(), range(pair)),
            });
        }
        Ok(())
    }

    /// Whether both of a pair, as they were given, make sense together.
    fn agrees(&self, setting: Setting, pair: Setting) -> Result<(), Refusal> {
        let (one, other) = (self.get(setting), self.get(pair));
        let (name, paired) = (setting.as_str(), pair.as_str());
        if setting.row().allowed == Allowed::Url {
            if one == other {
                return Ok(());
            }
            return Err(Refusal {
                text: format!("{name} and {paired} differ: clients use neither"),
                hint: "give one of them; the other follows".to_owned(),
            });
        }
        let is_off = |data: Option<&Data>| data.is_none_or(|data| *data == Data::Dword(0));
        if pair.row().allowed == Allowed::Switch && one.is_some() && is_off(other) {
            return Err(Refusal {
                text: format!("{paired} switches off what {name} sets"),
                hint: format!("leave {paired} out, or remove both: --set {name}="),
            });
        }
        Ok(())
    }

    fn needs_schedule(&self) -> Result<(), Refusal> {
        if self.get(Setting::AuOptions) != Some(&Data::Dword(SCHEDULED)) {
            return Ok(());
        }
        let schedule = [Setting::ScheduledInstallDay, Setting::ScheduledInstallTime];
        let missing: Vec<_> = schedule.into_iter().filter(|s| self.get(*s).is_none()).collect();
        if missing.is_empty() {
            return Ok(());
        }
        let verb = if missing.len() == 1 { "is" } else { "are" };
        let names: Vec<_> = missing.iter().map(|setting| setting.as_str()).collect();
        let ranges: Vec<_> =
            missing.iter().map(|s| format!("{} {}", s.as_str(), range(*s))).collect();
        Err(Refusal {
            text: format!(
                "AUOptions={SCHEDULED} installs by schedule, and {} {verb} not set",
                names.join(" and ")
            ),
            hint: format!("add with --set: {}", ranges.join("; ")),
        })
    }
}

/// The number of `AUOptions` that means: download, and install at the scheduled time.
const SCHEDULED: u32 = 4;

#[cfg(test)]
mod tests {
    use super::super::assignment::parse;
    use super::*;

    fn completed(assignments: &[&str]) -> Result<Vec<String>, String> {
        let mut desired = Desired::default();
        let mut given = Vec::new();
        for text in assignments {
            let (setting, data) = parse(text).unwrap();
            desired.set(setting, data);
            given.push(setting);
        }
        desired.complete(&given).map_err(|refusal| refusal.to_string())?;
        let value = |data: &Option<Data>| match data {
            Some(Data::Dword(number)) => number.to_string(),
            Some(Data::String(text)) => text.clone(),
            Some(other) => format!("{other:?}"),
            None => String::new(),
        };
        let values = desired.values.iter();
        let shown = values.map(|(setting, data)| format!("{}={}", setting.as_str(), value(data)));
        Ok(shown.collect())
    }

    #[test]
    fn what_a_setting_is_paired_with_follows() {
        for (given, expected) in [
            (&["DetectionFrequency=4"][..], "DetectionFrequency=4 DetectionFrequencyEnabled=1"),
            (&["DetectionFrequency="], "DetectionFrequency= DetectionFrequencyEnabled="),
            (&["DetectionFrequencyEnabled=0"], "DetectionFrequencyEnabled=0"),
            (&["DetectionFrequencyEnabled="], "DetectionFrequencyEnabled= DetectionFrequency="),
            (&["TargetGroup=a"], "TargetGroup=a TargetGroupEnabled=1"),
            (
                &["WUStatusServer=http://a"],
                "WUStatusServer=http://a WUServer=http://a UseWUServer=1",
            ),
            (
                &["WUServer=http://a", "UseWUServer=0"],
                "WUServer=http://a UseWUServer=0 WUStatusServer=http://a",
            ),
            (&["WUServer="], "WUServer= WUStatusServer= UseWUServer="),
            (&["AUOptions=3"], "AUOptions=3"),
            (
                &["AUOptions=4", "ScheduledInstallDay=0", "ScheduledInstallTime=3"],
                "AUOptions=4 ScheduledInstallDay=0 ScheduledInstallTime=3",
            ),
        ] {
            assert_eq!(completed(given).unwrap().join(" "), expected, "{given:?}");
        }
    }

    #[test]
    fn contradictions_and_open_questions_are_refused() {
        for (given, part) in [
            (&["AUOptions=4"][..], "ScheduledInstallDay and ScheduledInstallTime are not set"),
            (&["AUOptions=4", "ScheduledInstallDay=0"], "ScheduledInstallTime is not set"),
            (&["AUOptions=4", "ScheduledInstallDay=0"], "ScheduledInstallTime 0 to 23"),
            (&["DetectionFrequencyEnabled=1"], "--set DetectionFrequency=N, 1 to 22 (hours)"),
            (&["DetectionFrequency=4", "DetectionFrequencyEnabled=0"], "switches off"),
            (&["DetectionFrequencyEnabled=", "DetectionFrequency=4"], "switches off"),
            (&["WUServer=http://a", "WUStatusServer=http://b"], "differ"),
            (&["WUServer=", "WUStatusServer=http://b"], "differ"),
        ] {
            let refusal = completed(given).unwrap_err();
            assert!(refusal.contains(part), "{given:?}: {refusal}");
        }
    }
}
