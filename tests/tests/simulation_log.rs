//! What the whole client logs in the worlds of some seeds. In a process of its own: a subscriber that listens to everything
//! would slow the other seeds down.

use std::io::Write;
use std::sync::{Arc, Mutex};

use bootpay_tests::simulation::simulate;

/// Everything that is logged, at every level.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("no panic while logging").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn no_seed_logs_a_secret() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    let secrets: Vec<String> =
        tracing::subscriber::with_default(subscriber, || (0..60).flat_map(|seed| simulate(seed).secrets).collect());
    let text = String::from_utf8_lossy(&log.0.lock().expect("no panic while logging")).into_owned();
    assert!(text.contains("bootpay::cancel"), "there is a log to look into");
    assert!(secrets.len() > 60, "there are secrets to look for");
    for secret in secrets {
        assert!(!text.contains(&secret), "{secret} is logged");
    }
}
