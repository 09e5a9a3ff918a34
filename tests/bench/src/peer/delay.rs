//! Distance: what passes through arrives later, and no slower.
//!
//! Plain threads, one to read and one to write for each direction: their sleeps end within a tenth of a millisecond,
//! where a runtime's timers count in whole ones. A piece is written as it was read.
//!
//! The kernel of this machine accepts a connection at once, as no distant one would. So the first bytes of a client
//! travel for a round trip longer, counted from the accept: what a client sees of a connection that takes a round trip
//! to open and that it writes to as soon as it can.

use std::io::{self, Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

/// The delay of the common server: 10 ms there and back.
pub const ROUND_TRIP: Duration = Duration::from_millis(10);

/// Takes connections on a free port of this machine and hands them on to `upstream`, half a `round_trip` away. It runs
/// until the process ends.
///
/// # Errors
/// Where the system gives no port or no thread.
pub fn delaying(upstream: SocketAddr, round_trip: Duration) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = listener.local_addr()?;
    spawn("distance", move || {
        for client in listener.incoming().flatten() {
            let stands_at = Instant::now() + round_trip;
            // A connection that cannot be handed on closes, and the client says so.
            let _ = connect(client, upstream, round_trip / 2, stands_at);
        }
    })?;
    Ok(address)
}

fn connect(client: TcpStream, upstream: SocketAddr, one_way: Duration, stands_at: Instant) -> io::Result<()> {
    let server = TcpStream::connect(upstream)?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    carry(client.try_clone()?, server.try_clone()?, one_way, stands_at)?;
    carry(server, client, one_way, stands_at)
}

/// One direction. No bytes are the end.
fn carry(mut from: TcpStream, mut to: TcpStream, one_way: Duration, stands_at: Instant) -> io::Result<()> {
    let (road, arrivals): (Sender<(Instant, Vec<u8>)>, Receiver<_>) = channel();
    spawn("leaves", move || {
        let mut piece = vec![0; 16 * 1024];
        loop {
            let read = from.read(&mut piece).unwrap_or(0);
            let arrives_at = Instant::now().max(stands_at) + one_way;
            if road.send((arrives_at, piece[..read].to_vec())).is_err() || read == 0 {
                return;
            }
        }
    })?;
    spawn("arrives", move || {
        for (arrives_at, piece) in arrivals {
            std::thread::sleep(arrives_at.saturating_duration_since(Instant::now()));
            if piece.is_empty() || to.write_all(&piece).is_err() {
                break;
            }
        }
        let _ = to.shutdown(Shutdown::Write);
    })
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> io::Result<()> {
    let thread = std::thread::Builder::new().name(name.to_owned()).stack_size(128 * 1024);
    thread.spawn(work).map(drop)
}
