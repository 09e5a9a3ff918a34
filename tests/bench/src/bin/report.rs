//! Prints the tables of what has been measured, and draws one picture a suite into `docs/pictures`.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a report is printed")]

use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use bootpay_bench::{picture, place, sample, standing, table};

fn main() -> Result<()> {
    let directory = place::samples()?;
    let mut files: Vec<_> = std::fs::read_dir(&directory)
        .with_context(|| format!("{}: nothing has been measured yet", directory.display()))?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<_>>()?;
    files.retain(|path| path.extension().is_some_and(|extension| extension == "jsonl"));
    files.sort();
    ensure!(!files.is_empty(), "{}: nothing has been measured yet", directory.display());

    let pictures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/pictures");
    std::fs::create_dir_all(&pictures)?;
    // Suites by name on the command line, or all.
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    for file in files {
        let suite = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        // Memory is no comparison: its bench draws it.
        if suite == "memory" || !wanted.is_empty() && !wanted.contains(&suite) {
            continue;
        }
        let compared = standing::compare(&sample::read(&file)?);
        println!("\n## {suite}\n{}", table::markdown(&compared));
        let picture = pictures.join(format!("{suite}.svg"));
        picture::draw(&picture, &suite, &compared)?;
        eprintln!("drew docs/pictures/{suite}.svg");
    }
    Ok(())
}
