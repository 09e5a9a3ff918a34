//! A process that keeps a journal locked: an `sqlite3` shell inside a transaction, or a backup that hangs.
//!
//! `hold-lock JOURNAL` begins a transaction for every line on its standard input, says `held`, and ends it at the next line.

use std::io::{BufRead, Write};
use std::time::Duration;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let journal = std::env::args().nth(1).ok_or("hold-lock JOURNAL")?;
    let connection = rusqlite::Connection::open(journal)?;
    connection.busy_timeout(Duration::from_secs(60))?;
    let mut lines = std::io::stdin().lock().lines();
    while let Some(Ok(_)) = lines.next() {
        connection.execute_batch("BEGIN IMMEDIATE")?;
        println!("held");
        std::io::stdout().flush()?;
        let _ = lines.next();
        connection.execute_batch("COMMIT")?;
        println!("released");
        std::io::stdout().flush()?;
    }
    Ok(())
}
