//! Why a command did not do what was asked.

use bootpay_core::bulk::BulkProblems;
use bootpay_core::{BootpayError, InvalidInput};

use crate::exit::Exit;
use crate::output::words::Text;

/// A failure, and what it says about the money.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) reason: Reason,
    /// `Some(false)`: no money moved. `None`: this failure does not tell, as when an unknown intent cannot be looked up.
    pub(crate) money_moved: Option<bool>,
}

/// The reasons.
#[derive(Debug)]
pub(crate) enum Reason {
    /// The library's.
    Bootpay(BootpayError),
    /// A flag or an environment variable is wrong or missing.
    Invalid { field: &'static str, problem: Text, hint: Text },
    /// A file of cancels is wrong, and nothing of it was sent.
    File(BulkProblems),
    /// The person said no.
    Declined,
    /// This machine did not play along: standard input, a port.
    System { what: Text, detail: String },
}

impl Failure {
    pub(crate) fn invalid(field: &'static str, problem: Text, hint: Text) -> Self {
        Self::new(Reason::Invalid { field, problem, hint })
    }

    pub(crate) fn system(what: Text, detail: impl ToString) -> Self {
        Self::new(Reason::System { what, detail: detail.to_string() })
    }

    pub(crate) fn declined() -> Self {
        Self::new(Reason::Declined)
    }

    fn new(reason: Reason) -> Self {
        Self { reason, money_moved: Some(false) }
    }

    /// The same where an earlier cancel is concerned, and nobody knows yet how that one ended. Invalid input concerns
    /// none.
    pub(crate) fn telling_nothing_of_the_money(self) -> Self {
        if self.exit() == Exit::Invalid { self } else { Self { money_moved: None, ..self } }
    }

    pub(crate) fn exit(&self) -> Exit {
        match &self.reason {
            Reason::Invalid { .. } | Reason::File(_) | Reason::Bootpay(BootpayError::InvalidInput(_)) => Exit::Invalid,
            _ => Exit::Failed,
        }
    }
}

impl From<BootpayError> for Failure {
    fn from(error: BootpayError) -> Self {
        Self::new(Reason::Bootpay(error))
    }
}

impl From<BulkProblems> for Failure {
    fn from(problems: BulkProblems) -> Self {
        Self::new(Reason::File(problems))
    }
}

impl From<InvalidInput> for Failure {
    fn from(input: InvalidInput) -> Self {
        BootpayError::from(input).into()
    }
}
