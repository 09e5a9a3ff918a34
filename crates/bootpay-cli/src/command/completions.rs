//! `bootpay completions`.

use clap_complete::Shell;
use serde_json::json;

use crate::args;
use crate::console::Console;
use crate::exit::Exit;
use crate::failure::Failure;

#[expect(clippy::unnecessary_wraps, reason = "every command has this form")]
pub(crate) fn run(console: &Console, shell: Shell) -> Result<Exit, Failure> {
    // Into memory first: the generator panics where a pipe is closed.
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut args::description(), "bootpay", &mut script);
    let script = String::from_utf8_lossy(&script);
    if console.json {
        console.object(&json!({ "shell": shell.to_string(), "script": script }));
    } else {
        console.tell(&script);
    }
    Ok(Exit::Done)
}
