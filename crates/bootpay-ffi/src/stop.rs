//! How a caller says that it goes away, in languages whose own cancellation does not reach a call.

use std::sync::Arc;

use tokio::sync::watch;

/// Tells a call that its caller goes away. Swift needs it: cancelling a `Task` there reaches no call of another language.
///
/// It ends the *wait* at once. A read is aborted; a cancel is carried out to its end, and the journal has the intent; a bulk
/// is stopped.
#[derive(Debug, uniffi::Object)]
pub struct StopSignal(watch::Sender<bool>);

#[uniffi::export]
impl StopSignal {
    /// A signal that has not been given.
    #[uniffi::constructor]
    pub fn new() -> Arc<Self> {
        Arc::new(Self(watch::Sender::new(false)))
    }

    /// Gives the signal, for good.
    pub fn stop(&self) {
        self.0.send_replace(true);
    }
}

impl StopSignal {
    /// Waits until it is given.
    pub(crate) async fn given(&self) {
        // The sender lives as long as this borrow, so there is always somebody to wait for.
        let _ = self.0.subscribe().wait_for(|given| *given).await;
    }
}
