//! What is explored: wishes, declarations, the server's rule, and how much misfortune there may be.

use super::bootpay::IdRule;

/// A refund that somebody wants. Every click asks for one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Wish {
    /// All that remains.
    Full,
    /// A part, with the merchant's own `cancel_id` of this number.
    Partial {
        /// In won.
        price: u64,
        /// Which `cancel_id`.
        id: u8,
    },
    /// A part, without a `cancel_id`.
    Keyless {
        /// In won.
        price: u64,
    },
}

/// How often each thing may happen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Budget {
    /// Somebody asks for a cancel.
    pub clicks: u8,
    /// Somebody reconciles an open intent, as `recover` does.
    pub reconciles: u8,
    /// An answer never comes, although the request may have arrived or may still do so.
    pub losses: u8,
    /// A request provably never left.
    pub not_sent: u8,
    /// The server answers 500, before it has done anything or after.
    pub errors: u8,
    /// The server turns a token away.
    pub unauthorized: u8,
    /// There is no token to be had.
    pub token_failures: u8,
    /// The gateway refuses.
    pub refusals: u8,
    /// A proxy delivers a request a second time.
    pub replays: u8,
    /// A process is killed.
    pub kills: u8,
    /// The journal fails to write, or writes and says that it failed.
    pub journal_failures: u8,
    /// A lookup shows what was true one movement ago.
    pub lags: u8,
    /// A lookup fails.
    pub lookup_failures: u8,
    /// Somebody cancels 3,000 won in Bootpay's console.
    pub console: u8,
    /// A person decides about an open intent, truly as far as can be seen then.
    pub decisions: u8,
    /// More than three and a half minutes pass: every lease runs out.
    pub leases: u8,
    /// Twenty minutes pass: whatever was sent has arrived or never will.
    pub settlings: u8,
}

/// A guard that can be taken away, to see that it is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Guard {
    /// One intent, one `cancel_id`: without it, each request has a fresh one.
    OneId,
    /// A lookup alone never denies: without it, a total that did not grow closes the intent as not sent.
    LookupNeverDenies,
    /// It does not even once every request has arrived or never will, since ledgers lag.
    LateLookupNeverDenies,
    /// Growth is proof only for a declared sole canceller.
    DeclaredSoleCanceller,
    /// A `cancel_id` that was seen before is not success.
    SeenIsNotSuccess,
    /// The send's deadline is looked at just before the write.
    Fence,
    /// One intent of a receipt at a time: without it, what is in flight is not seen at admission.
    OneAtATime,
    /// No other partial beside one that is unknown: without it, what is unknown is not seen at admission.
    NoneBesideAnUnknown,
    /// A keyless partial of the same amount is refused.
    KeylessRule,
    /// The totals before must be those of our own last answer.
    EqualTotals,
    /// "Not moved" only after the settling time.
    SettlingTime,
    /// The record before the first byte.
    RecordBeforeSend,
    /// Nothing is repeated once the declared retention has passed.
    Retention,
    /// Reserved to Sending is a compare-and-set by the owner.
    CompareAndSet,
    /// Whether a later intent may have moved money is asked after the lookup.
    JournalAfterLookup,
    /// "Not moved" is held against the record again when it is written.
    DecisionCheckedAgain,
    /// The tries are counted again when an intent is claimed for a repetition.
    TriesCountedAgain,
    /// An intent whose owner is gone, or whose lease has run out, is taken over.
    TakeOver,
}

impl Guard {
    /// Every guard.
    pub const ALL: [Self; 18] = [
        Self::OneId,
        Self::LookupNeverDenies,
        Self::LateLookupNeverDenies,
        Self::DeclaredSoleCanceller,
        Self::SeenIsNotSuccess,
        Self::Fence,
        Self::OneAtATime,
        Self::NoneBesideAnUnknown,
        Self::KeylessRule,
        Self::EqualTotals,
        Self::SettlingTime,
        Self::RecordBeforeSend,
        Self::Retention,
        Self::CompareAndSet,
        Self::JournalAfterLookup,
        Self::DecisionCheckedAgain,
        Self::TriesCountedAgain,
        Self::TakeOver,
    ];
}

/// One exploration.
#[derive(Clone, Debug)]
pub struct Setting {
    /// What it belongs to.
    pub group: &'static str,
    /// Its name.
    pub name: String,
    /// What is asked for, by anybody and as often as there are clicks.
    pub wishes: Vec<Wish>,
    /// What was paid, in won.
    pub price: u64,
    /// How many processes share the journal.
    pub workers: usize,
    /// What the server does with a `cancel_id` that it has seen.
    pub rule: IdRule,
    /// For how long the server remembers, and is declared to, in milliseconds; `None`: nothing is declared.
    pub honours_for_ms: Option<i64>,
    /// Declared: nobody else cancels.
    pub sole_canceller: bool,
    /// Whether requests carry a token.
    pub by_token: bool,
    /// Whether a proxy repeats requests even after it has passed their refusal on.
    pub repeats_what_was_refused: bool,
    /// How much may happen.
    pub budget: Budget,
    /// The guard that is taken away.
    pub without: Option<Guard>,
}

impl Setting {
    pub(super) fn lacks(&self, guard: Guard) -> bool {
        self.without == Some(guard)
    }
}
