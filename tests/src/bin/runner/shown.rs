//! Everything that this program could have shown to somebody: printed forms, and the log at its finest level.

use std::fmt::Write;
use std::sync::{Arc, Mutex, PoisonError};

use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};

/// Texts that could have been seen.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shown(Arc<Mutex<String>>);

impl Shown {
    pub(crate) fn add(&self, text: &str) {
        let mut shown = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        shown.push_str(text);
        shown.push('\n');
    }

    pub(crate) fn holds(&self, canary: &str) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains(canary)
    }
}

/// Listens to all that is logged, by whomever.
pub(crate) fn listen() -> Shown {
    let shown = Shown::default();
    let subscriber = tracing_subscriber::registry().with(Listener(shown.clone()));
    // Nobody else in this program sets one.
    let _ = tracing::subscriber::set_global_default(subscriber);
    shown
}

struct Listener(Shown);

impl<S: Subscriber> Layer<S> for Listener {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut text = Text(String::new());
        event.record(&mut text);
        self.0.add(&text.0);
    }
}

struct Text(String);

impl Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        // Writing into a text cannot fail.
        let _ = write!(self.0, "{}={value:?} ", field.name());
    }
}
