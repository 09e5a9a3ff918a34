//! An answer on its way to the wire: status, headers, and a body whose length is known before its first byte.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::future::Future as _;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue, LOCATION, RETRY_AFTER};
use http::{Response, StatusCode};
use http_body::{Body, Frame, SizeHint};
use tokio::time::Sleep;

use crate::call::Answer;

pub(crate) const JSON: &str = "application/json; charset=utf-8";
pub(crate) const HTML: &str = "text/html; charset=utf-8";

/// An answer, ready to be sent.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) content_type: Option<&'static str>,
    pub(crate) location: Option<String>,
    pub(crate) retry_after_s: Option<u64>,
    pub(crate) body: ReplyBody,
}

impl Reply {
    pub(crate) fn json(answer: &Answer) -> Self {
        Self::of(answer.status, Some(JSON), Bytes::from(answer.body.to_string()))
    }

    pub(crate) fn of(status: u16, content_type: Option<&'static str>, body: Bytes) -> Self {
        Self { status, content_type, location: None, retry_after_s: None, body: ReplyBody::whole(body) }
    }

    pub(crate) fn into_response(self) -> Response<ReplyBody> {
        let mut response = Response::new(self.body);
        *response.status_mut() = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        if let Some(content_type) = self.content_type {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        }
        if let Some(location) = self.location.and_then(|url| HeaderValue::try_from(url).ok()) {
            headers.insert(LOCATION, location);
        }
        if let Some(seconds) = self.retry_after_s {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// A body in one piece, or in pieces with a wait between them.
#[derive(Debug)]
pub(crate) struct ReplyBody {
    pieces: VecDeque<Bytes>,
    length: u64,
    left: u64,
    interval: Duration,
    pause: Option<Pin<Box<Sleep>>>,
}

impl ReplyBody {
    pub(crate) fn whole(body: Bytes) -> Self {
        Self::in_pieces(VecDeque::from([body]))
    }

    pub(crate) fn in_pieces(pieces: VecDeque<Bytes>) -> Self {
        let length = pieces.iter().map(|piece| piece.len() as u64).sum();
        Self { pieces, length, left: length, interval: Duration::ZERO, pause: None }
    }

    /// Cuts the body into pieces of `bytes`, to be sent `interval` apart.
    pub(crate) fn drip(self, bytes: u64, interval: Duration) -> Self {
        let bytes = usize::try_from(bytes.max(1)).unwrap_or(usize::MAX);
        let mut pieces = VecDeque::new();
        for mut piece in self.pieces {
            while piece.len() > bytes {
                pieces.push_back(piece.split_to(bytes));
            }
            pieces.push_back(piece);
        }
        Self { interval, ..Self::in_pieces(pieces) }
    }

    pub(crate) fn length(&self) -> u64 {
        self.length
    }
}

impl Body for ReplyBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if let Some(pause) = &mut self.pause {
            if pause.as_mut().poll(context).is_pending() {
                return Poll::Pending;
            }
            self.pause = None;
        }
        let Some(piece) = self.pieces.pop_front() else {
            return Poll::Ready(None);
        };
        self.left = self.left.saturating_sub(piece.len() as u64);
        if !self.interval.is_zero() && !self.pieces.is_empty() {
            self.pause = Some(Box::pin(tokio::time::sleep(self.interval)));
        }
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}
