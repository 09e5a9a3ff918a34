//! A wire that can be cut: between a client and the server, after any number of bytes.

use std::io::{Read, Result, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// Which way bytes go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// From the client to the server.
    Up,
    /// From the server to the client.
    Down,
}

/// A proxy on a port of its own, until it is dropped.
#[derive(Debug)]
pub struct Proxy {
    port: u16,
    wire: Arc<Wire>,
}

#[derive(Debug)]
struct Wire {
    target: u16,
    ends: Mutex<Vec<TcpStream>>,
    /// How many bytes may pass before the cut; below zero for any number.
    left: [AtomicI64; 2],
    passed: [AtomicU64; 2],
    cuts: AtomicU64,
    hangs: AtomicBool,
    refuses: AtomicBool,
    /// Whether nobody is let in any more once a cut was made.
    refuses_after_cut: AtomicBool,
}

impl Proxy {
    /// A proxy to a port of this machine.
    pub fn to(target: u16) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let port = listener.local_addr()?.port();
        let wire = Arc::new(Wire {
            target,
            ends: Mutex::default(),
            left: [AtomicI64::new(-1), AtomicI64::new(-1)],
            passed: Default::default(),
            cuts: AtomicU64::new(0),
            hangs: AtomicBool::new(false),
            refuses: AtomicBool::new(false),
            refuses_after_cut: AtomicBool::new(false),
        });
        let shared = Arc::clone(&wire);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                if Arc::strong_count(&shared) == 1 {
                    return;
                }
                shared.connect(client);
            }
        });
        Ok(Self { port, wire })
    }

    /// Where it listens, on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// How many bytes have passed.
    pub fn passed(&self, way: Way) -> u64 {
        self.wire.passed[way as usize].load(Ordering::SeqCst)
    }

    /// How many connections were cut after their bytes.
    pub fn cuts(&self) -> u64 {
        self.wire.cuts.load(Ordering::SeqCst)
    }

    /// Cuts the connection that carries the last of so many bytes from now on; once.
    pub fn cut_after(&self, way: Way, bytes: u64) {
        self.wire.left[way as usize].store(i64::try_from(bytes).unwrap_or(i64::MAX), Ordering::SeqCst);
    }

    /// Lets nobody in once a cut was made.
    pub fn refuse_after_cut(&self, refuse: bool) {
        self.wire.refuses_after_cut.store(refuse, Ordering::SeqCst);
    }

    /// Cuts every connection.
    pub fn cut(&self) {
        self.wire.cut();
    }

    /// Keeps connections open and carries nothing, or goes on.
    pub fn hang(&self, hang: bool) {
        self.wire.hangs.store(hang, Ordering::SeqCst);
    }

    /// Lets nobody in and cuts every connection, or goes on.
    pub fn refuse(&self, refuse: bool) {
        self.wire.refuses.store(refuse, Ordering::SeqCst);
        if refuse {
            self.wire.cut();
        }
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.refuse(true);
    }
}

impl Wire {
    fn connect(self: &Arc<Self>, client: TcpStream) {
        if self.refuses.load(Ordering::SeqCst) {
            return;
        }
        let Ok(server) = TcpStream::connect(("127.0.0.1", self.target)) else { return };
        let (Ok(client_end), Ok(server_end)) = (client.try_clone(), server.try_clone()) else { return };
        let (Ok(one), Ok(other)) = (client.try_clone(), server.try_clone()) else { return };
        for end in [&client, &server] {
            let _ = end.set_nodelay(true);
        }
        self.ends().extend([one, other]);
        for (from, to, way) in [(client, server_end, Way::Up), (server, client_end, Way::Down)] {
            let wire = Arc::clone(self);
            thread::spawn(move || {
                wire.carry(&from, &to, way);
                let _ = from.shutdown(Shutdown::Both);
                let _ = to.shutdown(Shutdown::Both);
            });
        }
    }

    fn carry(&self, mut from: &TcpStream, mut to: &TcpStream, way: Way) {
        let mut bytes = [0; 4096];
        loop {
            let Ok(count @ 1..) = from.read(&mut bytes) else { return };
            while self.hangs.load(Ordering::SeqCst) {
                thread::sleep(Duration::from_millis(10));
            }
            let left = &self.left[way as usize];
            let may = left.load(Ordering::SeqCst);
            let passes = usize::try_from(may).map_or(count, |may| count.min(may));
            if may >= 0 {
                left.fetch_sub(i64::try_from(passes).unwrap_or(i64::MAX), Ordering::SeqCst);
            }
            // Counted first: whoever has received these bytes may ask for the count at once.
            self.passed[way as usize].fetch_add(passes as u64, Ordering::SeqCst);
            let is_last = may >= 0 && left.load(Ordering::SeqCst) == 0;
            if is_last {
                left.store(-1, Ordering::SeqCst);
                self.cuts.fetch_add(1, Ordering::SeqCst);
            }
            if to.write_all(&bytes[..passes]).is_err() {
                return;
            }
            if is_last {
                if self.refuses_after_cut.load(Ordering::SeqCst) {
                    self.refuses.store(true, Ordering::SeqCst);
                    self.cut();
                }
                return;
            }
        }
    }

    fn cut(&self) {
        for end in self.ends().drain(..) {
            let _ = end.shutdown(Shutdown::Both);
        }
    }

    fn ends(&self) -> std::sync::MutexGuard<'_, Vec<TcpStream>> {
        self.ends.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
