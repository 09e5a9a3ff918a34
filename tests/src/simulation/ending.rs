//! The end of a world: all is well again, and every refund is accounted for.

use std::collections::BTreeSet;

use bootpay_core::{IntentQuery, IntentState};

use super::Simulation;
use super::journal::now_or_wait;
use super::setting::{HOUR, MINUTE};

/// Every call ends within this time once nothing goes wrong any more: callers wait for each other, each for a lease at most.
const PATIENCE: u64 = 30 * MINUTE;

impl Simulation {
    /// Nothing fails from now on, whoever was stopped goes on, and whoever was down is up again.
    pub(super) fn heal(&mut self) {
        {
            let mut world = self.world.lock();
            world.note(format_args!("all is well again"));
            world.healed = true;
            world.hosts.iter_mut().for_each(|host| host.stalled_until = 0);
            // What is on its way is answered as it would be on a good day, if it is answered at all.
            let end = world.setting.end;
            world.now = world.now.max(end);
        }
        for host in 0..self.processes.len() {
            self.run(host);
        }
    }

    /// Recovers, decides, asks once more; and every intent must be settled.
    pub(super) fn end(&mut self) {
        self.nobody_waits_for_ever();
        // Every lease has run out, and whatever was sent has arrived or never will.
        self.pass(2 * HOUR);
        {
            let mut world = self.world.lock();
            world.hosts.iter_mut().for_each(|host| host.wall_offset = 0);
            world.note(format_args!("two hours later"));
        }
        self.pass(2 * HOUR);
        for _ in 0..2 {
            for host in 0..self.processes.len() {
                self.boot(host);
                self.recover(host);
                self.until_nothing_happens(false);
            }
            // What a recovery has moved itself is in a ledger that lags by then, and settles another intent of the receipt.
            self.pass(HOUR);
        }
        self.nothing_is_left_halfway();
        self.people_decide();
        self.everybody_clicks_once_more();
        self.nobody_waits_for_ever();
        self.the_journal_is_clean();
    }

    fn pass(&mut self, time: u64) {
        self.world.lock().now += time;
    }

    fn nobody_waits_for_ever(&mut self) {
        let waiting: Vec<usize> = self.processes.iter().flatten().flat_map(|process| process.waiting()).collect();
        let mut world = self.world.lock();
        if world.broken.is_some() {
            return;
        }
        for call in waiting {
            let what = world.calls[call].what.clone();
            world.breaks(format!("call {call} ({what}) never ends"));
        }
        let end = world.setting.end;
        let slow = world.calls.iter().position(|call| call.ended.is_some_and(|at| at > call.began.max(end) + PATIENCE));
        if let Some(call) = slow {
            let what = world.calls[call].what.clone();
            world.breaks(format!("call {call} ({what}) took more than {PATIENCE} ms of a healed network"));
        }
    }

    /// After a recovery with a healed network every intent is settled, or unknown, or held: and listed as such.
    fn nothing_is_left_halfway(&mut self) {
        let mut world = self.world.lock();
        let halfway = world.witness.intents.iter().find(|seen| seen.intent.state.is_in_flight());
        let promise = halfway.map(|seen| {
            format!("{} is {} after a recovery", super::witness::name(&seen.intent), seen.intent.state.name())
        });
        promise.into_iter().for_each(|promise| world.breaks(promise));
        let listed: BTreeSet<String> = world.listed.iter().cloned().collect();
        let open = world.witness.intents.iter().find(|seen| {
            (seen.intent.state == IntentState::Unknown || seen.intent.held)
                && !listed.contains(seen.intent.cancel_id.as_str())
        });
        let promise = open.map(|seen| {
            format!("{} is {} and no recovery lists it", super::witness::name(&seen.intent), seen.intent.state.name())
        });
        promise.into_iter().for_each(|promise| world.breaks(promise));
    }

    /// Whoever sees the ledger can settle everything that is still open.
    fn people_decide(&mut self) {
        self.pass(HOUR);
        let most = self.world.lock().witness.intents.len() * 2;
        for _ in 0..most {
            let host = self.processes.len() - 1;
            self.decide(host);
            self.until_nothing_happens(false);
        }
        let mut world = self.world.lock();
        if world.broken.is_some() {
            return;
        }
        let open = world.witness.intents.iter().find(|seen| seen.intent.state.is_open() || seen.intent.held);
        let promise = open.map(|seen| format!("{} cannot be decided", super::witness::name(&seen.intent)));
        promise.into_iter().for_each(|promise| world.breaks(promise));
    }

    /// No refund is lost: whoever wants everything back gets it, or has it, unless the gateway itself stands against it.
    fn everybody_clicks_once_more(&mut self) {
        let wishes = self.world.lock().setting.wishes.clone();
        for (number, wish) in wishes.iter().enumerate() {
            // No lookup lags behind the click before: a total that does not add up would hold the receipt.
            self.pass(10 * MINUTE);
            self.click(number % self.processes.len(), number, None, false);
            self.until_nothing_happens(false);
            let mut world = self.world.lock();
            let paid = world.setting.receipts[wish.receipt].clone();
            let at_pg = world.setting.console_is_used(wish.receipt);
            let is_plain = wish.price.is_none() && wish.id.is_none() && wish.expects.is_none();
            if is_plain && !paid.refused && !at_pg && world.broken.is_none() && !world.is_empty(&paid.id) {
                world.breaks(format!(
                    "everything of {} was asked for, nothing fails, and not all of it is back",
                    paid.id
                ));
            }
        }
    }

    fn the_journal_is_clean(&mut self) {
        let mut world = self.world.lock();
        let journal = std::sync::Arc::clone(&world.journal);
        let text = format!("{:?}", now_or_wait(journal.find(IntentQuery::default())));
        world.must_be_clean("the journal", &text);
        drop(world);
        let shown: Vec<String> = self
            .processes
            .iter()
            .flatten()
            .map(|process| format!("{} {:?}", process.number(), process.bootpay))
            .collect();
        for text in shown {
            self.world.lock().must_be_clean("a client's Debug", &text);
        }
    }
}
