//! Aligned columns and wrapped paragraphs.

use super::{Style, Tone};
use crate::output::text::printable;

/// One column of a table.
pub(in crate::output) struct Column {
    /// Its heading.
    pub title: &'static str,
    /// Numbers are aligned to the right, words to the left.
    pub right: bool,
    /// Blanks before it, where it is not the first.
    pub gap: usize,
}

/// One cell. Its text is escaped, so that one character is one column.
pub(in crate::output) struct Cell {
    text: String,
    tone: Tone,
}

impl Cell {
    /// A cell in the given tone.
    pub(in crate::output) fn new(text: &str, tone: Tone) -> Self {
        Self { text: printable(text).into_owned(), tone }
    }

    /// A cell without emphasis.
    pub(in crate::output) fn plain(text: &str) -> Self {
        Self::new(text, Tone::Plain)
    }

    fn columns(&self) -> usize {
        self.text.chars().count()
    }
}

/// Rows of cells under headings.
///
/// A first cell that is too long for its column to leave room for the others gets a line of its
/// own; the last column wraps at the terminal's edge.
pub(in crate::output) struct Table {
    indent: usize,
    columns: &'static [Column],
    rows: Vec<Vec<Cell>>,
}

impl Table {
    /// A table with its headings.
    pub(in crate::output) fn new(indent: usize, columns: &'static [Column]) -> Self {
        let heading = columns.iter().map(|c| Cell::new(c.title, Tone::Faint)).collect();
        Self { indent, columns, rows: vec![heading] }
    }

    /// Adds a row with one cell for each column.
    pub(in crate::output) fn push(&mut self, row: Vec<Cell>) {
        debug_assert_eq!(row.len(), self.columns.len(), "one cell for each column");
        self.rows.push(row);
    }

    /// The text of each row without a line feed at its end, the headings first.
    pub(in crate::output) fn lines(&self, style: Style) -> Vec<String> {
        let widths = self.widths(style);
        self.rows.iter().map(|row| self.line(row, &widths, style)).collect()
    }

    fn widths(&self, style: Style) -> Vec<usize> {
        let mut widths: Vec<usize> = vec![0; self.columns.len()];
        for row in &self.rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = cell.columns().max(*width);
            }
        }
        if let Some(last) = widths.last_mut() {
            let cells = || self.rows.iter().filter_map(|row| row.last());
            let word = cells().map(longest_word).max().unwrap_or_default();
            *last = (*last).min(ROOM_FOR_TEXT).max(word);
        }
        let gaps: usize = self.columns.iter().skip(1).map(|column| column.gap).sum();
        let others = self.indent + gaps + widths.iter().skip(1).sum::<usize>();
        if let Some(first) = widths.first_mut() {
            *first = (*first).min(style.width.saturating_sub(others).max(NARROWEST_FIRST_COLUMN));
        }
        widths
    }

    fn line(&self, row: &[Cell], widths: &[usize], style: Style) -> String {
        let Some((last, front)) = row.split_last() else { return String::new() };
        let mut text = " ".repeat(self.indent);
        let mut position = self.indent;
        for (index, ((cell, column), width)) in
            front.iter().zip(self.columns).zip(widths).enumerate()
        {
            if index > 0 {
                text.push_str(&" ".repeat(column.gap));
                position += column.gap;
            }
            position += width;
            if cell.columns() > *width {
                text.push_str(&cell.tone.paint(&cell.text, style));
                text.push('\n');
                text.push_str(&" ".repeat(position));
                continue;
            }
            let padding = " ".repeat(width - cell.columns());
            let painted = cell.tone.paint(&cell.text, style);
            text.push_str(&if column.right { padding + &painted } else { painted + &padding });
        }
        let gap = self.columns.last().map_or(0, |column| column.gap);
        position += gap;
        text.push_str(&" ".repeat(gap));
        let rest = wrap(&last.text, style.width.saturating_sub(position));
        for (index, piece) in rest.iter().enumerate() {
            if index > 0 {
                text.push('\n');
                text.push_str(&" ".repeat(position));
            }
            text.push_str(&last.tone.paint(piece, style));
        }
        text.truncate(text.trim_end().len());
        text
    }
}

fn longest_word(cell: &Cell) -> usize {
    cell.text.split(' ').map(|word| word.chars().count()).max().unwrap_or_default()
}

/// A heading in one tone, wrapped with its further lines under the first.
pub(in crate::output) fn heading(indent: usize, text: &str, tone: Tone, style: Style) -> String {
    let mut lines = String::new();
    for piece in wrap(&printable(text), style.width.saturating_sub(indent)) {
        lines.push_str(&" ".repeat(indent));
        lines.push_str(&tone.paint(&piece, style));
        lines.push('\n');
    }
    lines
}

/// A labelled paragraph, wrapped with its further lines under the first one's text.
pub(in crate::output) fn paragraph(indent: usize, label: &str, text: &str, style: Style) -> String {
    let start = indent + label.chars().count();
    let mut lines = String::new();
    for (index, piece) in
        wrap(&printable(text), style.width.saturating_sub(start)).iter().enumerate()
    {
        let lead = if index == 0 { label } else { "" };
        let blanks = if index == 0 { indent } else { start };
        lines.push_str(&" ".repeat(blanks));
        lines.push_str(&Tone::Faint.paint(lead, style));
        lines.push_str(piece);
        lines.push('\n');
    }
    lines
}

/// Breaks at blanks; a word that is longer than the width stays whole. At least one piece.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut pieces = Vec::new();
    let mut piece = String::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let needed = piece.chars().count() + 1 + word.chars().count();
        if !piece.is_empty() && needed > width {
            pieces.push(std::mem::take(&mut piece));
        }
        if !piece.is_empty() {
            piece.push(' ');
        }
        piece.push_str(word);
    }
    pieces.push(piece);
    pieces
}

/// Columns that are kept free for the text of the last column before the first is narrowed.
const ROOM_FOR_TEXT: usize = 24;

/// Columns that the first column is never narrowed below: an IPv4 address fits.
const NARROWEST_FIRST_COLUMN: usize = 15;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_wraps_at_blanks_only() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("unbreakable a", 4), ["unbreakable", "a"]);
        assert_eq!(wrap("", 4), [""]);
    }

    #[test]
    fn a_long_first_cell_gets_its_own_line() {
        const COLUMNS: &[Column] = &[
            Column { title: "name", right: false, gap: 0 },
            Column { title: "ms", right: true, gap: 2 },
            Column { title: "why", right: false, gap: 2 },
        ];
        let mut table = Table::new(0, COLUMNS);
        table.push(vec![Cell::plain("a"), Cell::plain("1.0"), Cell::plain("near and good")]);
        table.push(vec![Cell::plain(&"x".repeat(30)), Cell::plain("20.0"), Cell::plain("")]);
        let lines = table.lines(Style { color: false, width: 30 });
        assert_eq!(
            lines,
            [
                "name               ms  why",
                "a                 1.0  near\n                       and\n                       good",
                "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n                 20.0",
            ]
        );
    }
}
