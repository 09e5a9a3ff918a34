//! Counts instructions: runs a number of cancels on one thread and does nothing else, for
//! `valgrind --tool=callgrind target/release/instructions SUBJECT CANCELS [TRANSPORT]`. What two numbers of cancels differ by
//! is what the difference costs: see the README.

use anyhow::{Result, bail};
use bootpay_bench::peer::Peer;
use bootpay_bench::rounds::{Case, Subject};
use bootpay_bench::subjects::{BareReqwest, Core, runtime};
use bootpay_core::JournalChoice;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [subject, cancels, rest @ ..] = &arguments[..] else { bail!("instructions bare|core CANCELS [TRANSPORT]") };
    let transport = match rest.first().map(String::as_str) {
        None | Some("plain") => "plain",
        Some("tls") => "tls",
        Some(other) => bail!("{other} is neither plain nor tls"),
    };
    let case = Case {
        name: "profile".to_owned(),
        transport,
        cancels: cancels.parse()?,
        callers: 1,
        paid: 10_000,
        won: 10_000,
        lookups: 0,
    };
    let mut peer = Peer::start()?;
    let runtime = runtime(0)?;
    let mut subject: Box<dyn Subject> = match subject.as_str() {
        "bare" => Box::new(BareReqwest::new(&runtime, &peer.addresses, transport)?),
        "core" => Box::new(Core::new("core", &runtime, &peer.addresses, transport, JournalChoice::Memory)?),
        other => bail!("{other} is neither bare nor core"),
    };
    let receipts = peer.receipts(case.cancels, case.paid)?;
    subject.cancel(receipts, &case)
}
