//! A bulk that is killed again and again: the real command, SIGKILL, faults on the way, and in the end the sandbox's ledger
//! against every row. Nothing moved twice, nothing was skipped, and the sum holds.
//!
//! `BULK_ROWS` sets the number of rows (400 unless told), `BULK_KILLS` the most kills (5). With 100,000 rows it is `make prove`'s.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::print_stderr)]
#![cfg(target_os = "linux")]

mod world;

use std::collections::HashMap;
use std::fmt::Write as _;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use bootpay_sandbox::{Fault, FaultBody, MovedBy, NewReceipt, Operation, PgRefusal};
use serde_json::Value;
use world::{Run, World};

/// What a row must come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// Cancelled, whatever happens: at worst it waits for a person, because a kill or a fault left it unknown.
    Cancelled,
    /// Refused by its gateway: nothing of it may ever move.
    Refused,
    /// Cancelled before, in the gateway's console.
    Already,
}

#[derive(Debug)]
struct Planned {
    receipt: String,
    /// `None` is a full row.
    price: Option<u64>,
    cancel_id: String,
    fate: Fate,
    /// A fault may leave it unknown, or an earlier row of the receipt may.
    may_stay_unknown: bool,
}

const PRICE: u64 = 10_000;

fn number(name: &str, usual: usize) -> usize {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

/// A file of so many rows, its receipts in the sandbox, and faults for some of them.
fn plan(world: &World, rows: usize) -> Vec<Planned> {
    let mut planned = Vec::with_capacity(rows);
    let row = |receipt: &str, price: Option<u64>, cancel_id: &str, fate| Planned {
        receipt: receipt.to_owned(),
        price,
        cancel_id: cancel_id.to_owned(),
        fate,
        may_stay_unknown: false,
    };
    let mut faults = 0;
    while planned.len() < rows {
        let turn = planned.len();
        let receipt = NewReceipt::paid(PRICE).pg("kcp");
        match turn % 50 {
            3 | 23 => {
                let id = world.sandbox.add(receipt.refuse_with(PgRefusal::PhoneMonth));
                planned.push(row(&id, None, "", Fate::Refused));
            }
            7 => {
                let id = world.sandbox.add(receipt.cancelled_in_pg_console());
                planned.push(row(&id, None, "", Fate::Already));
            }
            // Two parts of one receipt, eleven seconds apart, and what is left.
            11 => {
                let id = world.sandbox.add(receipt);
                planned.push(row(&id, Some(3_000), &format!("order-{turn}/1"), Fate::Cancelled));
                planned.push(row(&id, Some(3_000), &format!("order-{turn}/2"), Fate::Cancelled));
            }
            16 => {
                let id = world.sandbox.add(receipt);
                planned.push(row(&id, Some(4_000), &format!("order-{turn}/1"), Fate::Cancelled));
                planned.push(row(&id, None, &format!("order-{turn}/rest"), Fate::Cancelled));
            }
            other => {
                let id = world.sandbox.add(receipt);
                let on = || Fault::on(Operation::Cancel).for_receipt(&id);
                // Each waiting fault is looked at by each request: enough of them for any number of rows.
                let fault = (faults < 1_000).then_some(other);
                let fault = match fault {
                    Some(1) => Some(on().after_money().reset()),
                    Some(9) => Some(on().before_money().reset()),
                    Some(13) => Some(on().after_money().html()),
                    Some(19) => Some(on().before_money().status(500, FaultBody::Html)),
                    Some(29) => {
                        Some(on().before_money().status(429, FaultBody::refusal(-1, "too many")).retry_after(1))
                    }
                    // It ends the token of all who are under way. Whoever meets two such ends in a row is refused, and rightly:
                    // so they are further apart than rows are under way at once.
                    Some(37) if turn % if rows > 10_000 { 2_000 } else { 200 } == 37 => {
                        Some(on().before_money().expired_token())
                    }
                    _ => None,
                };
                let partial = other % 5 == 0;
                let mut one = match partial {
                    true => row(&id, Some(1_000 + turn as u64 % 9_000), &format!("order-{turn}"), Fate::Cancelled),
                    false => row(&id, None, if other % 7 == 0 { "" } else { &id }, Fate::Cancelled),
                };
                one.may_stay_unknown = fault.is_some() && matches!(other, 1 | 9 | 13 | 19);
                if let Some(fault) = fault {
                    faults += 1;
                    world.sandbox.fault(fault);
                }
                planned.push(one);
            }
        }
    }
    planned
}

fn table(planned: &[Planned]) -> String {
    let mut text = "영수증,금액,취소ID,취소사유\r\n".to_owned();
    for row in planned {
        let price = row.price.map_or("전액".to_owned(), |price| price.to_string());
        write!(text, "{},{price},{},고객 요청\r\n", row.receipt, row.cancel_id).unwrap();
    }
    text
}

/// A line of `/proc/PID/status`, in KiB.
fn memory(child: &Child, name: &str) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
    let line = status.lines().find(|line| line.starts_with(name))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

#[test]
fn killed_again_and_again_a_bulk_moves_each_row_once_and_skips_none() {
    let rows = number("BULK_ROWS", 400);
    let most_kills = number("BULK_KILLS", 5);
    let world = World::new();
    let planned = plan(&world, rows);
    let rows = planned.len();
    let file = world.directory.path().join("refunds.csv");
    std::fs::write(&file, table(&planned)).unwrap();
    let file = file.to_str().unwrap();

    let (status, plan) = world.json(&["bulk", "plan", file]);
    assert_eq!((status, plan["rows"]["rows"].as_u64()), (0, Some(rows as u64)));
    let hash = plan["plan"].as_str().unwrap();
    let (rate, in_flight) = if rows > 10_000 { ("2000", "200") } else { ("300", "32") };
    let arguments = [
        "--json",
        "bulk",
        "run",
        file,
        "--plan",
        hash,
        "--rate",
        rate,
        "--rate-min",
        "100",
        "--rate-max",
        rate,
        "--in-flight",
        in_flight,
        "--max-unknown",
        "100",
        "--timeout",
        "20",
    ];

    let begun = Instant::now();
    let moved = || world.sandbox.ledger().len();
    let (mut kills, mut resident) = (0, Vec::new());
    while kills < most_kills {
        // Somewhere in the next stretch, at a moment that has nothing to do with the run's own.
        let until = rows * (kills + 1) / (most_kills + 1);
        let mut child = world.command(&arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let first = loop {
            std::thread::sleep(Duration::from_millis(5));
            if child.try_wait().unwrap().is_some() {
                break false;
            }
            if moved() >= until.min(rows * 3 / 4) {
                break true;
            }
            assert!(begun.elapsed() < Duration::from_secs(3_600), "it does not get on");
        };
        if !first {
            break;
        }
        std::thread::sleep(Duration::from_millis((kills as u64 * 37) % 50));
        resident.push((memory(&child, "VmRSS:"), memory(&child, "VmHWM:")));
        child.kill().unwrap();
        child.wait().unwrap();
        kills += 1;
    }

    // The last one is left in peace; its memory is looked at from its beginning to its end.
    let child = world.command(&arguments).spawn().unwrap();
    let (early, late) = (std::cell::Cell::new(None), std::cell::Cell::new(None));
    let run = {
        let mut child = child;
        let (mut out, mut err) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        let read = |stream: &mut dyn std::io::Read| {
            let mut text = String::new();
            stream.read_to_string(&mut text).unwrap();
            text
        };
        std::thread::scope(|scope| {
            let (out, err) = (scope.spawn(move || read(&mut out)), scope.spawn(move || read(&mut err)));
            let status = loop {
                if let Some(status) = child.try_wait().unwrap() {
                    break status;
                }
                if let Some(now) = memory(&child, "VmRSS:") {
                    if early.get().is_none() && now > 10_000 {
                        early.set(Some(now));
                    }
                    late.set(memory(&child, "VmHWM:"));
                }
                std::thread::sleep(Duration::from_millis(50));
            };
            Run { status: status.code().unwrap_or(-1), out: out.join().unwrap(), err: err.join().unwrap() }
        })
    };
    let took = begun.elapsed();
    let report = run.object();
    assert!(report["stopped"].is_null(), "{run:?}");
    if rows > 1_000 {
        eprintln!(
            "{rows} rows in {took:?}, {kills} kills; resident when killed {resident:?} KiB; last run {:?} KiB early, {:?} KiB at most; {report}",
            early.get(),
            late.get()
        );
    }

    let sum = world.run(&["--json", "bulk", "status", file]).object();
    holds(&sum, rows as u64);
    for part in ["planned", "cancelled", "already", "refused", "unknown", "remaining"] {
        assert_eq!(sum[part], report[part], "{part}: what the run said is what the journal says");
    }

    let sent = world.sandbox.count(Operation::Cancel);
    check_every_row(&world, &planned, file, kills * in_flight.parse::<usize>().unwrap());

    // Once more: nothing that is done, refused or unknown is sent again.
    let again = world.run(&arguments);
    assert_eq!(again.object()["cancelled"], sum["cancelled"]);
    assert_eq!(world.sandbox.count(Operation::Cancel), sent, "nothing is sent again");
}

/// `planned = cancelled + already + refused + unknown + remaining`, in rows and won.
fn holds(sum: &Value, rows: u64) {
    for member in ["rows", "won", "unpriced"] {
        let of = |part: &str| sum[part][member].as_u64().unwrap();
        let parts: u64 = ["cancelled", "already", "refused", "unknown", "remaining"].into_iter().map(of).sum();
        assert_eq!(of("planned"), parts, "{member}: {sum}");
    }
    assert_eq!(sum["planned"]["rows"].as_u64(), Some(rows));
}

/// Holds what the export says about each row against what really moved.
fn check_every_row(world: &World, planned: &[Planned], file: &str, caught: usize) {
    let mut moved: HashMap<String, Vec<(Option<String>, u64)>> = HashMap::new();
    for movement in world.sandbox.ledger() {
        if movement.by == MovedBy::Api {
            moved.entry(movement.receipt_id).or_default().push((movement.cancel_id, movement.amount));
        }
    }
    let export = world.run(&["--lang", "en", "bulk", "export", file]);
    assert_eq!(export.status, 0, "{}", export.err);
    let mut reader = csv::Reader::from_reader(export.out.trim_start_matches('\u{feff}').as_bytes());
    let exported: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(exported.len(), planned.len(), "every row is there once");

    apart(world);
    let mut unknown_before: Option<&str> = None;
    let mut unknown = 0;
    for (row, told) in planned.iter().zip(&exported) {
        let (cancel_id, state) = (&told[4], &told[5]);
        assert_eq!(told[1].trim_start_matches('\''), row.receipt);
        let own: Vec<u64> = moved
            .get(&row.receipt)
            .into_iter()
            .flatten()
            .filter(|(id, _)| id.as_deref() == Some(cancel_id.trim_start_matches('\'')))
            .map(|(_, amount)| *amount)
            .collect();
        assert!(own.len() <= 1, "{row:?} moved {own:?}");
        match (state, row.fate) {
            ("cancelled", Fate::Cancelled) => {
                assert_eq!(own.len(), 1, "{row:?}: told as cancelled, and nothing moved");
                // A full row that only a lookup has settled tells no amount: a total may have more than its own in it.
                let untold = told[6].is_empty() && row.price.is_none() && &told[7] == "inferred";
                assert!(untold || told[6] == own[0].to_string(), "{row:?}: the amount that moved, {told:?}");
                if let Some(price) = row.price {
                    assert_eq!(own[0], price, "{row:?}");
                }
            }
            ("refused", Fate::Refused) | ("already", Fate::Already) => assert!(own.is_empty(), "{row:?} moved {own:?}"),
            // A fault's, or one that was on its way when the process was killed: for a person, and never sent again.
            ("unknown", Fate::Cancelled | Fate::Refused | Fate::Already) => {
                unknown += 1;
                unknown_before = Some(&row.receipt);
            }
            ("remaining", Fate::Cancelled) => {
                assert_eq!(unknown_before, Some(row.receipt.as_str()), "{row:?} was skipped: {told:?}");
                assert!(own.is_empty(), "{row:?} moved {own:?}");
            }
            other => panic!("{row:?}: {other:?}, {own:?}"),
        }
    }
    // At most what a fault could hide, and what a kill caught on its way.
    let hidden = planned.iter().filter(|row| row.may_stay_unknown).count();
    assert!(unknown <= hidden + caught, "{unknown} unknown, {hidden} hidden by faults");
    let all: usize = moved.values().map(Vec::len).sum();
    let told = exported.iter().filter(|row| &row[5] == "cancelled").count();
    assert!(all >= told && all <= told + unknown, "{all} movements, {told} told, {unknown} unknown");
}

/// Parts of one receipt move eleven seconds apart, whichever process sent them, and in the file's order.
fn apart(world: &World) {
    let mut last: HashMap<String, (u64, Option<String>)> = HashMap::new();
    for movement in world.sandbox.ledger().into_iter().filter(|one| one.by == MovedBy::Api) {
        let now = (movement.at_unix_ms, movement.cancel_id.clone());
        if let Some((before, id)) = last.insert(movement.receipt_id, now) {
            assert!(movement.at_unix_ms >= before + 11_000, "{} ms apart", movement.at_unix_ms - before);
            assert!(id < movement.cancel_id, "{id:?} before {:?}", movement.cancel_id);
        }
    }
}
