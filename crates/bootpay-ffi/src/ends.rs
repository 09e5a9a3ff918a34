//! How an event loop learns that calls have ended, without a thread of the library ever entering the host's language.
//!
//! A loop watches a file, and each [`Started`](crate::started::Started) that it waits for is told to leave a number here
//! when it ends. The file becomes readable with the first number; `take` gives all that came until then. So a busy loop is
//! woken once for many calls, and a loop that is closed is woken by nobody.
//!
//! Python is one language that needs this: a callback there waits for the interpreter's lock, and holds up all other
//! calls of the same thread meanwhile.

use std::io::{Read, Write};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Wake;

use crate::error::BootpayError;

/// The numbers of calls that have ended, and a file that is readable while there are any.
#[derive(Debug, uniffi::Object)]
pub struct Ends(Mutex<Inner>);

#[derive(Debug)]
struct Inner {
    /// Holds one byte while `numbers` holds anything, so neither side ever waits for the other.
    reader: file::Reader,
    writer: file::Writer,
    numbers: Vec<u64>,
}

/// What a loop can watch. It never blocks, even where a forked child has read what was meant for its parent.
#[cfg(unix)]
mod file {
    use std::os::unix::net::UnixStream;

    pub(super) type Reader = UnixStream;
    pub(super) type Writer = UnixStream;

    pub(super) fn pair() -> std::io::Result<(Reader, Writer)> {
        let (reader, writer) = UnixStream::pair()?;
        reader.set_nonblocking(true)?;
        writer.set_nonblocking(true)?;
        Ok((reader, writer))
    }
}

#[cfg(not(unix))]
mod file {
    pub(super) use std::io::{PipeReader as Reader, PipeWriter as Writer, pipe as pair};
}

#[uniffi::export]
impl Ends {
    /// For one event loop.
    #[uniffi::constructor]
    pub fn new() -> Result<Arc<Self>, BootpayError> {
        let (reader, writer) = file::pair().map_err(|error| {
            BootpayError::not_sent("not_sent.no_pipe", &format!("the event loop could not be joined: {error}"))
        })?;
        Ok(Arc::new(Self(Mutex::new(Inner { reader, writer, numbers: Vec::new() }))))
    }

    /// The file to watch: its descriptor, which closes with this object. -1 on systems that have none.
    pub fn file(&self) -> i32 {
        let inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        #[cfg(unix)]
        return std::os::fd::AsRawFd::as_raw_fd(&inner.reader);
        #[cfg(not(unix))]
        {
            let _ = &inner;
            return -1;
        }
    }

    /// The calls that have ended since the last time. What came of each is told by its `wait`.
    pub fn take(&self) -> Vec<u64> {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !inner.numbers.is_empty() {
            // There is nothing to be done where it fails: what has ended is told all the same.
            let _ = inner.reader.read(&mut [0; 16]);
        }
        std::mem::take(&mut inner.numbers)
    }
}

impl Ends {
    pub(crate) fn add(&self, number: u64) {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        inner.numbers.push(number);
        if inner.numbers.len() == 1 {
            // It takes a byte where it holds none; and where it holds one, it is readable already.
            let _ = inner.writer.write(&[0]);
        }
    }
}

/// Leaves a call's number when the call ends.
pub(crate) struct Teller {
    pub(crate) ends: Arc<Ends>,
    pub(crate) number: u64,
}

impl Wake for Teller {
    fn wake(self: Arc<Self>) {
        self.ends.add(self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ends_between_two_looks_is_told_at_once_and_in_order() {
        let ends = Ends::new().unwrap();
        for number in [3, 1, 2] {
            ends.add(number);
        }
        assert_eq!(ends.take(), [3, 1, 2]);
        assert!(ends.take().is_empty());
        ends.add(4);
        assert_eq!(ends.take(), [4]);
    }

    #[test]
    fn however_many_end_the_file_holds_one_byte_and_none_once_they_are_taken() {
        let ends = Ends::new().unwrap();
        for _ in 0..3 {
            for number in 0..3 {
                ends.add(number);
            }
            assert_eq!(ends.take().len(), 3);
        }
        let Inner { mut reader, writer, .. } = Arc::into_inner(ends).unwrap().0.into_inner().unwrap();
        drop(writer);
        let mut left = Vec::new();
        reader.read_to_end(&mut left).unwrap();
        assert!(left.is_empty());
    }

    #[cfg(unix)]
    #[test]
    fn a_byte_that_somebody_else_has_read_keeps_nobody_waiting() {
        let ends = Ends::new().unwrap();
        ends.add(1);
        ends.0.lock().unwrap().reader.read_exact(&mut [0]).unwrap();
        assert_eq!(ends.take(), [1]);
    }
}
