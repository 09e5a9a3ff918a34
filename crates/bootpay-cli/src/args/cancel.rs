//! The flags of `bootpay cancel`.

use bootpay_core::Secret;
use clap::Args;

use crate::args::values::{secret, won};

/// What a cancel asks for.
#[derive(Args, Debug)]
pub(crate) struct CancelArguments {
    /// The receipt id that Bootpay gave the payment
    #[arg(value_name = "RECEIPT")]
    pub(crate) receipt_id: String,
    /// Give back this many won; without it, all that remains is given back
    #[arg(long, value_name = "WON", value_parser = won)]
    pub(crate) price: Option<u64>,
    /// How much of --price is tax-free
    #[arg(long, value_name = "WON", value_parser = won)]
    pub(crate) tax_free: Option<u64>,
    /// For a full cancel: refuse locally unless exactly this much remains
    #[arg(long, value_name = "WON", value_parser = won)]
    pub(crate) expect_remaining: Option<u64>,
    /// Your own key of this refund: the same key is the same refund, however often it is asked for
    #[arg(long, value_name = "ID")]
    pub(crate) cancel_id: Option<String>,
    /// Who cancels
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// Why
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: Option<String>,
    /// For a virtual account: the bank to refund to, by code or name (see `bootpay banks`)
    #[arg(long, value_name = "BANK", help_heading = "Refund of a virtual account")]
    pub(crate) refund_bank: Option<String>,
    /// Its account number; `-` reads it from standard input, and BOOTPAY_REFUND_ACCOUNT works too: unlike a flag's value,
    /// neither shows in `ps`
    #[arg(long, value_name = "NUMBER", value_parser = secret, help_heading = "Refund of a virtual account")]
    #[arg(allow_hyphen_values = true)]
    pub(crate) refund_account: Option<Secret>,
    /// The account's holder
    #[arg(long, value_name = "NAME", value_parser = secret, help_heading = "Refund of a virtual account")]
    pub(crate) refund_holder: Option<Secret>,
    /// Validate, look the receipt up, say what would be sent, and send nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Do not look the receipt up before a partial cancel: one round trip less, more that stays unknown
    #[arg(long)]
    pub(crate) no_lookup: bool,
    /// Do not ask before a full cancel on a terminal
    #[arg(long, short = 'y')]
    pub(crate) yes: bool,
}
