//! A person who decides about an intent that stays open: what they can see, and later the record of it.

use std::sync::Arc;

use bootpay_core::protocol::lifecycle;
use bootpay_core::protocol::reconcile::{self, Case, Finding, SETTLING_TIME};
use bootpay_core::{Change, Decision, IntentState, Totals, UnixMillis, UnknownCause};

use super::Worker;
use crate::explorer::recorded::Recorded;
use crate::explorer::setting::{Guard, Setting};
use crate::explorer::world::{World, owner_of};

impl World {
    /// A person looks, in the gateway's console too, and decides what is true at that moment. *Not cancelled* takes a
    /// lookup, and is recorded in a step of its own.
    pub(in crate::explorer) fn decide(&mut self, setting: &Setting, worker: u8, number: usize) {
        self.left_by_its_owner(setting, worker, number);
        let intent = Arc::clone(&self.journal[number]);
        if self.moved_by(number) > 0 {
            self.resolve(setting, worker, number, &intent, Decision::Cancelled, None);
        } else if intent.state == IntentState::Unknown
            && self.decided_at(setting) >= lifecycle::may_be_denied_from(&intent)
        {
            let totals = self.bootpay.totals(0);
            let case = Case {
                amount: intent.amount,
                to_account: false,
                before: intent.totals_before,
                last_answered: intent.last_answered,
                sole_canceller: setting.sole_canceller && !self.relations(number).superseded,
                already: None,
                id_took_effect: false,
                doubt: UnknownCause::Interrupted,
            };
            if !matches!(reconcile::weigh(&case, &totals), Finding::Settled(_)) {
                let deciding = Worker::Deciding { intent: number as u8, seen: intent, totals };
                self.workers[usize::from(worker)] = deciding;
            }
        }
    }

    pub(super) fn record_decision(
        &mut self,
        setting: &Setting,
        worker: u8,
        number: usize,
        seen: &Arc<Recorded>,
        totals: Totals,
    ) {
        self.workers[usize::from(worker)] = Worker::Idle;
        let current = match setting.lacks(Guard::DecisionCheckedAgain) {
            true => Arc::clone(seen),
            false => Arc::clone(&self.journal[number]),
        };
        self.resolve(setting, worker, number, &current, Decision::NotCancelled, Some(totals));
    }

    fn resolve(
        &mut self,
        setting: &Setting,
        worker: u8,
        number: usize,
        intent: &Arc<Recorded>,
        decision: Decision,
        totals_after: Option<Totals>,
    ) {
        let change = Change::Resolved { decision, actor: "a person".to_owned(), totals_after };
        let owner = owner_of(usize::from(worker));
        if let Ok(resolved) = lifecycle::apply(intent, &owner, &change, self.decided_at(setting)) {
            self.journal[number] = Recorded::new(resolved);
        }
    }

    fn decided_at(&self, setting: &Setting) -> UnixMillis {
        let now = self.now();
        if setting.lacks(Guard::SettlingTime) { now.plus(SETTLING_TIME * 2) } else { now }
    }
}
