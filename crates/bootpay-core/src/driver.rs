//! Carries out what the machine asks for: journal, transport, tokens, clock. It decides nothing about money.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::cancel::{UnknownCause, ValidCancel};
use crate::dialect::{CancelAnswer, WireAnswer, WireRequest};
use crate::engine::Authorization;
use crate::engine::Engine;
use crate::error::{BootpayError, JournalError, UnreachableCause};
use crate::intent::{Change, Changed, Closing, Intent, IntentKey, RefusalNote};

use crate::protocol::machine::{Effect, Ending, Event, Failure, Objection, Plan, Record, Start, State, step};
use crate::receipt::Totals;
use crate::retry::RetryPolicy;
use crate::secret::Secret;
use crate::transport::{Exchange, Limits};

/// How much longer than its answer's time-out a request is ours.
const SENDING_MARGIN: Duration = Duration::from_secs(30);
/// From the record "sending" to the body's first byte: a connection, and not a nap.
pub(crate) const SEND_MARGIN: Duration = Duration::from_secs(5);

/// The intent whose request may be on its way, for whoever outlives a lost task.
pub(crate) type InFlight = Arc<Mutex<Option<Intent>>>;

/// One intent being carried out.
pub(crate) struct Driver<'a> {
    engine: &'a Engine,
    cancel: &'a ValidCancel,
    intent: Intent,
    relations: Relations,
    look_first: bool,
    in_flight: InFlight,
    authorization: Option<Authorization>,
    /// What will be sent, from its record on.
    request: Option<WireRequest>,
    send_by: Duration,
    /// The last failure in full; the machine only knows its kind.
    kept: Option<BootpayError>,
}

/// How an intent stands to the others of its receipt.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Relations {
    /// An earlier generation may have sent the same `cancel_id`.
    pub(crate) id_sent_before: bool,
    /// A later intent of the receipt may have moved money, so that growth is not this one's alone.
    pub(crate) superseded: bool,
}

/// How a drive ended.
pub(crate) struct Driven {
    pub(crate) ending: Ending,
    pub(crate) intent: Intent,
    /// What the ledger said just before the request, or instead of one.
    pub(crate) before: Option<Totals>,
    pub(crate) kept: Option<BootpayError>,
}

impl<'a> Driver<'a> {
    pub(crate) fn new(
        engine: &'a Engine,
        cancel: &'a ValidCancel,
        (intent, relations): (Intent, Relations),
        in_flight: InFlight,
    ) -> Self {
        Self {
            engine,
            cancel,
            intent,
            relations,
            look_first: false,
            in_flight,
            authorization: None,
            request: None,
            send_by: Duration::ZERO,
            kept: None,
        }
    }

    /// Looks a full cancel's receipt up as well, so that its record says what it moves.
    pub(crate) fn looking_first(self, look_first: bool) -> Self {
        Self { look_first, ..self }
    }

    /// Carries the intent out from `start` to its end.
    pub(crate) async fn drive(mut self, start: Start) -> Driven {
        let mut state = State::new(self.plan(start));
        let mut event = Event::Begin;
        loop {
            let (next, effect) = step(state, event);
            state = next;
            event = match effect {
                Effect::LookUp => self.look_up().await,
                Effect::FetchToken => self.fetch_token().await,
                Effect::RefreshToken => self.refresh_token().await,
                Effect::Record(record) => self.record(record).await,
                Effect::Send => self.send().await,
                Effect::Pause(nth) => self.pause(nth).await,
                Effect::Finish(ending) => {
                    return Driven { ending, intent: self.intent, before: state.before(), kept: self.kept };
                }
            };
        }
    }

    fn plan(&self, start: Start) -> Plan {
        let settings = &self.engine.settings;
        Plan {
            receipt_id: self.intent.receipt_id.clone(),
            amount: self.intent.amount,
            to_account: self.intent.to_account,
            // Nobody but this library makes a derived id.
            id_is_ours: !matches!(self.intent.key, IntentKey::Merchant(_)) || self.relations.id_sent_before,
            by_token: !settings.credentials.is_basic(),
            look_first: self.look_first || (!self.intent.amount.is_full() && settings.look_before_partial),
            sole_canceller: settings.declarations.sole_canceller,
            honours_cancel_id: self.engine.still_honoured(&self.intent),
            last_answered: self.intent.last_answered,
            start,
        }
    }

    async fn look_up(&mut self) -> Event {
        match self.engine.look_up(&self.intent.receipt_id).await {
            Ok(receipt) => Event::LookedUp { totals: receipt.totals, superseded: self.is_superseded().await },
            Err(error) => {
                self.kept = Some(error);
                Event::LookupFailed
            }
        }
    }

    /// Whether growth may be a later intent's. Asked after the lookup, since one can be admitted while it is made; and asked
    /// only where growth can count at all.
    async fn is_superseded(&self) -> bool {
        if !self.engine.settings.declarations.sole_canceller || self.intent.amount.is_full() {
            return false;
        }
        // A journal that does not say leaves it open.
        self.engine.relations(&self.intent).await.map_or(true, |relations| relations.superseded)
    }

    async fn fetch_token(&mut self) -> Event {
        let authorization = self.engine.authorization().await;
        self.keep(authorization)
    }

    async fn refresh_token(&mut self) -> Event {
        let authorization = match &self.authorization {
            Some(refused) => self.engine.refreshed(refused).await,
            None => self.engine.authorization().await,
        };
        self.keep(authorization)
    }

    fn keep(&mut self, authorization: Result<Authorization, BootpayError>) -> Event {
        match authorization {
            Ok(authorization) => {
                self.authorization = Some(authorization);
                // Looked at again as late as can be: a claim, a token or a disk may have taken their time.
                if self.intent.may_have_moved_money() && !self.engine.still_honoured(&self.intent) {
                    return Event::TooLate;
                }
                Event::TokenReady
            }
            Err(error) => {
                self.kept = Some(error);
                Event::TokenFailed
            }
        }
    }

    async fn record(&mut self, record: Record) -> Event {
        let is_sending = matches!(record, Record::Sending { .. });
        let change = self.change(record);
        let now = self.engine.settings.clock.wall();
        let owner = self.engine.owner.id();
        if is_sending {
            // Before the record is there: a task that is lost while it is written can leave "sending" behind, and whoever
            // recovers that may send it. Its caller must not be told that nothing was sent.
            self.may_be_in_flight();
        }
        match self.engine.settings.journal.change(&self.intent.id, &owner, change, now).await {
            Ok(Changed::Done(intent)) => {
                tracing::debug!(target: "bootpay::cancel", cancel_id = %intent.cancel_id, receipt_id = %intent.receipt_id, state = intent.state.name(), "recorded");
                self.intent = *intent;
                if is_sending {
                    self.may_be_in_flight();
                }
                Event::Recorded
            }
            Ok(Changed::Lost(intent)) => {
                tracing::warn!(target: "bootpay::cancel", cancel_id = %intent.cancel_id, receipt_id = %intent.receipt_id, state = intent.state.name(), "somebody else has moved this intent on");
                self.intent = *intent;
                Event::Lost
            }
            Err(error) => {
                tracing::error!(target: "bootpay::cancel", cancel_id = %self.intent.cancel_id, receipt_id = %self.intent.receipt_id, %error, "the journal failed");
                self.kept.get_or_insert_with(|| error.into());
                Event::RecordFailed
            }
        }
    }

    fn may_be_in_flight(&self) {
        *self.in_flight.lock().unwrap_or_else(PoisonError::into_inner) = Some(self.intent.clone());
    }

    fn change(&mut self, record: Record) -> Change {
        let clock = &self.engine.settings.clock;
        let (now, answer_in) = (clock.wall(), self.engine.settings.timeouts.cancel);
        match record {
            Record::Sending { before } => {
                let window = (self.engine.settings.timeouts.connect + SEND_MARGIN).min(answer_in);
                // Counted from before the record is written: a disk that stalls eats into the window, not past it.
                let fence = window.min(self.honoured_for());
                self.send_by = clock.elapsed() + fence;
                let request = self.engine.settings.dialect.cancel_request(self.cancel, &self.intent.cancel_id);
                let body_mark =
                    self.engine.settings.credentials.mark(request.body.as_deref().map_or(&[], Vec::as_slice));
                self.request = Some(request);
                Change::Sending {
                    totals_before: before,
                    deadline: now.plus(window + answer_in),
                    lease_until: now.plus(window + answer_in + SENDING_MARGIN),
                    body_mark,
                }
            }
            Record::Returned => Change::Returned { lease_until: now.plus(self.engine.reserved_lease()) },
            Record::NotSent => Change::Closed(Closing::NotSent),
            Record::Refused(refusal) => {
                let note = RefusalNote::new(refusal.kind, refusal.code.clone(), refusal.message.clone());
                Change::Closed(Closing::Refused { note, http_status: Some(refusal.http_status) })
            }
            Record::Objected(objection) => {
                let refusal = objected(objection);
                Change::Closed(Closing::Refused {
                    note: RefusalNote::new(refusal.kind, None, refusal.message),
                    http_status: None,
                })
            }
            Record::Unknown { cause, after, http_status, code } => {
                Change::Unknown { cause, totals_after: after, http_status, code }
            }
            Record::Settled(settlement) => Change::Settled(settlement),
        }
    }

    /// For how long from now a repetition may leave; a first try always may.
    fn honoured_for(&self) -> Duration {
        match (self.intent.attempts.first(), self.engine.settings.declarations.honours_cancel_id_for) {
            (Some(first), Some(retention)) if self.intent.may_have_moved_money() => {
                let left = first.started_at.plus(retention).since(self.engine.settings.clock.wall());
                left.saturating_sub(self.engine.lateness())
            }
            _ => Duration::MAX,
        }
    }

    async fn send(&mut self) -> Event {
        let settings = &self.engine.settings;
        // What the record marks is what is sent.
        let recorded = self.request.take();
        let request = recorded.unwrap_or_else(|| settings.dialect.cancel_request(self.cancel, &self.intent.cancel_id));
        let limits = Limits { overall: settings.timeouts.cancel, send_by: Some(self.send_by) };
        match settings.transport.exchange(request, self.authorization.as_ref().map(Authorization::header), limits).await
        {
            Exchange::NotSent(reason) => {
                tracing::info!(target: "bootpay::cancel", cancel_id = %self.intent.cancel_id, receipt_id = %self.intent.receipt_id, cause = reason.cause.name(), "not sent");
                let cause = reason.cause;
                self.kept = Some(BootpayError::NotSent(reason));
                Event::NotSent(cause)
            }
            Exchange::NoAnswer(reason) => {
                tracing::warn!(target: "bootpay::cancel", cancel_id = %self.intent.cancel_id, receipt_id = %self.intent.receipt_id, cause = reason.cause.name(), "no answer that proves anything");
                Event::NoAnswer(match reason.cause {
                    UnreachableCause::TimedOut | UnreachableCause::Deadline => UnknownCause::TimedOut,
                    UnreachableCause::BadAnswer => UnknownCause::Unproven,
                    _ => UnknownCause::Disconnected,
                })
            }
            Exchange::Answered(answer) => {
                tracing::info!(target: "bootpay::cancel", cancel_id = %self.intent.cancel_id, receipt_id = %self.intent.receipt_id, http_status = answer.status, "answered");
                Event::Answered(Box::new(self.decode(&answer)))
            }
        }
    }

    /// Decodes an answer, and blots out of its texts what the request must not show: a server may echo it.
    fn decode(&self, answer: &WireAnswer) -> CancelAnswer {
        let mut decoded = self.engine.settings.dialect.decode_cancel(answer);
        let digits = self.cancel.refund_account.as_ref().map(|account| account.digits());
        let mut secrets: Vec<&Secret> = self.engine.settings.credentials.secrets();
        secrets.extend(self.authorization.iter().flat_map(Authorization::secrets));
        secrets.extend(&digits);
        if let Some(account) = &self.cancel.refund_account {
            secrets.extend([account.account(), account.holder()]);
        }
        decoded.scrub(&secrets);
        decoded
    }

    async fn pause(&mut self, nth: u8) -> Event {
        let settings = &self.engine.settings;
        let most = RetryPolicy::READS.ceiling(u32::from(nth)).unwrap_or(RetryPolicy::READS.most);
        settings.clock.sleep(settings.chance.part_of(most)).await;
        Event::Paused { still_honoured: self.engine.still_honoured(&self.intent) }
    }
}

/// The ledger's objection as a refusal: nothing was sent.
pub(crate) fn objected(objection: Objection) -> crate::error::Refusal {
    let message = match objection {
        Objection::MoreThanRemains { asked, remaining } => {
            format!("{asked} won were asked for and {remaining} won remain; nothing was sent")
        }
        Objection::NotAsExpected { expected, remaining: Some(remaining) } => {
            format!("{expected} won were expected to remain and {remaining} won do; nothing was sent")
        }
        Objection::NotAsExpected { expected, remaining: None } => {
            format!("{expected} won were expected to remain and the ledger does not say what does; nothing was sent")
        }
    };
    crate::error::Refusal::local(crate::error::RefusalKind::MoreThanRemains, message)
}

impl Driven {
    /// The error of a cancel that moved no money.
    pub(crate) fn error(
        failure: Failure,
        intent: &Intent,
        before: Option<Totals>,
        kept: Option<BootpayError>,
    ) -> BootpayError {
        match (failure, kept) {
            (Failure::Refused { refusal, ledger }, _) => {
                let mut error = crate::error::Refusal::from_server(&refusal);
                error.ledger = ledger;
                error.intent = Some(intent.to_ref());
                error.into()
            }
            (Failure::Objected(objection), _) => {
                let mut error = objected(objection);
                error.ledger = before;
                error.intent = Some(intent.to_ref());
                error.into()
            }
            (Failure::TakenOver, _) => {
                crate::error::Conflict::new(crate::error::ConflictKind::TakenOver, intent.to_ref()).into()
            }
            (Failure::Lookup | Failure::Token | Failure::NotSent | Failure::Journal, Some(kept)) => kept,
            (Failure::Journal, None) => JournalError::Write("no reason was given".into()).into(),
            (failure, _) => BootpayError::Internal(format!("a cancel ended as {failure:?} without a reason")),
        }
    }
}
