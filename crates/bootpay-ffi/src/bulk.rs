//! Cancels by the file: hundreds of thousands of rows, each as safe as a single cancel.

mod file;
mod listener;
mod options;
mod plan;
mod report;

use std::fmt;
use std::io::Write;
use std::sync::Arc;

use bootpay_core::bulk::BulkExportError;

pub use file::{BulkEncoding, BulkFile, BulkFileError, BulkProblem};
pub(crate) use listener::hush;
pub use listener::{BulkListener, BulkListenerError, BulkLookupListener};
pub use options::{BulkOptions, BulkStop};
pub use plan::{BulkFinding, BulkLookup, BulkPlan};
pub use report::{BulkPart, BulkPhase, BulkProgress, BulkReport, BulkStopped, BulkSum};

use crate::client::{Bootpay, Setup};
use crate::error::{BootpayError, Language};
use crate::runtime::{Call, carry_out_bulk, read};
#[cfg(feature = "slices")]
use crate::started::{Ended, Started};
use crate::stop::StopSignal;

/// A file of cancels at one merchant. Every call comes in two forms: asynchronous, and blocking.
///
/// A run whose caller goes away (a cancelled task, a closed event loop) is stopped: what is on its way ends, and nothing new
/// is begun. The journal has every row, and the same file run again goes on from there.
#[derive(uniffi::Object)]
#[uniffi::export(Debug)]
pub struct Bulk {
    setup: Arc<Setup>,
    file: bootpay_core::bulk::BulkFile,
    plan: BulkPlan,
}

#[uniffi::export]
impl Bootpay {
    /// A file of cancels at this merchant. Nothing is read from anywhere, and nothing sent.
    pub fn bulk(&self, file: Arc<BulkFile>) -> Result<Arc<Bulk>, BootpayError> {
        let file = file.0.clone();
        let plan = self.setup.without_journal()?.bulk(file.clone()).plan();
        Ok(Arc::new(Bulk { setup: Arc::clone(&self.setup), file, plan: plan.into() }))
    }
}

#[uniffi::export]
impl Bulk {
    /// What it would do, by its file alone. Nothing is looked up.
    pub fn plan(&self) -> BulkPlan {
        self.plan.clone()
    }

    /// How its rows stand, by the journal as it is now. Nothing is sent.
    #[uniffi::method(default(stop = None))]
    pub async fn status(&self, stop: Option<Arc<StopSignal>>) -> Result<BulkSum, BootpayError> {
        self.start_status()?.until(stop).await
    }

    /// How its rows stand, by the journal as it is now. Waits on this thread.
    pub fn status_blocking(&self) -> Result<BulkSum, BootpayError> {
        self.start_status()?.wait()
    }

    /// Looks every receipt up, at most `per_second` of them, and holds the rows against what the ledger says. No cancel is
    /// sent. `bulk_stop` ends it early, with what was found by then.
    #[uniffi::method(default(listener = None, bulk_stop = None, stop = None))]
    pub async fn look_up(
        &self,
        per_second: f64,
        listener: Option<Arc<dyn BulkLookupListener>>,
        bulk_stop: Option<Arc<BulkStop>>,
        stop: Option<Arc<StopSignal>>,
    ) -> Result<BulkLookup, BootpayError> {
        self.start_look_up(per_second, listener, bulk_stop)?.until(stop).await
    }

    /// Looks every receipt up, and waits on this thread.
    #[uniffi::method(default(listener = None, bulk_stop = None))]
    pub fn look_up_blocking(
        &self,
        per_second: f64,
        listener: Option<Arc<dyn BulkLookupListener>>,
        bulk_stop: Option<Arc<BulkStop>>,
    ) -> Result<BulkLookup, BootpayError> {
        self.start_look_up(per_second, listener, bulk_stop)?.wait()
    }

    /// Carries the bulk out: every row that is not done yet. Run it again after whatever ended it, on one host or on several
    /// at a time. `bulk_stop` ends it early, with a report.
    ///
    /// An error means that nothing was sent; what happens later is told in the report.
    #[uniffi::method(default(listener = None, bulk_stop = None, stop = None))]
    pub async fn run(
        &self,
        options: BulkOptions,
        listener: Option<Arc<dyn BulkListener>>,
        bulk_stop: Option<Arc<BulkStop>>,
        stop: Option<Arc<StopSignal>>,
    ) -> Result<BulkReport, BootpayError> {
        self.start_run(options, listener, bulk_stop)?.until(stop).await
    }

    /// Carries the bulk out, and waits on this thread.
    #[uniffi::method(default(listener = None, bulk_stop = None))]
    pub fn run_blocking(
        &self,
        options: BulkOptions,
        listener: Option<Arc<dyn BulkListener>>,
        bulk_stop: Option<Arc<BulkStop>>,
    ) -> Result<BulkReport, BootpayError> {
        self.start_run(options, listener, bulk_stop)?.wait()
    }

    /// Every row with how it stands, in the file's order: a CSV in UTF-8 that Excel opens. No account number, holder or
    /// reason is in it.
    #[uniffi::method(default(stop = None))]
    pub async fn export(&self, language: Language, stop: Option<Arc<StopSignal>>) -> Result<Vec<u8>, BootpayError> {
        self.start_export(language)?.until(stop).await
    }

    /// The table as bytes. Waits on this thread.
    pub fn export_blocking(&self, language: Language) -> Result<Vec<u8>, BootpayError> {
        self.start_export(language)?.wait()
    }

    /// Writes the table to a new file, and gives how many bytes it has. A file that is there already is left alone.
    #[uniffi::method(default(stop = None))]
    pub async fn export_to(
        &self,
        path: String,
        language: Language,
        stop: Option<Arc<StopSignal>>,
    ) -> Result<u64, BootpayError> {
        self.start_export_to(path, language)?.until(stop).await
    }

    /// Writes the table to a new file, and waits on this thread.
    pub fn export_to_blocking(&self, path: String, language: Language) -> Result<u64, BootpayError> {
        self.start_export_to(path, language)?.wait()
    }
}

#[cfg(feature = "slices")]
#[uniffi::export]
impl Bulk {
    /// Starts `status`.
    pub fn begin_status(&self) -> Result<Arc<Started>, BootpayError> {
        Ok(Started::new(self.start_status()?, |sum| Ended::Stood { sum }))
    }

    /// Starts `look_up`.
    pub fn begin_look_up(
        &self,
        per_second: f64,
        listener: Option<Arc<dyn BulkLookupListener>>,
        bulk_stop: Option<Arc<BulkStop>>,
    ) -> Result<Arc<Started>, BootpayError> {
        let call = self.start_look_up(per_second, listener, bulk_stop)?;
        Ok(Started::new(call, |lookup| Ended::Weighed { lookup: lookup.into() }))
    }

    /// Starts `run`.
    pub fn begin_run(
        &self,
        options: BulkOptions,
        listener: Option<Arc<dyn BulkListener>>,
        bulk_stop: Option<Arc<BulkStop>>,
    ) -> Result<Arc<Started>, BootpayError> {
        let call = self.start_run(options, listener, bulk_stop)?;
        Ok(Started::new(call, |report| Ended::Ran { report: report.into() }))
    }

    /// Starts `export`.
    pub fn begin_export(&self, language: Language) -> Result<Arc<Started>, BootpayError> {
        Ok(Started::new(self.start_export(language)?, |table| Ended::Exported { table }))
    }

    /// Starts `export_to`.
    pub fn begin_export_to(&self, path: String, language: Language) -> Result<Arc<Started>, BootpayError> {
        Ok(Started::new(self.start_export_to(path, language)?, |bytes| Ended::Written { bytes }))
    }
}

impl Bulk {
    fn start_status(&self) -> Result<Call<BulkSum>, BootpayError> {
        let (setup, file) = self.parts();
        read(async move { Ok(setup.client().await?.bulk(file).status().await?.into()) })
    }

    fn start_look_up(
        &self,
        per_second: f64,
        listener: Option<Arc<dyn BulkLookupListener>>,
        asked: Option<Arc<BulkStop>>,
    ) -> Result<Call<BulkLookup>, BootpayError> {
        let (setup, file) = self.parts();
        read(async move {
            let bulk = setup.client().await?.bulk(file);
            let stop = bootpay_core::bulk::BulkStop::new();
            let (told, last_word) = listener::lookups(listener);
            let lookup = options::stopping(bulk.look_up(per_second, stop.clone(), told), stop, asked).await?;
            last_word.heard().await;
            Ok(lookup.into())
        })
    }

    fn start_run(
        &self,
        options: BulkOptions,
        listener: Option<Arc<dyn BulkListener>>,
        asked: Option<Arc<BulkStop>>,
    ) -> Result<Call<BulkReport>, BootpayError> {
        let options = options.into_core()?;
        let listener = listener.map(listener::Foreign::shared);
        let (setup, file) = self.parts();
        let stop = bootpay_core::bulk::BulkStop::new();
        carry_out_bulk(stop.clone(), async move {
            let bulk = setup.client().await?.bulk(file);
            let work = bulk.run(options, listener, stop.clone());
            Ok(options::stopping(work, stop, asked).await?.into())
        })
    }

    fn start_export(&self, language: Language) -> Result<Call<Vec<u8>>, BootpayError> {
        let (setup, file) = self.parts();
        read(async move {
            let mut table = Vec::new();
            let bulk = setup.client().await?.bulk(file);
            let put = |bytes: &[u8]| {
                table.extend_from_slice(bytes);
                Ok(())
            };
            bulk.export(language.into(), put).await.map_err(not_exported)?;
            Ok(table)
        })
    }

    fn start_export_to(&self, path: String, language: Language) -> Result<Call<u64>, BootpayError> {
        let (setup, file) = self.parts();
        read(async move {
            let bulk = setup.client().await?.bulk(file);
            let created = std::fs::OpenOptions::new().write(true).create_new(true).open(&path);
            let mut table = Table { file: created.map_err(not_written)?, path: Some(path), bytes: 0 };
            bulk.export(language.into(), |bytes| table.write(bytes)).await.map_err(not_exported)?;
            table.finish().map_err(not_written)
        })
    }

    fn parts(&self) -> (Arc<Setup>, bootpay_core::bulk::BulkFile) {
        (Arc::clone(&self.setup), self.file.clone())
    }
}

/// A table on its way to a disk. Half of one would be taken for a whole: it is removed where it stays unfinished.
struct Table {
    file: std::fs::File,
    path: Option<String>,
    bytes: u64,
}

impl Table {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.bytes += bytes.len() as u64;
        self.file.write_all(bytes)
    }

    fn finish(mut self) -> std::io::Result<u64> {
        self.file.sync_all()?;
        self.path = None;
        Ok(self.bytes)
    }
}

impl Drop for Table {
    fn drop(&mut self) {
        if let Some(path) = self.path.take() {
            let _ = std::fs::remove_file(path);
        }
    }
}

fn not_exported(error: BulkExportError) -> BootpayError {
    match error {
        BulkExportError::Bootpay(error) => error.into(),
        BulkExportError::Write(error) => not_written(error),
        _ => BootpayError::internal("the table could not be made"),
    }
}

fn not_written(error: std::io::Error) -> BootpayError {
    let korean = "파일을 쓸 수 없습니다. 아직 없는 파일의 경로를 넣고, 폴더의 권한과 남은 공간을 확인해 주세요.";
    let expected = format!("the path of a file that is not there yet, in a folder that can be written to ({error})");
    BootpayError::invalid_input("path", "cannot be written", &expected, korean)
}

impl fmt::Debug for Bulk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bulk").field("id", &self.plan.id).field("rows", &self.plan.rows.rows).finish_non_exhaustive()
    }
}
