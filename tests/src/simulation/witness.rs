//! What must hold, held against the sandbox's ledger at every step.

use std::collections::BTreeMap;
use std::time::Duration;

use bootpay_core::{
    BootpayError, CancelOutcome, Decision, Evidence, Intent, IntentId, IntentKey, IntentRef, IntentState, MoneyIsBack,
    Progress, Recovery, WireRequest,
};
use serde_json::Value;

use super::network::{Cancels, members};
use super::world::{ACCOUNT, Actor, HOLDER, KEY, SECRET, World};

/// What is known of every intent, and what was said about it.
#[derive(Debug, Default)]
pub(super) struct Witness {
    /// In the order of their admission.
    pub(super) intents: Vec<Seen>,
    by_id: BTreeMap<IntentId, usize>,
    /// Which intent a message would cancel, by message; and whether it has.
    moved_by: BTreeMap<usize, u32>,
    pub(super) told: u64,
}

/// An intent, and the truth about it.
#[derive(Debug)]
pub(super) struct Seen {
    pub(super) intent: Intent,
    /// How often it moved money.
    pub(super) moved: u32,
    /// How often it was written to the wire.
    written: usize,
    /// When its record last changed.
    pub(super) changed: u64,
    /// Who was told that it moved nothing.
    denied: Option<String>,
}

/// What came back to a caller.
#[derive(Debug)]
pub(super) enum Told {
    Outcome(Result<CancelOutcome, BootpayError>),
    Reconciled(Result<CancelOutcome, BootpayError>),
    Recovered(Result<Recovery, BootpayError>),
    Decided(Decision, Box<Result<Intent, BootpayError>>),
    Looked { error: Option<BootpayError>, shown: String },
}

impl Witness {
    pub(super) fn find(&self, id: &IntentId) -> Option<&Seen> {
        self.by_id.get(id).map(|number| &self.intents[*number])
    }

    fn find_mut(&mut self, id: &IntentId) -> Option<&mut Seen> {
        self.by_id.get(id).map(|number| &mut self.intents[*number])
    }

    /// The intent behind a reference: a `cancel_id` can have several generations.
    fn named(&self, name: &IntentRef) -> Option<&Seen> {
        let same = |seen: &&Seen| seen.intent.cancel_id == name.cancel_id && seen.intent.receipt_id == name.receipt_id;
        let of_id = || self.intents.iter().filter(same);
        of_id().rfind(|seen| seen.intent.created_at == name.created_at).or_else(|| of_id().next_back())
    }
}

impl World {
    /// The journal has a new record of an intent.
    pub(super) fn sees(&mut self, intent: &Intent) {
        let (witness, now) = (&mut self.witness, self.now);
        let number = *witness.by_id.entry(intent.id.clone()).or_insert(witness.intents.len());
        match witness.intents.get_mut(number) {
            Some(seen) => (seen.intent, seen.changed) = (intent.clone(), now),
            None => {
                let seen = Seen { intent: intent.clone(), moved: 0, written: 0, changed: now, denied: None };
                witness.intents.push(seen);
            }
        }
        self.holds(number);
    }

    /// A cancel's first byte is about to leave.
    pub(super) fn about_to_cancel(
        &mut self,
        host: usize,
        message: usize,
        actor: Actor,
        request: &WireRequest,
        until: u64,
    ) -> Cancels {
        let members = members(request);
        let text = |name: &str| members[name].as_str().unwrap_or_default().to_owned();
        let (receipt, cancel_id) = (text("receipt_id"), text("cancel_id"));
        let jumps = self.setting.clocks_jump;
        let now = self.now;
        let overlaps = self.messages.iter().position(|one| {
            // Whoever was killed or lost waits for nothing any more.
            one.caller.as_ref().is_some_and(|caller| !caller.is_closed())
                && one.cancels.as_ref().is_some_and(|other| other.receipt == receipt && now < other.until)
        });
        if let Some(other) = overlaps.filter(|_| !jumps) {
            self.breaks(format!("messages {other} and {message} cancel {receipt} at the same time"));
        }
        let says = self.name_of(actor);
        let seen = self.witness.intents.iter_mut().rfind(|seen| {
            seen.intent.receipt_id.as_str() == receipt
                && seen.intent.cancel_id.as_str() == cancel_id
                && matches!(seen.intent.state, IntentState::Sending | IntentState::Unknown | IntentState::Cancelled)
        });
        let Some(seen) = seen else {
            self.breaks(format!("{says} sends {cancel_id} of {receipt}, and the journal does not say so"));
            return Cancels { intent: None, receipt, until };
        };
        seen.written += 1;
        let (intent, written) = (seen.intent.clone(), seen.written);
        let wrong = self.must_not_leave(host, &intent, written, &members);
        wrong.iter().for_each(|wrong| self.breaks(format!("{says} sends {}: {wrong}", name(&intent))));
        Cancels { intent: Some(intent.id), receipt, until }
    }

    /// What a request must be before its first byte leaves.
    fn must_not_leave(&self, host: usize, intent: &Intent, written: usize, body: &Value) -> Vec<&'static str> {
        let mut wrong = Vec::new();
        let mut must = |holds: bool, words: &'static str| {
            if !holds {
                wrong.push(words);
            }
        };
        must(written <= intent.attempts.len(), "the journal does not say so");
        must(intent.attempts.len() <= 3, "it is the third repetition");
        let price = body["price"].as_u64().or(body["cancel_price"].as_u64());
        must(price == intent.amount.price().map(|price| price.get()), "the amount is not the journal's");
        must(body["refund"].is_object() == intent.to_account, "the account is missing, or should be");
        if self.setting.clocks_jump {
            return wrong;
        }
        let now = self.wall(host);
        let answered_by = now.plus(Duration::from_secs(60));
        must(intent.deadline.is_some_and(|deadline| answered_by <= deadline), "its deadline has passed");
        let earlier = &intent.attempts[..intent.attempts.len().saturating_sub(1)];
        if earlier.iter().any(|one| one.progress != Progress::NotSent) {
            // What arrives at the last moment must still be remembered.
            let arrives_by = now.plus(Duration::from_secs(16 * 60));
            let remembered = self.setting.honours_for.map(|retention| earlier[0].started_at.plus(retention));
            must(remembered.is_some(), "nobody has declared that it may be repeated");
            must(remembered.is_none_or(|until| arrives_by <= until), "the server may have forgotten its id by then");
        }
        wrong
    }

    /// A message has moved money.
    pub(super) fn moves(&mut self, message: usize) {
        *self.witness.moved_by.entry(message).or_default() += 1;
        let Some(cancels) = self.messages[message].cancels.clone() else { return };
        if let Some(id) = cancels.intent
            && let Some(number) = self.witness.by_id.get(&id).copied()
        {
            self.witness.intents[number].moved += 1;
            self.holds(number);
        }
        if let Actor::Call(call) = self.messages[message].actor
            && let Some(error) = self.calls[call].failed_with.clone()
        {
            self.breaks(format!("call {call} was told `{error}`, and then its message {message} moved money"));
        }
    }

    /// What must hold for an intent, whenever something about it changes.
    fn holds(&mut self, number: usize) {
        let seen = &self.witness.intents[number];
        let (name, state) = (name(&seen.intent), seen.intent.state);
        let mut broken = Vec::new();
        if seen.moved > 1 {
            broken.push(format!("{name} moved {} times", seen.moved));
        }
        if let (1.., Some(who)) = (seen.moved, &seen.denied) {
            broken.push(format!("{name} moved, and {who} was told that it had not"));
        }
        let denies = state.moved_nothing() || state == IntentState::AlreadyCancelled;
        if denies && seen.moved > 0 {
            broken.push(format!("{name} moved, and the journal says {}", state.name()));
        }
        let claims = state == IntentState::Cancelled && seen.intent.evidence != Some(Evidence::Declared);
        if claims && seen.moved == 0 && !self.is_done(&seen.intent) {
            broken.push(format!("{name} is called cancelled, and nothing of it moved"));
        }
        let wished = self.wish_of(&seen.intent);
        let of_wish =
            |one: &&Seen| one.intent.receipt_id == seen.intent.receipt_id && self.wish_of(&one.intent) == wished;
        let wish: u32 = self.witness.intents.iter().filter(of_wish).map(|one| one.moved).sum();
        if wish > 1 {
            broken.push(format!("the wish of {name} moved {wish} times"));
        }
        let receipt = seen.intent.receipt_id.as_str();
        let price = self.setting.receipts.iter().find(|paid| paid.id == receipt).map_or(0, |paid| paid.price);
        let back: u64 = self.server.ledger().iter().filter(|one| one.receipt_id == receipt).map(|one| one.amount).sum();
        if back > price {
            broken.push(format!("{back} won of {price} were given back on {receipt}"));
        }
        broken.into_iter().for_each(|promise| self.breaks(promise));
    }

    /// What a caller wanted. Keyless partials of one amount are one wish: a click and its repetition. A handle that comes
    /// back as the merchant's own id means the wish that it was handed out for.
    fn wish_of(&self, intent: &Intent) -> String {
        let handed_out = self.witness.intents.iter().find(|one| {
            one.intent.receipt_id == intent.receipt_id
                && one.intent.cancel_id == intent.cancel_id
                && !matches!(one.intent.key, IntentKey::Merchant(_))
        });
        match &handed_out.map_or(intent, |seen| &seen.intent).key {
            IntentKey::Receipt => "everything".to_owned(),
            IntentKey::Merchant(id) => format!("id {id}"),
            IntentKey::Fresh(_) => format!("{:?}", intent.amount.price()),
        }
    }

    /// A full cancel's goal is reached: nothing remains, whoever did it.
    fn is_done(&self, intent: &Intent) -> bool {
        intent.amount.is_full() && self.is_empty(intent.receipt_id.as_str())
    }

    pub(super) fn is_empty(&self, receipt: &str) -> bool {
        self.server.receipt(receipt, self.server_ms()).is_some_and(|state| state.remain_price == 0)
    }

    /// A call has ended, and its caller is told.
    pub(super) fn told(&mut self, call: usize, told: Told) {
        self.calls[call].ended = Some(self.now);
        self.witness.told += 1;
        match &told {
            Told::Outcome(Ok(outcome)) | Told::Reconciled(Ok(outcome)) => self.hears(call, outcome),
            Told::Outcome(Err(error)) => {
                self.note(format_args!("call {call} fails: {}", error.kind()));
                self.fails(call, error);
                for id in self.calls[call].admitted.clone() {
                    self.deny(&id, call);
                }
            }
            Told::Reconciled(Err(error)) => {
                self.note(format_args!("call {call} fails: {}", error.kind()));
                self.fails(call, error);
                let says_nothing =
                    matches!(error, BootpayError::Conflict(_) | BootpayError::Journal(_) | BootpayError::Internal(_));
                if let Some(id) = self.calls[call].about.clone().filter(|_| !says_nothing) {
                    self.deny(&id, call);
                }
            }
            Told::Recovered(Ok(recovery)) => {
                let Recovery { settled, moved_nothing, unknown, held, in_flight, failed, .. } = recovery;
                self.note(format_args!(
                    "call {call} has recovered: {} settled, {} moved nothing, {} unknown, {} held, {} in flight, {} failed",
                    settled.len(),
                    moved_nothing.len(),
                    unknown.len(),
                    held.len(),
                    in_flight.len(),
                    failed.len()
                ));
                self.listed.extend(unknown.iter().map(|one| one.intent.cancel_id.to_string()));
                self.listed.extend(held.iter().map(|one| one.cancel_id.to_string()));
                settled.iter().for_each(|outcome| self.hears(call, outcome));
                for name in moved_nothing {
                    let id = self.witness.named(name).map(|seen| seen.intent.id.clone());
                    id.iter().for_each(|id| self.deny(id, call));
                }
            }
            Told::Recovered(Err(error)) => self.note(format_args!("call {call} fails: {}", error.kind())),
            Told::Decided(decision, decided) => match decided.as_ref() {
                Ok(_) => self.note(format_args!("call {call} has decided: {decision:?}")),
                Err(error) => self.note(format_args!("call {call} fails: {}", error.kind())),
            },
            Told::Looked { error, shown } => {
                self.must_be_clean("a lookup", shown);
                self.note(format_args!("call {call} has looked: {:?}", error.as_ref().map(BootpayError::kind)));
            }
        }
        self.shows_no_secret(&told);
    }

    fn hears(&mut self, call: usize, outcome: &CancelOutcome) {
        let name = outcome.intent();
        let Some(seen) = self.witness.named(name) else {
            return self.breaks(format!("call {call} is told about {}, which was never admitted", name.cancel_id));
        };
        let words = super::witness::name(&seen.intent);
        let of_id = |one: &&Seen| one.intent.cancel_id == name.cancel_id && one.intent.receipt_id == name.receipt_id;
        let moved: u32 = self.witness.intents.iter().filter(of_id).map(|one| one.moved).sum();
        let (id, is_done) = (seen.intent.id.clone(), self.is_done(&seen.intent));
        let is_empty = self.is_empty(name.receipt_id.as_str());
        match outcome {
            CancelOutcome::Cancelled(cancelled) => {
                self.note(format_args!("call {call} is told that {words} is cancelled, {:?}", cancelled.evidence));
                if moved == 0 && !is_done && cancelled.evidence != Evidence::Declared {
                    self.breaks(format!("call {call} is told that {words} is cancelled, and nothing moved"));
                }
            }
            CancelOutcome::AlreadyCancelled(already) => {
                self.note(format_args!("call {call} is told that {words} was cancelled before"));
                if already.money_is_back == MoneyIsBack::Yes && !is_empty {
                    self.breaks(format!("call {call} is told that the money of {words} is back, and it is not"));
                }
                self.deny(&id, call);
            }
            CancelOutcome::Unknown(unknown) => {
                self.note(format_args!("call {call} is told that {words} is unknown, {:?}", unknown.cause));
            }
        }
    }

    /// An error means that this call moved no money, and never will.
    fn fails(&mut self, call: usize, error: &BootpayError) {
        let kind = error.kind();
        let moved = |message: &usize| {
            self.messages[*message].actor == Actor::Call(call) && self.witness.moved_by.contains_key(message)
        };
        if let Some(message) = (0..self.messages.len()).find(moved) {
            self.breaks(format!("call {call} is told `{kind}`, and its message {message} has moved money"));
        }
        self.calls[call].failed_with = Some(kind);
    }

    fn deny(&mut self, id: &IntentId, call: usize) {
        if let Some(number) = self.witness.by_id.get(id).copied() {
            if let Some(seen) = self.witness.find_mut(id) {
                seen.denied.get_or_insert_with(|| format!("call {call}"));
            }
            self.holds(number);
        }
    }

    fn shows_no_secret(&mut self, told: &Told) {
        let mut text = format!("{told:?}");
        if let Told::Outcome(Err(error)) | Told::Reconciled(Err(error)) = told {
            text.push_str(&error.to_string());
        }
        self.must_be_clean("what a caller sees", &text);
    }

    pub(super) fn secrets(&self) -> Vec<String> {
        [KEY, SECRET, ACCOUNT, HOLDER].into_iter().map(str::to_owned).chain(self.tokens.iter().cloned()).collect()
    }

    /// Looks for what must show nowhere.
    pub(super) fn must_be_clean(&mut self, what: &str, text: &str) {
        if let Some(secret) = self.secrets().into_iter().find(|secret| text.contains(secret)) {
            self.breaks(format!("{secret} shows in {what}: {text}"));
        }
    }
}

pub(super) fn name(intent: &Intent) -> String {
    let what = match &intent.key {
        IntentKey::Receipt => "full".to_owned(),
        IntentKey::Merchant(id) => id.to_string(),
        IntentKey::Fresh(_) => "keyless".to_owned(),
    };
    let price = intent.amount.price().map_or("all".to_owned(), |price| price.to_string());
    format!("{}/{what}#{} ({price})", intent.receipt_id, intent.generation)
}
