//! A database for tests in other languages: prints its URL, and keeps it until standard input ends.

use std::io::{Read, Write};

use bootpay_test_postgres::Server;

fn main() -> std::io::Result<()> {
    let database = Server::shared().database();
    let mut out = std::io::stdout();
    writeln!(out, "{}", database.url())?;
    out.flush()?;
    std::io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}
