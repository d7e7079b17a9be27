//! A PowerShell script.
//!
//! It uses nothing newer than Windows PowerShell 2.0, which Server 2008 R2 has: no `#Requires
//! -RunAsAdministrator` (4.0), no `-in` and no `[ordered]` (3.0). The registry is reached through
//! .NET, because the cmdlets take wildcards in names and do not tell types. The text is in ASCII,
//! because Windows PowerShell takes a file without a byte order mark for one in the machine's code
//! page.

use std::fmt::Write as _;

use super::{LeftOut, Rendered, Settings, Step, values_of_machine};
use crate::model::registry::{Data, KeyPath, Root};
use crate::output::text::printable_ascii;

/// The script: writes what differs, says what it changed, and restarts the update service only
/// then. Its lines end in CRLF.
pub fn script(settings: &Settings<'_>) -> Rendered {
    let (steps, mut left_out) = values_of_machine(settings.operations);
    let mut text = "#Requires -Version 2.0\n".to_owned();
    for line in settings.origin {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "# {}", printable_ascii(line));
    }
    text.push_str(HEAD);
    let mut section: Option<&KeyPath> = None;
    for step in &steps {
        let (key, name) = step.place();
        let Some(command) = command(step) else {
            left_out.push(LeftOut::value(key, name, "a script cannot write this type"));
            continue;
        };
        if section.is_none_or(|section| section != key) {
            text.push_str(&opening(key));
            section = Some(key);
        }
        text.push_str(&command);
    }
    text.push_str(TAIL);
    Rendered { bytes: text.replace('\n', "\r\n").into_bytes(), left_out }
}

fn opening(key: &KeyPath) -> String {
    let hive = match key.root {
        Root::LocalMachine => "LocalMachine",
        Root::CurrentUser => "CurrentUser",
        Root::ClassesRoot => "ClassesRoot",
        Root::Users => "Users",
        Root::CurrentConfig => "CurrentConfig",
    };
    let path = string(&key.path);
    format!("\n$hive = [Microsoft.Win32.Registry]::{hive}\n$path = {path}\n")
}

fn command(step: &Step<'_>) -> Option<String> {
    Some(match step {
        Step::Remove { name, .. } => {
            format!("Remove-RegistryValue $hive $path {}\n", string(name))
        }
        Step::Set { name, data, .. } => {
            let (kind, data) = typed(data)?;
            format!("Set-RegistryValue $hive $path {} '{kind}' {data}\n", string(name))
        }
    })
}

/// The name of the type in .NET and the data as an argument.
fn typed(data: &Data) -> Option<(&'static str, String)> {
    let list = |items: Vec<String>, of: &str| format!("([{of}[]]@({}))", items.join(", "));
    Some(match data {
        Data::String(text) => ("String", string(text)),
        Data::ExpandString(text) => ("ExpandString", string(text)),
        Data::MultiString(texts) => {
            ("MultiString", list(texts.iter().map(|text| string(text)).collect(), "string"))
        }
        // .NET has signed numbers here.
        Data::Dword(number) => ("DWord", signed(i64::from(number.cast_signed()), "int")),
        Data::Qword(number) => ("QWord", signed(number.cast_signed(), "long")),
        Data::Binary(bytes) => {
            ("Binary", list(bytes.iter().map(ToString::to_string).collect(), "byte"))
        }
        Data::Other { .. } => return None,
    })
}

fn signed(number: i64, of: &str) -> String {
    if of == "int" && number >= 0 { number.to_string() } else { format!("([{of}]'{number}')") }
}

/// A string expression of exactly this text. In single quotes nothing but the quote itself has a
/// meaning; PowerShell also takes the typographic quotes for one, so whatever is not printable
/// ASCII is added by its number.
fn string(text: &str) -> String {
    let (mut parts, mut plain) = (Vec::new(), String::new());
    for unit in text.encode_utf16() {
        match u8::try_from(unit).ok().filter(|byte| matches!(byte, b' '..=b'~')) {
            Some(b'\'') => plain.push_str("''"),
            Some(byte) => plain.push(char::from(byte)),
            None => {
                parts.push(format!("'{}'", std::mem::take(&mut plain)));
                parts.push(format!("[char]{unit}"));
            }
        }
    }
    if parts.is_empty() {
        return format!("'{plain}'");
    }
    parts.push(format!("'{plain}'"));
    format!("({})", parts.join(" + "))
}

const HEAD: &str = r#"#
# Makes the machine it runs on have these settings of Windows Update. Writes only what differs, so
# it can be run again; -WhatIf shows what it would do. Windows PowerShell 2.0 (Server 2008 R2) is
# enough. A Group Policy that sets the same values writes its own again: where something was
# changed, policies are applied at once, and the script fails if one of them wrote other values.

[CmdletBinding(SupportsShouldProcess = $true)]
param()

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'
$caller = $PSCmdlet
$script:changes = 0
$script:held = @()

$identity = [Security.Principal.WindowsIdentity]::GetCurrent()
$principal = New-Object Security.Principal.WindowsPrincipal($identity)
$administrator = [Security.Principal.WindowsBuiltInRole]::Administrator
if (-not ($WhatIfPreference -or $principal.IsInRole($administrator))) {
    throw 'These settings are the machine''s: run this as an administrator.'
}

# A value with its type, to compare and to show. NUL separates what is a list.
function Join-Value($kind, $data) {
    "${kind}: " + (@($data) -join "`0")
}

# The value that is there; nothing where there is none.
function Get-RegistryValue($hive, $path, $name) {
    $key = $hive.OpenSubKey($path)
    if ($null -eq $key) { return }
    try {
        if (@($key.GetValueNames()) -contains $name) {
            $data = $key.GetValue($name, $null, 'DoNotExpandEnvironmentNames')
            Join-Value ($key.GetValueKind($name)) $data
        }
    }
    finally { $key.Close() }
}

function Set-RegistryValue($hive, $path, $name, $kind, $data) {
    $present = Get-RegistryValue $hive $path $name
    $wanted = Join-Value $kind $data
    if ($wanted -cne $present) {
        $shown = $wanted -replace "`0", ', '
        if (-not $caller.ShouldProcess("$($hive.Name)\$path", "Set $name to $shown")) { return }
        $key = $hive.CreateSubKey($path)
        try { $key.SetValue($name, $data, $kind) } finally { $key.Close() }
        $script:changes++
        if ($null -eq $present) { $present = 'not set' }
        "$name is $shown (was $($present -replace "`0", ', '))"
    }
    $script:held += ,@($hive, $path, $name, $wanted)
}

function Remove-RegistryValue($hive, $path, $name) {
    $present = Get-RegistryValue $hive $path $name
    if ($null -ne $present) {
        if (-not $caller.ShouldProcess("$($hive.Name)\$path", "Remove $name")) { return }
        $key = $hive.OpenSubKey($path, $true)
        try { $key.DeleteValue($name, $false) } finally { $key.Close() }
        $script:changes++
        "$name is removed (was $($present -replace "`0", ', '))"
    }
    $script:held += ,@($hive, $path, $name, $null)
}
"#;

const TAIL: &str = r#"
# A start type of 2 is automatic.
$service = [Microsoft.Win32.Registry]::LocalMachine.OpenSubKey('SYSTEM\CurrentControlSet\Services\wuauserv')
if ($null -eq $service) { throw 'There is no Windows Update service on this machine.' }
$start = $service.GetValue('Start')
$service.Close()
if ($start -ne 2 -and $caller.ShouldProcess('wuauserv', 'Start automatically')) {
    Set-Service -Name wuauserv -StartupType Automatic
    $script:changes++
    'wuauserv starts automatically'
}

if ($script:changes -eq 0) {
    'Nothing was changed. If an earlier run was interrupted, run: Restart-Service -Name wuauserv'
}
else {
    Restart-Service -Name wuauserv
    # It may ask whether to log off or restart.
    'n' | gpupdate.exe /target:computer /force
    if ($LASTEXITCODE -ne 0) { throw "gpupdate.exe failed with exit code $LASTEXITCODE" }
    $others = @()
    foreach ($value in $script:held) {
        $present = Get-RegistryValue $value[0] $value[1] $value[2]
        if ($value[3] -cne $present) { $others += $value[2] }
    }
    if ($others.Count -gt 0) {
        throw ('A Group Policy wrote other values: ' + ($others -join ', ') +
            '. Change them there: gpresult.exe /h report.html names the policy.')
    }
}
"#;
