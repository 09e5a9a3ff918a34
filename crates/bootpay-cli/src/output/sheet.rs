//! Aligned columns. Hangul takes two cells of a terminal, so widths are counted in cells and not in characters.

use unicode_width::UnicodeWidthStr as _;

/// Labels and values, one below the other.
#[derive(Debug, Default)]
pub(crate) struct Fields(Vec<(String, String)>);

impl Fields {
    pub(crate) fn add(&mut self, label: &str, value: impl Into<String>) {
        self.0.push((label.to_owned(), plain(&value.into())));
    }

    pub(crate) fn add_some(&mut self, label: &str, value: Option<impl Into<String>>) {
        if let Some(value) = value {
            self.add(label, value);
        }
    }

    /// Indented, with the values in one column.
    pub(crate) fn laid_out(&self) -> String {
        let widest = self.0.iter().map(|(label, _)| label.width()).max().unwrap_or(0);
        self.0.iter().map(|(label, value)| format!("  {}  {value}\n", padded(label, widest))).collect()
    }
}

/// Rows under headings. Columns that are empty throughout are left out.
pub(crate) fn table(headings: &[&str], rows: &[Vec<String>]) -> String {
    let cell = |row: &Vec<String>, column: usize| row.get(column).map(|cell| plain(cell)).unwrap_or_default();
    let used: Vec<usize> =
        (0..headings.len()).filter(|column| rows.iter().any(|row| !cell(row, *column).is_empty())).collect();
    let width = |column: usize| {
        let heading = headings.get(column).map_or(0, |heading| heading.width());
        rows.iter().map(|row| cell(row, column).width()).max().unwrap_or(0).max(heading)
    };
    let line = |cells: Vec<String>| {
        let cells: Vec<String> = cells.iter().zip(&used).map(|(cell, column)| padded(cell, width(*column))).collect();
        format!("{}\n", cells.join("  ").trim_end())
    };
    let mut text =
        line(used.iter().map(|column| headings.get(*column).copied().unwrap_or_default().to_owned()).collect());
    for row in rows {
        text.push_str(&line(used.iter().map(|column| cell(row, *column)).collect()));
    }
    text
}

/// A text from outside, in one line and without what would move a terminal's cursor or change its colours.
pub(crate) fn plain(text: &str) -> String {
    text.chars().map(|char| if char.is_control() { ' ' } else { char }).collect()
}

fn padded(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(text.width())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hangul_is_two_cells_wide() {
        let mut fields = Fields::default();
        fields.add("영수증", "a");
        fields.add("tid", "b");
        assert_eq!(fields.laid_out(), "  영수증  a\n  tid     b\n");
    }

    #[test]
    fn a_table_leaves_empty_columns_out() {
        let rows = vec![vec!["국민".into(), String::new(), "x".into()], vec!["a".into(), String::new(), "y".into()]];
        assert_eq!(table(&["b", "c", "d"], &rows), "b     d\n국민  x\na     y\n");
    }

    #[test]
    fn a_server_cannot_steer_the_terminal() {
        assert_eq!(plain("a\u{1b}[2Jb\nc"), "a [2Jb c");
    }
}
