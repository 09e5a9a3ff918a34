//! The flags of `bootpay bulk`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::args::help;
use crate::args::values::{rate, won};

/// The commands of `bootpay bulk`.
#[derive(Debug, Subcommand)]
pub(crate) enum BulkCommand {
    /// Check a file, and say what it would do; nothing is sent
    Plan {
        /// The file: CSV or JSON Lines
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// Look every receipt up, and hold the rows against what the ledger says
        #[arg(long)]
        look_up: bool,
        /// How many receipts are looked up per second
        #[arg(long, value_name = "N", value_parser = rate, default_value = "5")]
        rate: f64,
    },
    /// Carry a plan out, or go on with it after whatever ended it
    #[command(after_help = help::BULK_RUN)]
    Run(Box<RunArguments>),
    /// Say how the rows stand, by the journal; nothing is sent
    Status {
        /// The file
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Write every row with how it stands, as a CSV that Excel opens
    Export {
        /// The file
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// Where to write; standard output unless told. A file that is there already is not overwritten
        #[arg(long, short = 'o', value_name = "PATH")]
        output: Option<PathBuf>,
    },
}

/// How a bulk is run.
#[derive(Args, Debug)]
pub(crate) struct RunArguments {
    /// The file: CSV or JSON Lines
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// The plan that is carried out, as `bootpay bulk plan` printed it; on a terminal you are asked instead
    #[arg(long, value_name = "HASH")]
    pub(crate) plan: Option<String>,
    /// The most won that this bulk may move; the full rows are then looked up first
    #[arg(long, value_name = "WON", value_parser = won)]
    pub(crate) cap: Option<u64>,
    /// Try again what was refused in this bulk
    #[arg(long)]
    pub(crate) retry_refused: bool,
    /// How many rows are begun per second at first
    #[arg(long, value_name = "N", value_parser = rate, default_value = "5", help_heading = "Rate")]
    pub(crate) rate: f64,
    /// The least, however many answers fail
    #[arg(long, value_name = "N", value_parser = rate, default_value = "0.5", help_heading = "Rate")]
    pub(crate) rate_min: f64,
    /// The most, however well it goes
    #[arg(long, value_name = "N", value_parser = rate, default_value = "50", help_heading = "Rate")]
    pub(crate) rate_max: f64,
    /// The most rows on their way at a time
    #[arg(long, value_name = "N", default_value_t = 64, help_heading = "Rate")]
    pub(crate) in_flight: u32,
    /// Stop where more than this percentage of the last 200 answers is unknown
    #[arg(long, value_name = "PERCENT", default_value_t = 2.0, help_heading = "Stopping")]
    pub(crate) max_unknown: f64,
    /// And at least so many of them
    #[arg(long, value_name = "N", default_value_t = 5, help_heading = "Stopping")]
    pub(crate) max_unknown_rows: u32,
}
