//! A machine that is fed by hand, and what it is fed with.

pub(crate) use bootpay_core::protocol::machine::{
    Effect, Ending, Event, Failure, Objection, Plan, Record, Start, State, step,
};
pub(crate) use bootpay_core::{
    CancelAmount, CancelAnswer, Cancellation, Evidence, Foreign, MoneyIsBack, PartialAmount, ReceiptId, ReceiptStatus,
    Recognised, RefusalKind, ServerRefusal, Totals, UnknownCause, UnreachableCause, Won,
};

pub(crate) const FULL: CancelAmount = CancelAmount::Full { expected_remaining: None };

pub(crate) fn partial(price: u64) -> CancelAmount {
    CancelAmount::Partial { price: PartialAmount::new(Won::new(price)).unwrap(), tax_free: None }
}

pub(crate) fn receipt_id() -> ReceiptId {
    ReceiptId::new("5df6e8034f74b4002177e0bb").unwrap()
}

pub(crate) fn plan(amount: CancelAmount) -> Plan {
    Plan {
        receipt_id: receipt_id(),
        amount,
        to_account: false,
        id_is_ours: true,
        by_token: true,
        look_first: !amount.is_full(),
        sole_canceller: false,
        honours_cancel_id: false,
        last_answered: None,
        start: Start::New,
    }
}

pub(crate) fn totals(price: u64, cancelled: u64) -> Totals {
    Totals {
        price: Some(Won::new(price)),
        remaining: Some(Won::new(price - cancelled)),
        cancelled: Some(Won::new(cancelled)),
        status: Some(ReceiptStatus::PAID),
    }
}

pub(crate) fn with_status(totals: Totals, status: ReceiptStatus) -> Totals {
    Totals { status: Some(status), ..totals }
}

/// The page's answer: 3,000 won asked for, nothing left, 3,000 won cancelled in all.
pub(crate) fn answer(request: u64, remain: u64, cancelled: u64) -> Cancellation {
    serde_json::from_value(serde_json::json!({
        "receipt_id": receipt_id().as_str(),
        "request_cancel_price": request,
        "remain_price": remain,
        "cancelled_price": cancelled,
    }))
    .unwrap()
}

pub(crate) fn accepted(cancellation: Cancellation) -> Event {
    Event::Answered(Box::new(CancelAnswer::Accepted(Box::new(cancellation))))
}

pub(crate) fn refusal(http_status: u16, kind: RefusalKind, recognised: Recognised) -> ServerRefusal {
    ServerRefusal {
        http_status,
        code: Some("-15006".into()),
        message: "the server's own words".into(),
        pg_code: None,
        pg_message: None,
        pg_code_is_final: false,
        kind,
        recognised,
        retry_after: None,
    }
}

pub(crate) fn refused(refusal: ServerRefusal) -> Event {
    Event::Answered(Box::new(CancelAnswer::Refused(Box::new(refusal))))
}

pub(crate) fn foreign(http_status: u16) -> Event {
    Event::Answered(Box::new(CancelAnswer::Foreign(Foreign { http_status, what: "an HTML page", retry_after: None })))
}

/// A machine and the effect that it waits on.
pub(crate) struct Run {
    pub(crate) state: State,
    pub(crate) effect: Effect,
    pub(crate) sends: usize,
}

impl Run {
    pub(crate) fn new(plan: Plan) -> Self {
        let (state, effect) = step(State::new(plan), Event::Begin);
        Self { state, effect, sends: 0 }
    }

    pub(crate) fn feed(mut self, event: Event) -> Self {
        let (state, effect) = step(self.state, event);
        if effect == Effect::Send {
            self.sends += 1;
        }
        self.state = state;
        self.effect = effect;
        self
    }

    /// Runs on until the request leaves, with a ledger that says `before` where it is asked.
    pub(crate) fn sent(mut self, before: Totals) -> Self {
        let sends = self.sends;
        for _ in 0..8 {
            let event = match &self.effect {
                Effect::LookUp => Event::LookedUp { totals: before, superseded: false },
                Effect::FetchToken | Effect::RefreshToken => Event::TokenReady,
                Effect::Record(_) => Event::Recorded,
                Effect::Pause(_) => Event::Paused { still_honoured: true },
                Effect::Send | Effect::Finish(_) => break,
            };
            self = self.feed(event);
        }
        assert_eq!(self.effect, Effect::Send, "it should be about to send");
        assert_eq!(self.sends, sends + 1);
        self
    }

    /// Answers the lookup that must come next.
    pub(crate) fn looked_up(self, after: Totals) -> Self {
        assert_eq!(self.effect, Effect::LookUp);
        self.feed(Event::LookedUp { totals: after, superseded: false })
    }

    /// The end, with its record written.
    pub(crate) fn end(self) -> Ending {
        assert!(matches!(self.effect, Effect::Record(_)), "{:?}", self.effect);
        self.ended_by(Event::Recorded)
    }

    pub(crate) fn ended_by(self, event: Event) -> Ending {
        match self.feed(event).effect {
            Effect::Finish(ending) => ending,
            effect => panic!("it should be over, and wants {effect:?}"),
        }
    }
}

pub(crate) fn sent(plan: Plan, before: Totals) -> Run {
    Run::new(plan).sent(before)
}

pub(crate) fn settled(ending: Ending) -> (bool, Evidence, MoneyIsBack, usize) {
    match ending {
        Ending::Settled { settlement, .. } => {
            (settlement.already, settlement.evidence, settlement.money_is_back, settlement.mismatches.len())
        }
        ending => panic!("{ending:?}"),
    }
}

pub(crate) fn unknown(ending: Ending) -> UnknownCause {
    match ending {
        Ending::Unknown { cause, .. } => cause,
        ending => panic!("{ending:?}"),
    }
}

pub(crate) fn failed(ending: Ending) -> Failure {
    match ending {
        Ending::Failed(failure) => failure,
        ending => panic!("{ending:?}"),
    }
}

pub(crate) fn already() -> Event {
    refused(refusal(400, RefusalKind::AlreadyCancelled, Recognised::ByText))
}

/// A plan whose merchant has declared that the server honours `cancel_id`, after a first try that may have arrived.
pub(crate) fn second_try(amount: CancelAmount) -> Run {
    let run = sent(Plan { honours_cancel_id: true, ..plan(amount) }, totals(10_000, 0));
    run.feed(Event::NoAnswer(UnknownCause::TimedOut)).sent(totals(10_000, 0))
}
