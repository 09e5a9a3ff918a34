//! Inputs made from the corpus without guidance: for `make test`, where they must be the same ones every time.

use fastrand::Rng;

/// Words that mean something to one of the readers. libFuzzer gets the same (`-dict`).
const DICTIONARY: &str = include_str!("../dictionary.txt");

/// An input like those of the corpus, with a few things changed.
pub fn mutate(corpus: &[Vec<u8>], rng: &mut Rng) -> Vec<u8> {
    let mut input = pick(corpus, rng).cloned().unwrap_or_default();
    for _ in 0..rng.usize(1..6) {
        change(&mut input, corpus, rng);
    }
    input.truncate(8_192);
    input
}

fn change(input: &mut Vec<u8>, corpus: &[Vec<u8>], rng: &mut Rng) {
    let at = rng.usize(0..=input.len());
    let end = (at + rng.usize(0..9)).min(input.len());
    match rng.u8(0..8) {
        0 => input.insert(at, rng.u8(..)),
        1 => drop(input.drain(at..end)),
        2 => {
            if let Some(byte) = input.get_mut(at) {
                *byte ^= 1 << rng.u8(0..8);
            }
        }
        3 => {
            let again = input[at..end].to_vec();
            splice(input, at, at, &again);
        }
        4 | 5 => splice(input, at, if rng.bool() { at } else { end }, &word(rng)),
        6 => replace_a_value(input, rng),
        _ => {
            let Some(other) = pick(corpus, rng).filter(|other| !other.is_empty()) else { return };
            let from = rng.usize(0..other.len());
            let to = (from + rng.usize(0..64)).min(other.len());
            splice(input, at, at, &other[from..to]);
        }
    }
}

/// Replaces what stands between a colon or a line's `=` and the next comma or end: another value for the same member.
fn replace_a_value(input: &mut Vec<u8>, rng: &mut Rng) {
    let starts: Vec<usize> = (0..input.len()).filter(|&at| matches!(input[at], b':' | b'=')).map(|at| at + 1).collect();
    let Some(&start) = pick(&starts, rng) else { return };
    let rest = &input[start..];
    let end = start + rest.iter().position(|byte| matches!(byte, b',' | b'}' | b'\n')).unwrap_or(rest.len());
    splice(input, start, end, &word(rng));
}

fn splice(input: &mut Vec<u8>, from: usize, to: usize, with: &[u8]) {
    drop(input.splice(from..to, with.iter().copied()));
}

fn pick<'a, T>(from: &'a [T], rng: &mut Rng) -> Option<&'a T> {
    if from.is_empty() { None } else { from.get(rng.usize(0..from.len())) }
}

fn word(rng: &mut Rng) -> Vec<u8> {
    let words: Vec<&str> = DICTIONARY.lines().filter_map(|line| line.strip_prefix('"')?.strip_suffix('"')).collect();
    pick(&words, rng).map(|word| plain(word)).unwrap_or_default()
}

/// A word without the dictionary's escapes: `\\`, `\"` and `\xAB`, as libFuzzer has them.
fn plain(word: &str) -> Vec<u8> {
    let (mut bytes, mut rest) = (Vec::new(), word.as_bytes());
    while let Some((&first, after)) = rest.split_first() {
        let hex = after.strip_prefix(b"x").and_then(|hex| std::str::from_utf8(hex.get(..2)?).ok());
        let (byte, left) = match (first, hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()), after.split_first()) {
            (b'\\', Some(byte), _) => (byte, &after[3..]),
            (b'\\', None, Some((&escaped, left))) => (escaped, left),
            _ => (first, after),
        };
        bytes.push(byte);
        rest = left;
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_of_the_dictionary_is_spelled_as_libfuzzer_reads_it() {
        for line in DICTIONARY.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            assert!(line.len() > 2 && line.starts_with('"') && line.ends_with('"') && line.is_ascii(), "{line}");
        }
        assert_eq!(plain("a\\\"b\\\\\\xEA\\xB8\\xB0"), "a\"b\\기".as_bytes());
    }
}
