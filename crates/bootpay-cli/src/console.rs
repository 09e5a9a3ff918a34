//! Standard output and standard error: who gets what.
//!
//! Outcomes go to standard output, everything else to standard error. A pipe that is closed at its other end ends
//! nothing: a refund goes on whether or not somebody still listens.

use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};

use bootpay_core::Language;
use serde_json::Value;

use crate::output::words::Text;

/// Where the command speaks, and how.
#[derive(Clone, Debug)]
pub(crate) struct Console {
    pub(crate) language: Language,
    /// One JSON object instead of words.
    pub(crate) json: bool,
    colour_out: bool,
    colour_err: bool,
}

/// What a text should look like on a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shade {
    Good,
    Bad,
    Doubtful,
    Faint,
    Strong,
}

/// One of the two streams, for those who lay a text out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stream {
    Out,
    Err,
}

impl Console {
    /// Set up from the bare arguments, because wrong ones must be told too.
    pub(crate) fn for_arguments(arguments: &[OsString]) -> Self {
        Self {
            language: crate::language::choose(arguments),
            json: arguments.iter().take_while(|argument| *argument != "--").any(is_json_flag),
            colour_out: wants_colour(&io::stdout()),
            colour_err: wants_colour(&io::stderr()),
        }
    }

    /// A text of the table, in the reader's language.
    pub(crate) fn word(&self, text: Text) -> &'static str {
        text.in_language(self.language)
    }

    /// The one object of a program's answer.
    pub(crate) fn object(&self, object: &Value) {
        self.write(Stream::Out, &format!("{object}\n"));
    }

    /// A text for standard output.
    pub(crate) fn tell(&self, text: &str) {
        self.write(Stream::Out, text);
    }

    /// A text for standard error.
    pub(crate) fn note(&self, text: &str) {
        self.write(Stream::Err, text);
    }

    pub(crate) fn write(&self, stream: Stream, text: &str) {
        let result = match stream {
            Stream::Out => write_all(io::stdout().lock(), text),
            Stream::Err => write_all(io::stderr().lock(), text),
        };
        // A reader who has left is no news. A full disk is: then the other stream is all that is left.
        if result.is_err_and(|error| error.kind() != io::ErrorKind::BrokenPipe) && stream == Stream::Out {
            let _ = write_all(io::stderr().lock(), text);
        }
    }

    /// A text in colour, where the stream shows colours.
    pub(crate) fn shade(&self, stream: Stream, shade: Shade, text: &str) -> String {
        let coloured = match stream {
            Stream::Out => self.colour_out,
            Stream::Err => self.colour_err,
        };
        if !coloured {
            return text.to_owned();
        }
        let code = match shade {
            Shade::Good => "1;32",
            Shade::Bad => "1;31",
            Shade::Doubtful => "1;33",
            Shade::Faint => "2",
            Shade::Strong => "1",
        };
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    }
}

fn write_all(mut stream: impl Write, text: &str) -> io::Result<()> {
    stream.write_all(text.as_bytes())?;
    stream.flush()
}

/// On a terminal that shows colours, unless `NO_COLOR` is set to anything.
pub(crate) fn wants_colour(stream: &impl IsTerminal) -> bool {
    let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    stream.is_terminal() && !refused && !dumb
}

/// Also where it is misspelt with a value, so that the complaint about that is an object too.
fn is_json_flag(argument: &std::ffi::OsString) -> bool {
    argument.to_str().is_some_and(|text| text == "--json" || text.starts_with("--json="))
}
