//! Every target with the corpus that is kept, and with a bounded number of inputs made from it. The inputs are the same
//! in every run; `SEED=…` makes others, `FACTOR=10` ten times as many.

use std::fmt::Write as _;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};

use bootpay_fuzz::{TARGETS, mutate};

fn from_environment(name: &str, usual: u64) -> u64 {
    std::env::var(name).map_or(usual, |number| number.parse().unwrap_or_else(|_| panic!("{name} is a number")))
}

fn corpus(name: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(name);
    let files = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
    files.sort();
    files.into_iter().map(|path| (path.clone(), std::fs::read(path).unwrap())).collect()
}

/// An input as it can be pasted into a file of the corpus with `printf`.
fn spelled(input: &[u8]) -> String {
    input.iter().fold(String::new(), |mut text, byte| {
        let _ = match byte {
            b'\n' => write!(text, "\\n"),
            b'\\' => write!(text, "\\\\"),
            b'%' => write!(text, "%%"),
            b' '..=b'~' => write!(text, "{}", *byte as char),
            _ => write!(text, "\\{byte:03o}"),
        };
        text
    })
}

fn replay(name: &str) {
    let target = bootpay_fuzz::target(name).unwrap();
    let corpus = corpus(name);
    assert!(!corpus.is_empty(), "no corpus for {name}");
    for (path, input) in &corpus {
        assert!(catch_unwind(|| (target.run)(input)).is_ok(), "{name} is broken by {}", path.display());
    }
    let inputs: Vec<Vec<u8>> = corpus.into_iter().map(|(_, input)| input).collect();
    let mut rng = fastrand::Rng::with_seed(from_environment("SEED", 1));
    for _ in 0..target.bounded as u64 * from_environment("FACTOR", 1) {
        let input = mutate::mutate(&inputs, &mut rng);
        assert!(catch_unwind(|| (target.run)(&input)).is_ok(), "{name} is broken by: printf '{}'", spelled(&input));
    }
}

#[test]
fn the_answer_to_a_cancel_proves_what_the_table_says() {
    replay("cancel_answer");
}

#[test]
fn the_answer_to_a_lookup_is_a_receipt_only_where_it_is_one() {
    replay("lookup_answer");
}

#[test]
fn the_answer_to_a_request_for_a_token_is_a_token_only_where_it_is_one() {
    replay("token_answer");
}

#[test]
fn a_time_is_the_moment_that_it_names() {
    replay("korean_time");
}

#[test]
fn what_a_caller_gives_is_right_or_is_refused() {
    replay("inputs");
}

#[test]
fn a_row_of_the_journal_is_what_its_cells_say_or_is_corrupt() {
    replay("journal_row");
}

#[test]
fn a_file_of_cancels_means_what_a_person_reads_in_it_or_is_refused() {
    replay("bulk_file");
}

#[test]
fn no_set_up_from_another_language_panics() {
    replay("ffi_config");
}

#[test]
fn no_request_from_another_language_panics() {
    replay("ffi_request");
}

#[test]
fn every_target_has_its_test() {
    let here = include_str!("replay.rs");
    for target in TARGETS {
        assert!(here.contains(&format!("replay(\"{}\")", target.name)), "{} is never replayed", target.name);
    }
}
