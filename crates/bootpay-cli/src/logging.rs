//! The library's log, on standard error.

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// Shows the library's own records and nobody else's: what HTTP and TLS crates write at their lowest levels is not ours
/// to keep free of secrets.
pub(crate) fn start(level: LevelFilter) {
    let colour = crate::console::wants_colour(&std::io::stderr());
    let records = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(colour);
    let ours = Targets::new().with_target("bootpay", level);
    // Refused only where somebody else has set a subscriber, and here nobody has.
    let _ = tracing_subscriber::registry().with(records).with(ours).try_init();
}
