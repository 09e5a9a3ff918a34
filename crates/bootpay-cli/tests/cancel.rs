//! `bootpay cancel`: what moves, what does not, and what the exit status says about it.

#![allow(missing_docs, clippy::unwrap_used)]

mod world;

use std::net::TcpListener;

use bootpay_sandbox::{Fault, NewReceipt, Operation, PgRefusal, Sandbox};
use serde_json::json;
use world::{Run, World};

#[test]
fn a_full_cancel_exits_with_0_and_gives_everything_back() {
    let world = World::new();
    let receipt = world.paid(10_000);
    let (status, object) = world.json(&["cancel", &receipt]);
    assert_eq!(status, 0);
    assert_eq!(object["outcome"], "cancelled");
    assert_eq!(object["receipt_id"], json!(receipt));
    assert_eq!(object["amount"], "full");
    assert_eq!((&object["remain_price"], &object["cancelled_price"]), (&json!(0), &json!(10_000)));
    assert_eq!(object["money_is_back"], "yes");
    assert_eq!(object["recorded"], true);
    assert_eq!(world.moved(&receipt), [10_000]);
    assert_eq!(world.sandbox.ledger()[0].cancel_id.as_deref(), object["cancel_id"].as_str());
}

#[test]
fn a_partial_cancel_gives_back_its_amount_under_the_merchants_own_key() {
    let world = World::new();
    let receipt = world.sandbox.add(NewReceipt::paid(10_000).tax_free(1_500));
    let arguments = [
        "cancel",
        &receipt,
        "--price",
        "3000",
        "--tax-free",
        "1500",
        "--cancel-id",
        "주문 1/환불 1",
        "--name",
        "관리자",
        "--reason",
        "고객 요청",
    ];
    let (status, object) = world.json(&arguments);
    assert_eq!((status, &object["outcome"], &object["amount"]), (0, &json!("cancelled"), &json!("partial")));
    assert_eq!((&object["price"], &object["tax_free"]), (&json!(3_000), &json!(1_500)));
    assert_eq!((&object["request_cancel_price"], &object["remain_price"]), (&json!(3_000), &json!(7_000)));
    let movement = &world.sandbox.movements(&receipt)[0];
    assert_eq!(
        (movement.amount, movement.tax_free, movement.cancel_id.as_deref()),
        (3_000, 1_500, Some("주문 1/환불 1"))
    );
}

#[test]
fn asking_again_for_the_same_refund_moves_nothing_more() {
    let world = World::new();
    let receipt = world.paid(10_000);
    assert_eq!(world.run(&["cancel", &receipt, "--price", "3000", "--cancel-id", "a"]).status, 0);
    let (status, object) = world.json(&["cancel", &receipt, "--price", "3000", "--cancel-id", "a"]);
    assert_eq!((status, &object["repeated"]), (0, &json!(true)));
    let (status, object) = world.json(&["cancel", &receipt, "--price", "4000", "--cancel-id", "a"]);
    assert_eq!((status, &object["error"]["kind"]), (1, &json!("conflict.key_reused")));
    assert_eq!(object["error"]["intent"]["cancel_id"], "a");
    assert_eq!(world.moved(&receipt), [3_000]);
}

#[test]
fn a_price_of_zero_is_refused_and_never_a_full_cancel() {
    let world = World::new();
    let receipt = world.paid(10_000);
    let (status, object) = world.json(&["cancel", &receipt, "--price", "0"]);
    assert_eq!(status, 2);
    assert_eq!((&object["error"]["kind"], &object["error"]["field"]), (&json!("invalid_input"), &json!("price")));
    assert_eq!(object["error"]["money_moved"], false);
    assert_eq!(world.run(&["cancel", &receipt, "--price=0", "--yes"]).status, 2);
    assert!(world.sandbox.ledger().is_empty());
    assert_eq!(world.sandbox.count(Operation::Cancel), 0);
}

#[test]
fn a_price_that_is_not_a_number_is_a_usage_error_and_never_a_full_cancel() {
    let world = World::new();
    let receipt = world.paid(10_000);
    for price in ["", " ", "abc", "-5", "+5", "3,000", "1e3", "3000.0", "0x10", "null", "None", "99999999999999999999"]
    {
        let flag = format!("--price={price}");
        let (status, object) = world.json(&["cancel", &receipt, &flag]);
        assert_eq!((status, &object["error"]["kind"]), (2, &json!("usage")), "{price:?}");
        assert_eq!(world.run(&["cancel", &receipt, "--price", price]).status, 2, "{price:?}");
    }
    assert_eq!(world.run(&["cancel", &receipt, "--price"]).status, 2);
    assert_eq!(world.run(&["cancel", &receipt, "--price", "--yes"]).status, 2);
    assert_eq!(world.run(&["cancel", &receipt, "--price", "1000", "--price", "2000"]).status, 2);
    assert!(world.sandbox.requests().is_empty());
}

#[test]
fn a_tax_free_part_without_a_price_is_invalid_and_named() {
    let world = World::new();
    let receipt = world.paid(10_000);
    let (status, object) = world.json(&["cancel", &receipt, "--tax-free", "500"]);
    assert_eq!((status, &object["error"]["field"]), (2, &json!("tax_free")));
    assert!(world.sandbox.requests().is_empty());
}

#[test]
fn an_empty_cancel_id_is_refused_and_not_taken_for_none() {
    let world = World::new();
    let receipt = world.paid(10_000);
    let (status, object) = world.json(&["cancel", &receipt, "--price", "3000", "--cancel-id", ""]);
    assert_eq!((status, &object["error"]["field"]), (2, &json!("cancel_id")));
    assert!(world.sandbox.ledger().is_empty());
}

#[test]
fn a_refusal_exits_with_1_and_keeps_the_servers_code_and_words() {
    let world = World::new();
    let receipt = world.sandbox.add(NewReceipt::paid(10_000).refuse_with(PgRefusal::Settlement));
    let (status, object) = world.json(&["cancel", &receipt]);
    let error = &object["error"];
    assert_eq!((status, &error["kind"], &error["money_moved"]), (1, &json!("refused.settlement"), &json!(false)));
    assert_eq!((&error["code"], &error["http_status"]), (&json!("-90502"), &json!(500)));
    assert!(error["hint"].as_str().is_some_and(|hint| !hint.is_empty()));
    assert!(error["detail"].as_str().is_some_and(|detail| detail.contains(error["message"].as_str().unwrap())));
    assert!(world.sandbox.ledger().is_empty());
}

#[test]
fn an_unknown_receipt_and_wrong_keys_exit_with_1() {
    let world = World::new();
    let (status, object) = world.json(&["cancel", "612df0250d681b001de61de6"]);
    assert_eq!((status, &object["error"]["kind"]), (1, &json!("refused.not_found")));

    let receipt = world.paid(10_000);
    let wrong =
        world.command(&["--json", "cancel", &receipt]).env("BOOTPAY_PRIVATE_KEY", "wrong-key").output().unwrap();
    let run = Run::of(wrong);
    assert_eq!((run.status, &run.object()["error"]["kind"]), (1, &json!("refused.unauthorized")));
    assert!(world.sandbox.ledger().is_empty());
}

#[test]
fn a_bootpay_that_cannot_be_reached_exits_with_1_and_nothing_is_sent() {
    let world = World::new();
    let receipt = world.paid(10_000);
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = format!("http://{closed}");
    let run = Run::of(world.command(&["--json", "cancel", &receipt, "--base-url", &url]).output().unwrap());
    let object = run.object();
    assert_eq!((run.status, &object["error"]["money_moved"]), (1, &json!(false)));
    assert!(object["error"]["kind"].as_str().unwrap().ends_with(".connect"), "{object}");
}

#[test]
fn a_payment_that_was_cancelled_in_the_pgs_console_exits_with_4() {
    let world = World::new();
    let receipt = world.sandbox.add(NewReceipt::paid(10_000).cancelled_in_pg_console());
    let (status, object) = world.json(&["cancel", &receipt]);
    assert_eq!((status, &object["outcome"]), (4, &json!("already_cancelled")));
    assert_eq!(object["money_is_back"], "unconfirmed");
    assert_eq!(object["ledger"]["remaining"], 10_000);
    assert_eq!(world.run(&["cancel", &receipt]).status, 4);
}

#[test]
fn a_full_cancel_of_a_payment_that_was_cancelled_in_bootpays_console_exits_with_4() {
    let world = World::new();
    let receipt = world.paid(10_000);
    world.sandbox.cancel_in_console(&receipt, 10_000).unwrap();
    let (status, object) = world.json(&["cancel", &receipt]);
    assert_eq!((status, &object["outcome"], &object["money_is_back"]), (4, &json!("already_cancelled"), &json!("yes")));
    assert_eq!(world.moved(&receipt), [10_000]);
}

#[test]
fn a_lost_answer_exits_with_3_and_a_reconciliation_settles_it() {
    let world = World::new();
    let receipt = world.paid(10_000);
    world.sandbox.fault(Fault::on(Operation::Cancel).after_money().reset());
    let (status, object) = world.json(&["cancel", &receipt, "--price", "3000", "--cancel-id", "refund 1"]);
    assert_eq!((status, &object["outcome"], &object["money_moved"]), (3, &json!("unknown"), &json!(null)));
    assert_eq!((&object["receipt_id"], &object["cancel_id"]), (&json!(receipt), &json!("refund 1")));
    assert_eq!(object["next"], "bootpay reconcile 'refund 1'");

    // Without the declaration, a total that grew is evidence and no proof.
    assert_eq!(world.run(&["reconcile", "refund 1"]).status, 3);
    let (status, object) = world.json(&["reconcile", "refund 1", "--nobody-else-cancels"]);
    assert_eq!((status, &object["outcome"], &object["evidence"]), (0, &json!("cancelled"), &json!("inferred")));
    assert_eq!(world.moved(&receipt), [3_000]);
}

#[test]
fn while_one_refund_is_unknown_another_of_the_receipt_is_refused() {
    let world = World::new();
    let receipt = world.paid(10_000);
    world.sandbox.fault(Fault::on(Operation::Cancel).after_money().reset());
    assert_eq!(world.run(&["cancel", &receipt, "--price", "3000", "--cancel-id", "one"]).status, 3);
    let (status, object) = world.json(&["cancel", &receipt, "--price", "3000", "--cancel-id", "two"]);
    assert_eq!((status, &object["error"]["kind"]), (1, &json!("conflict.open_intent")));
    assert_eq!(object["error"]["intent"]["cancel_id"], "one");
    assert_eq!(object["error"]["next"], "bootpay reconcile one");
    assert_eq!(world.moved(&receipt), [3_000]);
}

#[test]
fn what_does_not_remain_as_expected_is_not_cancelled() {
    let world = World::new();
    let receipt = world.paid(10_000);
    let (status, object) = world.json(&["cancel", &receipt, "--expect-remaining", "7000"]);
    assert_eq!((status, &object["error"]["kind"]), (1, &json!("refused.more_than_remains")));
    assert_eq!(world.sandbox.count(Operation::Cancel), 0);
    assert_eq!(world.run(&["cancel", &receipt, "--expect-remaining", "10000"]).status, 0);
    assert_eq!(world.moved(&receipt), [10_000]);
}

#[test]
fn the_refund_flags_need_each_other() {
    let world = World::new();
    let receipt = world.sandbox.add(NewReceipt::paid(10_000).virtual_account());
    let (bank, account, holder) =
        (["--refund-bank", "004"], ["--refund-account", "66569112432134"], ["--refund-holder", "홍길동"]);
    for (given, missing) in [
        (vec![bank], "refund.holder"),
        (vec![account], "refund.bank"),
        (vec![holder], "refund.bank"),
        (vec![bank, account], "refund.holder"),
        (vec![bank, holder], "refund.account"),
        (vec![account, holder], "refund.bank"),
    ] {
        let arguments = [vec!["cancel", receipt.as_str()], given.concat()].concat();
        let (status, object) = world.json(&arguments);
        assert_eq!((status, &object["error"]["field"]), (2, &json!(missing)), "{arguments:?}");
    }
    assert!(world.sandbox.requests().is_empty());
}

#[test]
fn a_virtual_accounts_refund_takes_its_number_from_a_flag_standard_input_or_the_environment() {
    let world = World::new();
    let account = |number| ["--refund-bank", "국민은행", "--refund-holder", "홍길동", "--refund-account", number];
    let new = || world.sandbox.add(NewReceipt::paid(10_000).virtual_account());
    let (one, two, three) = (new(), new(), new());

    let (status, object) = world.json(&[&["cancel", one.as_str()], &account("66569112432134")[..]].concat());
    assert_eq!((status, &object["money_is_back"]), (0, &json!("accepted_for_transfer")));
    let run = world.run_with_stdin(&[&["cancel", two.as_str()], &account("-")[..]].concat(), "665-6911-2432134\n");
    assert_eq!(run.status, 0, "{run:?}");
    let mut by_variable = world.command(&[&["cancel", three.as_str()], &account("")[..4]].concat());
    assert_eq!(Run::of(by_variable.env("BOOTPAY_REFUND_ACCOUNT", "66569112432134").output().unwrap()).status, 0);
    assert!(world.sandbox.ledger().iter().all(|movement| movement.to_account));
    assert_eq!(world.sandbox.ledger().len(), 3);
}

#[test]
fn an_account_that_lingers_in_the_environment_changes_no_cancel() {
    let world = World::new();
    let receipt = world.paid(10_000);
    let mut command = world.command(&["cancel", &receipt]);
    assert_eq!(Run::of(command.env("BOOTPAY_REFUND_ACCOUNT", "66569112432134").output().unwrap()).status, 0);
    assert!(!world.sandbox.ledger()[0].to_account);
}

#[test]
fn a_dry_run_sends_no_cancel() {
    let world = World::new();
    let receipt = world.paid(10_000);
    let (status, object) = world.json(&["cancel", &receipt, "--price", "3000", "--cancel-id", "a", "--dry-run"]);
    assert_eq!((status, &object["dry_run"], &object["sent"]), (0, &json!(true), &json!(false)));
    let members = json!({ "receipt_id": receipt, "cancel_id": "a", "price": 3_000 });
    for (name, value) in members.as_object().unwrap() {
        assert_eq!(&object["members"][name], value);
    }
    assert_eq!(object["receipt"]["remaining"], 10_000);
    assert_eq!(object["objection"], json!(null));

    let (status, object) = world.json(&["cancel", &receipt, "--price", "30000", "--dry-run"]);
    assert_eq!((status, &object["objection"]["kind"]), (1, &json!("refused.more_than_remains")));
    assert_eq!(world.run(&["cancel", &receipt, "--price", "0", "--dry-run"]).status, 2);
    assert_eq!(world.run(&["cancel", &receipt, "--dry-run"]).status, 0);
    assert_eq!(world.sandbox.count(Operation::Cancel), 0);
    assert!(world.sandbox.ledger().is_empty());
    assert_eq!(world.json(&["intents"]).1["intents"], json!([]));
}

#[test]
fn figures_that_do_not_add_up_are_told_and_the_receipt_waits_for_a_person() {
    let world = World::new();
    let receipt = world.paid(10_000);
    world.sandbox.fault(Fault::on(Operation::Cancel).other_figures());
    let (status, object) = world.json(&["cancel", &receipt, "--price", "3000", "--cancel-id", "odd"]);
    assert_eq!((status, &object["outcome"]), (0, &json!("cancelled")), "{object}");
    assert!(object["mismatches"].as_array().is_some_and(|mismatches| !mismatches.is_empty()));
    assert_eq!(object["next"], "bootpay resolve --as cancelled --by WHO odd");

    let (status, object) = world.json(&["cancel", &receipt, "--price", "2000", "--cancel-id", "next"]);
    assert_eq!((status, &object["error"]["kind"]), (1, &json!("conflict.held")));
    let (status, object) = world.json(&["reconcile", "--all"]);
    assert_eq!((status, &object["held"][0]["cancel_id"]), (0, &json!("odd")));
    assert_eq!(world.run(&["resolve", "odd", "--as", "cancelled", "--by", "kim"]).status, 0);
    assert_eq!(world.run(&["cancel", &receipt, "--price", "2000", "--cancel-id", "next"]).status, 0);
    assert_eq!(world.moved(&receipt), [3_000, 2_000]);
}

#[test]
fn v2_with_a_basic_pair_cancels_too() {
    let world = World::new();
    let receipt = world.paid(10_000);
    for api in [None, Some("v2")] {
        let mut command = world.command(&["--json", "cancel", &receipt, "--price", "3000", "--cancel-id", "a"]);
        command.env_remove("BOOTPAY_APPLICATION_ID").env_remove("BOOTPAY_PRIVATE_KEY");
        command.env("BOOTPAY_CLIENT_KEY", Sandbox::CLIENT_KEY).env("BOOTPAY_SECRET_KEY", Sandbox::SECRET_KEY);
        if let Some(api) = api {
            command.env("BOOTPAY_API", api);
        }
        let run = Run::of(command.output().unwrap());
        assert_eq!((run.status, &run.object()["outcome"]), (0, &json!("cancelled")), "{run:?}");
    }
    assert_eq!(world.moved(&receipt), [3_000]);
}

#[test]
fn where_standard_input_is_no_terminal_nobody_is_asked() {
    let world = World::new();
    let receipt = world.paid(10_000);
    let run = world.run_with_stdin(&["cancel", &receipt], "n\n");
    assert_eq!(run.status, 0);
    assert!(!run.everything().contains("[y/N]"));
}
