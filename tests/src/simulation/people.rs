//! What people do: they click, click again, look, restart, use the console, decide.

use bootpay_core::{CancelRequest, Decision, IntentKey, IntentState, RefundAccount};

use super::Simulation;
use super::dice::Dice;
use super::setting::{Action, MINUTE, Wish};
use super::witness::{Seen, Told};
use super::world::{ACCOUNT, Call, HOLDER, What, World};

impl Simulation {
    pub(super) fn act(&mut self, action: Action) {
        match action {
            Action::Click { host, wish, patience, by_handle } => self.click(host, wish, patience, by_handle),
            Action::Reconcile { host } => self.reconcile(host),
            Action::Recover { host } => self.recover(host),
            Action::Look { host, receipt, preview } => self.look(host, receipt, preview),
            Action::Crash { host, down_for } => self.crash(host, down_for),
            Action::Stall { host, time } => self.world.lock().stall(host, time),
            Action::ClockJump { host, by } => {
                let mut world = self.world.lock();
                world.hosts[host].wall_offset = by;
                world.note(format_args!("host {host}: the wall clock is wrong by {by} ms"));
            }
            Action::TokensExpire => {
                let mut world = self.world.lock();
                world.server.expire_tokens();
                world.note(format_args!("all tokens expire"));
            }
            Action::Console { receipt, amount, at_pg } => self.world.lock().console(receipt, amount, at_pg),
            Action::Person { host } => self.decide(host),
        }
    }

    /// A new call on a host that is up, if it is.
    fn begin(&mut self, host: usize, what: String) -> Option<usize> {
        let mut world = self.world.lock();
        if !world.hosts[host].alive || world.hosts[host].stalled_until > world.now {
            return None;
        }
        let call = world.calls.len();
        world.note(format_args!("host {host}: call {call}: {what}"));
        let (seed, life, began) = (world.seed, world.hosts[host].life, world.now);
        world.calls.push(Call {
            host,
            life,
            what,
            began,
            ended: None,
            dropped: false,
            dice: Dice::of([seed, 4, call as u64]),
            admitted: Vec::new(),
            about: None,
            failed_with: None,
        });
        Some(call)
    }

    pub(super) fn click(&mut self, host: usize, wish: usize, patience: Option<u64>, by_handle: bool) {
        let (wish, receipt) = {
            let world = self.world.lock();
            let wish = world.setting.wishes[wish].clone();
            (wish.clone(), world.setting.receipts[wish.receipt].clone())
        };
        let handle = by_handle.then(|| self.world.lock().handle_of(&wish)).flatten();
        let mut request = match wish.price {
            None => CancelRequest::full(&receipt.id),
            Some(price) => CancelRequest::partial(&receipt.id, price),
        };
        if let Some(expected) = wish.expects {
            request = request.expected_remaining(expected);
        }
        if let Some(id) = handle.as_ref().or(wish.id.as_ref()) {
            request = request.cancel_id(id);
        }
        if receipt.to_account
            && let Ok(account) = RefundAccount::new("국민은행", ACCOUNT, HOLDER)
        {
            request = request.refund_account(account);
        }
        let what = format!("cancel {:?} of {}, id {:?}", wish.price, receipt.id, handle.or(wish.id));
        let Some(call) = self.begin(host, what) else { return };
        self.start(host, call, true, move |bootpay| async move { Told::Outcome(bootpay.cancel(request).await) });
        if let Some(patience) = patience {
            let mut world = self.world.lock();
            let (at, tie) = (world.now + patience, world.calls[call].dice.next());
            world.at(at, tie, What::Leave { call });
        }
    }

    fn reconcile(&mut self, host: usize) {
        let chosen = self.world.lock().choose(|seen| seen.intent.state.is_open());
        let Some((id, cancel_id, _)) = chosen else { return };
        let Some(call) = self.begin(host, format!("reconcile {cancel_id}")) else { return };
        self.world.lock().calls[call].about = Some(id);
        self.start(
            host,
            call,
            true,
            move |bootpay| async move { Told::Reconciled(bootpay.reconcile(cancel_id).await) },
        );
    }

    pub(super) fn recover(&mut self, host: usize) {
        let Some(call) = self.begin(host, "recover".to_owned()) else { return };
        self.start(host, call, true, |bootpay| async move { Told::Recovered(bootpay.recover().await) });
    }

    fn look(&mut self, host: usize, receipt: usize, preview: bool) {
        let id = self.world.lock().setting.receipts[receipt].id.clone();
        let Some(call) = self.begin(host, format!("look at {id}")) else { return };
        self.start(host, call, false, move |bootpay| async move {
            if preview {
                let seen = bootpay.preview(id).await;
                return Told::Looked { error: seen.as_ref().err().cloned(), shown: format!("{seen:?}") };
            }
            let seen = bootpay.receipt(id).await;
            Told::Looked { error: seen.as_ref().err().cloned(), shown: format!("{seen:?}") }
        });
    }

    /// A person looks into the ledger and decides what is true there and then. What is still on its way nobody can see;
    /// keeping a person from deciding too early is the library's part. Where clocks are wrong, it is the person's.
    pub(super) fn decide(&mut self, host: usize) {
        let chosen = self.world.lock().choose(|seen| {
            matches!(seen.intent.state, IntentState::Unknown | IntentState::Sending) || seen.intent.held
        });
        let Some((id, cancel_id, moved)) = chosen else { return };
        let (jumps, old, held) = {
            let world = self.world.lock();
            let seen = world.witness.find(&id);
            let old = seen.is_some_and(|seen| world.now - seen.changed > 20 * MINUTE);
            (world.setting.clocks_jump, old, seen.is_some_and(|seen| seen.intent.held))
        };
        let decision = if moved || held { Decision::Cancelled } else { Decision::NotCancelled };
        if jumps && !old && decision == Decision::NotCancelled {
            return;
        }
        let Some(call) = self.begin(host, format!("decide about {cancel_id}: {decision:?}")) else { return };
        self.world.lock().calls[call].about = Some(id);
        self.start(host, call, false, move |bootpay| async move {
            Told::Decided(decision, Box::new(bootpay.resolve(cancel_id, decision, "a person").await))
        });
    }
}

impl World {
    /// One of the intents, with its handle and whether it moved money.
    fn choose(&mut self, such: impl Fn(&Seen) -> bool) -> Option<(bootpay_core::IntentId, String, bool)> {
        let of: Vec<usize> = (0..self.witness.intents.len()).filter(|at| such(&self.witness.intents[*at])).collect();
        if of.is_empty() {
            return None;
        }
        let seen = &self.witness.intents[self.dice.pick(&of)];
        Some((seen.intent.id.clone(), seen.intent.cancel_id.to_string(), seen.moved > 0))
    }

    /// The handle that an earlier click of the same wish was given.
    fn handle_of(&self, wish: &Wish) -> Option<String> {
        let receipt = &self.setting.receipts[wish.receipt].id;
        let of_wish = |seen: &&Seen| {
            seen.intent.receipt_id.as_str() == receipt
                && match seen.intent.key {
                    IntentKey::Receipt => wish.price.is_none() && wish.id.is_none(),
                    IntentKey::Fresh(_) => {
                        wish.id.is_none() && seen.intent.amount.price().map(|price| price.get()) == wish.price
                    }
                    IntentKey::Merchant(_) => false,
                }
        };
        self.witness.intents.iter().rfind(of_wish).map(|seen| seen.intent.cancel_id.to_string())
    }

    fn console(&mut self, receipt: usize, amount: u64, at_pg: bool) {
        let (id, now_ms) = (self.setting.receipts[receipt].id.clone(), self.server_ms());
        let done = match at_pg {
            true => self.server.cancel_at_pg(&id, amount, now_ms),
            false => self.server.cancel_in_console(&id, amount, now_ms),
        };
        let place = if at_pg { "the gateway's console" } else { "the console" };
        self.note(format_args!("in {place}, somebody cancels {amount} won of {id}: {done:?}"));
    }
}
