//! One connection, with a lever that can break it.
//!
//! A client's library sees a broken connection long after the bytes went wrong, so what it does then can only be tested
//! on a real socket. This stream passes everything through until its lever is pulled: then it lets a number of answer
//! bytes out and closes (FIN) or resets (RST), or takes in a number of request bytes and closes. The answer's head
//! always announces the full length, so that a cut answer can be told from a short one.

use std::future::Future as _;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Sleep;

use crate::call::{Operation, Route};
use crate::desk::Desk;
use crate::seen::{AuthorizationScheme, SeenRequest};

/// Before a reset the client gets this long to read what was sent: a reset may overtake it.
const BEFORE_RESET: Duration = Duration::from_millis(30);

/// How much of an answer may leave.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cut {
    /// Bytes that may leave, counted from the status line or from the body's beginning.
    pub(crate) bytes: u64,
    pub(crate) counted_from_body: bool,
    /// The whole body's length.
    pub(crate) body_length: u64,
    /// Whether at least the last byte of the body has to stay behind.
    pub(crate) never_whole: bool,
    /// Whether the connection is reset then; otherwise it is closed.
    pub(crate) reset: bool,
}

#[derive(Debug, Default)]
struct Position {
    cut: Option<Cut>,
    reset_on_close: bool,
    request_was_cut: bool,
}

/// The lever of a connection, held by whoever answers its requests.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lever(Arc<Mutex<Position>>);

impl Lever {
    fn position(&self) -> MutexGuard<'_, Position> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Cuts the answer that is about to be written.
    pub(crate) fn cut_answer(&self, cut: Cut) {
        self.position().cut = Some(cut);
    }

    /// Makes the close, whenever it comes, a reset.
    pub(crate) fn reset_on_close(&self) {
        self.position().reset_on_close = true;
    }

    /// Whether the request that is being read must not be acted on.
    pub(crate) fn request_was_cut(&self) -> bool {
        self.position().request_was_cut
    }
}

/// A TCP stream with a lever.
#[derive(Debug)]
pub(crate) struct Wire {
    stream: TcpStream,
    lever: Lever,
    desk: Arc<Desk>,
    number: u64,
    /// The next bytes read begin a request.
    request_begins: bool,
    /// Request bytes that may still come in.
    may_read: Option<u64>,
    /// Answer bytes that may still leave.
    may_write: Option<u64>,
    closing: Option<Pin<Box<Sleep>>>,
}

impl Wire {
    pub(crate) fn new(stream: TcpStream, lever: Lever, desk: Arc<Desk>, number: u64) -> Self {
        Self { stream, lever, desk, number, request_begins: true, may_read: None, may_write: None, closing: None }
    }

    /// Looks at the first bytes of a request, whether a fault cuts it.
    fn meet_request(&mut self, begun: &[u8]) {
        if !self.desk.cuts_requests() {
            return;
        }
        let line = begun.split(|byte| *byte == b'\r').next().unwrap_or_default();
        let line = String::from_utf8_lossy(line);
        let mut words = line.split(' ');
        let (Some(method), Some(target)) = (words.next(), words.next()) else {
            return;
        };
        let (path, query) = match target.split_once('?') {
            Some((path, query)) => (path, Some(query.to_owned())),
            None => (target, None),
        };
        let route = Route::of(method, path);
        if path.starts_with("/_sandbox") {
            return;
        }
        let number = self.number;
        self.may_read = self.desk.with(|state, now_ms| {
            let bytes = state.faults.take_cut_request(route.operation, begun)?;
            state.seen.note(route.operation, || SeenRequest {
                method: method.to_owned(),
                path: path.to_owned(),
                query,
                dialect: route.dialect,
                operation: route.operation,
                receipt_id: route.receipt_id.filter(|_| route.operation == Operation::Lookup),
                headers: Vec::new(),
                authorization: AuthorizationScheme::None,
                body: None,
                connection: number,
                arrived_at_unix_ms: now_ms,
                complete: false,
            });
            Some(bytes)
        });
        if self.may_read.is_some() {
            self.lever.position().request_was_cut = true;
        }
    }

    /// The budget of the answer whose head begins `buffer`, if its cut has been asked for meanwhile.
    fn take_cut(&mut self, buffer: &[u8]) {
        let Some(cut) = self.lever.position().cut.take() else {
            return;
        };
        let head = buffer.windows(4).position(|window| window == b"\r\n\r\n").map_or(buffer.len(), |at| at + 4) as u64;
        let wanted = if cut.counted_from_body { head + cut.bytes } else { cut.bytes };
        let whole = head + cut.body_length;
        self.may_write = Some(wanted.min(whole - u64::from(cut.never_whole)));
        if cut.reset {
            self.lever.reset_on_close();
        }
    }

    fn poll_break(&mut self, context: &mut Context<'_>) -> Poll<io::Error> {
        if self.lever.position().reset_on_close {
            let pause = self.closing.get_or_insert_with(|| Box::pin(tokio::time::sleep(BEFORE_RESET)));
            ready!(pause.as_mut().poll(context));
        }
        Poll::Ready(io::ErrorKind::BrokenPipe.into())
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if this.may_read == Some(0) {
            return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
        }
        let before = buffer.filled().len();
        ready!(Pin::new(&mut this.stream).poll_read(context, buffer))?;
        let read = buffer.filled().len() - before;
        if read == 0 {
            return Poll::Ready(Ok(()));
        }
        if this.request_begins {
            this.request_begins = false;
            this.meet_request(buffer.filled().get(before..).unwrap_or_default());
        }
        if let Some(may_read) = this.may_read {
            let kept = (read as u64).min(may_read);
            this.may_read = Some(may_read - kept);
            buffer.set_filled(before + usize::try_from(kept).unwrap_or(read));
            if kept == 0 {
                return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
            }
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Wire {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &[u8]) -> Poll<io::Result<usize>> {
        let this = &mut *self;
        this.request_begins = true;
        if this.may_write.is_none() {
            this.take_cut(buffer);
        }
        let Some(may_write) = this.may_write else {
            return Pin::new(&mut this.stream).poll_write(context, buffer);
        };
        if may_write == 0 {
            return this.poll_break(context).map(Err);
        }
        let allowed = usize::try_from(may_write).unwrap_or(usize::MAX).min(buffer.len());
        let piece = buffer.get(..allowed).unwrap_or(buffer);
        let written = ready!(Pin::new(&mut this.stream).poll_write(context, piece))?;
        this.may_write = Some(may_write - written as u64);
        Poll::Ready(Ok(written))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        // A budget that ends exactly where the answer does sees no further write.
        if self.may_write == Some(0) {
            return self.poll_break(context).map(Err);
        }
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        if self.lever.position().reset_on_close
            && let Err(error) = SockRef::from(&self.stream).set_linger(Some(Duration::ZERO))
        {
            tracing::warn!(%error, "the connection could not be reset, so it is closed");
        }
    }
}
