//! How a row stands, by the journal: the one place that reads it out of intents, for a run, a status and an export alike.

use crate::engine::Engine;
use crate::error::{BootpayError, RefusalKind};
use crate::intent::{BulkId, Cursor, Intent, IntentQuery, IntentState};
use crate::money::Won;
use crate::protocol::admission;

use super::Bulk;
use super::row::Row;
use super::sum::{RowState, Standing};

/// How many intents a page of the journal has.
const PAGE: u32 = 500;
/// How many questions are asked of the journal at a time.
const AT_ONCE: usize = 64;

/// Refusals that say nothing about the row: too many requests, the guard of ten seconds, wrong keys. The row remains.
pub(super) fn is_about_the_row(kind: RefusalKind) -> bool {
    !matches!(kind, RefusalKind::RateLimited | RefusalKind::TenSecondGuard | RefusalKind::Unauthorized)
}

/// What an intent of this bulk says about its row.
fn of_our_intent(engine: &Engine, row: &Row, intent: &Intent) -> Standing {
    let won = moved_by(intent).or_else(|| row.stated());
    let in_flight = intent.state.is_in_flight() && is_alive(engine, intent);
    let standing = Standing { state: RowState::Remaining, won, in_flight, held: false, ours: true };
    let state = match intent.state {
        IntentState::Cancelled => return Standing { state: RowState::Cancelled, held: intent.held, ..standing },
        IntentState::AlreadyCancelled => return Standing { state: RowState::Already, won: row.stated(), ..standing },
        // What that lookup found is not true any more.
        IntentState::Refused if was_pinned(row, intent) => return Standing { won: None, ..standing },
        IntentState::Refused => {
            let kind = intent.refusal.as_ref().map_or(RefusalKind::Other, |note| RefusalKind::from_name(&note.kind));
            if is_about_the_row(kind) { RowState::Refused } else { RowState::Remaining }
        }
        IntentState::Sending | IntentState::Unknown => RowState::Unknown,
        // A person who decided that it moved nothing has opened the way for the row again.
        IntentState::Reserved | IntentState::NotSent | IntentState::NotCancelled => RowState::Remaining,
    };
    Standing { state, ..standing }
}

/// Whether the ledger said otherwise than the lookup that a cap's count was made with. Nobody has refused the row: it never said
/// what it expects, and nothing was sent.
fn was_pinned(row: &Row, intent: &Intent) -> bool {
    row.amount.is_full()
        && row.stated().is_none()
        && intent.amount.expected().is_some()
        && intent.attempts.is_empty()
        && intent.refusal.as_ref().is_some_and(|note| note.kind == RefusalKind::MoreThanRemains.name())
}

/// What an intent says that this bulk did not begin: another bulk's, or a cancel by hand.
fn of_anothers_intent(engine: &Engine, row: &Row, intent: &Intent) -> Standing {
    let state = match intent.state {
        IntentState::Cancelled | IntentState::AlreadyCancelled => RowState::Already,
        IntentState::Sending | IntentState::Unknown => RowState::Unknown,
        _ => RowState::Remaining,
    };
    let in_flight = intent.state.is_in_flight() && is_alive(engine, intent);
    Standing { state, won: row.stated(), in_flight, held: false, ours: false }
}

/// What an intent moves or has moved, in won.
pub(super) fn moved_by(intent: &Intent) -> Option<Won> {
    if let Some(price) = intent.amount.price() {
        return Some(price);
    }
    let before = intent.totals_before.and_then(|totals| totals.remaining);
    if intent.state != IntentState::Cancelled {
        return intent.amount.expected().or(before);
    }
    let answered = intent.cancellation.as_ref().and_then(|cancellation| cancellation.request_cancel_price);
    let cancelled = intent.totals_after.and_then(|totals| totals.cancelled);
    let cancelled_before = intent.totals_before.or(intent.last_answered).and_then(|totals| totals.cancelled);
    let grown = match (cancelled, cancelled_before) {
        (Some(after), Some(before)) => after.checked_sub(before),
        // Without a figure from before, a total may have more than this one's in it.
        _ => None,
    };
    answered.or(intent.amount.expected()).or(before).or(grown)
}

fn is_alive(engine: &Engine, intent: &Intent) -> bool {
    intent.lease_until > engine.settings.clock.wall() && !engine.owner.is_gone(&intent.owner)
}

/// How a row stands, given every intent of its receipt, and which of them says so.
pub(super) fn judge<'i>(
    engine: &Engine,
    bulk: &BulkId,
    row: &Row,
    of_receipt: &'i [Intent],
) -> Result<(Standing, Option<&'i Intent>), BootpayError> {
    let cancel = row.cancel(None);
    let wish = engine.proposal(&cancel, &engine.key_of(&cancel)?);
    let same = || of_receipt.iter().filter(|one| admission::is_same_wish(&wish, one));
    let is_ours = |one: &&Intent| one.bulk.as_ref() == Some(bulk);
    if let Some(one) = same().rfind(|one| !one.state.moved_nothing()) {
        if is_ours(&one) {
            return Ok((of_our_intent(engine, row, one), Some(one)));
        }
        // The same key for other money is another refund, which the journal refuses: nothing of the row is done.
        let same_money = one.same_money(&wish.amount, wish.to_account, wish.account_mark.as_deref());
        if same_money {
            return Ok((of_anothers_intent(engine, row, one), Some(one)));
        }
        return Ok((Standing::remaining(row.stated()), Some(one)));
    }
    Ok(match same().rfind(is_ours) {
        Some(one) => (of_our_intent(engine, row, one), Some(one)),
        None => (Standing::remaining(row.stated()), None),
    })
}

impl Bulk {
    /// How every row stands by what this bulk's own intents say, read in pages; `seen` gets each intent with its row.
    pub(super) async fn list(
        &self,
        standings: &mut [Standing],
        cursor: &mut Cursor,
        mut seen: impl FnMut(u32, &Intent),
    ) -> Result<(), BootpayError> {
        let engine = self.engine();
        loop {
            let query = IntentQuery {
                environment: Some(engine.environment.clone()),
                bulk: Some(self.id().clone()),
                after: Some(cursor.clone()),
                limit: Some(PAGE),
                ..IntentQuery::default()
            };
            let page = engine.settings.journal.find(query).await?;
            for intent in &page {
                // Oldest first: a later generation of a row replaces what an earlier one said.
                if let Some(index) = self.row_of(intent)
                    && let (Some(row), Some(standing)) =
                        (self.file().rows.get(index as usize), standings.get_mut(index as usize))
                {
                    *standing = of_our_intent(engine, row, intent);
                    seen(index, intent);
                }
            }
            match page.last() {
                Some(last) => *cursor = Cursor::After(last.id.clone()),
                None => return Ok(()),
            }
            if page.len() < PAGE as usize {
                return Ok(());
            }
        }
    }

    /// How every row stands, by the journal as it is now. What this bulk's own intents leave open is asked row by row: a row may
    /// have been done by somebody else.
    pub(super) async fn standings(&self) -> Result<Vec<Standing>, BootpayError> {
        let mut standings = self.fresh();
        self.list(&mut standings, &mut Cursor::Start, |_, _| {}).await?;
        let open: Vec<u32> = (0u32..)
            .zip(&standings)
            .filter(|(_, one)| matches!(one.state, RowState::Remaining | RowState::Refused))
            .map(|(index, _)| index)
            .collect();
        self.ask(&open, |index, standing| {
            if let Some(one) = standings.get_mut(index as usize) {
                *one = standing;
            }
        })
        .await?;
        Ok(standings)
    }

    /// Asks the journal about single rows, some at a time.
    pub(super) async fn ask(&self, rows: &[u32], mut answer: impl FnMut(u32, Standing)) -> Result<(), BootpayError> {
        for some in rows.chunks(AT_ONCE) {
            let mut asked = tokio::task::JoinSet::new();
            for index in some {
                let (bulk, index) = (self.clone(), *index);
                asked.spawn(async move { bulk.standing_of(index).await.map(|(standing, _)| (index, standing)) });
            }
            while let Some(told) = asked.join_next().await {
                let (index, standing) =
                    told.map_err(|_| BootpayError::Internal("a task that read the journal was lost".into()))??;
                answer(index, standing);
            }
        }
        Ok(())
    }

    /// How one row stands, by every intent of its receipt, and the intent that says so.
    pub(super) async fn standing_of(&self, index: u32) -> Result<(Standing, Option<Intent>), BootpayError> {
        let row = self.row(index)?;
        let of_receipt = self.engine().of_receipt(&row.receipt_id).await?;
        let (standing, intent) = judge(self.engine(), self.id(), row, &of_receipt)?;
        Ok((standing, intent.cloned()))
    }

    /// Every row as if nothing had been asked.
    pub(super) fn fresh(&self) -> Vec<Standing> {
        self.file().rows.iter().map(|row| Standing::remaining(row.stated())).collect()
    }

    /// Which row an intent of this bulk belongs to.
    fn row_of(&self, intent: &Intent) -> Option<u32> {
        let file = self.file();
        let receipt = |index: &u32| file.rows.get(*index as usize).map(|row| &row.receipt_id);
        let from = file.by_receipt.partition_point(|index| receipt(index) < Some(&intent.receipt_id));
        let group = file.by_receipt.get(from..).unwrap_or_default();
        let mut group = group.iter().take_while(|index| receipt(index) == Some(&intent.receipt_id));
        group.find(|index| file.rows.get(**index as usize).is_some_and(|row| row.is_key(&intent.key))).copied()
    }
}
