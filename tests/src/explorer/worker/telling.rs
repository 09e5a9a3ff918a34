//! A call comes back to its caller: what it is told, and whether that is true.

use bootpay_core::protocol::lifecycle;
use bootpay_core::protocol::machine::{Ending, Failure};
use bootpay_core::{Intent, IntentState, Totals};

use super::{Drive, Worker};
use crate::explorer::invariants::{Broken, Promise, name};
use crate::explorer::recorded::Recorded;
use crate::explorer::setting::{Guard, Setting};
use crate::explorer::world::World;

impl World {
    /// A drive is over. A recheck that settled nothing goes on to see whether the intent may be repeated.
    pub(super) fn finish(
        &mut self,
        setting: &Setting,
        worker: u8,
        drive: &Drive,
        ending: Ending,
    ) -> Result<(), Broken> {
        self.workers[usize::from(worker)] = match drive.recheck {
            // Where nothing is declared, nothing is considered for long.
            Some(tries) if is_told_unknown(drive, &ending) && setting.honours_for_ms.is_some() => {
                Worker::Considering { intent: drive.intent, tries }
            }
            _ => Worker::Idle,
        };
        self.tell(setting, drive, ending)
    }

    fn tell(&mut self, setting: &Setting, drive: &Drive, ending: Ending) -> Result<(), Broken> {
        let number = usize::from(drive.intent);
        match ending {
            Ending::Failed(Failure::OutOfPlace) => {
                let how = format!("an event of {} came out of place", name(&drive.view));
                return Err(Broken::new(Promise::NeverAtALoss, how));
            }
            Ending::Failed(_) => self.denied[number] = true,
            Ending::Settled { settlement, .. } if settlement.already => self.denied[number] = true,
            Ending::Settled { .. } => {
                let goal_reached = drive.view.amount.is_full() && self.bootpay.is_empty();
                if self.moved_by(number) == 0 && !goal_reached {
                    let how = format!("a caller is told that {} is cancelled, and nothing moved", name(&drive.view));
                    return Err(Broken::new(Promise::CancelledOnlyWithAMovement, how));
                }
            }
            Ending::Unknown { after, .. } => self.deny_by_lookup(setting, drive, number, after),
            Ending::Overtaken(known) => {
                // What the journal says is held to account there.
                let is_open_error = drive.view.state.is_open() && matches!(*known, Ending::Failed(_));
                if !is_settled(drive) && !is_open_error {
                    self.tell(setting, drive, *known)?;
                }
            }
        }
        Ok(())
    }

    /// What a client would do that takes a total that did not grow for proof.
    fn deny_by_lookup(&mut self, setting: &Setting, drive: &Drive, number: usize, after: Option<Totals>) {
        let grew =
            after.and_then(|totals| totals.cancelled) != drive.state.before().and_then(|totals| totals.cancelled);
        let intent = &self.journal[number];
        let is_late = self.now() >= lifecycle::may_be_denied_from(intent);
        let denies =
            setting.lacks(Guard::LookupNeverDenies) || (setting.lacks(Guard::LateLookupNeverDenies) && is_late);
        if denies && after.is_some() && !grew {
            let mut closed: Intent = (**intent).clone();
            closed.state = IntentState::NotSent;
            self.journal[number] = Recorded::new(closed);
            self.denied[number] = true;
        }
    }
}

fn is_told_unknown(drive: &Drive, ending: &Ending) -> bool {
    match ending {
        Ending::Unknown { .. } => true,
        Ending::Overtaken(_) if is_settled(drive) => false,
        Ending::Overtaken(known) => is_told_unknown(drive, known),
        Ending::Settled { .. } | Ending::Failed(_) => false,
    }
}

fn is_settled(drive: &Drive) -> bool {
    matches!(drive.view.state, IntentState::Cancelled | IntentState::AlreadyCancelled)
}
