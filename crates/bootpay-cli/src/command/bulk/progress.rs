//! How a run is watched: a bar on a terminal, a line every few seconds elsewhere, an object per line for programs.

use std::io::{self, IsTerminal as _};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use bootpay_core::bulk::{BulkListener, BulkPhase, BulkProgress};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::console::Console;
use crate::output::{json, people};

/// How often a line is written where there is no terminal.
const EVERY: Duration = Duration::from_secs(5);

/// Shows how a run goes, on standard error.
#[derive(Debug)]
pub(crate) struct Watcher {
    console: Console,
    bar: Option<ProgressBar>,
    told: Mutex<Option<(Instant, BulkPhase)>>,
}

impl Watcher {
    pub(crate) fn new(console: &Console, rows: u64) -> Self {
        let bar = (!console.json && is_a_terminal()).then(|| {
            let bar = ProgressBar::with_draw_target(Some(rows), ProgressDrawTarget::stderr_with_hz(8));
            let style = ProgressStyle::with_template("{wide_bar} {pos}/{len}\n{msg}");
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar
        });
        Self { console: console.clone(), bar, told: Mutex::new(None) }
    }

    /// A text that stays, above the bar.
    pub(crate) fn note(&self, text: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| self.console.note(text)),
            None => self.console.note(&if self.console.json { String::new() } else { text.to_owned() }),
        }
    }

    /// Takes the bar away.
    pub(crate) fn clear(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    /// Whether it is time for another line: every few seconds, and where the run begins something else.
    fn is_due(&self, phase: BulkPhase) -> bool {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let due =
            told.is_none_or(|(at, last)| at.elapsed() >= EVERY || (last != phase && phase == BulkPhase::Finished));
        if due {
            *told = Some((Instant::now(), phase));
        }
        due
    }
}

impl BulkListener for Watcher {
    fn progress(&self, progress: BulkProgress) {
        match &self.bar {
            Some(bar) if progress.phase == BulkPhase::Finished => bar.finish_and_clear(),
            Some(bar) => {
                bar.set_position(progress.sum.planned.rows - progress.sum.remaining.rows);
                bar.set_message(people::bulk::progress(&self.console, &progress, true));
            }
            None if !self.is_due(progress.phase) => {}
            None if self.console.json => self.console.note(&format!("{}\n", json::bulk::progress(&progress))),
            None => self.console.note(&format!("{}\n", people::bulk::progress(&self.console, &progress, false))),
        }
    }
}

/// Shows how far a look-up is.
#[derive(Debug)]
pub(crate) struct Lookups {
    console: Console,
    terminal: bool,
    told: Mutex<Instant>,
}

impl Lookups {
    pub(crate) fn new(console: &Console) -> Self {
        let terminal = !console.json && is_a_terminal();
        Self { console: console.clone(), terminal, told: Mutex::new(Instant::now()) }
    }

    pub(crate) fn tell(&self, done: u64, of: u64) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let every = if self.terminal { Duration::from_millis(200) } else { EVERY };
        if self.console.json || (told.elapsed() < every && done < of) {
            return;
        }
        *told = Instant::now();
        match (self.terminal, done < of) {
            (true, true) => self.console.note(&format!("\r  {done}/{of}")),
            (true, false) => self.console.note("\r\u{1b}[K"),
            (false, _) => self.console.note(&format!("  {done}/{of}\n")),
        }
    }
}

fn is_a_terminal() -> bool {
    io::stderr().is_terminal() && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}
