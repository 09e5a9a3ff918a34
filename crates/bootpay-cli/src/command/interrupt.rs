//! Ctrl-C while money may be on its way. The first one is answered, the second one obeyed.

use std::pin::pin;

use crate::failure::Failure;
use crate::output::words;

/// How the waiting ended.
pub(crate) enum Ended<T> {
    /// The work is done.
    Finished(T),
    /// A second signal: the work goes unwatched, and its intent is in the journal.
    Abandoned,
}

/// Waits for `work` through a first Ctrl-C, of which `first` tells, and until a second one.
pub(crate) async fn outlast<T>(
    work: impl Future<Output = T>,
    first: impl Future<Output = ()>,
) -> Result<Ended<T>, Failure> {
    // Before the work begins: from here on a signal no longer ends the process.
    let mut signals = listen()?;
    let (mut work, mut first) = (pin!(work), pin!(first));
    tokio::select! {
        biased;
        done = &mut work => return Ok(Ended::Finished(done)),
        () = signals.next() => {}
    }
    tokio::select! {
        biased;
        done = &mut work => return Ok(Ended::Finished(done)),
        () = &mut first => {}
    }
    tokio::select! {
        biased;
        done = &mut work => Ok(Ended::Finished(done)),
        () = signals.next() => Ok(Ended::Abandoned),
    }
}

/// From here on, Ctrl-C and a polite request to end no longer end the process.
pub(crate) fn listen() -> Result<Signals, Failure> {
    Signals::listen().map_err(|error| Failure::system(words::NO_SIGNALS, error))
}

/// Those two signals.
#[cfg(unix)]
pub(crate) struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn listen() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    /// Waits for the next one.
    pub(crate) async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

/// Ctrl-C.
#[cfg(not(unix))]
pub(crate) struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn listen() -> std::io::Result<Self> {
        Ok(Self)
    }

    /// Waits for the next one.
    pub(crate) async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
