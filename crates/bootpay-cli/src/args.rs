//! What can be typed.

mod bulk;
mod cancel;
pub(crate) mod forbidden;
pub(crate) mod help;
mod shared;
mod values;

use std::ffi::OsString;

use bootpay_core::Decision;
use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand, ValueEnum};

pub(crate) use bulk::{BulkCommand, RunArguments};
pub(crate) use cancel::CancelArguments;
pub(crate) use shared::{Api, Shared, quoted};

/// Cancels Bootpay payments: never twice, never lost, never reported as what it isn't.
#[derive(Debug, Parser)]
#[command(name = "bootpay", version, after_help = help::SHORT, after_long_help = help::LONG)]
#[command(arg_required_else_help = true, max_term_width = 110)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) shared: Shared,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Cancel a payment: all that remains of it, or with --price a part
    #[command(after_help = help::CANCEL)]
    Cancel(Box<CancelArguments>),
    /// Cancel by the file: plan it, run it, see how it stands
    #[command(after_help = help::BULK, arg_required_else_help = true)]
    Bulk {
        #[command(subcommand)]
        command: BulkCommand,
    },
    /// Look a receipt up
    Receipt {
        /// The receipt id that Bootpay gave the payment
        #[arg(value_name = "RECEIPT")]
        receipt_id: String,
    },
    /// Check the keys by getting an access token; it is printed only with --show
    Token {
        /// Print the token itself
        #[arg(long)]
        show: bool,
    },
    /// List the banks that a virtual-account refund can go to
    Banks,
    /// List the journal's intents: what was asked for, and how it stands
    Intents {
        /// Only those that wait: in flight, unknown, or held for a person
        #[arg(long)]
        open: bool,
        /// Only those of this receipt
        #[arg(long, value_name = "RECEIPT")]
        receipt: Option<String>,
        /// At most this many, the newest
        #[arg(long, value_name = "N")]
        limit: Option<u32>,
    },
    /// Settle a cancel whose outcome is unknown, as far as the evidence goes
    #[command(after_help = help::RECONCILE)]
    Reconcile {
        /// The cancel_id of the intent
        #[arg(value_name = "CANCEL_ID", required_unless_present = "all", conflicts_with = "all")]
        cancel_id: Option<String>,
        /// Everything that earlier runs left open
        #[arg(long)]
        all: bool,
    },
    /// Record what a person decides about a cancel that stays unknown, or whose receipt is held
    #[command(after_help = help::RESOLVE)]
    Resolve {
        /// The cancel_id of the intent
        #[arg(value_name = "CANCEL_ID")]
        cancel_id: String,
        /// Whether the money moved
        #[arg(long = "as", value_name = "DECISION")]
        decision: Decided,
        /// Who decides
        #[arg(long = "by", value_name = "WHO")]
        actor: String,
    },
    /// Run a fake Bootpay on this machine, with sample receipts, until Ctrl-C
    Sandbox {
        /// The port; a free one unless told
        #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
        port: u16,
    },
    /// Print a completion script for a shell
    #[command(after_help = help::COMPLETIONS)]
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
}

/// A person's decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Decided {
    /// The money moved; this also lifts the hold on a receipt
    Cancelled,
    /// The money did not move and will not
    NotCancelled,
}

impl From<Decided> for Decision {
    fn from(decided: Decided) -> Self {
        match decided {
            Decided::Cancelled => Self::Cancelled,
            Decided::NotCancelled => Self::NotCancelled,
        }
    }
}

/// Why nothing is carried out.
pub(crate) enum Stopped {
    /// Wrong usage, or help that was asked for.
    ByParser(clap::Error),
    /// A secret was given as a flag.
    SecretFlag(&'static str),
}

/// Reads the arguments.
pub(crate) fn parse(arguments: Vec<OsString>) -> Result<Arguments, Stopped> {
    if let Some(flag) = forbidden::secret_flag(&arguments) {
        return Err(Stopped::SecretFlag(flag));
    }
    let language = crate::language::choose(&arguments);
    let matches = help::in_language(Arguments::command(), language).try_get_matches_from(arguments);
    matches.and_then(|matches| Arguments::from_arg_matches(&matches)).map_err(Stopped::ByParser)
}

/// The command's own description, for completions.
pub(crate) fn description() -> clap::Command {
    Arguments::command()
}
