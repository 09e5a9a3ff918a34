//! One step of the machine.

use super::{Doubt, Effect, Ending, Event, Failure, MOST_REPETITIONS, Objection, Phase, Record, Start, State};
use crate::cancel::{CancelAmount, Evidence, MoneyIsBack, UnknownCause};
use crate::dialect::{CancelAnswer, ServerRefusal};
use crate::intent::Settlement;
use crate::protocol::reconcile::{self, Case, Finding};
use crate::protocol::verdict::{self, Circumstances, Verdict};
use crate::receipt::Totals;

/// Takes one event and says what to do next.
pub fn step(mut state: State, event: Event) -> (State, Effect) {
    let effect = state.take(event);
    (state, effect)
}

impl State {
    fn take(&mut self, event: Event) -> Effect {
        let phase = std::mem::replace(&mut self.phase, Phase::Finished);
        match (phase, event) {
            (Phase::Begin, Event::Begin) => self.begin(),

            (Phase::LookingBefore, Event::LookedUp { totals, .. }) => self.looked_before(totals),
            (Phase::LookingBefore, Event::LookupFailed) => self.give_up(Record::NotSent, Failure::Lookup),

            (Phase::FetchingToken, Event::TokenReady) => {
                self.phase = Phase::RecordingSending;
                Effect::Record(Record::Sending { before: self.before })
            }
            (Phase::FetchingToken, Event::TokenFailed) => match self.earlier_doubt {
                None => self.give_up(Record::NotSent, Failure::Token),
                Some(_) => self.doubt(UnknownCause::TokenLost),
            },

            (Phase::FetchingToken, Event::TooLate) => match self.earlier_doubt {
                None => self.give_up(Record::NotSent, Failure::OutOfPlace),
                Some(cause) => self.doubt(cause),
            },

            (Phase::RecordingSending, Event::Recorded) => {
                self.recorded_sending = true;
                self.phase = Phase::Sending;
                Effect::Send
            }
            (Phase::RecordingSending, Event::Lost) => match self.earlier_doubt {
                None => self.finish(Ending::Failed(Failure::TakenOver)),
                Some(cause) => self.finish(Ending::Unknown { cause, after: None, recorded: false }.overtaken()),
            },
            // Nothing has left. Should the record be there all the same, it says "may be on its way", which errs on
            // the safe side.
            (Phase::RecordingSending, Event::RecordFailed) => match self.earlier_doubt {
                None => {
                    self.recorded_sending = true;
                    let ending = Ending::Failed(Failure::Journal);
                    self.finish_unrecorded(ending)
                }
                Some(cause) => self.finish(Ending::Unknown { cause, after: None, recorded: false }),
            },

            (Phase::Sending, Event::NotSent(_)) => self.not_sent(),
            (Phase::Sending, Event::NoAnswer(cause)) => self.uncertain(Doubt::because(cause)),
            (Phase::Sending, Event::Answered(answer)) => self.answered(&answer),

            (Phase::RecordingReturn { refresh: true }, Event::Recorded) => {
                self.phase = Phase::FetchingToken;
                Effect::RefreshToken
            }
            (Phase::RecordingReturn { refresh: false }, Event::Recorded) => self.pause(),
            (Phase::RecordingReturn { .. }, Event::Lost) => self.finish(Ending::Failed(Failure::TakenOver).overtaken()),
            (Phase::RecordingReturn { .. }, Event::RecordFailed) => {
                self.finish_unrecorded(Ending::Failed(Failure::Journal))
            }

            (Phase::Pausing, Event::Paused { still_honoured }) => match self.earlier_doubt {
                // What the server has forgotten, it would carry out again.
                Some(cause) if !still_honoured => self.look_after(Doubt::because(cause)),
                _ => self.fetch_token(),
            },

            (Phase::LookingAfter(doubt), Event::LookedUp { totals, superseded }) => {
                self.looked_after(doubt, totals, superseded)
            }
            (Phase::LookingAfter(doubt), Event::LookupFailed) => self.could_not_look(doubt),

            (Phase::Closing(ending), Event::Recorded) => self.finish(*ending),
            (Phase::Closing(ending), Event::Lost) => self.finish(ending.unrecorded().overtaken()),
            (Phase::Closing(ending), Event::RecordFailed) => self.finish_unrecorded(*ending),

            (phase, _) => self.out_of_place(&phase),
        }
    }

    fn begin(&mut self) -> Effect {
        match self.plan.start {
            Start::New if self.plan.look_first || self.expects_a_remainder() => {
                self.phase = Phase::LookingBefore;
                Effect::LookUp
            }
            Start::New | Start::Repeat { .. } => self.fetch_token(),
            Start::Recheck { cause, .. } => self.look_after(Doubt::because(cause)),
        }
    }

    fn expects_a_remainder(&self) -> bool {
        matches!(self.plan.amount, CancelAmount::Full { expected_remaining: Some(_) })
    }

    fn looked_before(&mut self, totals: Totals) -> Effect {
        self.before = Some(totals);
        match objection(&self.plan.amount, &totals) {
            Some(objection) => self.give_up(Record::Objected(objection), Failure::Objected(objection)),
            None => self.fetch_token(),
        }
    }

    fn fetch_token(&mut self) -> Effect {
        self.phase = Phase::FetchingToken;
        Effect::FetchToken
    }

    fn pause(&mut self) -> Effect {
        self.repetitions += 1;
        self.phase = Phase::Pausing;
        Effect::Pause(self.repetitions)
    }

    fn not_sent(&mut self) -> Effect {
        match self.earlier_doubt {
            // This try did nothing; what an earlier one did is as open as before.
            Some(cause) => self.look_after(Doubt::because(cause)),
            None if self.repetitions < MOST_REPETITIONS => {
                self.phase = Phase::RecordingReturn { refresh: false };
                Effect::Record(Record::Returned)
            }
            None => self.give_up(Record::NotSent, Failure::NotSent),
        }
    }

    fn answered(&mut self, answer: &CancelAnswer) -> Effect {
        let circumstances = Circumstances {
            receipt_id: &self.plan.receipt_id,
            amount: self.plan.amount,
            to_account: self.plan.to_account,
            // A server that is declared to remember what took effect may stand behind a proxy that repeats requests: then
            // "seen before" may be about this very one.
            id_is_ours: self.plan.id_is_ours || self.plan.honours_cancel_id,
            before: self.before,
            first: self.earlier_doubt.is_none(),
            may_refresh: self.plan.by_token && !self.token_refreshed && self.repetitions < MOST_REPETITIONS,
        };
        match (verdict::weigh(answer, &circumstances), answer) {
            (Verdict::Done { money_is_back, mismatches }, CancelAnswer::Accepted(cancellation)) => {
                let settlement = Settlement {
                    already: false,
                    evidence: Evidence::Answered,
                    money_is_back,
                    cancellation: (**cancellation).clone(),
                    mismatches,
                    http_status: Some(200),
                    message: None,
                };
                self.settle(Box::new(settlement))
            }
            (Verdict::FreshToken, _) => {
                self.token_refreshed = true;
                self.repetitions += 1;
                self.phase = Phase::RecordingReturn { refresh: true };
                Effect::Record(Record::Returned)
            }
            (Verdict::Refused, CancelAnswer::Refused(refusal)) => {
                let failure = Failure::Refused { refusal: refusal.clone(), ledger: None };
                self.give_up(Record::Refused(refusal.clone()), failure)
            }
            (Verdict::AlreadyCancelled, CancelAnswer::Refused(refusal)) => {
                self.look_after(Doubt { already: Some(refusal.clone()), ..Doubt::of(UnknownCause::InProgress, answer) })
            }
            (Verdict::Uncertain(cause), answer) => self.uncertain(Doubt::of(cause, answer)),
            (_, answer) => self.uncertain(Doubt::of(UnknownCause::Unproven, answer)),
        }
    }

    /// The end of a try proves nothing. Only under the merchant's declaration is it repeated; else it is looked up.
    fn uncertain(&mut self, doubt: Doubt) -> Effect {
        self.earlier_doubt = Some(doubt.cause);
        let worth_repeating = matches!(
            doubt.cause,
            UnknownCause::TimedOut | UnknownCause::Disconnected | UnknownCause::Unproven | UnknownCause::GatewayLost
        );
        if worth_repeating && self.plan.honours_cancel_id && self.repetitions < MOST_REPETITIONS {
            return self.pause();
        }
        self.look_after(doubt)
    }

    fn doubt(&mut self, cause: UnknownCause) -> Effect {
        self.look_after(Doubt::because(cause))
    }

    fn look_after(&mut self, doubt: Doubt) -> Effect {
        self.phase = Phase::LookingAfter(doubt);
        Effect::LookUp
    }

    fn looked_after(&mut self, doubt: Doubt, after: Totals, superseded: bool) -> Effect {
        if let (Some(refusal), CancelAmount::Partial { .. }) = (&doubt.already, self.plan.amount) {
            let failure = Failure::Refused { refusal: refusal.clone(), ledger: Some(after) };
            return self.give_up(Record::Refused(refusal.clone()), failure);
        }
        let case = Case {
            amount: self.plan.amount,
            to_account: self.plan.to_account,
            before: self.before,
            last_answered: self.plan.last_answered,
            sole_canceller: self.plan.sole_canceller && !superseded,
            already: doubt.already.as_ref().map(|refusal| refusal.message.clone()),
            id_took_effect: self.id_took_effect(&doubt),
            doubt: doubt.cause,
        };
        match reconcile::weigh(&case, &after) {
            Finding::Settled(settlement) => self.settle(settlement),
            Finding::Open(cause) => self.stay_open(Doubt { cause, ..doubt }, Some(after)),
        }
    }

    /// Under the declaration, an id is remembered only where it took effect or is being worked on, and the latter is
    /// over once everything that we sent has settled down.
    fn id_took_effect(&self, doubt: &Doubt) -> bool {
        doubt.cause == UnknownCause::IdSeenBefore
            && self.plan.honours_cancel_id
            && matches!(self.plan.start, Start::Repeat { settled_down: true, nth, .. } if nth == self.repetitions)
    }

    fn could_not_look(&mut self, doubt: Doubt) -> Effect {
        let Some(refusal) = &doubt.already else { return self.stay_open(doubt, None) };
        match self.plan.amount {
            CancelAmount::Partial { .. } => {
                let failure = Failure::Refused { refusal: refusal.clone(), ledger: None };
                self.give_up(Record::Refused(refusal.clone()), failure)
            }
            CancelAmount::Full { .. } => {
                let settlement = already_unconfirmed(refusal);
                self.settle(Box::new(settlement))
            }
        }
    }

    fn settle(&mut self, settlement: Box<Settlement>) -> Effect {
        self.phase = Phase::Closing(Box::new(Ending::Settled { settlement: settlement.clone(), recorded: true }));
        Effect::Record(Record::Settled(settlement))
    }

    fn stay_open(&mut self, doubt: Doubt, after: Option<Totals>) -> Effect {
        let Doubt { cause, http_status, code, .. } = doubt;
        self.phase = Phase::Closing(Box::new(Ending::Unknown { cause, after, recorded: true }));
        Effect::Record(Record::Unknown { cause, after, http_status, code })
    }

    fn give_up(&mut self, record: Record, failure: Failure) -> Effect {
        self.phase = Phase::Closing(Box::new(Ending::Failed(failure)));
        Effect::Record(record)
    }

    fn finish(&mut self, ending: Ending) -> Effect {
        self.phase = Phase::Finished;
        Effect::Finish(ending)
    }

    /// The journal may still say that a request is on its way, so whoever recovers the intent may repeat it where the
    /// merchant has declared that it can be: then "this call moved no money" would not stay true.
    fn finish_unrecorded(&mut self, ending: Ending) -> Effect {
        self.finish(match ending {
            Ending::Failed(_) if self.recorded_sending && self.plan.honours_cancel_id => {
                Ending::Unknown { cause: UnknownCause::Interrupted, after: None, recorded: false }
            }
            ending => ending.unrecorded(),
        })
    }

    /// An event that has no place here is a defect of the driver's. Money's side of it is still told right.
    fn out_of_place(&mut self, phase: &Phase) -> Effect {
        let sent = self.earlier_doubt.is_some() || matches!(phase, Phase::Sending | Phase::LookingAfter(_));
        self.finish(if sent {
            Ending::Unknown { cause: UnknownCause::Interrupted, after: None, recorded: false }
        } else {
            Ending::Failed(Failure::OutOfPlace)
        })
    }
}

impl Doubt {
    fn because(cause: UnknownCause) -> Self {
        Self { cause, already: None, http_status: None, code: None }
    }

    fn of(cause: UnknownCause, answer: &CancelAnswer) -> Self {
        let (http_status, code) = match answer {
            CancelAnswer::Accepted(_) => (Some(200), None),
            CancelAnswer::Refused(refusal) => (Some(refusal.http_status), refusal.code.clone()),
            CancelAnswer::Foreign(foreign) => (Some(foreign.http_status), None),
        };
        Self { cause, already: None, http_status, code }
    }
}

impl Ending {
    fn unrecorded(self) -> Self {
        match self {
            Self::Settled { settlement, .. } => Self::Settled { settlement, recorded: false },
            Self::Unknown { cause, after, .. } => Self::Unknown { cause, after, recorded: false },
            ending @ (Self::Overtaken(_) | Self::Failed(_)) => ending,
        }
    }

    fn overtaken(self) -> Self {
        match self {
            ending @ Self::Overtaken(_) => ending,
            ending => Self::Overtaken(Box::new(ending)),
        }
    }
}

/// What the ledger has against a cancel, looked up before it is sent. A ledger that lags shows more than remains, and
/// never less, so less is reason enough.
pub fn objection(amount: &CancelAmount, totals: &Totals) -> Option<Objection> {
    match *amount {
        CancelAmount::Full { expected_remaining: Some(expected) } if totals.remaining != Some(expected) => {
            Some(Objection::NotAsExpected { expected, remaining: totals.remaining })
        }
        CancelAmount::Full { .. } => None,
        CancelAmount::Partial { price, .. } => totals
            .remaining
            .filter(|remaining| price.won() > *remaining)
            .map(|remaining| Objection::MoreThanRemains { asked: price.won(), remaining }),
    }
}

/// Bootpay said "already cancelled" to a first try, and the ledger could not be asked.
fn already_unconfirmed(refusal: &ServerRefusal) -> Settlement {
    Settlement {
        already: true,
        evidence: Evidence::Answered,
        money_is_back: MoneyIsBack::Unconfirmed,
        cancellation: crate::cancel::Cancellation::default(),
        mismatches: Vec::new(),
        http_status: Some(refusal.http_status),
        message: Some(refusal.message.clone()),
    }
}
