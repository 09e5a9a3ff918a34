//! A file of cancels, as a spreadsheet or anybody else writes it: the whole input is the file.

use std::collections::HashSet;
use std::sync::Arc;

use bootpay_core::Dialect;
use bootpay_core::bulk::{BulkFile, BulkPlan, MOST_PROBLEMS};
use encoding_rs::EUC_KR;

use crate::stage::{ACCOUNT, HOLDER, Wire, client};

pub(crate) fn run(input: &[u8]) {
    let file = match BulkFile::read(input) {
        Ok(file) => file,
        Err(wrong) => {
            let (kept, all) = (wrong.problems.len(), usize::try_from(wrong.count).expect("a count"));
            assert!(0 < kept && kept <= MOST_PROBLEMS && kept <= all && (kept == all || kept == MOST_PROBLEMS));
            let lines = 1 + input.iter().filter(|byte| matches!(byte, b'\r' | b'\n')).count() as u64;
            assert!(wrong.problems.iter().all(|problem| (1..=lines).contains(&problem.line)), "{wrong}");
            // A heading may be told. What stands in a row may not: it may be an account.
            if secrets_stand_in_rows(input) {
                hides(&format!("{wrong} {wrong:?}"));
            }
            return;
        }
    };
    if secrets_stand_in_rows(input) && secrets_stand_in_their_columns(input) {
        hides(&format!("{file:?}"));
    }
    let plan = plan(file);
    assert_eq!(plan.rows.rows, plan.full.rows + plan.partial.rows);
    assert!(plan.receipts <= plan.rows.rows && plan.to_account <= plan.rows.rows);
    if let Some((rows, won)) = by_hand(input) {
        assert_eq!((plan.rows.rows, plan.partial.won.get()), (rows, won), "what a person reads in it");
    }
    means_the_same_in_other_bytes(input, &plan);
}

fn plan(file: BulkFile) -> BulkPlan {
    client(&Arc::new(Wire::new(Dialect::V1))).bulk(file).plan()
}

/// The same table has the same identity with a byte order mark, and in CP949.
fn means_the_same_in_other_bytes(input: &[u8], plan: &BulkPlan) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    if !text.starts_with('\u{feff}') {
        let marked = [b"\xEF\xBB\xBF", input].concat();
        assert_eq!(self::plan(BulkFile::read(&marked).expect("the same table")).id, plan.id);
    }
    let (korean, _, lost) = EUC_KR.encode(text);
    let back = EUC_KR.decode_without_bom_handling_and_without_replacement(&korean);
    if !lost && back.as_deref() == Some(text) && std::str::from_utf8(&korean).is_err() {
        assert_eq!(self::plan(BulkFile::read(&korean).expect("the same table")).id, plan.id);
    }
}

/// The rows of the plainest kind of table, and the won of its partial ones, read as a person reads them: three columns, no
/// quotation marks, whole numbers. `None` for every other table.
fn by_hand(input: &[u8]) -> Option<(u64, u64)> {
    let text = std::str::from_utf8(input).ok()?;
    let mut lines = text.strip_prefix("receipt_id,amount,cancel_id\n")?.lines();
    let mut ids = HashSet::new();
    lines.try_fold((0, 0_u64), |(rows, won), line| {
        let cells: Vec<&str> = line.split(',').collect();
        let [receipt, amount, id] = cells[..] else { return None };
        let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        if !cells.iter().all(|cell| plain(cell)) || receipt.is_empty() {
            return None;
        }
        let amount = match amount {
            "full" => 0,
            digits if digits.bytes().all(|byte| byte.is_ascii_digit()) => digits.parse().ok()?,
            _ => return None,
        };
        // It was accepted: so every partial row must have had a key, of its own.
        assert!(amount == 0 || (!id.is_empty() && ids.insert(id)), "{line:?}");
        Some((rows + 1, won.checked_add(amount)?))
    })
}

/// Whether the canaries, where they are in the input at all, are below its first line alone.
fn secrets_stand_in_rows(input: &[u8]) -> bool {
    let heading = input.split(|byte| matches!(byte, b'\r' | b'\n')).next().unwrap_or_default();
    let heading = String::from_utf8_lossy(heading);
    !heading.contains(ACCOUNT) && !heading.contains(HOLDER) && !heading.trim_start().is_empty()
}

/// Whether the canaries stand nowhere but where accounts and holders stand; elsewhere nobody could know what they are.
fn secrets_stand_in_their_columns(input: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(input) else { return false };
    let text = text
        .replace(&format!("\"account\":\"{ACCOUNT}\""), "")
        .replace(&format!("\"holder\":\"{HOLDER}\""), "")
        .replace("\"3,000원\"", "3000");
    let mut lines = text.lines();
    let headings: Vec<&str> = lines.next().unwrap_or_default().split(',').collect();
    let is_at = |place: usize, names: [&str; 2]| headings.get(place).is_some_and(|heading| names.contains(heading));
    !text.contains('"')
        && lines.all(|line| {
            line.split(',').enumerate().all(|(place, cell)| {
                (!cell.contains(ACCOUNT) || is_at(place, ["account", "계좌번호"]))
                    && (!cell.contains(HOLDER) || is_at(place, ["holder", "예금주"]))
            })
        })
}

fn hides(printed: &str) {
    assert!(!printed.contains(ACCOUNT) && !printed.contains(HOLDER), "{printed}");
}
