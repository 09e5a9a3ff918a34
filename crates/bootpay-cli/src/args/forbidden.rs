//! Flags that do not exist, and never will: secrets on a command line are seen by every user of the machine.

use std::ffi::OsString;

const SECRETS: [&str; 3] = ["--private-key", "--secret-key", "--token"];

/// A secret that somebody tried to give as a flag. Found before the parser runs, whose message could repeat it.
pub(crate) fn secret_flag(arguments: &[OsString]) -> Option<&'static str> {
    let mut words = arguments.iter().filter_map(|argument| argument.to_str()).take_while(|argument| *argument != "--");
    words.find_map(|word| {
        let name = word.split_once('=').map_or(word, |(name, _)| name);
        SECRETS.into_iter().find(|secret| *secret == name)
    })
}

/// The environment variable that takes such a secret.
pub(crate) fn variable_of(flag: &str) -> Option<&'static str> {
    match flag {
        "--private-key" => Some("BOOTPAY_PRIVATE_KEY"),
        "--secret-key" => Some("BOOTPAY_SECRET_KEY"),
        _ => None,
    }
}
