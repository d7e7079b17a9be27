//! Small readers of the formats that this program only writes: which values they set and remove.

#![cfg(test)]

use wsus_probe::model::registry::{Data, Operation};

/// A value's place as `KEY\NAME`, and its data; absent where it is removed.
pub(super) type Step = (String, Option<Data>);

/// The same of operations.
pub(super) fn steps(operations: &[Operation]) -> Vec<Step> {
    let step = |operation: &Operation| match operation {
        Operation::Set { key, name, data, .. } => {
            Some((format!("{key}\\{name}"), Some(data.clone())))
        }
        Operation::DeleteValue { key, name } => Some((format!("{key}\\{name}"), None)),
        Operation::Key(_) | Operation::DeleteKey(_) | Operation::DeleteValues(_) => None,
    };
    operations.iter().filter_map(step).collect()
}

pub(super) fn json(bytes: &[u8]) -> Vec<Step> {
    let document: serde_json::Value = serde_json::from_slice(bytes).unwrap();
    let mut steps = Vec::new();
    for step in document["operations"].as_array().unwrap() {
        let place =
            || format!("{}\\{}", step["key"].as_str().unwrap(), step["name"].as_str().unwrap());
        let data = &step["data"];
        match (step["action"].as_str().unwrap(), step["type"].as_str()) {
            ("make_key", None) => {}
            ("remove", None) => steps.push((place(), None)),
            ("set", Some("REG_SZ")) => {
                steps.push((place(), Some(Data::String(data.as_str().unwrap().to_owned()))));
            }
            ("set", Some("REG_DWORD")) => {
                let number = u32::try_from(data.as_u64().unwrap()).unwrap();
                steps.push((place(), Some(Data::Dword(number))));
            }
            other => panic!("{other:?}"),
        }
    }
    steps
}

pub(super) fn lgpo(bytes: &[u8]) -> Vec<Step> {
    let text = std::str::from_utf8(bytes).unwrap();
    let lines: Vec<_> = text.split("\r\n").filter(|line| !line.starts_with(';')).collect();
    let lines: Vec<_> = lines.into_iter().filter(|line| !line.is_empty()).collect();
    let step = |block: &[&str]| {
        let [whose, key, name, action] = block else { panic!("{block:?}") };
        let root = match *whose {
            "Computer" => "HKEY_LOCAL_MACHINE",
            "User" => "HKEY_CURRENT_USER",
            other => panic!("{other}"),
        };
        let data = match action.split_once(':') {
            Some(("DWORD", number)) => Some(Data::Dword(number.parse().unwrap())),
            Some(("SZ", text)) => Some(Data::String(text.to_owned())),
            Some(other) => panic!("{other:?}"),
            None => {
                assert_eq!(*action, "DELETE");
                None
            }
        };
        (format!("{root}\\{key}\\{name}"), data)
    };
    lines.chunks(4).map(step).collect()
}

/// The tasks of a play. One that sets a value has its fields on lines of their own.
pub(super) fn ansible(bytes: &[u8]) -> Vec<Step> {
    let text = std::str::from_utf8(bytes).unwrap();
    let (tasks, _) = text.split_once("\n  handlers:\n").unwrap();
    let tasks = tasks.split("ansible.windows.win_regedit:\n").skip(1);
    let step = |task: &str| {
        let field = |name: &str| {
            let start = format!("        {name}: ");
            task.lines().find_map(|line| line.strip_prefix(&start))
        };
        let path = yaml_text(field("path").unwrap());
        let path = path.replace("HKLM:", "HKEY_LOCAL_MACHINE");
        let data = match (field("state"), field("type")) {
            (Some("absent"), None) => None,
            (None, Some("string")) => Some(Data::String(yaml_text(field("data").unwrap()))),
            (None, Some("dword")) => Some(Data::Dword(field("data").unwrap().parse().unwrap())),
            other => panic!("{other:?}"),
        };
        (format!("{path}\\{}", yaml_text(field("name").unwrap())), data)
    };
    tasks.map(step).collect()
}

/// What a scalar in double quotes says.
fn yaml_text(scalar: &str) -> String {
    let scalar = scalar.strip_prefix("!unsafe ").unwrap_or(scalar);
    let mut rest = scalar.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap();
    let mut text = String::new();
    while let Some((before, escape)) = rest.split_once('\\') {
        text.push_str(before);
        let (said, after) = if let Some(number) = escape.strip_prefix('U') {
            let (number, after) = number.split_at(8);
            let code = u32::from_str_radix(number, 16).unwrap();
            (char::from_u32(code).unwrap(), after)
        } else {
            let said = escape.chars().next().unwrap();
            assert!(['"', '\\'].contains(&said), "{scalar}");
            (said, escape.get(1..).unwrap())
        };
        text.push(said);
        rest = after;
    }
    text + rest
}

/// The calls of a script, each on a line of its own.
pub(super) fn powershell(bytes: &[u8]) -> Vec<Step> {
    let text = std::str::from_utf8(bytes).unwrap();
    let (mut steps, mut hive, mut path) = (Vec::new(), "", String::new());
    for line in text.split("\r\n") {
        if let Some(named) = line.strip_prefix("$hive = [Microsoft.Win32.Registry]::") {
            hive = named;
        } else if let Some(expression) = line.strip_prefix("$path = ") {
            path = powershell_text(expression).0;
        } else if let Some(call) = line.strip_prefix("Remove-RegistryValue $hive $path ") {
            steps.push((hive, path.clone(), powershell_text(call).0, None));
        } else if let Some(call) = line.strip_prefix("Set-RegistryValue $hive $path ") {
            let (name, rest) = powershell_text(call);
            let data = if let Some(text) = rest.strip_prefix(" 'String' ") {
                Data::String(powershell_text(text).0)
            } else if let Some(number) = rest.strip_prefix(" 'DWord' ([int]'") {
                let number: i32 = number.strip_suffix("')").unwrap().parse().unwrap();
                Data::Dword(number.cast_unsigned())
            } else {
                Data::Dword(rest.strip_prefix(" 'DWord' ").unwrap().parse().unwrap())
            };
            steps.push((hive, path.clone(), name, Some(data)));
        }
    }
    let root = |hive: &str| {
        assert_eq!(hive, "LocalMachine");
        "HKEY_LOCAL_MACHINE"
    };
    let step = |(hive, path, name, data)| (format!("{}\\{path}\\{name}", root(hive)), data);
    steps.into_iter().map(step).collect()
}

/// What a string, or a sum of strings and characters in parentheses, says; and what follows it.
fn powershell_text(expression: &str) -> (String, &str) {
    let Some(mut rest) = expression.strip_prefix('(') else { return single_quoted(expression) };
    let mut units: Vec<u16> = Vec::new();
    loop {
        if let Some(number) = rest.strip_prefix("[char]") {
            let end = number.find(|c: char| !c.is_ascii_digit()).unwrap();
            let (number, after) = number.split_at(end);
            units.push(number.parse().unwrap());
            rest = after;
        } else {
            let (text, after) = single_quoted(rest);
            units.extend(text.encode_utf16());
            rest = after;
        }
        match rest.strip_prefix(" + ") {
            Some(more) => rest = more,
            None => break,
        }
    }
    (String::from_utf16(&units).unwrap(), rest.strip_prefix(')').unwrap())
}

fn single_quoted(expression: &str) -> (String, &str) {
    let mut rest = expression.strip_prefix('\'').unwrap();
    let mut text = String::new();
    loop {
        let (before, after) = rest.split_once('\'').unwrap();
        text.push_str(before);
        match after.strip_prefix('\'') {
            Some(more) => {
                text.push('\'');
                rest = more;
            }
            None => return (text, after),
        }
    }
}
