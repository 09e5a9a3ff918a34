//! A stateful Bootpay on your own machine.
//!
//! Bootpay is a Korean payment gateway; this crate is a fake of the part that gives money back: tokens, receipts,
//! cancels, lookups, in both dialects of its API on one port. It is written from Bootpay's documentation and shares no
//! code with any client, so that a mistake on one side is not mirrored on the other.
//!
//! It goes wrong on request. A [`Fault`] stands before or after the money moves, and the ledger tells afterwards what
//! really happened, which no merchant can ask in production:
//!
//! ```
//! use bootpay_sandbox::{Fault, NewReceipt, Operation, Sandbox};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> std::io::Result<()> {
//! let sandbox = Sandbox::start().await?;
//! let receipt_id = sandbox.add(NewReceipt::paid(10_000));
//!
//! // The next cancel is carried out, and the connection breaks before its answer.
//! sandbox.fault(Fault::on(Operation::Cancel).after_money().reset());
//!
//! // … point your app at sandbox.base_url(), let it cancel, and ask:
//! assert!(sandbox.movements(&receipt_id).is_empty());
//! # Ok(())
//! # }
//! ```
//!
//! What Bootpay has not published is chosen here, and said: the refusals' codes are the sandbox's own inventions, and
//! what happens to a repeated `cancel_id` can be selected ([`CancelIdRule`]). The README lists every choice.
//!
//! It listens on loopback addresses only.

mod body;
mod builder;
mod call;
mod cancel;
mod cancel_ids;
mod clock;
mod connection;
mod control;
mod desk;
mod fault;
mod fault_queue;
mod ledger;
mod offline;
mod receipt;
mod refusal;
mod reply;
mod sandbox;
mod seen;
mod server;
mod spoil;
mod token;
mod v1;
mod v2;
mod words;
mod world;

pub use builder::SandboxBuilder;
pub use call::{Dialect, Operation};
pub use cancel::{CancelIdRule, CancelIdScope};
pub use fault::{Delivery, Fault, FaultBody, Says, When};
pub use ledger::{MovedBy, Movement};
pub use offline::{OfflineBootpay, OfflineRequest};
pub use receipt::{NewReceipt, ReceiptState};
pub use refusal::PgRefusal;
pub use sandbox::Sandbox;
pub use seen::{AuthorizationScheme, SeenRequest};
