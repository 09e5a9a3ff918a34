//! A bulk's identity: what its rows mean, at which Bootpay, for which merchant.
//!
//! Bytes do not count: UTF-8 or CP949, the order of columns, `3,000` or `3000`, an empty line at the end. Nor does the order of
//! different receipts; that of one receipt's rows does. Account numbers count, so the hash is keyed: digits are guessed from
//! a plain one in seconds. A token source has no key, and its bulks are told apart by the bank alone.

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::cancel::CancelAmount;
use crate::engine::Engine;
use crate::intent::BulkId;

use super::file::BulkFile;

pub(super) fn of(file: &BulkFile, engine: &Engine) -> BulkId {
    let credentials = &engine.settings.credentials;
    let keyed = credentials.mark(b"").is_some();
    let mut hasher = Sha256::new();
    let mut part = |text: &str| {
        hasher.update((text.len() as u64).to_be_bytes());
        hasher.update(text.as_bytes());
    };
    for text in ["bulk 1", &engine.environment, &engine.scope] {
        part(text);
    }
    for index in file.by_receipt.iter() {
        let Some(row) = file.rows.get(*index as usize) else { continue };
        part(row.receipt_id.as_str());
        match row.amount {
            CancelAmount::Full { expected_remaining } => {
                part("full");
                part(&expected_remaining.map(|won| won.get().to_string()).unwrap_or_default());
            }
            CancelAmount::Partial { price, tax_free } => {
                part("partial");
                part(&price.won().get().to_string());
                part(&tax_free.map(|won| won.get().to_string()).unwrap_or_default());
            }
        }
        part(row.cancel_id.as_ref().map_or("", |id| id.as_str()));
        part(row.canceller.as_deref().unwrap_or_default());
        part(row.reason.as_deref().unwrap_or_default());
        match row.account.as_deref() {
            None => part("to nowhere"),
            Some(account) => {
                part(account.bank().code());
                if keyed {
                    let holder = account.holder().expose();
                    part(Zeroizing::new(format!("{}/{holder}", account.digits().expose())).as_str());
                }
            }
        }
    }
    let hash = Zeroizing::new(hasher.finalize().to_vec());
    // Behind the colon of a mark stand 32 hex digits.
    let marked = credentials.mark(&hash).and_then(|mark| mark.split_once(':').map(|(_, mark)| mark.to_owned()));
    let plain = || crate::hex::hex(&hash[..16]);
    BulkId::trusted(marked.unwrap_or_else(plain))
}
