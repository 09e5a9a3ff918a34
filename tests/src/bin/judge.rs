//! Plays the cases of `tests/vectors` with the runners of several languages, and compares what they made of them.
//!
//! `judge --cases FOLDER --reports FOLDER NAME=COMMAND …`: each report goes to `FOLDER/NAME.txt`. Ends with 0 where every
//! report is what the cases expect and all are equal, byte for byte.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, bail, ensure};
use bootpay_tests::conformance::{Judgement, Runner, judge, load};

#[tokio::main]
async fn main() -> Result<ExitCode> {
    let (mut folder, mut reports, mut only) = (PathBuf::from("tests/vectors"), PathBuf::from("target/reports"), None);
    let mut runners = Vec::new();
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().with_context(|| format!("{argument} wants a value"));
        match argument.as_str() {
            "--cases" => folder = value()?.into(),
            "--reports" => reports = value()?.into(),
            "--only" => only = Some(value()?),
            _ => match argument.split_once('=') {
                Some((name, command)) => runners.push((name.to_owned(), command.to_owned())),
                None => bail!("`{argument}` is no NAME=COMMAND"),
            },
        }
    }
    let mut cases = load(&folder)?;
    if let Some(only) = &only {
        cases.retain(|case| case.id.contains(only.as_str()));
    }
    ensure!(!cases.is_empty() && !runners.is_empty(), "there is nothing to play, or nobody to play it");
    std::fs::create_dir_all(&reports)?;
    println!("{} cases, {} runners", cases.len(), runners.len());

    // Runners and their sandboxes have nothing to do with each other, so all play at once.
    let played = runners.into_iter().map(|(name, command)| {
        let cases = cases.clone();
        tokio::spawn(async move {
            let program: Vec<String> = command.split_whitespace().map(str::to_owned).collect();
            let mut runner = Runner::start(&name, &program)?;
            Ok::<_, anyhow::Error>((name, judge(&mut runner, &cases).await?))
        })
    });
    let mut judgements: Vec<(String, Judgement)> = Vec::new();
    for task in played.collect::<Vec<_>>() {
        judgements.push(task.await??);
    }

    let mut all_well = true;
    for (name, judgement) in &judgements {
        let file = reports.join(format!("{name}.txt"));
        std::fs::write(&file, &judgement.report)?;
        println!("{name}: {} lines, {} misfits", judgement.report.lines().count(), judgement.misfits.len());
        for misfit in &judgement.misfits {
            println!("  {misfit}");
            all_well = false;
        }
    }
    if let Some(((first, expected), others)) = judgements.split_first() {
        for (name, judgement) in others {
            if judgement.report == expected.report {
                println!("{name} = {first}, byte for byte");
                continue;
            }
            all_well = false;
            println!("{name} differs from {first}:");
            for (case, left, right) in differences(&expected.report, &judgement.report).take(5) {
                println!("  {case}\n    {first}: {left}\n    {name}: {right}");
            }
        }
    }
    Ok(if all_well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The lines that differ, each with the case that it is of.
fn differences<'a>(left: &'a str, right: &'a str) -> impl Iterator<Item = (&'a str, &'a str, &'a str)> {
    let mut case = "";
    left.lines().zip(right.lines().chain(std::iter::repeat("(no line)"))).filter_map(move |(left, right)| {
        if left.starts_with("# ") {
            case = left;
        }
        (left != right).then_some((case, left, right))
    })
}
