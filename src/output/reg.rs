//! Windows client settings that use the chosen endpoint: .reg and PowerShell.
