//! What stays behind: crashes, signals, listings, reconciliations and decisions.

#![allow(missing_docs, clippy::unwrap_used)]

mod world;

use std::time::Duration;

use bootpay_sandbox::{Fault, Operation};
use serde_json::json;
use world::{Run, World, signal, until};

/// A cancel whose money moves at once, and whose answer takes its time.
fn slow_answer(world: &World, latency: Duration) {
    world.sandbox.fault(Fault::on(Operation::Cancel).after_money().latency(latency));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_cancel_that_was_killed_between_request_and_answer_is_settled_by_the_next_process() {
    let world = World::new();
    let receipt = world.paid(10_000);
    slow_answer(&world, Duration::from_secs(30));
    let mut killed = world.command(&["cancel", &receipt]).spawn().unwrap();
    until("the money has moved", || world.moved(&receipt) == [10_000]);
    killed.kill().unwrap();
    killed.wait().unwrap();

    let (status, object) = world.json(&["intents", "--open"]);
    assert_eq!((status, &object["intents"][0]["state"]), (0, &json!("sending")));
    let (status, object) = world.json(&["reconcile", "--all"]);
    assert_eq!((status, &object["settled"][0]["outcome"]), (0, &json!("cancelled")), "{object}");
    assert_eq!(object["settled"][0]["evidence"], "inferred");
    assert_eq!((&object["unknown"], &object["failed"]), (&json!([]), &json!([])));
    assert_eq!(world.moved(&receipt), [10_000]);
    assert_eq!(world.sandbox.count(Operation::Cancel), 1);
}

#[cfg(target_os = "linux")]
#[test]
fn a_partial_cancel_that_was_killed_stays_unknown_until_there_is_proof() {
    let world = World::new();
    let receipt = world.paid(10_000);
    slow_answer(&world, Duration::from_secs(30));
    let mut killed = world.command(&["cancel", &receipt, "--price", "3000", "--cancel-id", "a"]).spawn().unwrap();
    until("the money has moved", || world.moved(&receipt) == [3_000]);
    killed.kill().unwrap();
    killed.wait().unwrap();

    let (status, object) = world.json(&["reconcile", "--all"]);
    assert_eq!((status, &object["unknown"][0]["cancel_id"]), (3, &json!("a")));
    assert_eq!(object["unknown"][0]["after"]["cancelled"], 3_000);
    let (status, object) = world.json(&["reconcile", "--all", "--nobody-else-cancels"]);
    assert_eq!((status, &object["settled"][0]["outcome"]), (0, &json!("cancelled")));
    assert_eq!(world.moved(&receipt), [3_000]);
}

#[cfg(unix)]
#[test]
fn the_first_ctrl_c_does_not_abort_the_refund() {
    let world = World::new();
    let receipt = world.paid(10_000);
    slow_answer(&world, Duration::from_secs(2));
    let child = world.command(&["--json", "cancel", &receipt]).spawn().unwrap();
    until("the money has moved", || world.moved(&receipt) == [10_000]);
    signal(&child, "INT");
    let run = Run::of(child.wait_with_output().unwrap());
    assert_eq!((run.status, &run.object()["outcome"]), (0, &json!("cancelled")));
    let id = run.object()["cancel_id"].as_str().unwrap().to_owned();
    assert!(run.err.contains("goes on") && run.err.contains(&id), "{}", run.err);
    assert!(run.err.contains(world.journal().to_str().unwrap()), "{}", run.err);
}

#[cfg(unix)]
#[test]
fn the_second_ctrl_c_exits_with_3_and_names_the_command_that_settles_it() {
    let world = World::new();
    let receipt = world.paid(10_000);
    slow_answer(&world, Duration::from_secs(30));
    let child = world.command(&["--json", "cancel", &receipt]).spawn().unwrap();
    until("the money has moved", || world.moved(&receipt) == [10_000]);
    signal(&child, "INT");
    std::thread::sleep(Duration::from_millis(700));
    signal(&child, "INT");
    let run = Run::of(child.wait_with_output().unwrap());
    assert_eq!((run.status, &run.object()["outcome"]), (3, &json!("unknown")));
    let id = run.object()["cancel_id"].as_str().unwrap().to_owned();
    assert!(run.err.contains(&format!("bootpay reconcile {id}")), "{}", run.err);
    let (status, object) = world.json(&["reconcile", &id]);
    assert_eq!((status, &object["outcome"]), (0, &json!("cancelled")));
    assert_eq!(world.moved(&receipt), [10_000]);
}

#[test]
fn a_cancel_that_another_process_carries_out_is_waited_for_and_not_repeated() {
    let world = World::new();
    let receipt = world.paid(10_000);
    slow_answer(&world, Duration::from_secs(2));
    let first = world.command(&["--json", "cancel", &receipt]).spawn().unwrap();
    until("the money has moved", || world.moved(&receipt) == [10_000]);

    // Its end is not known yet, and an error must not say otherwise.
    let id = world.json(&["intents", "--open"]).1["intents"][0]["cancel_id"].as_str().unwrap().to_owned();
    let (status, object) = world.json(&["reconcile", &id]);
    assert_eq!((status, &object["error"]["kind"]), (3, &json!("conflict.busy")));
    assert_eq!(object["error"]["money_moved"], json!(null));
    let (status, object) = world.json(&["reconcile", "--all"]);
    assert_eq!((status, &object["in_flight"][0]["cancel_id"]), (0, &json!(id)));

    let (status, object) = world.json(&["cancel", &receipt]);
    assert_eq!((status, &object["outcome"], &object["repeated"]), (0, &json!("cancelled"), &json!(true)));
    assert_eq!(Run::of(first.wait_with_output().unwrap()).status, 0);
    assert_eq!(world.moved(&receipt), [10_000]);
    assert_eq!(world.sandbox.count(Operation::Cancel), 1);
}

#[test]
fn a_reader_who_leaves_does_not_stop_the_refund() {
    let world = World::new();
    let receipt = world.paid(10_000);
    let mut child = world.command(&["cancel", &receipt]).spawn().unwrap();
    drop(child.stdout.take());
    let run = Run::of(child.wait_with_output().unwrap());
    assert_eq!(run.status, 0, "{run:?}");
    assert!(!run.err.contains("panicked"), "{run:?}");
    assert_eq!(world.moved(&receipt), [10_000]);
}

#[test]
fn intents_are_listed_by_state_and_by_receipt() {
    let world = World::new();
    let (one, two) = (world.paid(10_000), world.paid(10_000));
    assert_eq!(world.run(&["cancel", &one]).status, 0);
    world.sandbox.fault(Fault::on(Operation::Cancel).after_money().reset());
    assert_eq!(world.run(&["cancel", &two, "--price", "3000", "--cancel-id", "lost"]).status, 3);

    let (status, object) = world.json(&["intents"]);
    let intents = object["intents"].as_array().unwrap();
    assert_eq!((status, intents.len()), (0, 2));
    assert_eq!((&intents[0]["receipt_id"], &intents[0]["state"]), (&json!(one), &json!("cancelled")));
    assert_eq!((&intents[1]["cancel_id"], &intents[1]["state"]), (&json!("lost"), &json!("unknown")));

    let (_, object) = world.json(&["intents", "--open"]);
    assert_eq!(object["intents"].as_array().unwrap().len(), 1);
    let (_, object) = world.json(&["intents", "--receipt", &one]);
    assert_eq!(object["intents"][0]["receipt_id"], json!(one));
    let run = world.run(&["intents", "--open"]);
    assert!(run.out.contains("lost") && run.out.contains("3,000 won") && !run.out.contains(&one), "{}", run.out);
}

#[test]
fn listing_intents_needs_no_keys() {
    let world = World::new();
    let receipt = world.paid(10_000);
    assert_eq!(world.run(&["cancel", &receipt]).status, 0);
    let mut command = world.command(&["intents"]);
    let run = Run::of(command.env_remove("BOOTPAY_APPLICATION_ID").env_remove("BOOTPAY_PRIVATE_KEY").output().unwrap());
    assert!(run.status == 0 && run.out.contains(&receipt), "{run:?}");
}

#[test]
fn a_decision_that_no_money_moved_is_refused_while_a_late_request_could_arrive() {
    let world = World::new();
    let receipt = world.paid(10_000);
    world.sandbox.fault(Fault::on(Operation::Cancel).before_money().reset());
    assert_eq!(world.run(&["cancel", &receipt, "--price", "3000", "--cancel-id", "a"]).status, 3);
    let (status, object) = world.json(&["resolve", "a", "--as", "not-cancelled", "--by", "kim"]);
    assert_eq!((status, &object["error"]["kind"]), (1, &json!("conflict.too_early_to_decide")));
    assert_eq!(object["error"]["money_moved"], json!(null), "the refund is as unknown as before");
    let wait = object["error"]["retry_after_seconds"].as_u64().unwrap();
    assert!((14 * 60..=17 * 60).contains(&wait), "{wait}");
    assert_eq!(world.json(&["intents", "--open"]).1["intents"][0]["state"], "unknown");
}

#[test]
fn a_person_can_decide_that_the_money_moved() {
    let world = World::new();
    let receipt = world.paid(10_000);
    world.sandbox.fault(Fault::on(Operation::Cancel).after_money().reset());
    assert_eq!(world.run(&["cancel", &receipt, "--price", "3000", "--cancel-id", "a"]).status, 3);
    let (status, object) = world.json(&["resolve", "a", "--as", "cancelled", "--by", "Kim, finance"]);
    assert_eq!((status, &object["resolved"]["state"]), (0, &json!("cancelled")));
    assert_eq!(object["resolved"]["decided_by"], "Kim, finance");
    let (status, object) = world.json(&["reconcile", "a"]);
    assert_eq!((status, &object["evidence"]), (0, &json!("declared")));
}

#[test]
fn a_full_cancel_whose_answer_and_lookups_are_lost_is_settled_once_bootpay_answers_again() {
    let world = World::new();
    let receipt = world.paid(10_000);
    world.sandbox.fault(Fault::on(Operation::Cancel).after_money().reset());
    world.sandbox.fault(Fault::on(Operation::Lookup).always().html());
    let (status, object) = world.json(&["cancel", &receipt]);
    assert_eq!((status, &object["outcome"]), (3, &json!("unknown")));
    let id = object["cancel_id"].as_str().unwrap();
    assert_eq!(world.run(&["reconcile", id]).status, 3);

    world.sandbox.clear_faults();
    assert_eq!(world.run(&["reconcile", id]).status, 0);
    assert_eq!(world.run(&["reconcile", id]).status, 0, "settled once, told as often as asked");
    assert_eq!(world.moved(&receipt), [10_000]);
}

#[test]
fn reconciling_what_is_not_there_is_invalid_input() {
    let world = World::new();
    let (status, object) = world.json(&["reconcile", "no-such-id"]);
    assert_eq!((status, &object["error"]["field"]), (2, &json!("cancel_id")));
    let (status, object) = world.json(&["reconcile", "--all"]);
    assert_eq!((status, &object["settled"]), (0, &json!([])));
    assert_eq!(world.run(&["reconcile"]).status, 2);
    assert_eq!(world.run(&["reconcile", "a", "--all"]).status, 2);
    assert_eq!(world.run(&["resolve", "a", "--as", "maybe", "--by", "kim"]).status, 2);
    assert_eq!(world.run(&["resolve", "a", "--as", "cancelled"]).status, 2);
}

#[test]
fn a_memory_journal_says_that_it_forgets() {
    let world = World::new();
    let receipt = world.paid(10_000);
    world.sandbox.fault(Fault::on(Operation::Cancel).after_money().reset());
    let run = world.run(&["--journal", "memory", "cancel", &receipt, "--price", "3000"]);
    assert_eq!(run.status, 3);
    assert!(!run.out.contains("bootpay reconcile") && run.out.contains("forgotten"), "{}", run.out);
    assert!(!world.journal().exists());
}
