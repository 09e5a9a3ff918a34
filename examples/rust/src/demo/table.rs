//! A table that lines up, Hangul included.

use unicode_width::UnicodeWidthStr;

/// What happened in a scene.
pub(crate) struct Row {
    /// What was done.
    pub(crate) scene: &'static str,
    /// What the caller saw.
    pub(crate) caller: String,
    /// What the sandbox's ledger says.
    pub(crate) ledger: String,
    /// Whether the two agree.
    pub(crate) agrees: bool,
    /// What the caller is told to do.
    pub(crate) hint: Option<String>,
}

pub(crate) fn print(rows: &[Row]) {
    let widest = |text: fn(&Row) -> &str| rows.iter().map(|row| text(row).width()).max().unwrap_or(0);
    let (scenes, callers) = (widest(|row| row.scene), widest(|row| &row.caller));
    println!("   {}  {}  THE LEDGER SAYS", pad("WHAT WAS DONE", scenes), pad("THE CALLER SAW", callers));
    for row in rows {
        let mark = if row.agrees { "✓" } else { "✗" };
        println!(" {mark} {}  {}  {}", pad(row.scene, scenes), pad(&row.caller, callers), row.ledger);
        for line in row.hint.iter().flat_map(|hint| hint.lines()) {
            println!("     → {line}");
        }
    }
}

fn pad(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(text.width())))
}
