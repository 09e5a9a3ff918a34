//! `bootpay`: cancels Bootpay payments from the command line.
//!
//! A refund is never issued twice, never lost, and never reported as what it isn't. The library decides about money; this
//! command reads flags and environment, asks, waits and tells. What it tells is an exit status, words for people, or
//! exactly one JSON object for programs.

mod args;
mod command;
mod console;
mod exit;
mod failure;
mod language;
mod logging;
mod output;
mod setup;

use std::ffi::OsString;

use exit::Exit;

fn main() {
    let exit = run(std::env::args_os().collect());
    // Not by returning: a status is owed even where a thread of the runtime still waits for a disk.
    std::process::exit(exit.status());
}

fn run(arguments: Vec<OsString>) -> Exit {
    let console = console::Console::for_arguments(&arguments);
    match args::parse(arguments) {
        Ok(arguments) => {
            logging::start(arguments.shared.log);
            command::run(&console, arguments)
        }
        Err(stopped) => output::usage::tell(&console, stopped),
    }
}
