//! The scenes: six things that happen to merchants.

use bootpay_core::{Bootpay, BootpayError, CancelOutcome, CancelRequest, Language, RefundAccount, Won};
use bootpay_sandbox::{Fault, NewReceipt, Operation, PgRefusal, Sandbox};

use crate::table::Row;

type Seen = Result<CancelOutcome, BootpayError>;

pub(crate) async fn play(sandbox: &Sandbox, bootpay: &Bootpay) -> Result<Vec<Row>, Box<dyn std::error::Error>> {
    let mut rows = Vec::new();

    let full = sandbox.add(NewReceipt::paid(10_000).pg("kcp"));
    let seen = bootpay.cancel(full.as_str()).await;
    rows.push(row("full cancel of 10,000 won", sandbox, &full, &seen, 10_000));

    let part = sandbox.add(NewReceipt::paid(10_000).tax_free(2_000).pg("nicepay"));
    let request = || CancelRequest::partial(&part, 3_000).tax_free(1_000).cancel_id("order-1042/refund-1");
    let seen = bootpay.cancel(request()).await;
    rows.push(row("partial cancel of 3,000 won", sandbox, &part, &seen, 3_000));

    let seen = bootpay.cancel(request()).await;
    rows.push(row("the same button, clicked again", sandbox, &part, &seen, 3_000));

    let vbank = sandbox.add(NewReceipt::paid(50_000).virtual_account().cms_contract(true));
    let account = RefundAccount::new("국민은행", "66569112432134", "홍길동")?;
    let seen = bootpay.cancel(CancelRequest::full(&vbank).refund_account(account)).await;
    rows.push(row("virtual-account refund", sandbox, &vbank, &seen, 50_000));

    let kcp = sandbox.add(NewReceipt::paid(10_000).pg("kcp").refuse_with(PgRefusal::KcpIp));
    let seen = bootpay.cancel(kcp.as_str()).await;
    rows.push(row("a refusal: KCP does not know the address", sandbox, &kcp, &seen, 0));

    let lost = sandbox.add(NewReceipt::paid(10_000).pg("kcp"));
    sandbox.fault(Fault::on(Operation::Cancel).after_money().reset());
    // Its ledger lags as well, so that even the lookup right afterwards proves nothing yet.
    sandbox.set_lookup_lag(std::time::Duration::from_secs(3600));
    let seen = bootpay.cancel(lost.as_str()).await;
    rows.push(row("the answer is lost on its way", sandbox, &lost, &seen, 10_000));

    sandbox.set_lookup_lag(std::time::Duration::ZERO);
    if let Ok(CancelOutcome::Unknown(unknown)) = &seen {
        let seen = bootpay.reconcile(unknown.intent.cancel_id.as_str()).await;
        rows.push(row("… and is reconciled, without sending again", sandbox, &lost, &seen, 10_000));
    }
    Ok(rows)
}

/// Holds what the caller saw against the ledger. `once` is what must have moved, in won, if anything has.
fn row(scene: &'static str, sandbox: &Sandbox, receipt_id: &str, seen: &Seen, once: u64) -> Row {
    let moved: Vec<u64> = sandbox.movements(receipt_id).iter().map(|movement| movement.amount).collect();
    let ledger = match moved.as_slice() {
        [] => "nothing moved".to_owned(),
        [won] => format!("{} won moved, once", Won::new(*won)),
        more => format!("moved {} times: {more:?}", more.len()),
    };
    let agrees = match seen {
        Ok(CancelOutcome::Cancelled(_)) => moved == [once],
        Ok(CancelOutcome::Unknown(_)) => moved.is_empty() || moved == [once],
        Ok(CancelOutcome::AlreadyCancelled(_)) | Err(_) => moved.is_empty(),
    };
    Row { scene, caller: caller(seen), ledger, agrees, hint: hint(seen) }
}

fn caller(seen: &Seen) -> String {
    match seen {
        Ok(CancelOutcome::Cancelled(cancelled)) => {
            let how = format!("{:?}", cancelled.evidence).to_lowercase();
            let again = if cancelled.repeated { ", from the journal" } else { "" };
            match cancelled.money_is_back {
                bootpay_core::MoneyIsBack::Yes => format!("cancelled ({how}{again})"),
                _ => format!("cancelled ({how}), accepted for transfer"),
            }
        }
        Ok(CancelOutcome::AlreadyCancelled(_)) => "already cancelled".to_owned(),
        Ok(CancelOutcome::Unknown(unknown)) => format!("unknown ({:?})", unknown.cause),
        Err(error) => format!("an error: {}", error.kind()),
    }
}

fn hint(seen: &Seen) -> Option<String> {
    match seen {
        Err(error) => error.hint(Language::English),
        Ok(CancelOutcome::Unknown(unknown)) => {
            Some(format!("not an error and not a success: reconcile {} later", unknown.intent.cancel_id))
        }
        Ok(_) => None,
    }
}
