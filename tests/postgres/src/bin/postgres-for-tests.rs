//! Databases for tests in other languages: prints the URL of one, and of another for each line on standard input. They last
//! until standard input ends.

use std::io::Write;

use bootpay_test_postgres::Server;

fn main() -> std::io::Result<()> {
    let mut out = std::io::stdout();
    let mut lines = std::io::stdin().lines();
    loop {
        writeln!(out, "{}", Server::shared().database().url())?;
        out.flush()?;
        if lines.next().transpose()?.is_none() {
            return Ok(());
        }
    }
}
