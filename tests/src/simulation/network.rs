//! The way to Bootpay and back, on which everything can happen that a transport may report truthfully.

use async_trait::async_trait;
use bootpay_core::{
    Exchange, Limits, Method, Secret, Transport, Unreachable, UnreachableCause, WireAnswer, WireRequest,
};
use bootpay_sandbox::Operation;
use serde_json::Value;
use tokio::sync::oneshot;

use super::dice::Dice;
use super::setting::{MINUTE, SECOND};
use super::world::{Actor, Shared, What, World};

/// How long after it left a request can still arrive: a cancel's time-out and the settling time, and not a moment longer.
const LATEST: u64 = 16 * MINUTE - 1;

/// One host's way to Bootpay.
#[derive(Clone, Debug)]
pub(super) struct HostTransport {
    pub(super) world: Shared,
    pub(super) host: usize,
}

/// How an attempt to connect ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Connected {
    Yes,
    Refused,
    /// The task that waits for it panics.
    TaskLost,
}

/// A request on the wire.
#[derive(Debug)]
pub(super) struct Message {
    pub(super) host: usize,
    pub(super) actor: Actor,
    pub(super) operation: Operation,
    pub(super) request: WireRequest,
    pub(super) authorization: Option<Secret>,
    /// What it cancels.
    pub(super) cancels: Option<Cancels>,
    pub(super) handling: Handling,
    pub(super) way_back: WayBack,
    pub(super) dice: Dice,
    pub(super) caller: Option<oneshot::Sender<Ended>>,
    pub(super) task_lost: bool,
}

/// What a cancel on the wire is about.
#[derive(Clone, Debug)]
pub(super) struct Cancels {
    pub(super) intent: Option<bootpay_core::IntentId>,
    pub(super) receipt: String,
    /// Nobody waits for its answer beyond this moment.
    pub(super) until: u64,
}

/// How an exchange ended.
#[derive(Debug)]
pub(super) enum Ended {
    Answered(WireAnswer),
    TimedOut,
    Broken,
    TaskLost,
}

/// What Bootpay, or what stands before it, does with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Handling {
    Plain,
    /// Turned away for its token, before any work.
    Unauthorized,
    TooMany,
    /// The gateway's own final refusal, with everything echoed that it was sent.
    Refused,
    /// An error before any work.
    ErrorBefore(u8),
    /// The work is done, and then an error told.
    ErrorAfter(u8),
}

/// What becomes of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WayBack {
    Whole,
    Lost,
    Broken,
    Cut,
    Foreign,
}

#[async_trait]
impl Transport for HostTransport {
    async fn exchange(&self, request: WireRequest, authorization: Option<Secret>, limits: Limits) -> Exchange {
        let (began, connected) = {
            let mut world = self.world.lock();
            (world.now, world.connect(self.host, limits.send_by.is_some()))
        };
        match connected.await {
            Ok(Connected::Yes) => {}
            Ok(Connected::Refused) => return Exchange::NotSent(because(UnreachableCause::Connect)),
            Ok(Connected::TaskLost) => std::panic::resume_unwind(Box::new("this task is lost")),
            Err(_) => std::future::pending().await,
        }
        let ended = {
            let mut world = self.world.lock();
            let too_late = limits.send_by.is_some_and(|send_by| u128::from(world.now) > send_by.as_millis());
            let until = began + u64::try_from(limits.overall.as_millis()).unwrap_or(u64::MAX / 2);
            if too_late || world.now >= until {
                return Exchange::NotSent(because(UnreachableCause::Deadline));
            }
            world.write(self.host, request, authorization, until)
        };
        match ended.await {
            Ok(Ended::Answered(answer)) => Exchange::Answered(answer),
            Ok(Ended::TimedOut) => Exchange::NoAnswer(because(UnreachableCause::TimedOut)),
            Ok(Ended::Broken) => Exchange::NoAnswer(because(UnreachableCause::Disconnected)),
            Ok(Ended::TaskLost) => std::panic::resume_unwind(Box::new("this task is lost")),
            Err(_) => std::future::pending().await,
        }
    }
}

fn because(cause: UnreachableCause) -> Unreachable {
    Unreachable { cause, detail: "the simulation's network".to_owned() }
}

fn operation(request: &WireRequest) -> Operation {
    match request.method {
        Method::Get => Operation::Lookup,
        Method::Post if request.path.contains("token") => Operation::Token,
        Method::Post => Operation::Cancel,
    }
}

impl World {
    fn connect(&mut self, host: usize, is_cancel: bool) -> oneshot::Receiver<Connected> {
        let (actor, weather, healed) = (self.actor(host), self.setting.weather, self.healed);
        let dice = self.dice_of(actor);
        let slow = !healed && dice.permille(weather.slow);
        let takes = if slow { dice.below(5 * SECOND) } else { dice.below(20) };
        let connected = if !healed && dice.permille(weather.not_sent) {
            Connected::Refused
        } else if !healed && dice.permille(weather.task_lost) {
            Connected::TaskLost
        } else {
            Connected::Yes
        };
        let tie = dice.next();
        let (caller, answered) = oneshot::channel();
        let stalls = is_cancel && !healed && dice.permille(weather.stall_before_send);
        let time = super::setting::stall(dice);
        self.at(self.now + takes, tie, What::Connected { host, connected, caller });
        if stalls {
            self.stall(host, time);
        }
        self.strike(actor, host);
        answered
    }

    /// The request's bytes are handed over: from now on it may arrive.
    fn write(
        &mut self,
        host: usize,
        request: WireRequest,
        authorization: Option<Secret>,
        until: u64,
    ) -> oneshot::Receiver<Ended> {
        let actor = self.actor(host);
        let operation = operation(&request);
        if let (Some(token), false) = (&authorization, self.setting.hosts[host].basic) {
            self.tokens.insert(token.expose().trim_start_matches("Bearer ").to_owned());
        }
        let number = self.messages.len();
        let cancels =
            (operation == Operation::Cancel).then(|| self.about_to_cancel(host, number, actor, &request, until));
        let (weather, healed) = (self.setting.weather, self.healed);
        let dice = self.dice_of(actor);
        let mut dice = Dice::of([dice.next(), 3, 0]);
        let strikes = |dice: &mut Dice, rate: u64| !healed && dice.permille(rate);
        let is_cancel = operation == Operation::Cancel;

        let handling = if strikes(&mut dice, weather.unauthorized) && operation != Operation::Token {
            Handling::Unauthorized
        } else if strikes(&mut dice, weather.too_many) {
            Handling::TooMany
        } else if is_cancel && strikes(&mut dice, weather.refused) {
            Handling::Refused
        } else if strikes(&mut dice, weather.error_before) {
            Handling::ErrorBefore(dice.below(4) as u8)
        } else if strikes(&mut dice, weather.error_after) {
            Handling::ErrorAfter(dice.below(4) as u8)
        } else {
            Handling::Plain
        };
        let reads_fail = !is_cancel && strikes(&mut dice, weather.read_fails);
        let way_back = if strikes(&mut dice, weather.answer_lost) || reads_fail {
            dice.pick(&[WayBack::Lost, WayBack::Broken])
        } else if strikes(&mut dice, weather.garbled) {
            dice.pick(&[WayBack::Cut, WayBack::Foreign])
        } else {
            WayBack::Whole
        };
        let mut arrivals = Vec::new();
        if !strikes(&mut dice, weather.request_lost) {
            arrivals.push(on_its_way(&mut dice, &weather, healed));
        }
        if is_cancel && strikes(&mut dice, weather.repeated) {
            // A proxy that repeats what it has carried, or what it failed to carry the first time.
            arrivals.extend((0..dice.between(1, 2)).map(|_| dice.below(3)).collect::<Vec<_>>().into_iter().map(
                |far| match far {
                    0 => dice.below(50),
                    1 => dice.below(MINUTE),
                    _ => dice.below(LATEST),
                },
            ));
        }
        let task_lost = strikes(&mut dice, weather.task_lost);
        let (caller, ended) = oneshot::channel();
        for (copy, after) in arrivals.iter().enumerate() {
            let tie = dice.next();
            self.at(self.now + after, tie, What::Arrives { message: number, copy });
        }
        let tie = dice.next();
        self.at(until, tie, What::TimesOut { message: number });
        let says = self.name_of(actor);
        self.note(format_args!(
            "{says}: sends {operation:?} as message {number}, {handling:?}, {way_back:?}, arrives after {arrivals:?} ms"
        ));
        self.messages.push(Message {
            host,
            actor,
            operation,
            request,
            authorization,
            cancels,
            handling,
            way_back,
            dice,
            caller: Some(caller),
            task_lost,
        });
        self.strike(actor, host);
        ended
    }

    /// An exchange is over.
    pub(super) fn ends(&mut self, message: usize, ended: Ended) {
        let one = &mut self.messages[message];
        let Some(caller) = one.caller.take() else { return };
        let ended = if one.task_lost { Ended::TaskLost } else { ended };
        let words = match &ended {
            Ended::Answered(answer) => format!("HTTP {}", answer.status),
            other => format!("{other:?}"),
        };
        let host = one.host;
        self.note(format_args!("host {host}: message {message} ends: {words}"));
        let _ = caller.send(ended);
    }
}

fn on_its_way(dice: &mut Dice, weather: &super::setting::Weather, healed: bool) -> u64 {
    if !healed && dice.permille(weather.late) {
        return if dice.permille(500) { dice.below(LATEST) } else { LATEST - dice.below(200) };
    }
    if !healed && dice.permille(weather.slow) { dice.below(70 * SECOND) } else { dice.below(60) }
}

/// The members of a cancel's body.
pub(super) fn members(request: &WireRequest) -> Value {
    request.body.as_ref().and_then(|body| serde_json::from_slice(body).ok()).unwrap_or_default()
}
