//! Where Windows keeps the policies of a machine, and where it is itself.

use std::path::PathBuf;

use super::registry::Registry;
use crate::model::registry::{Data, KeyPath};

/// The files of the policies that Windows writes into the registry whenever they change: that of
/// the local policy, and what all policies together came to when they were last applied, a
/// domain's among them. Empty where the registry does not say where Windows is.
pub fn policy_files(registry: &dyn Registry) -> Vec<PathBuf> {
    let Some(windows) = text(registry, "", "SystemRoot") else { return Vec::new() };
    // A path of Windows, put together as text so that it is the same wherever this is tried.
    let drive = windows.split('\\').next().unwrap_or_default();
    let data = text(registry, "\\ProfileList", "ProgramData")
        .map_or_else(|| format!("{drive}\\ProgramData"), |data| expand(&data, drive));
    vec![
        PathBuf::from(format!("{windows}\\System32\\GroupPolicy\\Machine\\Registry.pol")),
        PathBuf::from(format!("{data}\\ntuser.pol")),
    ]
}

/// The file that is locked while the machine's server is changed; absent where the registry does
/// not say where Windows is.
pub fn lock_file(registry: &dyn Registry) -> Option<PathBuf> {
    let windows = text(registry, "", "SystemRoot")?;
    Some(PathBuf::from(format!("{windows}\\wsus-probe-apply.lock")))
}

fn text(registry: &dyn Registry, below: &str, name: &str) -> Option<String> {
    let key = KeyPath::machine(&format!("{CURRENT_VERSION}{below}"));
    match registry.value(&key, name).ok()?? {
        Data::String(text) | Data::ExpandString(text) => Some(text),
        Data::MultiString(_)
        | Data::Dword(_)
        | Data::Qword(_)
        | Data::Binary(_)
        | Data::Other { .. } => None,
    }
}

/// The one variable that Windows itself writes there.
fn expand(path: &str, drive: &str) -> String {
    const VARIABLE: &str = "%SystemDrive%";
    match path.get(..VARIABLE.len()) {
        Some(start) if start.eq_ignore_ascii_case(VARIABLE) => {
            format!("{drive}{}", path.get(VARIABLE.len()..).unwrap_or_default())
        }
        _ => path.to_owned(),
    }
}

const CURRENT_VERSION: &str = "SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::windows::registry::memory::Memory;

    #[test]
    fn the_registry_says_where_windows_is() {
        let mut registry = Memory::default();
        assert!(policy_files(&registry).is_empty());
        let key = KeyPath::machine(CURRENT_VERSION);
        registry.set(&key, "SystemRoot", &Data::String("D:\\WINNT".to_owned())).unwrap();
        let local = PathBuf::from("D:\\WINNT\\System32\\GroupPolicy\\Machine\\Registry.pol");
        let usual = PathBuf::from("D:\\ProgramData\\ntuser.pol");
        assert_eq!(policy_files(&registry), [local.clone(), usual]);
        let list = KeyPath::machine(&format!("{CURRENT_VERSION}\\ProfileList"));
        let moved = Data::ExpandString("%systemdrive%\\Data".to_owned());
        registry.set(&list, "ProgramData", &moved).unwrap();
        assert_eq!(policy_files(&registry), [local, PathBuf::from("D:\\Data\\ntuser.pol")]);
    }
}
