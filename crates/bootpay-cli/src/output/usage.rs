//! Wrong usage, and help that was asked for.

use clap::error::{ContextKind, ContextValue, ErrorKind};
use serde_json::json;

use crate::args::{Stopped, forbidden};
use crate::console::{Console, Shade, Stream};
use crate::exit::Exit;
use crate::output::words;

/// Tells why nothing was carried out.
pub(crate) fn tell(console: &Console, stopped: Stopped) -> Exit {
    match stopped {
        Stopped::ByParser(error) if !error.use_stderr() => {
            console.tell(&rendered(&error, console, Stream::Out));
            Exit::Done
        }
        Stopped::ByParser(error) => {
            let error = without_what_may_be_private(error);
            if console.json {
                wrong(console, &detail(&error), "bootpay --help", argument(&error));
            } else {
                console.note(&rendered(&error, console, Stream::Err));
            }
            Exit::Invalid
        }
        Stopped::SecretFlag(flag) => {
            let problem = console.word(words::SECRET_FLAG);
            let hint = match forbidden::variable_of(flag) {
                Some(variable) => format!("{} {variable}", console.word(words::SECRET_BY_ENVIRONMENT)),
                None => console.word(words::NO_TOKEN_NEEDED).to_owned(),
            };
            if console.json {
                wrong(console, &format!("{flag}: {problem}"), &hint, Some(flag.to_owned()));
            } else {
                let error = console.shade(Stream::Err, Shade::Bad, console.word(words::ERROR));
                console.note(&format!("{error} {flag}: {problem}\n  → {hint}\n"));
            }
            Exit::Invalid
        }
    }
}

fn wrong(console: &Console, detail: &str, hint: &str, argument: Option<String>) {
    console.object(&json!({ "error": {
        "kind": "usage",
        "detail": detail,
        "hint": hint,
        "code": null,
        "field": null,
        "argument": argument,
        "money_moved": false,
    } }));
}

fn rendered(error: &clap::Error, console: &Console, stream: Stream) -> String {
    // Whether the stream shows colours is asked by shading something.
    let coloured = !console.shade(stream, Shade::Strong, "").is_empty();
    if coloured { error.render().ansi().to_string() } else { error.render().to_string() }
}

/// The message's first paragraph: the rest repeats the usage.
fn detail(error: &clap::Error) -> String {
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        return "a command is missing".to_owned();
    }
    let text = error.render().to_string();
    let lines = text.lines().take_while(|line| !line.trim_start().starts_with("Usage:"));
    let kept: Vec<&str> = lines.map(str::trim).filter(|line| !line.is_empty()).collect();
    let text = kept.join(" ");
    text.trim_start_matches("error: ").trim_end_matches("For more information, try '--help'.").trim_end().to_owned()
}

fn argument(error: &clap::Error) -> Option<String> {
    match error.get(ContextKind::InvalidArg)? {
        ContextValue::String(name) => Some(name.clone()),
        ContextValue::Strings(names) => Some(names.join(", ")),
        _ => None,
    }
}

/// A stray word may be an account number that lost its flag: it is not repeated.
fn without_what_may_be_private(mut error: clap::Error) -> clap::Error {
    let stray = matches!(error.kind(), ErrorKind::UnknownArgument | ErrorKind::InvalidSubcommand);
    for kind in [ContextKind::InvalidArg, ContextKind::InvalidSubcommand] {
        let Some(ContextValue::String(word)) = error.get(kind) else { continue };
        let digits = word.bytes().filter(u8::is_ascii_digit).count();
        if stray && digits >= 6 {
            error.insert(kind, ContextValue::String("[not shown]".to_owned()));
            // The parser's advice ("to pass … as a value") repeats the word.
            error.insert(ContextKind::Suggested, ContextValue::StyledStrs(Vec::new()));
        }
    }
    error
}
