//! What must hold in every world.

use std::fmt;

use bootpay_core::{Evidence, Intent, IntentKey, IntentState};

use bootpay_core::protocol::machine::MOST_REPETITIONS;

use super::world::World;

/// A promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Promise {
    /// An intent moves money once at most.
    OneMovementForEachIntent,
    /// A wish moves money once at most, whatever the number of its intents.
    OneMovementForEachWish,
    /// Where a caller was told an error, nothing moved and nothing ever moves.
    AnErrorForEver,
    /// What the journal calls refused, not sent, not cancelled or cancelled before by others never moves.
    TheJournalDeniesRightly,
    /// The journal and the callers are told *cancelled* only where money moved, or a full cancel's receipt is empty.
    CancelledOnlyWithAMovement,
    /// What the journal calls cancelled and what others cancelled is never more than was paid; nor is the ledger's sum.
    NeverAboveThePrice,
    /// No request leaves before a record of its own is in the journal.
    RecordedBeforeSent,
    /// An intent is repeated twice at most, over all calls.
    TwoRepetitions,
    /// When the trouble is over and somebody recovers, every intent is settled or listed as unknown.
    SettledOrListed,
    /// Whatever happens, the machine has a place for it, and comes to an end.
    NeverAtALoss,
}

impl Promise {
    /// Every promise.
    pub const ALL: [Self; 10] = [
        Self::OneMovementForEachIntent,
        Self::OneMovementForEachWish,
        Self::AnErrorForEver,
        Self::TheJournalDeniesRightly,
        Self::CancelledOnlyWithAMovement,
        Self::NeverAboveThePrice,
        Self::RecordedBeforeSent,
        Self::TwoRepetitions,
        Self::SettledOrListed,
        Self::NeverAtALoss,
    ];
}

/// A broken promise, and what happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// Which one.
    pub promise: Promise,
    /// What happened.
    pub how: String,
}

impl Broken {
    pub(super) fn new(promise: Promise, how: impl Into<String>) -> Self {
        Self { promise, how: how.into() }
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.how)
    }
}

/// Adds the promises that are broken in a world. Three are looked at where they could be broken: what a caller is told
/// ([`telling`](super::worker)), the record before the request ([`send`](super::worker)), and
/// [what becomes of it](super::healing).
pub(super) fn check(world: &World, broken: &mut Vec<Broken>) {
    for (number, intent) in world.journal.iter().enumerate() {
        let moved = world.moved_by(number);
        let mut not = |promise, how: String| broken.push(Broken::new(promise, format!("{} {how}", name(intent))));
        if moved > 1 {
            not(Promise::OneMovementForEachIntent, format!("moved {moved} times"));
        }
        if intent.attempts.len() > 1 + usize::from(MOST_REPETITIONS) {
            not(Promise::TwoRepetitions, format!("was begun {} times", intent.attempts.len()));
        }
        if moved > 0 && world.denied[number] {
            not(Promise::AnErrorForEver, "moved, and a caller was told that it had not".to_owned());
        }
        if moved > 0 && (intent.state.moved_nothing() || intent.state == IntentState::AlreadyCancelled) {
            not(Promise::TheJournalDeniesRightly, format!("moved, and the journal says {}", intent.state.name()));
        }
        let goal_reached = intent.amount.is_full() && world.bootpay.is_empty();
        if is_claimed(intent) && moved == 0 && !goal_reached {
            not(Promise::CancelledOnlyWithAMovement, "is called cancelled, and nothing of it moved".to_owned());
        }
    }
    one_movement_for_each_wish(world, broken);
    never_above_the_price(world, broken);
}

/// Called cancelled, by an answer or by what was inferred. What a person declares is the person's word.
fn is_claimed(intent: &Intent) -> bool {
    intent.state == IntentState::Cancelled && intent.evidence != Some(Evidence::Declared)
}

/// A wish may have several intents, one after the other proven to have moved nothing. Keyless partials of one amount are
/// one wish: a click and its repetition.
fn one_movement_for_each_wish(world: &World, broken: &mut Vec<Broken>) {
    if world.bootpay.movements.len() < 2 {
        return;
    }
    let same = |one: &Intent, other: &Intent| match (&one.key, &other.key) {
        (IntentKey::Fresh(_), IntentKey::Fresh(_)) => one.amount == other.amount,
        (one, other) => one == other,
    };
    for intent in &world.journal {
        let moved: usize = (0..world.journal.len())
            .filter(|other| same(intent, &world.journal[*other]))
            .map(|other| world.moved_by(other))
            .sum();
        if moved > 1 {
            let how = format!("the wish of {} moved {moved} times", name(intent));
            broken.push(Broken::new(Promise::OneMovementForEachWish, how));
            return;
        }
    }
}

/// The server of this model lets nothing through that does not remain, as a real one does; what it moved and what the
/// journal believes are two sums.
fn never_above_the_price(world: &World, broken: &mut Vec<Broken>) {
    let price = world.bootpay.price;
    let believed: u64 = world
        .journal
        .iter()
        .enumerate()
        .filter(|(_, intent)| is_claimed(intent))
        .map(|(number, intent)| intent.amount.price().map_or_else(|| world.bootpay.amount_of(number), |won| won.get()))
        .sum();
    let by_others = world.bootpay.in_the_console();
    if world.bootpay.cancelled() > price || believed + by_others > price {
        let how = format!("{believed} won are called cancelled, {by_others} won were by others, {price} won were paid");
        broken.push(Broken::new(Promise::NeverAboveThePrice, how));
    }
}

pub(super) fn name(intent: &Intent) -> String {
    format!("{} ({})", intent.cancel_id, intent.key.to_text())
}
