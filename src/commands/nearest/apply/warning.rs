//! Whether a policy sets other values than those that are applied.

use std::fs::File;
use std::io::{self, Read as _, Write};
use std::path::Path;

use crate::model::registry::{Data, Document};
use crate::policy::desired::Desired;
use crate::policy::effective::Effective;
use crate::policy::setting::Setting;
use crate::windows::places;
use crate::windows::registry::Registry;
use crate::wire::registry_source;

/// Tells each policy file of this machine that sets one of the values otherwise, or that cannot
/// be read.
///
/// # Errors
/// Writing failed.
pub(super) fn of_policies(
    registry: &dyn Registry,
    wanted: &Desired,
    messages: &mut dyn Write,
) -> io::Result<()> {
    for path in places::policy_files(registry) {
        match read(&path) {
            Ok(None) => {}
            Ok(Some(document)) => {
                if let Some(setting) = first_other(document, wanted) {
                    let (name, path) = (setting.value_name(), path.display());
                    writeln!(
                        messages,
                        "warning: a Group Policy sets {name} otherwise ({path}), and writes it \
                         again when the policy changes, or with `gpupdate /force`\n  hint: change the policy: `gpresult /h \
                         report.html` says which one it is"
                    )?;
                }
            }
            Err(why) => {
                let path = path.display();
                writeln!(
                    messages,
                    "note: whether a Group Policy sets the server is not known: {path}: {why}"
                )?;
            }
        }
    }
    Ok(())
}

/// The document; absent where there is no such file.
fn read(path: &Path) -> Result<Option<Document>, String> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.to_string()),
    };
    let mut bytes = Vec::new();
    let most = u64::try_from(registry_source::MAX_BYTES).unwrap_or(u64::MAX).saturating_add(1);
    file.take(most).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    registry_source::read(&bytes, &path.display().to_string()).map(Some).map_err(|error| error.text)
}

/// The first value that the document leaves otherwise than it is wanted.
fn first_other(document: Document, wanted: &Desired) -> Option<Setting> {
    let effective = Effective::of(&[document]);
    let held = |setting| effective.held(setting).map(|held| &held.data);
    let mut each = wanted.values.iter();
    let other = each.find(|(setting, data): &&(Setting, Option<Data>)| {
        held(*setting).is_some_and(|held| Some(held) != data.as_ref())
    });
    other.map(|(setting, _)| *setting)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::registry::{Entry, Format, Operation, Place};

    fn policy(name: &str, data: Data) -> Document {
        let key = Setting::WuServer.key();
        let operation = Operation::Set { key, name: name.to_owned(), data, soft: false };
        let entries = vec![Entry { at: Place::Byte(8), operation, certain: true }];
        Document { format: Format::PolicyFile, entries, remarks: Vec::new() }
    }

    #[test]
    fn a_policy_matters_where_it_says_something_else() {
        let (url, other) = ("http://a.test:8530", "http://b.test:8530");
        let wanted = Desired::server(url);
        let text = |text: &str| Data::String(text.to_owned());
        assert_eq!(first_other(policy("WUServer", text(url)), &wanted), None);
        let found = first_other(policy("wuserver", text(other)), &wanted);
        assert_eq!(found, Some(Setting::WuServer));
        assert_eq!(first_other(policy("TargetGroup", text(other)), &wanted), None);
    }

    #[test]
    fn a_file_that_is_not_there_is_no_policy_and_one_that_cannot_be_read_is_unknown() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(read(&folder.path().join("nosuch")), Ok(None));
        assert!(read(folder.path()).is_err());
        let odd = folder.path().join("Registry.pol");
        std::fs::write(&odd, "\0\u{1}").unwrap();
        assert!(read(&odd).is_err());
    }
}
