//! Cancels by the file: hundreds of thousands of rows, each as safe as a single cancel.
//!
//! ```no_run
//! # async fn page(bootpay: bootpay_core::Bootpay) -> Result<(), Box<dyn std::error::Error>> {
//! use bootpay_core::bulk::{BulkFile, BulkOptions, BulkStop};
//!
//! let file = BulkFile::read(&std::fs::read("refunds.csv")?)?;
//! let bulk = bootpay.bulk(file);
//! let plan = bulk.plan();
//! println!("{} rows, {} won stated, plan {}", plan.rows.rows, plan.rows.won, plan.id);
//!
//! let report = bulk.run(BulkOptions::new(plan.id), None, BulkStop::new()).await?;
//! println!("{} won moved, {} rows unknown", report.sum.cancelled.won, report.sum.unknown.rows);
//! # Ok(())
//! # }
//! ```
//!
//! # The file
//!
//! A CSV with headings in English or Korean, in UTF-8 or CP949, or JSON Lines with the English names as members.
//!
//! | column | headings, besides | |
//! |---|---|---|
//! | `receipt_id` | 영수증, 영수증 ID, 영수증 번호 | required |
//! | `amount` | `price`, 금액, 취소 금액, 환불 금액 | won, or `full` or 전액; never empty, since nothing never means everything |
//! | `kind` | 구분, 취소 구분 | optional: `full` (전액) or `partial` (부분); then a full row's amount stays empty |
//! | `cancel_id` | 취소 ID, 취소 번호 | required for a partial row: its key, the same whenever the file is run |
//! | `tax_free` | 면세, 비과세 | won, of a partial row |
//! | `expected_remaining` | 예상 잔액, 남은 금액 | won, of a full row: where the ledger says otherwise, nothing is sent |
//! | `canceller`, `reason` | 취소자, 취소 사유 | |
//! | `bank`, `account`, `holder` | 은행, 계좌번호, 예금주 | of a virtual account; never printed, exported or stored |
//!
//! Every row passes the library's own check before anything is sent; of a file with one wrong row nothing is.
//!
//! # What makes it safe
//!
//! A row is an ordinary intent, sent by an ordinary cancel: all laws hold. The journal is the only state. Whatever ends a run
//! (a stop, a crash, `kill -9`), the same file run again finds in the journal what is done, sends what is not, and looks up
//! what nobody knows. A bulk's identity ([`BulkPlan::id`]) is in each of its intents: what *this* bulk was refused is not
//! asked for again, and what another was refused is no reason to leave a row out.
//!
//! Several hosts may run one file on one journal at a time: the journal's admission decides between them.

mod alarm;
mod cells;
mod columns;
mod export;
mod file;
mod identity;
mod json_lines;
mod options;
mod pace;
mod plan;
mod problem;
mod progress;
mod row;
mod run;
mod standing;
mod stopping;
mod sum;
mod text;

#[cfg(test)]
mod tests;

use std::sync::Arc;

pub use export::BulkExportError;
pub use file::BulkFile;
pub use options::BulkOptions;
pub use plan::{BulkFinding, BulkFindingKind, BulkLookup, BulkPlan, MOST_FINDINGS};
pub use problem::{BulkProblem, BulkProblemKind, BulkProblems, MOST_PROBLEMS};
pub use progress::{BulkListener, BulkPhase, BulkProgress, BulkStop};
pub use run::{BulkLeft, BulkReport, MOST_LEFT};
pub use stopping::BulkStopReason;
pub use sum::{BulkPart, BulkSum, RowState};
pub use text::BulkEncoding;

use crate::client::Bootpay;
use crate::engine::Engine;
use crate::error::BootpayError;
use crate::intent::BulkId;

use row::Row;

/// A file of cancels at one merchant. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Bulk {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    bootpay: Bootpay,
    engine: Arc<Engine>,
    file: BulkFile,
    id: BulkId,
}

impl Bulk {
    pub(crate) fn new(bootpay: Bootpay, engine: Arc<Engine>, file: BulkFile) -> Self {
        let id = identity::of(&file, &engine);
        Self { inner: Arc::new(Inner { bootpay, engine, file, id }) }
    }

    /// Its identity: of what its rows mean, the environment and the merchant. The same table has the same one in UTF-8 and in
    /// CP949; other keys of the same merchant give another.
    pub fn id(&self) -> &BulkId {
        &self.inner.id
    }

    /// The file.
    pub fn file(&self) -> &BulkFile {
        &self.inner.file
    }

    /// How its rows stand, by the journal as it is now. Nothing is sent.
    ///
    /// # Errors
    /// [`BootpayError::Journal`].
    pub async fn status(&self) -> Result<BulkSum, BootpayError> {
        Ok(BulkSum::of(self.standings().await?.iter()))
    }

    fn engine(&self) -> &Engine {
        &self.inner.engine
    }

    fn row(&self, index: u32) -> Result<&Row, BootpayError> {
        let row = self.file().rows.get(index as usize);
        row.ok_or_else(|| BootpayError::Internal(format!("row {index} of a bulk is not there")))
    }

    /// The rows of each receipt, in the file's order within it.
    fn groups(&self) -> impl Iterator<Item = &[u32]> {
        let file = self.file();
        let receipt = |index: &u32| file.rows.get(*index as usize).map(|row| &row.receipt_id);
        file.by_receipt.chunk_by(move |one, other| receipt(one) == receipt(other))
    }
}
