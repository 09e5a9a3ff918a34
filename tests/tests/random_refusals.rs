//! The money invariants do not rest on codes and texts: here every refusal's are random, and the invariants hold.

use bootpay_core::{CancelOutcome, CancelRequest};
use bootpay_sandbox::{CancelIdRule, Fault, NewReceipt, Operation, PgRefusal};
use bootpay_tests::{Merchant, Setup};

/// A small generator of our own: the same seed, the same run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }
}

fn receipt(dice: &mut Dice) -> NewReceipt {
    let receipt = NewReceipt::paid(10_000).pg("kcp");
    match dice.roll(9) {
        0 => receipt.refuse_with(PgRefusal::Settlement),
        1 => receipt.refuse_with(PgRefusal::Limit),
        2 => receipt.refuse_with(PgRefusal::KcpIp),
        3 => receipt.refuse_with(PgRefusal::PartialUnsupported),
        4 => receipt.cancelled_in_pg_console(),
        5 => receipt.virtual_account().cms_contract(false),
        _ => receipt,
    }
}

fn fault(dice: &mut Dice) -> Option<Fault> {
    let fault = Fault::on(Operation::Cancel);
    match dice.roll(8) {
        0 => Some(fault.after_money().reset()),
        1 => Some(fault.before_money().drop_connection()),
        2 => Some(fault.after_money().truncated_json()),
        3 => Some(fault.after_money().html()),
        4 => Some(fault.before_money().expired_token()),
        _ => None,
    }
}

async fn run(seed: u64, setup: Setup) {
    let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let merchant = Merchant::new(setup.clone()).await.expect("a sandbox");
    let receipt_id = merchant.sandbox.add(receipt(&mut dice));
    merchant.sandbox.randomise_refusals(Some(seed));
    // A server that ignores or burns ids breaks the declaration, so it is only met by those who have not made it.
    merchant.sandbox.set_cancel_id_rule(match dice.roll(if setup.honours_cancel_id { 2 } else { 4 }) {
        0 => CancelIdRule::Refuse,
        1 => CancelIdRule::Replay,
        2 => CancelIdRule::Ignore,
        _ => CancelIdRule::RefuseAndBurn,
    });

    for call in 0..6 {
        if let Some(fault) = fault(&mut dice) {
            merchant.sandbox.fault(fault);
        }
        let request = match dice.roll(4) {
            0 => CancelRequest::full(&receipt_id),
            1 => CancelRequest::full(&receipt_id).cancel_id("whole"),
            2 => CancelRequest::partial(&receipt_id, 2_000).cancel_id("part-1"),
            _ => CancelRequest::partial(&receipt_id, 3_000).cancel_id("part-2"),
        };
        let before = merchant.sandbox.movements(&receipt_id).len();
        let seen = merchant.bootpay.cancel(request.clone()).await;
        let movements = merchant.sandbox.movements(&receipt_id);
        let context = format!("seed {seed}, call {call}, {:?}, {request:?}: {seen:?}, {movements:?}", setup.dialect);

        assert!(movements.len() - before <= 1, "one call, one movement at most: {context}");
        match &seen {
            Err(_) => assert_eq!(movements.len(), before, "an error, and the money moved: {context}"),
            Ok(CancelOutcome::Cancelled(cancelled)) => {
                let id = cancelled.intent.cancel_id.as_str();
                let of_intent = movements.iter().filter(|one| one.cancel_id.as_deref() == Some(id)).count();
                let emptied = movements.iter().map(|one| one.amount).sum::<u64>() == 10_000;
                assert!(
                    of_intent == 1 || (cancelled.intent.amount.is_full() && emptied),
                    "cancelled without: {context}"
                );
            }
            Ok(_) => {}
        }
        let sum: u64 = movements.iter().map(|movement| movement.amount).sum();
        assert!(sum <= 10_000, "more than the price: {context}");
        let mut ids: Vec<_> = movements.iter().filter_map(|movement| movement.cancel_id.clone()).collect();
        let all = ids.len();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), all, "an intent moved money twice: {context}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn with_random_codes_and_texts_no_intent_moves_twice_and_no_error_hides_a_movement() {
    let mut runs = Vec::new();
    for seed in 1..=40 {
        for setup in Setup::all() {
            runs.push(tokio::spawn(run(seed, Setup { honours_cancel_id: seed % 4 == 0, ..setup })));
        }
    }
    for run in runs {
        run.await.expect("the invariants hold");
    }
}
