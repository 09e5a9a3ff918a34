//! In which language people are told.

use std::ffi::OsString;

use bootpay_core::Language;

/// `--lang`, else the locale. Looked for before the arguments are parsed, since their errors are told too.
pub(crate) fn choose(arguments: &[OsString]) -> Language {
    asked_for(arguments).unwrap_or_else(of_locale)
}

fn asked_for(arguments: &[OsString]) -> Option<Language> {
    let mut arguments =
        arguments.iter().filter_map(|argument| argument.to_str()).take_while(|argument| *argument != "--");
    while let Some(argument) = arguments.next() {
        let name = match argument.strip_prefix("--lang") {
            Some("") => arguments.next()?,
            Some(rest) => rest.strip_prefix('=')?,
            None => continue,
        };
        return match name {
            "ko" => Some(Language::Korean),
            "en" => Some(Language::English),
            _ => None,
        };
    }
    None
}

/// By POSIX's order: the first that is set and not empty decides.
fn of_locale() -> Language {
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|locale| !locale.is_empty()))
        .unwrap_or_default();
    Language::from_locale(&locale)
}
