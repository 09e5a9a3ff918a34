//! Words for people.

pub(crate) mod bulk;
pub(crate) mod failure;
pub(crate) mod intents;
pub(crate) mod interrupted;
pub(crate) mod outcome;
pub(crate) mod preview;
pub(crate) mod question;
pub(crate) mod receipt;
pub(crate) mod recovery;
pub(crate) mod sandbox;
