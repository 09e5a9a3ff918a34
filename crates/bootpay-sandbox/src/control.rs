//! The control API under `/_sandbox/`: what the Rust API can do, for tests in any other language.
//!
//! Everything is JSON. Unknown members are refused with a 400 that names them, so that a misspelt fault cannot pass for
//! a test that found nothing.

use std::sync::Arc;
use std::time::Duration;

use http::{Method, Uri};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

use crate::call::Answer;
use crate::cancel::{CancelIdRule, CancelIdScope};
use crate::clock::{millis, v2_time};
use crate::desk::{Desk, State};
use crate::ledger::MovedBy;
use crate::receipt::NewReceipt;
use crate::refusal::{Noise, PgRefusal};

type Outcome = Result<Value, Wrong>;

/// Why a control call was not carried out.
#[derive(Debug)]
struct Wrong {
    status: u16,
    message: String,
}

impl Wrong {
    fn request(message: impl ToString) -> Self {
        Self { status: 400, message: message.to_string() }
    }

    fn not_found(message: impl ToString) -> Self {
        Self { status: 404, message: message.to_string() }
    }
}

pub(crate) fn answer(desk: &Arc<Desk>, method: &Method, uri: &Uri, body: &[u8]) -> Answer {
    match carry_out(desk, method, uri, body) {
        Ok(body) => Answer { status: 200, body },
        Err(Wrong { status, message }) => Answer { status, body: json!({ "error": message }) },
    }
}

fn carry_out(desk: &Arc<Desk>, method: &Method, uri: &Uri, body: &[u8]) -> Outcome {
    let path = uri.path().trim_start_matches("/_sandbox/");
    let query = uri.query().unwrap_or_default();
    match (method.as_str(), path) {
        ("GET", "health") => Ok(health(desk)),
        ("POST", "receipts") => {
            let new: NewReceipt = read(body)?;
            desk.with(|state, now_ms| state.world.add(new, now_ms))
                .map(|receipt_id| json!({ "receipt_id": receipt_id }))
                .map_err(Wrong::request)
        }
        ("GET", "ledger") => ledger(desk, query),
        ("GET", "requests") => shown(desk.with(|state, _| state.seen.all())),
        ("DELETE", "requests") => {
            desk.with(|state, _| state.seen.clear());
            done()
        }
        ("POST", "faults") => {
            desk.push_fault(read(body)?);
            done()
        }
        ("GET", "faults") => shown(desk.with(|state, _| state.faults.waiting().to_vec())),
        ("DELETE", "faults") => {
            desk.with(|state, _| state.faults.clear());
            done()
        }
        ("GET", "settings") => Ok(desk.with(|state, _| settings(state))),
        ("PATCH", "settings") => {
            let change: SettingsChange = read(body)?;
            Ok(desk.with(|state, _| {
                change.apply(state);
                settings(state)
            }))
        }
        ("POST", "clock") => {
            let Advance { advance_ms } = read(body)?;
            desk.clock.advance(Duration::from_millis(advance_ms));
            Ok(health(desk))
        }
        ("POST", "expire-tokens") => {
            desk.with(|state, _| state.world.expire_tokens());
            done()
        }
        ("POST", "sweep") => {
            let swept = desk.with(|state, now_ms| state.world.sweep(now_ms));
            Ok(json!({ "swept": swept }))
        }
        ("POST", "console") => console(desk, &read(body)?),
        ("POST", "reset") => {
            desk.reset();
            done()
        }
        (method, path) => match (method, path.strip_prefix("receipts/")) {
            ("GET", Some(id)) => receipt(desk, id),
            ("PATCH", Some(id)) => {
                let ReceiptChange { refuse_with } = read(body)?;
                desk.with(|state, _| state.world.refuse_from_now_on(id, refuse_with)).map_err(Wrong::not_found)?;
                receipt(desk, id)
            }
            _ => Err(Wrong::not_found(format!("there is no {method} /_sandbox/{path}"))),
        },
    }
}

fn health(desk: &Desk) -> Value {
    let now_ms = desk.clock.now_ms();
    json!({ "ok": true, "now_unix_ms": now_ms, "now": v2_time(now_ms) })
}

fn receipt(desk: &Desk, id: &str) -> Outcome {
    let receipt = desk
        .with(|state, now_ms| state.world.receipt(id, now_ms))
        .ok_or_else(|| Wrong::not_found(format!("there is no receipt {id}")))?;
    shown(receipt)
}

fn ledger(desk: &Desk, query: &str) -> Outcome {
    let mut wanted = None;
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        match pair.split_once('=') {
            Some(("receipt_id", id)) => wanted = Some(id),
            _ => return Err(Wrong::request(format!("unknown query `{pair}`"))),
        }
    }
    let movements = desk.with(|state, _| {
        let of_receipt = |id: &str| wanted.is_none_or(|wanted| wanted == id);
        state.world.ledger().iter().filter(|movement| of_receipt(&movement.receipt_id)).cloned().collect::<Vec<_>>()
    });
    shown(movements)
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    advance_ms: u64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ReceiptChange {
    refuse_with: Option<PgRefusal>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum ConsoleAt {
    Bootpay,
    Pg,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ConsoleCancel {
    receipt_id: String,
    amount: u64,
    at: ConsoleAt,
}

fn console(desk: &Desk, cancel: &ConsoleCancel) -> Outcome {
    let ConsoleCancel { receipt_id, amount, at } = cancel;
    desk.with(|state, now_ms| match at {
        ConsoleAt::Bootpay => state.world.cancel_in_console(receipt_id, *amount, now_ms),
        ConsoleAt::Pg => state.world.cancel_at_pg(receipt_id, *amount, MovedBy::PgConsole, now_ms),
    })
    .map_err(Wrong::request)?;
    done()
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SettingsChange {
    cancel_id_rule: Option<CancelIdRule>,
    cancel_id_scope: Option<CancelIdScope>,
    #[serde(default, deserialize_with = "present")]
    cancel_id_memory_ms: Option<Option<u64>>,
    guard: Option<bool>,
    strict_minimum: Option<bool>,
    lookup_lag_ms: Option<u64>,
    #[serde(default, deserialize_with = "present")]
    random_refusals: Option<Option<u64>>,
}

/// Tells `null` (switch it off) from a member that is not there (leave it).
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<u64>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

impl SettingsChange {
    fn apply(self, state: &mut State) {
        let world = &mut state.world;
        let rules = &mut world.rules;
        rules.cancel_ids = self.cancel_id_rule.unwrap_or(rules.cancel_ids);
        rules.cancel_id_scope = self.cancel_id_scope.unwrap_or(rules.cancel_id_scope);
        rules.guard = self.guard.unwrap_or(rules.guard);
        rules.strict_minimum = self.strict_minimum.unwrap_or(rules.strict_minimum);
        if let Some(memory) = self.cancel_id_memory_ms {
            rules.cancel_id_memory = memory.map(Duration::from_millis);
        }
        if let Some(lag) = self.lookup_lag_ms {
            world.lookup_lag = Duration::from_millis(lag);
        }
        if let Some(seed) = self.random_refusals {
            world.noise = seed.map(Noise::new);
        }
    }
}

fn settings(state: &mut State) -> Value {
    let world = &state.world;
    json!({
        "cancel_id_rule": world.rules.cancel_ids,
        "cancel_id_scope": world.rules.cancel_id_scope,
        "cancel_id_memory_ms": world.rules.cancel_id_memory.map(millis),
        "guard": world.rules.guard,
        "strict_minimum": world.rules.strict_minimum,
        "lookup_lag_ms": millis(world.lookup_lag),
        "random_refusals": world.noise.as_ref().map(Noise::seed),
    })
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Wrong> {
    serde_json::from_slice(body).map_err(Wrong::request)
}

fn shown(value: impl serde::Serialize) -> Outcome {
    serde_json::to_value(value).map_err(Wrong::request)
}

fn done() -> Outcome {
    Ok(json!({ "ok": true }))
}
