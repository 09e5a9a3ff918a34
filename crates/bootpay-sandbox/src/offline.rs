//! The fake Bootpay without a server: for deterministic simulations, which bring their own time and their own network.

use bytes::Bytes;
use serde_json::Value;

use crate::call::{Answer, Call, Dialect, Operation, Route};
use crate::cancel::{CancelIdRule, CancelIdScope};
use crate::ledger::{MovedBy, Movement};
use crate::receipt::{NewReceipt, ReceiptState};
use crate::refusal::Noise;
use crate::world::World;

/// A request to the [`OfflineBootpay`].
#[derive(Debug, Clone, Copy)]
pub struct OfflineRequest<'a> {
    /// The HTTP method.
    pub method: &'a str,
    /// The path, without its query.
    pub path: &'a str,
    /// The `Authorization` header's value.
    pub authorization: Option<&'a str>,
    /// The body; empty if there is none. It is taken to be called JSON.
    pub body: &'a [u8],
}

impl OfflineRequest<'_> {
    /// What it asks for, in which dialect.
    pub fn meaning(&self) -> (Dialect, Operation) {
        let route = Route::of(self.method, self.path);
        (route.dialect, route.operation)
    }
}

/// A Bootpay with no socket and no clock. Times are milliseconds since 1970, given with every call; they must not run
/// backwards.
///
/// ```
/// use bootpay_sandbox::{NewReceipt, OfflineRequest, Sandbox};
///
/// let mut bootpay = Sandbox::builder().seed(7).offline();
/// let id = bootpay.add(NewReceipt::paid(10_000), 0)?;
/// let ask = OfflineRequest { method: "GET", path: &format!("/receipt/{id}"), authorization: None, body: b"" };
/// let (status, _body) = bootpay.answer(ask, 1_000);
/// assert_eq!(status, 401);
/// # Ok::<(), String>(())
/// ```
#[derive(Debug)]
pub struct OfflineBootpay {
    world: World,
}

impl OfflineBootpay {
    pub(crate) fn new(world: World) -> Self {
        Self { world }
    }

    /// Carries a request out, and returns the HTTP status and the JSON body of its answer.
    pub fn answer(&mut self, request: OfflineRequest<'_>, now_ms: u64) -> (u16, Value) {
        self.answered(request, now_ms, true)
    }

    /// The answer that a cancel would get now, with nothing moved. Other requests are carried out.
    pub fn rehearse(&mut self, request: OfflineRequest<'_>, now_ms: u64) -> (u16, Value) {
        self.answered(request, now_ms, false)
    }

    fn answered(&mut self, request: OfflineRequest<'_>, now_ms: u64, act: bool) -> (u16, Value) {
        let call = Call {
            route: Route::of(request.method, request.path),
            authorization: request.authorization.map(str::to_owned),
            says_json: true,
            body: Bytes::copy_from_slice(request.body),
        };
        let Answer { status, body } = self.world.answer(&call, now_ms, act);
        (status, body)
    }

    /// Makes a payment known, and returns its receipt id.
    ///
    /// # Errors
    /// When the id is taken, or the tax-free part is more than the price.
    pub fn add(&mut self, receipt: NewReceipt, now_ms: u64) -> Result<String, String> {
        self.world.add(receipt, now_ms)
    }

    /// What is known of a receipt at `now_ms`.
    pub fn receipt(&self, receipt_id: &str, now_ms: u64) -> Option<ReceiptState> {
        self.world.receipt(receipt_id, now_ms)
    }

    /// Every real movement of money, oldest first.
    pub fn ledger(&self) -> &[Movement] {
        self.world.ledger()
    }

    /// As [`Sandbox::cancel_in_console`](crate::Sandbox::cancel_in_console).
    ///
    /// # Errors
    /// As there.
    pub fn cancel_in_console(&mut self, id: &str, amount: u64, now_ms: u64) -> Result<(), String> {
        self.world.cancel_in_console(id, amount, now_ms)
    }

    /// As [`Sandbox::cancel_at_pg`](crate::Sandbox::cancel_at_pg).
    ///
    /// # Errors
    /// As there.
    pub fn cancel_at_pg(&mut self, id: &str, amount: u64, now_ms: u64) -> Result<(), String> {
        self.world.cancel_at_pg(id, amount, MovedBy::PgConsole, now_ms)
    }

    /// As [`Sandbox::sweep`](crate::Sandbox::sweep).
    pub fn sweep(&mut self, now_ms: u64) -> usize {
        self.world.sweep(now_ms)
    }

    /// All tokens become invalid at once.
    pub fn expire_tokens(&mut self) {
        self.world.expire_tokens();
    }

    /// What happens from now on when a `cancel_id` comes again.
    pub fn set_cancel_id_rule(&mut self, rule: CancelIdRule) {
        self.world.rules.cancel_ids = rule;
    }

    /// How far a `cancel_id` reaches from now on.
    pub fn set_cancel_id_scope(&mut self, scope: CancelIdScope) {
        self.world.rules.cancel_id_scope = scope;
    }

    /// Replaces refusals' codes and texts, as [`Sandbox::randomise_refusals`](crate::Sandbox::randomise_refusals).
    pub fn randomise_refusals(&mut self, seed: Option<u64>) {
        self.world.noise = seed.map(Noise::new);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Sandbox;
    use serde_json::json;

    fn a_day(seed: u64) -> (Vec<(u16, Value)>, Vec<Movement>) {
        let mut bootpay = Sandbox::builder().seed(seed).offline();
        let id = bootpay.add(NewReceipt::paid(10_000), 0).unwrap();
        let keys = json!({
            "application_id": Sandbox::APPLICATION_ID,
            "private_key": Sandbox::PRIVATE_KEY,
        })
        .to_string();
        let mut answers = Vec::new();
        for hour in 0..24 {
            let now_ms = hour * 3_600_000;
            let ask =
                OfflineRequest { method: "POST", path: "/request/token", authorization: None, body: keys.as_bytes() };
            let token = bootpay.answer(ask, now_ms);
            let value = token.1["data"]["token"].as_str().map(str::to_owned);
            let body = json!({ "receipt_id": id, "price": 1_000 }).to_string();
            let cancel = OfflineRequest {
                method: "POST",
                path: "/cancel",
                authorization: value.as_deref(),
                body: body.as_bytes(),
            };
            let rehearsed = bootpay.rehearse(cancel, now_ms);
            let answered = bootpay.answer(cancel, now_ms);
            assert_eq!(rehearsed, answered, "a rehearsal tells what will be");
            answers.extend([token, answered]);
        }
        (answers, bootpay.ledger().to_vec())
    }

    #[test]
    fn the_same_seed_and_times_make_the_same_day() {
        let day = a_day(7);
        assert_eq!(day, a_day(7));
        assert_ne!(day, a_day(8));
        assert_eq!(day.1.len(), 10, "10,000 won, a thousand an hour");
    }
}
