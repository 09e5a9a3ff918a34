//! `bootpay bulk`: what is checked before anything is sent, what a run does, and when it stops.

#![allow(missing_docs, clippy::unwrap_used)]

mod world;

use std::fs;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use bootpay_sandbox::{Fault, FaultBody, NewReceipt, Operation, PgRefusal, Sandbox};
use serde_json::{Value, json};
use world::{Run, World, signal, until};

fn write(world: &World, name: &str, table: impl AsRef<[u8]>) -> String {
    let path: PathBuf = world.directory.path().join(name);
    fs::write(&path, table).unwrap();
    path.to_str().unwrap().to_owned()
}

/// A file of full cancels.
fn full(world: &World, receipts: &[String]) -> String {
    let rows: String = receipts.iter().map(|receipt| format!("{receipt},full\n")).collect();
    write(world, "full.csv", format!("receipt_id,amount\n{rows}"))
}

fn plan_of(world: &World, file: &str) -> String {
    let (status, plan) = world.json(&["bulk", "plan", file]);
    assert_eq!(status, 0, "{plan}");
    plan["plan"].as_str().unwrap().to_owned()
}

/// Plans, runs, and reads the report.
fn run(world: &World, file: &str, more: &[&str]) -> (i32, Value) {
    let plan = plan_of(world, file);
    let usual = ["bulk", "run", file, "--plan", &plan, "--rate", "200", "--rate-max", "500"];
    world.json(&[&usual, more].concat())
}

fn rows(report: &Value) -> [u64; 6] {
    ["planned", "cancelled", "already", "refused", "unknown", "remaining"]
        .map(|part| report[part]["rows"].as_u64().unwrap())
}

#[test]
fn a_plan_says_what_a_file_would_do_and_sends_nothing() {
    let world = World::new();
    let (one, two) = (world.paid(10_000), world.paid(20_000));
    let text = format!("영수증,금액,취소ID,주문번호\r\n{one},\"3,000원\",o-1,77\r\n{two},전액,,78\r\n");
    let file = write(&world, "korean.csv", &text);
    let (status, plan) = world.json(&["bulk", "plan", &file]);
    assert_eq!((status, &plan["rows"]), (0, &json!({ "rows": 2, "won": 3_000, "unpriced": 1 })));
    assert_eq!((&plan["receipts"], &plan["encoding"]), (&json!(2), &json!("UTF-8")));
    assert_eq!(plan["ignored_columns"], json!(["주문번호"]), "what is not read is said");
    assert!(world.sandbox.requests().is_empty());

    for (language, word) in [("ko", "읽지 않는 열"), ("en", "Columns not read")] {
        let told = world.run(&["--lang", language, "bulk", "plan", &file]);
        assert!(told.status == 0 && told.out.contains(word) && told.out.contains("bulk run"), "{told:?}");
    }
}

#[test]
fn a_look_up_finds_what_the_ledgers_stand_against() {
    let world = World::new();
    let gone = world.paid(5_000);
    assert_eq!(world.run(&["cancel", &gone]).status, 0);
    let rows = [
        (world.paid(10_000), "11000", "k1", "more_than_remains"),
        (gone, "full", "", "already_cancelled"),
        ("5df6e8034f74b4002177e0bb".to_owned(), "full", "", "not_found"),
        (world.sandbox.add(NewReceipt::paid(9_000).virtual_account()), "full", "", "no_refund_account"),
        (world.sandbox.add(NewReceipt::paid(9_000).pg("toss")), "3000", "k2", "partial_unsupported"),
        (world.sandbox.add(NewReceipt::paid(9_000).status(0)), "full", "", "not_paid"),
        (world.paid(7_000), "full", "", ""),
    ];
    let table: String = rows.iter().map(|(receipt, amount, id, _)| format!("{receipt},{amount},{id}\n")).collect();
    let file = write(&world, "look.csv", format!("receipt_id,amount,cancel_id\n{table}"));
    let before = world.sandbox.count(Operation::Cancel);
    let (status, plan) = world.json(&["bulk", "plan", &file, "--look-up", "--rate", "100"]);
    assert_eq!(status, 0);
    let found: Vec<(u64, &str)> = plan["look_up"]["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["line"].as_u64().unwrap(), one["kind"].as_str().unwrap()))
        .collect();
    let expected: Vec<(u64, &str)> =
        (2..).zip(rows.iter().map(|row| row.3)).filter(|(_, kind)| !kind.is_empty()).collect();
    assert_eq!(found, expected);
    assert_eq!(plan["look_up"]["would_move"], json!(3_000 + 7_000), "a hint stands against nothing");
    assert_eq!(world.sandbox.count(Operation::Cancel), before, "no cancel is sent");
}

#[test]
fn of_a_file_with_one_wrong_row_nothing_is_sent() {
    let world = World::new();
    let receipt = world.paid(10_000);
    let canary = "66569112432134";
    let table = format!(
        "receipt_id,amount,bank,account,holder\n{receipt},full,,,\nx y,full,,,\n{receipt}0,,국민은행,{canary},\n"
    );
    let file = write(&world, "wrong.csv", table);
    for command in [&["bulk", "plan", &file][..], &["bulk", "run", &file, "--plan", &"0".repeat(32)]] {
        let (status, object) = world.json(command);
        let error = &object["error"];
        assert_eq!((status, &error["kind"], &error["money_moved"]), (2, &json!("bulk_file"), &json!(false)));
        let lines: Vec<_> =
            error["problems"].as_array().unwrap().iter().map(|one| one["line"].as_u64().unwrap()).collect();
        assert!(lines.contains(&3) && lines.contains(&4), "{error}");
        assert!(!object.to_string().contains(canary));
    }
    for (language, word) in [("ko", "파일에 고칠 곳이 있습니다"), ("en", "the file is wrong")] {
        let told = world.run(&["--lang", language, "bulk", "plan", &file]);
        assert!(told.status == 2 && told.err.contains(word) && told.out.is_empty(), "{told:?}");
        assert!(!told.everything().contains(canary));
    }
    assert!(world.sandbox.requests().is_empty());
}

#[test]
fn only_the_plan_that_was_looked_at_is_run() {
    let world = World::new();
    let receipt = world.paid(10_000);
    let file = full(&world, std::slice::from_ref(&receipt));
    let plan = plan_of(&world, &file);
    for (arguments, field) in [
        (vec!["bulk", "run", &file], "plan"),
        (vec!["bulk", "run", &file, "--plan", "nonsense"], "bulk"),
        (vec!["bulk", "run", &file, "--plan", "0123456789abcdef0123456789abcdef"], "plan"),
        (vec!["bulk", "run", &file, "--plan", &plan, "--journal", "memory"], "journal"),
    ] {
        let (status, object) = world.json(&arguments);
        assert_eq!((status, &object["error"]["field"]), (2, &json!(field)), "{arguments:?} {object}");
    }
    // Another file has another plan.
    fs::write(&file, format!("receipt_id,amount,cancel_id\n{receipt},3000,k\n")).unwrap();
    assert_eq!(world.json(&["bulk", "run", &file, "--plan", &plan]).0, 2);
    assert_eq!(world.sandbox.count(Operation::Cancel), 0);
}

#[test]
fn a_bulk_cancels_every_row_and_the_second_run_sends_nothing() {
    let world = World::new();
    let receipts: Vec<String> = (0..20).map(|_| world.paid(10_000)).collect();
    let mut table = "receipt_id,amount,cancel_id\n".to_owned();
    for (number, receipt) in receipts.iter().enumerate() {
        table += &if number % 2 == 0 { format!("{receipt},full,\n") } else { format!("{receipt},4000,o-{number}\n") };
    }
    let file = write(&world, "refunds.csv", &table);
    let (status, before) = world.json(&["bulk", "status", &file]);
    assert_eq!((status, rows(&before)), (5, [20, 0, 0, 0, 0, 20]));
    let (status, report) = run(&world, &file, &[]);
    assert_eq!((status, rows(&report)), (0, [20, 20, 0, 0, 0, 0]));
    assert_eq!(report["cancelled"], json!({ "rows": 20, "won": 140_000, "unpriced": 0 }));
    assert_eq!(world.sandbox.ledger().len(), 20);
    let sent = world.sandbox.count(Operation::Cancel);
    let (status, again) = run(&world, &file, &[]);
    assert_eq!((status, &again["cancelled"], world.sandbox.count(Operation::Cancel)), (0, &report["cancelled"], sent));
    let (status, sum) = world.json(&["bulk", "status", &file]);
    assert_eq!((status, &sum["cancelled"], &sum["complete"]), (0, &report["cancelled"], &json!(true)));
}

/// The label: a row that was refused last week is no row that this bulk has tried.
#[test]
fn what_was_refused_before_this_bulk_is_sent_and_what_was_refused_in_it_only_on_request() {
    let world = World::new();
    let receipt = world.sandbox.add(NewReceipt::paid(10_000).refuse_with(PgRefusal::PhoneMonth));
    let file = full(&world, &[receipt.clone(), world.paid(5_000)]);
    assert_eq!(world.run(&["cancel", &receipt]).status, 1);
    let (_, sum) = world.json(&["bulk", "status", &file]);
    assert_eq!(rows(&sum), [2, 0, 0, 0, 0, 2]);
    let (status, report) = run(&world, &file, &[]);
    assert_eq!((status, rows(&report)), (6, [2, 1, 0, 1, 0, 0]));
    assert_eq!(world.sandbox.count(Operation::Cancel), 3);

    world.sandbox.refuse_from_now_on(&receipt, None).unwrap();
    let (status, report) = run(&world, &file, &[]);
    assert_eq!((status, rows(&report), world.sandbox.count(Operation::Cancel)), (6, [2, 1, 0, 1, 0, 0], 3));
    let (status, report) = run(&world, &file, &["--retry-refused"]);
    assert_eq!((status, rows(&report)), (0, [2, 2, 0, 0, 0, 0]));
    assert_eq!(world.moved(&receipt), [10_000]);
}

#[test]
fn what_was_cancelled_before_this_bulk_is_told_as_that() {
    let world = World::new();
    let by_hand = world.paid(10_000);
    let by_key = world.paid(10_000);
    let other_money = world.paid(10_000);
    let in_console = world.sandbox.add(NewReceipt::paid(10_000).cancelled_in_pg_console());
    assert_eq!(world.run(&["cancel", &by_hand]).status, 0);
    assert_eq!(world.run(&["cancel", &by_key, "--price", "3000", "--cancel-id", "k1"]).status, 0);
    assert_eq!(world.run(&["cancel", &other_money, "--price", "3000", "--cancel-id", "k2"]).status, 0);
    let table = format!(
        "receipt_id,amount,cancel_id\n{by_hand},full,\n{by_key},3000,k1\n{other_money},4000,k2\n{in_console},full,\n"
    );
    let file = write(&world, "before.csv", table);
    let (status, report) = run(&world, &file, &[]);
    // The same key for other money is another refund: it is neither done nor sent.
    assert_eq!((status, rows(&report)), (5, [4, 0, 3, 0, 0, 1]));
    let left = &report["left"][0];
    assert_eq!((&left["line"], &left["error"]["kind"]), (&json!(4), &json!("conflict.key_reused")), "with its reason");
    assert_eq!(world.json(&["bulk", "status", &file]).1["already"]["rows"], json!(3));
    assert_eq!(world.moved(&other_money), [3_000]);
}

#[test]
fn a_cap_is_never_passed_and_a_higher_one_goes_on() {
    let world = World::new();
    let receipts: Vec<String> = (0..10).map(|_| world.paid(10_000)).collect();
    let file = full(&world, &receipts);
    let moved = || world.sandbox.ledger().iter().map(|one| one.amount).sum::<u64>();
    let (status, report) = run(&world, &file, &["--cap", "35000", "--in-flight", "8"]);
    assert_eq!((status, &report["stopped"]["kind"]), (5, &json!("cap")));
    assert_eq!((moved(), rows(&report)), (30_000, [10, 3, 0, 0, 0, 7]));
    let (status, report) = run(&world, &file, &["--cap", "35000"]);
    assert_eq!((status, moved(), &report["stopped"]["kind"]), (5, 30_000, &json!("cap")), "what moved before counts");
    let (status, _) = run(&world, &file, &["--cap", "100000"]);
    assert_eq!((status, moved()), (0, 100_000));
}

#[test]
fn what_may_have_moved_counts_against_the_cap() {
    let world = World::new();
    let receipts: Vec<String> = (0..4).map(|_| world.sandbox.add(NewReceipt::paid(10_000).pg("kcp"))).collect();
    world.sandbox.fault(Fault::on(Operation::Cancel).after_money().reset().times(2));
    let table: String = receipts.iter().map(|receipt| format!("{receipt},9000,{receipt}\n")).collect();
    let file = write(&world, "cap.csv", format!("receipt_id,amount,cancel_id\n{table}"));
    let (status, report) = run(&world, &file, &["--cap", "27000", "--in-flight", "1", "--max-unknown", "100"]);
    assert_eq!((status, &report["stopped"]["kind"], rows(&report)), (5, &json!("cap"), [4, 1, 0, 0, 2, 1]));
    assert_eq!(world.sandbox.ledger().len(), 3);
}

#[test]
fn too_many_unknown_answers_stop_it() {
    let world = World::new();
    let receipts: Vec<String> = (0..30).map(|_| world.sandbox.add(NewReceipt::paid(10_000).pg("kcp"))).collect();
    world.sandbox.fault(Fault::on(Operation::Cancel).before_money().html().always());
    let file = full(&world, &receipts);
    let (status, report) = run(&world, &file, &["--in-flight", "1"]);
    assert_eq!((status, &report["stopped"]["kind"]), (5, &json!("too_many_unknown")));
    assert_eq!(rows(&report), [30, 0, 0, 0, 5, 25], "the fifth rings");
    // Once all is well, it goes on; what is unknown is looked up and not sent again.
    world.sandbox.clear_faults();
    let (status, report) = run(&world, &file, &[]);
    assert_eq!((status, rows(&report)), (3, [30, 25, 0, 0, 5, 0]));
    assert_eq!(world.sandbox.count(Operation::Cancel), 30);
    assert!(report["stopped"].is_null());
}

#[test]
fn an_unknown_row_is_looked_up_by_the_next_run() {
    let world = World::new();
    let receipt = world.paid(10_000);
    // Its answer is lost, and so is the lookup right after it.
    world.sandbox.fault(Fault::on(Operation::Cancel).after_money().reset());
    world.sandbox.fault(Fault::on(Operation::Lookup).html().times(1_000));
    let file = full(&world, std::slice::from_ref(&receipt));
    let plan = plan_of(&world, &file);
    let child = world.command(&["--json", "bulk", "run", &file, "--plan", &plan]).spawn().unwrap();
    until("the money moved", || !world.sandbox.ledger().is_empty());
    signal(&child, "INT");
    let stopped = Run::of(child.wait_with_output().unwrap());
    assert_eq!((stopped.status, rows(&stopped.object())), (5, [1, 0, 0, 0, 1, 0]));
    world.sandbox.clear_faults();
    let (status, report) = run(&world, &file, &[]);
    assert_eq!((status, rows(&report)), (0, [1, 1, 0, 0, 0, 0]));
    assert_eq!((world.sandbox.count(Operation::Cancel), world.moved(&receipt)), (1, vec![10_000]));
}

#[test]
fn a_refusal_that_concerns_the_whole_merchant_stops_it() {
    let world = World::new();
    let file = full(&world, &(0..10).map(|_| world.paid(1_000)).collect::<Vec<_>>());
    let plan = plan_of(&world, &file);
    // The keys have changed at Bootpay since the plan was made.
    world.sandbox.fault(Fault::on(Operation::Token).status(401, FaultBody::refusal(-401, "no")).always());
    let (status, report) = world.json(&["bulk", "run", &file, "--plan", &plan]);
    assert_eq!((status, &report["stopped"]["kind"]), (5, &json!("merchant")), "{report}");
    assert_eq!(rows(&report), [10, 0, 0, 0, 0, 10], "the rows are not to blame");
    world.sandbox.clear_faults();

    let refused: Vec<String> =
        (0..10).map(|_| world.sandbox.add(NewReceipt::paid(1_000).refuse_with(PgRefusal::Settlement))).collect();
    let file = full(&world, &refused);
    let (status, report) = run(&world, &file, &["--in-flight", "1"]);
    assert_eq!((status, &report["stopped"]["kind"]), (5, &json!("merchant")));
    assert_eq!(rows(&report), [10, 0, 0, 1, 0, 9]);
    assert!(report["stopped"]["hint"].as_str().is_some_and(|hint| !hint.is_empty()), "{report}");
    assert!(world.sandbox.ledger().is_empty());
}

#[test]
fn too_many_requests_slow_it_down_and_lose_no_row() {
    let world = World::new();
    let receipts: Vec<String> = (0..12).map(|_| world.paid(1_000)).collect();
    let too_many = Fault::on(Operation::Cancel).before_money().status(429, FaultBody::refusal(-1, "slow down"));
    world.sandbox.fault(too_many.retry_after(1).times(4));
    let (status, report) = run(&world, &full(&world, &receipts), &[]);
    assert_eq!((status, rows(&report)), (0, [12, 12, 0, 0, 0, 0]));
    assert_eq!(world.sandbox.ledger().len(), 12);
}

#[test]
fn ctrl_c_finishes_what_is_on_its_way_and_the_same_command_goes_on() {
    let world = World::new();
    let receipts: Vec<String> = (0..200).map(|_| world.paid(1_000)).collect();
    world.sandbox.fault(Fault::on(Operation::Cancel).latency(Duration::from_millis(300)).times(100));
    let file = full(&world, &receipts);
    let plan = plan_of(&world, &file);
    let child = world.command(&["bulk", "run", &file, "--plan", &plan, "--rate", "50"]).spawn().unwrap();
    until("some have moved", || world.sandbox.ledger().len() > 5);
    signal(&child, "INT");
    let run = Run::of(child.wait_with_output().unwrap());
    assert!(run.status == 5 && run.err.contains("Finishing what is on its way"), "{run:?}");
    assert!(run.out.contains("asked to stop") && run.out.contains("Go on with:"), "{run:?}");
    let (_, sum) = world.json(&["bulk", "status", &file]);
    let [_, cancelled, _, _, unknown, remaining] = rows(&sum);
    assert_eq!((cancelled as usize, unknown), (world.sandbox.ledger().len(), 0), "what was on its way has ended");
    assert!(remaining > 0);
    world.sandbox.clear_faults();
    let (status, report) = self::run(&world, &file, &[]);
    assert_eq!((status, rows(&report)), (0, [200, 200, 0, 0, 0, 0]));
    assert_eq!(world.sandbox.ledger().len(), 200);
}

/// Three processes on one file and one journal.
fn share_a_bulk(journal: &str) {
    let world = World::new();
    let receipts: Vec<String> = (0..150).map(|_| world.paid(1_000)).collect();
    let file = full(&world, &receipts);
    let plan = plan_of(&world, &file);
    let spawn = || {
        let arguments = ["--json", "bulk", "run", &file, "--plan", &plan, "--rate", "60", "--rate-max", "60"];
        let mut command = world.command(&arguments);
        if !journal.is_empty() {
            command.env("BOOTPAY_JOURNAL", journal);
        }
        command.stderr(Stdio::null()).spawn().unwrap()
    };
    let children = [spawn(), spawn(), spawn()];
    for child in children {
        let run = Run::of(child.wait_with_output().unwrap());
        assert_eq!((run.status, rows(&run.object())), (0, [150, 150, 0, 0, 0, 0]), "each of them sees it through");
    }
    assert_eq!(world.sandbox.ledger().len(), 150);
    for receipt in &receipts {
        assert_eq!(world.moved(receipt), [1_000]);
    }
}

#[test]
fn several_processes_share_a_bulk_on_one_journal() {
    share_a_bulk("");
}

#[test]
fn several_hosts_share_a_bulk_on_one_postgresql() {
    // Its watchdog ends it with this process.
    let server = Box::leak(Box::new(bootpay_test_postgres::Server::start().unwrap()));
    let database = server.database();
    share_a_bulk(&database.url());
}

#[test]
fn an_export_opens_in_excel_and_nothing_in_it_is_calculated() {
    let world = World::new();
    let evil = world.sandbox.add(NewReceipt::paid(10_000).id("0012345678"));
    let refusal = FaultBody::refusal(-1000, "=HYPERLINK(\"http://x\")");
    world.sandbox.fault(Fault::on(Operation::Cancel).for_receipt(&evil).before_money().status(400, refusal));
    let fine = world.sandbox.add(NewReceipt::paid(10_000).pg("kcp"));
    let table = format!("receipt_id,amount,cancel_id,reason\n'{evil},full,,사유\n{fine},3000,2024-01,사유\n");
    let file = write(&world, "export.csv", table);
    assert_eq!(run(&world, &file, &[]).0, 6);
    let out = world.directory.path().join("result.csv");
    let path = out.to_str().unwrap();
    let (status, object) = world.json(&["bulk", "export", &file, "-o", path]);
    assert_eq!((status, &object["rows"]), (0, &json!(2)));
    let bytes = fs::read(&out).unwrap();
    assert!(bytes.starts_with(&[0xEF, 0xBB, 0xBF]));
    let text = String::from_utf8(bytes).unwrap();
    assert!(text.lines().count() == 3 && text.matches("\r\n").count() == 3, "{text}");
    assert!(text.contains("'0012345678") && text.contains("'2024-01"), "{text}");
    assert!(text.contains("'=HYPERLINK") && !text.contains(",=HYPERLINK") && !text.contains(",\"=HYPERLINK"), "{text}");
    assert!(!text.contains("사유"), "no reason is in it");
    // What is there is not overwritten, and standard output has the one object.
    assert_eq!(world.json(&["bulk", "export", &file, "-o", path]).0, 1);
    assert_eq!(world.json(&["bulk", "export", &file]).0, 2);
    let korean = world.run(&["--lang", "ko", "bulk", "export", &file]);
    assert!(korean.status == 0 && korean.out.contains("영수증,구분") && korean.out.contains("거절됨"), "{korean:?}");
}

#[test]
fn an_account_number_is_sent_and_is_nowhere_else() {
    let world = World::new();
    let (account, holder) = ("66569112432134", "홍길동카나리아");
    let receipt = world.sandbox.add(NewReceipt::paid(10_000).virtual_account());
    let table = format!("영수증,금액,은행,계좌번호,예금주\n{receipt},전액,국민은행,{account},{holder}\n");
    let file = write(&world, "account.csv", table);
    let plan = plan_of(&world, &file);
    let mut seen = String::new();
    for arguments in [
        &["--log", "trace", "bulk", "plan", &file, "--look-up"][..],
        &["--log", "trace", "bulk", "run", &file, "--plan", &plan],
        &["--log", "trace", "bulk", "status", &file],
        &["bulk", "export", &file],
    ] {
        let run = world.run(arguments);
        assert_eq!(run.status, 0, "{run:?}");
        seen += &run.everything();
    }
    assert!(world.sandbox.ledger()[0].to_account);
    let mut places = vec![seen.into_bytes()];
    for entry in fs::read_dir(world.directory.path()).unwrap() {
        let path = entry.unwrap().path();
        if path.file_name().unwrap() != "account.csv" {
            places.push(fs::read(path).unwrap());
        }
    }
    for place in places {
        for canary in [account, holder, Sandbox::PRIVATE_KEY] {
            assert!(!place.windows(canary.len()).any(|window| window == canary.as_bytes()), "{canary} was seen");
        }
    }
}

#[test]
fn one_table_is_one_bulk_in_utf_8_and_in_cp949() {
    let world = World::new();
    let receipt = world.paid(10_000);
    let utf8 = write(&world, "utf8.csv", format!("영수증,금액\r\n{receipt},전액\r\n"));
    // 영수증,금액 and 전액 in code page 949.
    let mut bytes = b"\xBF\xB5\xBC\xF6\xC1\xF5,\xB1\xDD\xBE\xD7\r\n".to_vec();
    bytes.extend(receipt.as_bytes());
    bytes.extend(b",\xC0\xFC\xBE\xD7\r\n");
    let cp949 = write(&world, "cp949.csv", bytes);
    assert_eq!(plan_of(&world, &utf8), plan_of(&world, &cp949));
    assert_eq!(world.json(&["bulk", "plan", &cp949]).1["encoding"], json!("CP949"));
    assert_eq!(run(&world, &cp949, &[]).0, 0);
    assert_eq!(world.json(&["bulk", "status", &utf8]).0, 0);
}

/// What was cancelled before a row's own cancel is never counted as this bulk's money.
#[test]
fn the_money_that_moved_is_this_bulks_alone_in_both_apis() {
    for (api, lost) in [("v1", false), ("v2", false), ("v1", true), ("v2", true)] {
        let world = World::new();
        let receipt = world.sandbox.add(NewReceipt::paid(10_000).pg("kcp"));
        world.sandbox.cancel_in_console(&receipt, 4_000).unwrap();
        if lost {
            world.sandbox.fault(Fault::on(Operation::Cancel).after_money().reset());
        }
        let file = full(&world, std::slice::from_ref(&receipt));
        let (_, plan) = world.json(&["bulk", "plan", &file, "--api", api]);
        let plan = plan["plan"].as_str().unwrap();
        let (status, report) = world.json(&["bulk", "run", &file, "--plan", plan, "--api", api]);
        assert_eq!((status, rows(&report)), (0, [1, 1, 0, 0, 0, 0]), "{api} {report}");
        // v1's answer says what this cancel took; where it was lost, nobody knows, and no total is taken for it.
        let known = if (api, lost) == ("v1", true) { (0, 1) } else { (6_000, 0) };
        let told = (report["cancelled"]["won"].as_u64().unwrap(), report["cancelled"]["unpriced"].as_u64().unwrap());
        assert_eq!(told, known, "{api}, lost: {lost}");
    }
}

/// Under a cap a full row is pinned to what a lookup found. Where the ledger says otherwise by the time it is sent, nobody has
/// refused the row: it remains, and the next run looks it up anew.
#[test]
fn a_cap_makes_no_refusal_of_a_lookup_that_was_wrong() {
    let world = World::new();
    let receipt = world.paid(10_000);
    let not_there = FaultBody::refusal(-2100, "no such receipt");
    world.sandbox.fault(Fault::on(Operation::Lookup).status(404, not_there).times(1));
    let file = full(&world, std::slice::from_ref(&receipt));
    let (status, report) = run(&world, &file, &["--cap", "50000"]);
    assert_eq!((status, rows(&report)), (5, [1, 0, 0, 0, 0, 1]), "{report}");
    let (status, report) = run(&world, &file, &["--cap", "50000"]);
    assert_eq!((status, rows(&report)), (0, [1, 1, 0, 0, 0, 0]), "{report}");
    assert_eq!(world.moved(&receipt), [10_000]);
}

#[test]
fn a_file_that_is_too_large_is_not_read() {
    let world = World::new();
    let file = write(&world, "large.csv", "receipt_id,amount\n");
    fs::OpenOptions::new().write(true).open(&file).unwrap().set_len(1 << 40).unwrap();
    let (status, told) = world.json(&["bulk", "plan", &file]);
    assert_eq!(status, 1, "{told}");
    assert!(told["error"]["detail"].as_str().unwrap().contains("larger than 1 GiB"), "{told}");
}

/// What another bulk left unknown was asked for then. That it is unknown still says nothing about Bootpay today.
#[test]
fn what_another_bulk_left_unknown_does_not_stop_this_one() {
    let world = World::new();
    let old: String = (0..6)
        .map(|number| format!("{},3000,k{number}\n", world.sandbox.add(NewReceipt::paid(10_000).pg("kcp"))))
        .collect();
    let first = write(&world, "first.csv", format!("receipt_id,amount,cancel_id\n{old}"));
    world.sandbox.fault(Fault::on(Operation::Cancel).before_money().html().always());
    let (status, report) = run(&world, &first, &["--max-unknown", "100"]);
    assert_eq!((status, rows(&report)), (3, [6, 0, 0, 0, 6, 0]));
    world.sandbox.clear_faults();
    let new: String = (0..20).map(|_| format!("{},full,\n", world.paid(1_000))).collect();
    let edited = write(&world, "edited.csv", format!("receipt_id,amount,cancel_id\n{old}{new}"));
    let (status, report) = run(&world, &edited, &[]);
    assert_eq!((status, rows(&report)), (3, [26, 20, 0, 0, 6, 0]), "{report}");
    assert_eq!(world.sandbox.count(Operation::Cancel), 26, "each once");
}

#[test]
fn a_row_that_is_told_to_wait_for_an_hour_is_left_for_another_run() {
    let world = World::new();
    let too_many = Fault::on(Operation::Cancel).before_money().status(429, FaultBody::refusal(-1, "slow down"));
    world.sandbox.fault(too_many.retry_after(3_600).times(1));
    let file = full(&world, &[world.paid(1_000)]);
    let plan = plan_of(&world, &file);
    let mut child = world.command(&["--json", "bulk", "run", &file, "--plan", &plan]).spawn().unwrap();
    until("it ends", || child.try_wait().unwrap().is_some());
    let run = Run::of(child.wait_with_output().unwrap());
    assert_eq!((run.status, rows(&run.object())), (5, [1, 0, 0, 0, 0, 1]));
    assert_eq!(run.object()["left"][0]["error"]["retry_after_seconds"], json!(3_600), "{run:?}");
    assert_eq!(self::run(&world, &file, &[]).0, 0);
}

#[test]
fn what_one_process_was_refused_another_of_the_same_bulk_does_not_ask_for() {
    let world = World::new();
    let receipts: Vec<String> =
        (0..60).map(|_| world.sandbox.add(NewReceipt::paid(1_000).refuse_with(PgRefusal::PhoneMonth))).collect();
    let file = full(&world, &receipts);
    let plan = plan_of(&world, &file);
    let spawn = || {
        let arguments = ["--json", "bulk", "run", &file, "--plan", &plan, "--rate", "60", "--rate-max", "60"];
        world.command(&arguments).stderr(Stdio::null()).spawn().unwrap()
    };
    for child in [spawn(), spawn()] {
        let run = Run::of(child.wait_with_output().unwrap());
        assert_eq!((run.status, rows(&run.object())), (6, [60, 0, 0, 60, 0, 0]));
    }
    // Two that meet on a row between a look and an admission are allowed for.
    let asked = world.sandbox.count(Operation::Cancel);
    assert!(asked <= 63, "{asked} cancels of 60 rows");
}
