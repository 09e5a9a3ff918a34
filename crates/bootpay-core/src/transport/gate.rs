//! A request body that can prove that it was never handed out.
//!
//! A server can't cancel anything without the body of the request: the receipt's id is inside. So the one thing worth
//! observing is whether the HTTP stack ever *asked* for the body, and the one thing worth preventing is that it asks
//! after somebody has already said "not sent". Both are one atomic word, the [`Gate`]:
//!
//! ```text
//! open ──► asked     the bytes were handed out: the request may arrive, whatever happens next
//!   └────► sealed    they never will be: whoever polls the body later gets an error
//! ```
//!
//! Both ends are final. [`Gate::seal`] is true only where the gate was sealed before anybody asked, and that is the
//! proof of *not sent*. It holds whatever the stack does with the request afterwards: keep it in a queue, hand it to a
//! connection that opens a minute later, or poll it on another thread at this very moment.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use zeroize::Zeroizing;

use crate::clock::Clock;
use crate::sync::AtomicU8;

const OPEN: u8 = 0;
const ASKED: u8 = 1;
const SEALED: u8 = 2;

/// The handle on a body's gate. Clones are handles on the same gate.
#[derive(Clone, Debug)]
pub(crate) struct Gate(Arc<AtomicU8>);

impl Gate {
    /// Seals the gate unless the body was asked for. True means: it was not, and never will be.
    pub(crate) fn seal(&self) -> bool {
        match self.0.compare_exchange(OPEN, SEALED, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => true,
            Err(state) => state == SEALED,
        }
    }

    fn ask(&self) -> bool {
        self.0.compare_exchange(OPEN, ASKED, Ordering::AcqRel, Ordering::Acquire).is_ok()
    }

    fn was_asked(&self) -> bool {
        self.0.load(Ordering::Acquire) == ASKED
    }
}

/// The last moment at which a body may be handed out, by a clock that counts suspension.
#[derive(Clone, Debug)]
pub(crate) struct SendBy {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) at: Duration,
}

impl SendBy {
    fn has_passed(&self) -> bool {
        self.clock.elapsed() > self.at
    }
}

/// What a sealed body yields instead of its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the body was sealed before it was asked for")]
pub(crate) struct Sealed;

/// A body that is handed out once, whole, through its gate. It is wiped when the last reader lets go of it.
pub(crate) struct GatedBody {
    bytes: Option<Bytes>,
    size: u64,
    gate: Gate,
    send_by: Option<SendBy>,
}

impl GatedBody {
    /// Puts a body behind a gate. An empty body gets a gate that counts as asked: a stack sends a request with nothing
    /// in it without ever asking, so its gate could prove nothing.
    pub(crate) fn new(body: Zeroizing<Vec<u8>>, send_by: Option<SendBy>) -> (Self, Gate) {
        let state = if body.is_empty() { ASKED } else { OPEN };
        let gate = Gate(Arc::new(AtomicU8::new(state)));
        let size = body.len() as u64;
        let bytes = (!body.is_empty()).then(|| Bytes::from_owner(body));
        (Self { bytes, size, gate: gate.clone(), send_by }, gate)
    }
}

impl Body for GatedBody {
    type Data = Bytes;
    type Error = Sealed;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Sealed>>> {
        let Some(bytes) = self.bytes.take() else {
            return Poll::Ready(if self.gate.seal() { Some(Err(Sealed)) } else { None });
        };
        if self.send_by.as_ref().is_some_and(SendBy::has_passed) {
            self.gate.seal();
            return Poll::Ready(Some(Err(Sealed)));
        }
        Poll::Ready(Some(if self.gate.ask() { Ok(Frame::data(bytes)) } else { Err(Sealed) }))
    }

    fn is_end_stream(&self) -> bool {
        // A sealed body never ends well: else a stack that takes it up again would send a request with nothing in it.
        self.bytes.is_none() && self.gate.was_asked()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(if self.is_end_stream() { 0 } else { self.size })
    }
}

impl std::fmt::Debug for GatedBody {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GatedBody").field("gate", &self.gate).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;
    use std::task::Waker;

    use super::*;
    use crate::testing::ManualClock;
    use crate::testing::schedules::in_every_order;

    fn body(text: &str, send_by: Option<SendBy>) -> (GatedBody, Gate) {
        GatedBody::new(Zeroizing::new(text.as_bytes().to_vec()), send_by)
    }

    fn ask(body: &mut GatedBody) -> Option<Result<Bytes, Sealed>> {
        match Pin::new(body).poll_frame(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(frame) => frame.map(|frame| frame.map(|frame| frame.into_data().unwrap())),
            Poll::Pending => panic!("a gated body is always ready"),
        }
    }

    #[test]
    fn an_open_body_is_handed_out_once_and_can_not_be_sealed_afterwards() {
        let (mut body, gate) = body("{}", None);
        assert_eq!(body.size_hint().exact(), Some(2));
        assert!(!body.is_end_stream());
        assert_eq!(ask(&mut body), Some(Ok(Bytes::from_static(b"{}"))));
        assert!(body.is_end_stream());
        assert!(!gate.seal());
        assert_eq!(ask(&mut body), None);
    }

    #[test]
    fn a_sealed_body_yields_an_error_to_whoever_asks_and_asks_again() {
        let (mut body, gate) = body("{}", None);
        assert!(gate.seal());
        assert!(gate.seal(), "the proof stays a proof");
        assert_eq!(ask(&mut body), Some(Err(Sealed)));
        assert_eq!(ask(&mut body), Some(Err(Sealed)));
        assert!(!body.is_end_stream());
        assert_eq!(body.size_hint().exact(), Some(2));
    }

    #[test]
    fn a_body_asked_for_after_its_deadline_seals_itself() {
        let clock = ManualClock::new();
        let send_by = |at| Some(SendBy { clock: clock.clone(), at: Duration::from_secs(at) });
        clock.advance(Duration::from_secs(10));
        let (mut in_time, gate) = body("{}", send_by(10));
        assert!(ask(&mut in_time).unwrap().is_ok());
        assert!(!gate.seal());
        let (mut late, gate) = body("{}", send_by(9));
        assert_eq!(ask(&mut late), Some(Err(Sealed)));
        assert!(gate.seal());
    }

    #[test]
    fn an_empty_body_proves_nothing() {
        let (mut body, gate) = body("", None);
        assert!(!gate.seal());
        assert_eq!(ask(&mut body), None);
    }

    #[test]
    fn a_body_is_not_printed() {
        let (body, _) = body("canary-b0d1", None);
        assert!(!format!("{body:?}").contains("canary"));
    }

    #[test]
    fn in_every_order_of_three_threads_the_gate_is_won_once() {
        let tried = in_every_order(100_000, || {
            let (mut body, gate) = body("{}", None);
            let sealers: Vec<_> = (0..2)
                .map(|_| {
                    let gate = gate.clone();
                    shuttle::thread::spawn(move || gate.seal())
                })
                .collect();
            let asked = ask(&mut body).unwrap().is_ok();
            let proofs: Vec<bool> = sealers.into_iter().map(|sealer| sealer.join().unwrap()).collect();
            assert_eq!(proofs, [!asked; 2], "handed out and proven unsent, or neither");
            assert_eq!(gate.seal(), !asked, "both ends are final");
            assert_eq!(body.is_end_stream(), asked);
        });
        assert!(tried > 10, "{tried}");
    }

    #[test]
    fn of_two_threads_exactly_one_wins_the_gate() {
        let (mut handed_out, mut sealed) = (0, 0);
        for _ in 0..5_000 {
            let (mut body, gate) = body("{}", None);
            let barrier = Barrier::new(2);
            let (asked, proof) = std::thread::scope(|scope| {
                let asker = scope.spawn(|| {
                    barrier.wait();
                    ask(&mut body).unwrap().is_ok()
                });
                barrier.wait();
                let proof = gate.seal();
                (asker.join().unwrap(), proof)
            });
            assert_ne!(asked, proof, "handed out and proven unsent, or neither");
            handed_out += u32::from(asked);
            sealed += u32::from(proof);
        }
        assert_eq!(handed_out + sealed, 5_000);
    }
}
