//! One host of a fleet: cancels what it is told on its standard input, several at a time, and says what came of it.
//!
//! `fleet-host BASE_URL JOURNAL_URL CLOCK`, where `CLOCK` is a file with the milliseconds by which this host's clocks are
//! ahead of the machine's. A line in is `NUMBER RECEIPT full|PRICE CANCEL_ID|-`, or `recover`; a line out is
//! `NUMBER KIND`.

use std::future::Future;
use std::io::Write;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bootpay_core::{Bootpay, CancelOutcome, CancelRequest, Clock, JournalChoice, SystemClock, Timeouts, UnixMillis};
use bootpay_tests::Setup;
use tokio::io::AsyncBufReadExt;
use tokio::task::JoinSet;
use tracing_subscriber::EnvFilter;

/// The machine's clocks, shifted by what a file says.
#[derive(Debug)]
struct FileClock {
    system: SystemClock,
    file: PathBuf,
}

impl FileClock {
    fn shift(&self) -> Duration {
        let text = std::fs::read_to_string(&self.file).unwrap_or_default();
        Duration::from_millis(text.trim().parse().unwrap_or(0))
    }
}

impl Clock for FileClock {
    fn wall(&self) -> UnixMillis {
        self.system.wall().plus(self.shift())
    }

    fn elapsed(&self) -> Duration {
        self.system.elapsed() + self.shift()
    }

    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        self.system.sleep(duration)
    }
}

async fn cancel(bootpay: Bootpay, line: String) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let words: Vec<&str> = line.split(' ').collect();
    let [number, receipt_id, what, key] = words[..] else { return Err(line.into()) };
    let mut request = match what {
        "full" => CancelRequest::full(receipt_id),
        price => CancelRequest::partial(receipt_id, price.parse()?),
    };
    if key != "-" {
        request = request.cancel_id(key);
    }
    let kind = match bootpay.cancel(request).await {
        Ok(CancelOutcome::Cancelled(_)) => "cancelled".to_owned(),
        Ok(CancelOutcome::AlreadyCancelled(_)) => "already".to_owned(),
        Ok(CancelOutcome::Unknown(_)) => "unknown".to_owned(),
        Err(error) => error.kind(),
    };
    // One write for one line: a kill cuts between lines.
    std::io::stdout().write_all(format!("{number} {kind}\n").as_bytes())?;
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    // Says nothing unless `RUST_LOG` asks for it.
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_env_filter(EnvFilter::from_default_env()).init();
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [base_url, journal, clock] = words.as_slice() else { return Err("BASE_URL JOURNAL_URL CLOCK".into()) };
    let mut timeouts = Timeouts::default();
    timeouts.cancel = Duration::from_millis(1_200);
    timeouts.lookup = Duration::from_millis(700);
    timeouts.wait_for_others = Duration::from_secs(3);
    let clock = Arc::new(FileClock { system: SystemClock::default(), file: clock.into() });
    // The database may be restarting: a service would be started again.
    let bootpay = loop {
        let builder = Setup::v1().builder(base_url)?.timeouts(timeouts).clock(clock.clone());
        match builder.journal(JournalChoice::url(journal.as_str())).build() {
            Ok(bootpay) => break bootpay,
            Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
        }
    };
    let mut calls = JoinSet::new();
    let mut lines = tokio::io::BufReader::new(tokio::io::stdin()).lines();
    while let Some(line) = lines.next_line().await? {
        let bootpay = bootpay.clone();
        if line == "recover" {
            calls.spawn(async move { bootpay.recover().await.map(drop).or(Ok(())) });
        } else {
            calls.spawn(cancel(bootpay, line));
        }
        while calls.try_join_next().is_some() {}
    }
    while calls.join_next().await.is_some() {}
    Ok(())
}
