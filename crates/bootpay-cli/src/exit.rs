//! Exit statuses: for shell scripts, the shortest form of what happened to the money.

/// How the command ends. Any other status (a crash, a kill) proves nothing and is to be read as [`Exit::Unknown`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// The money is cancelled, or the command did what was asked.
    Done,
    /// An error: this command moved no money.
    Failed,
    /// Wrong usage or invalid input: nothing was sent.
    Invalid,
    /// The money may or may not have moved.
    Unknown,
    /// The payment had been cancelled before.
    AlreadyCancelled,
    /// A bulk was stopped, or stopped by itself: rows remain.
    Stopped,
    /// A bulk is done, and some of its rows were refused.
    SomeRefused,
}

impl Exit {
    pub(crate) fn status(self) -> i32 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Invalid => 2,
            Self::Unknown => 3,
            Self::AlreadyCancelled => 4,
            Self::Stopped => 5,
            Self::SomeRefused => 6,
        }
    }
}
