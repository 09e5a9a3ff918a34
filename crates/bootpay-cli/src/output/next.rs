//! What to type next, exactly.

use bootpay_core::{BulkId, IntentRef};

use crate::args::{Shared, quoted};
use crate::setup;

/// The command that settles an unknown cancel; `None` where the journal forgets it with this process.
pub(crate) fn reconcile(shared: &Shared, cancel_id: &str) -> Option<String> {
    let again = format!("bootpay reconcile{} {}", shared.to_repeat(), operand(cancel_id));
    (!setup::forgets(shared)).then_some(again)
}

/// The command that settles everything that is open.
pub(crate) fn reconcile_all(shared: &Shared) -> String {
    format!("bootpay reconcile{} --all", shared.to_repeat())
}

/// The command by which a person decides.
pub(crate) fn resolve(shared: &Shared, intent: &IntentRef) -> String {
    let id = operand(intent.cancel_id.as_str());
    format!("bootpay resolve{} --as cancelled --by WHO {id}", shared.to_repeat())
}

/// The command that shows what Bootpay's ledger says.
pub(crate) fn receipt(shared: &Shared, receipt_id: &str) -> String {
    format!("bootpay receipt{} {}", shared.to_repeat(), operand(receipt_id))
}

/// The command that carries a plan out, or goes on with it.
pub(crate) fn bulk_run(shared: &Shared, file: &std::path::Path, plan: &BulkId, more: &str) -> String {
    format!("bootpay bulk run{}{more} --plan {plan} {}", shared.to_repeat(), operand(&file.to_string_lossy()))
}

/// The command that writes every row with how it stands.
pub(crate) fn bulk_export(shared: &Shared, file: &std::path::Path) -> String {
    format!("bootpay bulk export{} -o result.csv {}", shared.to_repeat(), operand(&file.to_string_lossy()))
}

/// An id that begins like a flag must not be read as one.
fn operand(id: &str) -> String {
    if id.starts_with('-') { format!("-- {}", quoted(id)) } else { quoted(id) }
}
