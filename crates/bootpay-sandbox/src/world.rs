//! The fake Bootpay itself: keys, tokens, receipts, ledger. No socket, no clock: time comes in as an argument, so that a
//! simulation can replay a day in a millisecond.

use std::collections::HashMap;
use std::time::Duration;

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::body;
use crate::call::{Answer, Call, Dialect};
use crate::cancel::{CancelIdRule, CancelOrder, CancelRules, Cancelled, Share, judge};
use crate::cancel_ids::{CancelIds, Memory};
use crate::clock::millis;
use crate::ledger::{MovedBy, Movement};
use crate::receipt::{NewReceipt, Receipt, ReceiptState};
use crate::refusal::{Noise, PgRefusal, Refusal};
use crate::token::{Tokens, hex};
use crate::{v1, v2};

/// The merchant's keys. All are made up, and none is a secret.
#[derive(Debug, Clone)]
pub(crate) struct Keys {
    pub(crate) application_id: String,
    pub(crate) private_key: String,
    pub(crate) client_key: String,
    pub(crate) secret_key: String,
}

/// What a world begins with, and what `reset` brings it back to.
#[derive(Debug, Clone)]
pub(crate) struct Beginning {
    pub(crate) keys: Keys,
    pub(crate) rules: CancelRules,
    pub(crate) lookup_lag: Duration,
    pub(crate) random_refusals: Option<u64>,
    pub(crate) remembered_requests: usize,
    pub(crate) seed: u64,
    /// Keeps one sandbox's tokens from working at another.
    pub(crate) salt: String,
}

#[derive(Debug)]
pub(crate) struct World {
    keys: Keys,
    pub(crate) rules: CancelRules,
    pub(crate) lookup_lag: Duration,
    pub(crate) noise: Option<Noise>,
    pub(crate) v1_tokens: Tokens,
    pub(crate) v2_tokens: Tokens,
    receipts: HashMap<String, Receipt>,
    ledger: Vec<Movement>,
    cancel_ids: CancelIds,
    seed: u64,
    receipts_made: u64,
    cancels_named: u64,
}

impl World {
    pub(crate) fn new(beginning: &Beginning) -> Self {
        let salt = |dialect| format!("{dialect} {} {}", beginning.seed, beginning.salt);
        Self {
            keys: beginning.keys.clone(),
            rules: beginning.rules.clone(),
            lookup_lag: beginning.lookup_lag,
            noise: beginning.random_refusals.map(Noise::new),
            v1_tokens: Tokens::new(salt("v1")),
            v2_tokens: Tokens::new(salt("v2")),
            receipts: HashMap::new(),
            ledger: Vec::new(),
            cancel_ids: CancelIds::default(),
            seed: beginning.seed,
            receipts_made: 0,
            cancels_named: 0,
        }
    }

    /// Answers a call. With `act` false a cancel is only rehearsed: the answer is the one that it would get, and
    /// nothing moves.
    pub(crate) fn answer(&mut self, call: &Call, now_ms: u64, act: bool) -> Answer {
        let answered = match call.route.dialect {
            Dialect::V1 => v1::answer(self, call, now_ms, act),
            Dialect::V2 => v2::answer(self, call, now_ms, act),
        };
        answered.unwrap_or_else(|refusal| self.refuse(call.route.dialect, &refusal))
    }

    pub(crate) fn refuse(&mut self, dialect: Dialect, refusal: &Refusal) -> Answer {
        let mut face = refusal.face();
        if let Some(noise) = &mut self.noise {
            noise.disguise(&mut face);
        }
        match dialect {
            Dialect::V1 => v1::refused(&face),
            Dialect::V2 => v2::refused(&face),
        }
    }

    /// All tokens become invalid at once.
    pub(crate) fn expire_tokens(&mut self) {
        self.v1_tokens.expire_all();
        self.v2_tokens.expire_all();
    }

    /// The token in this `Authorization` header dies.
    pub(crate) fn forget_token(&mut self, authorization: Option<&str>) {
        let Some(header) = authorization else { return };
        self.v1_tokens.revoke(header);
        if let Some(token) = header.strip_prefix("Bearer ") {
            self.v2_tokens.revoke(token);
        }
    }

    pub(crate) fn check_key_pair(&self, members: &Map<String, Value>) -> Result<(), Refusal> {
        let application_id = body::text(members, "application_id")?;
        if application_id.as_deref() != Some(&self.keys.application_id) {
            return Err(Refusal::ApplicationUnknown);
        }
        let private_key = body::text(members, "private_key")?;
        if private_key.as_deref() != Some(&self.keys.private_key) {
            return Err(Refusal::PrivateKeyWrong);
        }
        Ok(())
    }

    pub(crate) fn check_basic_pair(&self, client_key: &str, secret_key: &str) -> Result<(), Refusal> {
        if client_key != self.keys.client_key {
            return Err(Refusal::ClientKeyUnknown);
        }
        if secret_key != self.keys.secret_key {
            return Err(Refusal::SecretKeyWrong);
        }
        Ok(())
    }

    pub(crate) fn cancel(&mut self, order: &CancelOrder, now_ms: u64, act: bool) -> Result<Cancelled, Refusal> {
        let Some(receipt) = self.receipts.get_mut(&order.receipt_id) else {
            return Err(Refusal::NoSuchReceipt);
        };
        if let Some(id) = &order.cancel_id {
            let memory = self.cancel_ids.recall(id, &order.receipt_id, &self.rules, now_ms);
            match (self.rules.cancel_ids, memory) {
                (CancelIdRule::Ignore, _) | (_, Memory::Unused) => {}
                (CancelIdRule::Replay, Memory::Done(done)) => return Ok(done.clone()),
                (CancelIdRule::Replay, Memory::Burned) => {}
                (CancelIdRule::Refuse | CancelIdRule::RefuseAndBurn, _) => {
                    return Err(Refusal::CancelIdUsed);
                }
            }
        }
        let share = match judge(order, receipt, &self.rules, now_ms) {
            Ok(share) => share,
            Err(refusal) => {
                if act
                    && self.rules.cancel_ids == CancelIdRule::RefuseAndBurn
                    && let Some(id) = &order.cancel_id
                {
                    self.cancel_ids.use_up(id, &order.receipt_id, None, now_ms);
                }
                return Err(refusal);
            }
        };
        let named = self.cancels_named + 1;
        let cancel_id = order.cancel_id.clone().unwrap_or_else(|| made_up_cancel_id(self.seed, named, now_ms));
        if !act {
            return Ok(Cancelled {
                cancel_id,
                requested: share.amount,
                at_ms: now_ms,
                after: after(receipt.state(now_ms), share, now_ms),
            });
        }
        self.cancels_named = named;
        receipt.give_back_through_bootpay(share.amount, share.tax_free, now_ms);
        if matches!(order.amount, crate::cancel::Asked::Part { .. }) {
            receipt.last_partial_ms = Some(now_ms);
        }
        let done = Cancelled { cancel_id, requested: share.amount, at_ms: now_ms, after: receipt.state(now_ms) };
        self.ledger.push(Movement {
            receipt_id: order.receipt_id.clone(),
            cancel_id: order.cancel_id.clone(),
            amount: share.amount,
            tax_free: share.tax_free,
            by: MovedBy::Api,
            at_unix_ms: now_ms,
            to_account: receipt.made_from.virtual_account,
        });
        if let Some(id) = &order.cancel_id {
            self.cancel_ids.use_up(id, &order.receipt_id, Some(done.clone()), now_ms);
        }
        Ok(done)
    }

    pub(crate) fn lookup(&self, receipt_id: &str, now_ms: u64) -> Result<ReceiptState, Refusal> {
        let as_of = now_ms.saturating_sub(millis(self.lookup_lag));
        self.receipts.get(receipt_id).map(|receipt| receipt.state(as_of)).ok_or(Refusal::NoSuchReceipt)
    }

    /// What really is, with no lag.
    pub(crate) fn receipt(&self, receipt_id: &str, now_ms: u64) -> Option<ReceiptState> {
        self.receipts.get(receipt_id).map(|receipt| receipt.state(now_ms))
    }

    pub(crate) fn ledger(&self) -> &[Movement] {
        &self.ledger
    }

    /// Receipts, what moved and which ids were used are gone. Tokens stay, and no receipt id comes a second time.
    pub(crate) fn forget_receipts(&mut self) {
        self.receipts.clear();
        self.ledger.clear();
        self.cancel_ids = CancelIds::default();
    }

    pub(crate) fn add(&mut self, mut new: NewReceipt, now_ms: u64) -> Result<String, String> {
        if new.tax_free > new.price {
            return Err(format!("the tax-free part ({} won) is more than the price ({} won)", new.tax_free, new.price));
        }
        new.virtual_account |= new.method == "vbank";
        let serial = self.receipts_made + 1;
        let id = new.id.clone().unwrap_or_else(|| made_up_receipt_id(self.seed, serial));
        if self.receipts.contains_key(&id) {
            return Err(format!("there already is a receipt {id}"));
        }
        self.receipts_made = serial;
        let gone_at_pg = new.cancelled_in_pg_console.then_some(new.price);
        let receipt = Receipt::new(new, id.clone(), serial, now_ms);
        self.receipts.insert(id.clone(), receipt);
        if let Some(amount) = gone_at_pg.filter(|amount| *amount > 0) {
            self.cancel_at_pg(&id, amount, MovedBy::PgConsole, now_ms)?;
        }
        Ok(id)
    }

    /// Sets or lifts the PG's refusal of a receipt's cancels.
    pub(crate) fn refuse_from_now_on(&mut self, receipt_id: &str, refusal: Option<PgRefusal>) -> Result<(), String> {
        self.known(receipt_id)?.made_from.refuse_with = refusal;
        Ok(())
    }

    pub(crate) fn cancel_in_console(&mut self, receipt_id: &str, amount: u64, now_ms: u64) -> Result<(), String> {
        let receipt = self.known(receipt_id)?;
        let book = receipt.state(now_ms);
        let remains = book.remain_price.min(receipt.remains_at_pg());
        if amount == 0 || amount > remains {
            return Err(format!("{amount} won asked for, {remains} won remain"));
        }
        let tax_free = tax_free_of(&book, amount);
        receipt.give_back_through_bootpay(amount, tax_free, now_ms);
        let to_account = receipt.made_from.virtual_account;
        self.ledger.push(Movement {
            receipt_id: receipt_id.to_owned(),
            cancel_id: None,
            amount,
            tax_free,
            by: MovedBy::Console,
            at_unix_ms: now_ms,
            to_account,
        });
        Ok(())
    }

    pub(crate) fn cancel_at_pg(
        &mut self,
        receipt_id: &str,
        amount: u64,
        by: MovedBy,
        now_ms: u64,
    ) -> Result<(), String> {
        let receipt = self.known(receipt_id)?;
        let remains = receipt.remains_at_pg();
        if amount == 0 || amount > remains {
            return Err(format!("{amount} won asked for, {remains} won remain at the PG"));
        }
        let tax_free = tax_free_of(&receipt.state(now_ms), amount);
        receipt.give_back_at_pg(amount);
        let to_account = receipt.made_from.virtual_account;
        self.ledger.push(Movement {
            receipt_id: receipt_id.to_owned(),
            cancel_id: None,
            amount,
            tax_free,
            by,
            at_unix_ms: now_ms,
            to_account,
        });
        Ok(())
    }

    /// The PG's same-day scheduler: cancels what is left of every test payment, and tells nobody.
    pub(crate) fn sweep(&mut self, now_ms: u64) -> usize {
        let mut left: Vec<(String, u64)> = self
            .receipts
            .iter()
            .filter(|(_, receipt)| receipt.made_from.test_mode && receipt.remains_at_pg() > 0)
            .map(|(id, receipt)| (id.clone(), receipt.remains_at_pg()))
            .collect();
        // A hash map's order differs from run to run; the ledger's must not.
        left.sort();
        left.iter().filter(|(id, amount)| self.cancel_at_pg(id, *amount, MovedBy::PgSweep, now_ms).is_ok()).count()
    }

    fn known(&mut self, receipt_id: &str) -> Result<&mut Receipt, String> {
        self.receipts.get_mut(receipt_id).ok_or_else(|| format!("there is no receipt {receipt_id}"))
    }
}

/// The taxable part goes first; what it cannot cover is tax-free.
fn tax_free_of(book: &ReceiptState, amount: u64) -> u64 {
    let taxable = book.remain_price - book.remain_tax_free;
    amount.saturating_sub(taxable).min(book.remain_tax_free)
}

/// The receipt as it would stand after a cancel that is only rehearsed.
fn after(mut receipt: ReceiptState, share: Share, now_ms: u64) -> ReceiptState {
    receipt.cancelled_price += share.amount;
    receipt.cancelled_tax_free += share.tax_free;
    receipt.remain_price -= share.amount;
    receipt.remain_tax_free -= share.tax_free;
    receipt.cancelled_at_pg += share.amount;
    receipt.revoked_at_unix_ms = Some(now_ms);
    if receipt.remain_price == 0 {
        receipt.status = crate::receipt::CANCELLED;
    }
    receipt
}

fn made_up_receipt_id(seed: u64, serial: u64) -> String {
    let digest = Sha256::digest(format!("receipt {seed} {serial}"));
    hex(&digest).chars().take(24).collect()
}

/// What Bootpay makes when the caller sends none: `<uuid>-<unix seconds>`.
fn made_up_cancel_id(seed: u64, serial: u64, now_ms: u64) -> String {
    let digest = hex(&Sha256::digest(format!("cancel {seed} {serial}")));
    let mut parts = [8, 4, 4, 4, 12].iter().scan(0, |from, length| {
        let part = digest.get(*from..*from + length).unwrap_or_default();
        *from += length;
        Some(part)
    });
    let mut uuid = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        uuid.push('-');
        uuid.push_str(part);
    }
    format!("{uuid}-{}", now_ms / 1000)
}
