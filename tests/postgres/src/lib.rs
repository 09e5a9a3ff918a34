//! A real PostgreSQL server for tests, with real syncs, on a port of its own.
//!
//! The server's programs are found where Debian and others keep them, or in the `PATH`. Where there are none and this is
//! root on a Debian, its package `postgresql` is installed, without the cluster that would come with it.
//!
//! A server lives in a temporary directory, as a user who is not root (PostgreSQL refuses root). However this process
//! ends, a watchdog notices: a shell that waits for the end of a pipe which only this process holds. It stops the server
//! and removes the directory.

mod programs;
mod proxy;
mod server;

pub use proxy::{Proxy, Way};
pub use server::{Database, PASSWORD, Server};
