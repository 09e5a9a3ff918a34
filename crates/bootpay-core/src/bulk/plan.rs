//! What a bulk would do, before it does anything.

use std::sync::Arc;
use std::time::Duration;

use crate::cancel::{CancelAmount, ReceiptId};
use crate::error::{BootpayError, RefusalKind};
use crate::hint::Language;
use crate::intent::BulkId;
use crate::money::Won;
use crate::protocol::machine::{Objection, objection};
use crate::receipt::{Receipt, ReceiptStatus};

use super::Bulk;
use super::pace::Pace;
use super::progress::BulkStop;
use super::row::Row;
use super::sum::BulkPart;
use super::text::BulkEncoding;

/// The most findings that are kept in full. The rest are counted.
pub const MOST_FINDINGS: usize = 100;

/// What a bulk would do, by its file alone.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BulkPlan {
    /// Its identity: what [`BulkOptions::plan`](super::BulkOptions::plan) must say for it to be run.
    pub id: BulkId,
    /// Which Bootpay: the base address's origin.
    pub environment: String,
    /// How the file was encoded.
    pub encoding: BulkEncoding,
    /// Headings that mean nothing to a bulk. A guard that was meant by one of them is not there.
    pub ignored_columns: Vec<String>,
    /// All rows, and their won as far as the file states them.
    pub rows: BulkPart,
    /// The full cancels among them. Those that state no `expected_remaining` have no won.
    pub full: BulkPart,
    /// The partial cancels among them.
    pub partial: BulkPart,
    /// How many receipts they are on.
    pub receipts: u64,
    /// How many receipts have more than one row. These are cancelled in the file's order, partial ones 11 s apart.
    pub receipts_with_several: u64,
    /// How many receipts have partial rows and a full one after them, which gives back what is left by then.
    pub full_after_partial: u64,
    /// How many rows go to a refund account.
    pub to_account: u64,
    /// The most rows of one receipt: with 11 s between them, so long the bulk takes at least.
    pub most_of_one_receipt: u64,
}

/// What the ledger says about a bulk's receipts.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BulkLookup {
    /// How many receipts were looked up.
    pub receipts: u64,
    /// How many receipts there are. Where a stop came first, it is more.
    pub of: u64,
    /// What would be moved as the ledgers are now, in won: partial rows and the remainders of full ones, those rows left out
    /// that a finding stands against.
    pub would_move: Won,
    /// The first [`MOST_FINDINGS`], in the file's order.
    pub findings: Vec<BulkFinding>,
    /// How many there are in all.
    pub count: u64,
}

/// What stands against a row, or makes it doubtful.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BulkFinding {
    /// The row's line in the file, counted from 1.
    pub line: u64,
    /// The receipt.
    pub receipt_id: ReceiptId,
    /// What was found.
    pub kind: BulkFindingKind,
}

/// The kinds of [`BulkFinding`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BulkFindingKind {
    /// Bootpay does not know the receipt.
    NotFound,
    /// It is empty already.
    AlreadyCancelled,
    /// It was never paid.
    NotPaid,
    /// The rows of the receipt up to this one ask for more than remains.
    MoreThanRemains {
        /// In won, over this row and those of the receipt before it.
        asked: Won,
        /// In won.
        remaining: Won,
    },
    /// A full row expects another remainder.
    NotAsExpected {
        /// In won.
        expected: Won,
        /// In won, less what the rows before it take, where the ledger says.
        remaining: Option<Won>,
    },
    /// The gateway is not on the page's list of those that cancel in part. A hint: the server judges.
    PartialUnsupported {
        /// Its symbol.
        pg: String,
    },
    /// A virtual account's payment without a refund account.
    NoRefundAccount,
    /// A cancel failed or is in progress at the gateway.
    Unfinished,
    /// It could not be looked up.
    NotLookedUp(BootpayError),
}

/// The page: "지원가능 PG사". Gateways change; this is a hint.
const CANCEL_IN_PART: [&str; 7] = ["inicis", "kcp", "danal", "payletter", "nicepay", "kakao", "payco"];

impl BulkFindingKind {
    /// A stable name for programs.
    pub fn name(&self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::AlreadyCancelled => "already_cancelled",
            Self::NotPaid => "not_paid",
            Self::MoreThanRemains { .. } => "more_than_remains",
            Self::NotAsExpected { .. } => "not_as_expected",
            Self::PartialUnsupported { .. } => "partial_unsupported",
            Self::NoRefundAccount => "no_refund_account",
            Self::Unfinished => "unfinished",
            Self::NotLookedUp(_) => "not_looked_up",
        }
    }

    /// What it means, in the reader's language.
    pub fn words(&self, language: Language) -> String {
        let korean = language == Language::Korean;
        let pick = |korean_words: &str, english: &str| (if korean { korean_words } else { english }).to_owned();
        match self {
            Self::NotFound => pick("부트페이에 없는 영수증입니다", "Bootpay knows no such receipt"),
            Self::AlreadyCancelled => pick("이미 모두 취소된 결제입니다", "it is cancelled already, all of it"),
            Self::NotPaid => pick("결제가 완료되지 않은 건입니다", "it was never paid"),
            Self::MoreThanRemains { asked, remaining } if korean => {
                format!("남은 금액 {remaining}원보다 많은 {asked}원을 취소하려고 합니다")
            }
            Self::MoreThanRemains { asked, remaining } => {
                format!("{asked} won are asked for and {remaining} won remain")
            }
            Self::NotAsExpected { expected, remaining } => {
                let remaining = remaining.map_or_else(|| "?".to_owned(), |won| won.to_string());
                match language {
                    Language::Korean => format!("예상 금액은 {expected}원, 남은 금액은 {remaining}원입니다"),
                    Language::English => format!("{expected} won are expected to remain and {remaining} won do"),
                }
            }
            Self::PartialUnsupported { pg } if korean => {
                format!("부분취소 지원 PG사 목록에 없는 PG사입니다: {pg} (참고 사항이며, 판단은 서버가 합니다)")
            }
            Self::PartialUnsupported { pg } => {
                format!("its gateway, {pg}, is not on the page's list of those that cancel in part (the server judges)")
            }
            Self::NoRefundAccount => pick(
                "가상계좌 결제인데 환불 계좌가 없습니다",
                "paid into a virtual account, and no refund account is given",
            ),
            Self::Unfinished => pick(
                "앞선 취소가 실패했거나 PG사에서 진행 중입니다",
                "an earlier cancel failed or is in progress at the gateway",
            ),
            Self::NotLookedUp(error) => match language {
                Language::Korean => format!("조회하지 못했습니다: {error}"),
                Language::English => error.to_string(),
            },
        }
    }

    /// Whether the row would still be worth sending.
    fn is_a_hint(&self) -> bool {
        matches!(self, Self::PartialUnsupported { .. } | Self::NotLookedUp(_) | Self::Unfinished)
    }
}

impl Bulk {
    /// What it would do, by its file alone. Nothing is looked up.
    pub fn plan(&self) -> BulkPlan {
        let file = self.file();
        let mut plan = BulkPlan {
            id: self.id().clone(),
            environment: self.engine().environment.clone(),
            encoding: file.encoding,
            ignored_columns: file.ignored.clone(),
            rows: BulkPart::default(),
            full: BulkPart::default(),
            partial: BulkPart::default(),
            receipts: 0,
            receipts_with_several: 0,
            full_after_partial: 0,
            to_account: 0,
            most_of_one_receipt: 0,
        };
        for row in file.rows.iter() {
            plan.rows.add(row.stated());
            let part = if row.amount.is_full() { &mut plan.full } else { &mut plan.partial };
            part.add(row.stated());
            plan.to_account += u64::from(row.account.is_some());
        }
        for group in self.groups() {
            let rows = group.len() as u64;
            plan.receipts += 1;
            plan.receipts_with_several += u64::from(rows > 1);
            plan.most_of_one_receipt = plan.most_of_one_receipt.max(rows);
            let ends_full =
                group.last().and_then(|index| file.rows.get(*index as usize)).is_some_and(|row| row.amount.is_full());
            plan.full_after_partial += u64::from(rows > 1 && ends_full);
        }
        plan
    }

    /// Looks every receipt up, at most `per_second` of them, and holds the rows against what the ledger says. No cancel is sent.
    /// `told` hears after each how many are done, and of how many.
    ///
    /// # Errors
    /// [`BootpayError::Refused`] where Bootpay does not accept the keys. What fails for one receipt is a finding.
    pub async fn look_up(
        &self,
        per_second: f64,
        stop: BulkStop,
        told: impl Fn(u64, u64) + Send,
    ) -> Result<BulkLookup, BootpayError> {
        let clock = Arc::clone(&self.engine().settings.clock);
        let mut pace = Pace::new(per_second, (0.1, 1_000.0), 0.0, clock.elapsed());
        let groups: Vec<&[u32]> = self.groups().collect();
        let mut lookup =
            BulkLookup { receipts: 0, of: groups.len() as u64, would_move: Won::ZERO, findings: Vec::new(), count: 0 };
        let mut asked = tokio::task::JoinSet::new();
        let mut next = groups.iter();
        loop {
            let more = if stop.is_stopped() { None } else { next.next() };
            if let Some(group) = more {
                let wait = pace.wait(clock.elapsed());
                if !wait.is_zero() {
                    clock.sleep(wait.max(Duration::from_millis(1))).await;
                }
                pace.begin(clock.elapsed());
                let (bulk, group) = (self.clone(), group.to_vec());
                asked.spawn(async move {
                    let receipt_id = bulk.row(group.first().copied().unwrap_or_default())?.receipt_id.clone();
                    let seen = bulk.engine().look_up(&receipt_id).await;
                    Ok::<_, BootpayError>((group, seen))
                });
            }
            while asked.len() >= MOST_LOOKUPS || (more.is_none() && !asked.is_empty()) {
                let Some(one) = asked.join_next().await else { break };
                let (group, seen) = one.map_err(|_| BootpayError::Internal("a lookup's task was lost".into()))??;
                self.weigh(&group, seen, &mut lookup)?;
                told(lookup.receipts, lookup.of);
            }
            if more.is_none() && asked.is_empty() {
                break;
            }
        }
        lookup.findings.sort_by_key(|finding| finding.line);
        lookup.findings.truncate(MOST_FINDINGS);
        Ok(lookup)
    }

    fn weigh(
        &self,
        group: &[u32],
        seen: Result<Receipt, BootpayError>,
        lookup: &mut BulkLookup,
    ) -> Result<(), BootpayError> {
        lookup.receipts += 1;
        let mut taken = Won::ZERO;
        for index in group {
            let row = self.row(*index)?;
            let found = match &seen {
                Ok(receipt) => against(row, receipt, taken),
                Err(BootpayError::Refused(refusal)) if refusal.kind == RefusalKind::NotFound => {
                    Some(BulkFindingKind::NotFound)
                }
                Err(BootpayError::Refused(refusal)) if refusal.kind == RefusalKind::Unauthorized => {
                    return Err(refusal.clone().into());
                }
                Err(error) => Some(BulkFindingKind::NotLookedUp(error.clone())),
            };
            let remaining = seen.as_ref().ok().and_then(|receipt| receipt.totals.remaining);
            let takes = row.amount.price().or_else(|| remaining.and_then(|remaining| remaining.checked_sub(taken)));
            if found.as_ref().is_none_or(BulkFindingKind::is_a_hint)
                && let Some(takes) = takes
            {
                taken = taken.checked_add(takes).unwrap_or(Won::MAX);
                lookup.would_move = lookup.would_move.checked_add(takes).unwrap_or(Won::MAX);
            }
            if let Some(kind) = found {
                lookup.count += 1;
                // A few more than are kept: receipts are answered in another order than the file's.
                if lookup.findings.len() < MOST_FINDINGS * 10 {
                    lookup.findings.push(BulkFinding { line: row.line, receipt_id: row.receipt_id.clone(), kind });
                }
            }
        }
        Ok(())
    }
}

/// How many lookups are on their way at a time.
const MOST_LOOKUPS: usize = 32;

/// What the ledger says against a row, after the receipt's rows before it have taken their part.
fn against(row: &Row, receipt: &Receipt, taken: Won) -> Option<BulkFindingKind> {
    let mut totals = receipt.totals;
    if totals.is_empty() && taken == Won::ZERO {
        return Some(BulkFindingKind::AlreadyCancelled);
    }
    if totals.is_unfinished() {
        return Some(BulkFindingKind::Unfinished);
    }
    let unpaid = |status: ReceiptStatus| {
        matches!(
            status,
            ReceiptStatus::WAITING
                | ReceiptStatus::BEFORE_APPROVAL
                | ReceiptStatus::APPROVING
                | ReceiptStatus::FAILED
                | ReceiptStatus::APPROVAL_FAILED
                | ReceiptStatus::VIRTUAL_ACCOUNT_WITHDRAWN
        )
    };
    if totals.status.is_some_and(unpaid) {
        return Some(BulkFindingKind::NotPaid);
    }
    let left = totals.remaining;
    totals.remaining = left.map(|left| left.checked_sub(taken).unwrap_or(Won::ZERO));
    match objection(&row.amount, &totals) {
        Some(Objection::MoreThanRemains { asked, .. }) => {
            let asked = asked.checked_add(taken).unwrap_or(Won::MAX);
            return Some(BulkFindingKind::MoreThanRemains { asked, remaining: left.unwrap_or_default() });
        }
        Some(Objection::NotAsExpected { expected, remaining }) => {
            return Some(BulkFindingKind::NotAsExpected { expected, remaining });
        }
        None => {}
    }
    if receipt.is_virtual_account() && row.account.is_none() {
        return Some(BulkFindingKind::NoRefundAccount);
    }
    let in_part = matches!(row.amount, CancelAmount::Partial { .. });
    let pg = receipt.pg.as_ref().filter(|pg| !CANCEL_IN_PART.iter().any(|one| pg.to_lowercase().contains(one)));
    pg.filter(|_| in_part).map(|pg| BulkFindingKind::PartialUnsupported { pg: pg.clone() })
}
