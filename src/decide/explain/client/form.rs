//! The form of the source.

use super::Text;
use crate::model::client::ClientFindingCode as Code;

/// A file that is made anew has none of these mistakes.
const RENDER: &str = "or let `client render --fix FILE --to NEW.reg` write the file anew";

pub(super) const TEXTS: &[Text] = &[
    Text {
        code: Code::SeveralValuesOnOneLine,
        means: "An importer passes over such a line as a whole: none of its values is set, and \
                nothing says so.",
        reasons: &["the text was copied from a web page or a chat that joined its lines"],
        actions: &["write each value on a line of its own", RENDER],
        doubts: &[
            "seen of the importer of Wine, whose tests record the same of Windows; not seen on Windows",
        ],
    },
    Text {
        code: Code::RegistryHeaderMissing,
        means: "Windows takes a text for a registry file only by its first line. Without it nothing \
                is imported.",
        reasons: &["only the values were copied from documentation"],
        actions: &[
            "begin the file with `Windows Registry Editor Version 5.00` and an empty line",
            RENDER,
        ],
        doubts: &[],
    },
    Text {
        code: Code::Unreadable,
        means: "What cannot be read is not set. A finding of weight error says that nothing of the \
                source could be read, or that a value is lost without which the server is not used. \
                With a wrong root, a key is passed over together with the values under it; with a \
                blank before it or without its closing bracket, only its line is, and the values \
                go to the key before it.",
        reasons: &[
            "a line was broken or joined on its way",
            "the file was cut short, or is not what its name says",
        ],
        actions: &[
            "correct the place that is named",
            "`client render --fix FILE --to NEW.reg` writes out the root of a key that is abbreviated \
             or misspelled, unless the line deletes that key; what cannot be read it leaves out, \
             what it seems to mean it keeps, and says so of each",
        ],
        doubts: &["what Windows makes of a damaged file was not tried for every kind of damage"],
    },
    Text {
        code: Code::EncodingNotImported,
        means: "The registry editor reads UTF-16 with a byte order mark (little-endian) and 8-bit \
                text. What it makes of other encodings is nothing, or something else than meant.",
        reasons: &[
            "an editor or a script saved the file as UTF-16 without its mark, or big-endian",
        ],
        actions: &["save it as UTF-16LE with a byte order mark", RENDER],
        doubts: &["which encodings are imported is from trials that others published"],
    },
    Text {
        code: Code::SetTwice,
        means: "What is read last counts: of two values the later one, and nothing where a later line \
                removes the value or its key.",
        reasons: &["two files were joined", "lines that clean up stand at the end of the file"],
        actions: &["keep what is meant", "put what removes before what sets"],
        doubts: &[],
    },
    Text {
        code: Code::ChangeUnfinished,
        means: "A change of the settings was begun and not brought to its end: some values are new, \
                some old. With two different URLs the server is not used.",
        reasons: &[
            "the program or the machine was stopped in the middle",
            "rights ended in between",
        ],
        actions: &[
            "run `nearest --apply` again: it puts the previous values back first, then makes the change",
            "or import the file with the previous values that was saved beside it",
        ],
        doubts: &[],
    },
];
