//! What can go wrong with a journal.

/// A journal that could not be opened, read or written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JournalError {
    /// It could not be opened.
    #[error("cannot open the journal at {place}: {detail}")]
    Open {
        /// Where it is.
        place: String,
        /// What happened.
        detail: String,
    },
    /// It could not be read.
    #[error("cannot read the journal: {0}")]
    Read(String),
    /// It could not be written. Nothing of this change is in it.
    #[error("cannot write the journal: {0}")]
    Write(String),
    /// It did not confirm a change: whether it is recorded is not known.
    #[error("the journal did not confirm a change, and may have it or not: {0}")]
    Unconfirmed(String),
    /// A record cannot be understood: another version wrote it, or it is damaged.
    #[error("the journal holds a record that cannot be understood: {0}")]
    Corrupt(String),
    /// No such intent.
    #[error("the journal has no intent {0}")]
    NoSuchIntent(String),
}
