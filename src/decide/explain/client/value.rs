//! Single values: what they are, how they are called and where they stand.

use super::Text;
use crate::model::client::ClientFindingCode as Code;

pub(super) const TEXTS: &[Text] = &[
    Text {
        code: Code::OutOfRange,
        means: "The setting does not do what the number says. What Windows does in its place, to pass \
                over it or to take the nearest number, is not documented.",
        reasons: &[
            "another unit was meant, such as minutes for hours",
            "a release of Windows knows more",
        ],
        actions: &["set a number of the range that the finding names"],
        doubts: &[
            "AUOptions 7 is known to Windows Server 2016 and later only, and 1 stands in one page of \
             Microsoft's and not in the other",
        ],
    },
    Text {
        code: Code::WrongType,
        means: "The update agent reads each setting with one type. A number that is stored as a text \
                looks almost the same in the registry editor and is another thing.",
        reasons: &[
            "quotes around the number in a registry file",
            "a script that writes every value as a text",
            "a QWORD in place of a DWORD",
        ],
        actions: &["remove the value and set it with the type that the finding names"],
        doubts: &[
            "what the agent makes of another type is not documented",
            "that holds for a URL as a string with variables (REG_EXPAND_SZ) as well",
        ],
    },
    Text {
        code: Code::DecimalOrHex,
        means: "Numbers behind dword: are hexadecimal: dword:00000022 is 34, dword:00000016 is 22. The \
                number is out of range, and its digits read as decimal would be in it.",
        reasons: &["a decimal number was typed into a registry file"],
        actions: &["write the hexadecimal digits that the finding names"],
        doubts: &[
            "numbers that are in range either way are not reported: 10 hours or 16, who knows",
        ],
    },
    Text {
        code: Code::MisspelledName,
        means: "The update agent passes over names that it does not know, without a word. What was \
                meant is not set.",
        reasons: &["the name was typed"],
        actions: &["set the value under its right name", "remove the misspelled one"],
        doubts: &["it may be a value of another program with a similar name"],
    },
    Text {
        code: Code::UnknownName,
        means: "Nothing, for the update agent: it passes over the value. Vendors leave marks of their \
                own in these keys, RackSpaceDefaults for one.",
        reasons: &["the mark of a vendor's tool", "a setting of a release newer than this program"],
        actions: &["leave it if you know whose it is"],
        doubts: &["the list of settings that this program knows is not complete"],
    },
    Text {
        code: Code::WrongKey,
        means: "Each setting is read from one key. Under another key it is as if it were not there. \
                UseWUServer and what belongs to automatic updates are in the key AU, the two URLs in \
                the key above it.",
        reasons: &[
            "all values were put into one key",
            "the key was typed, or is that of another product",
        ],
        actions: &["move the values to the key that the finding names"],
        doubts: &[
            "the key `Auto Update` under CurrentVersion holds what the control panel chose on older \
             releases; that is no mistake, and policy goes above it",
        ],
    },
    Text {
        code: Code::WrongView,
        means: "The update agent reads the machine's registry, and of that the part for 64-bit \
                programs. What stands under HKEY_CURRENT_USER or Wow6432Node is not what it reads.",
        reasons: &[
            "a 32-bit program or installer wrote it",
            "the root in the file is the wrong one",
        ],
        actions: &[
            "set the values under HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies",
            "remove the others",
        ],
        doubts: &["equal values in both views do no harm and are not reported"],
    },
];
