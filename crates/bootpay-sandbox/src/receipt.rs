//! Receipts: payments that were made, and what has been given back of them.
//!
//! A receipt is kept in two places that can disagree, as in life. *Bootpay's book* holds the cancels that went through
//! Bootpay's API or console; lookups show it. *The PG* holds the money, and knows also what its own console and its
//! same-day scheduler have cancelled. Bootpay never hears of those, so its lookup can say "paid" of a payment that is
//! long gone.

use serde::{Deserialize, Serialize};

use crate::refusal::PgRefusal;

/// The PGs that can cancel in part, from the page.
pub(crate) const PARTIAL_PGS: [&str; 7] = ["inicis", "kcp", "danal", "payletter", "nicepay", "kakao", "payco"];

/// Paid.
pub(crate) const PAID: i32 = 1;
/// Cancelled in full.
pub(crate) const CANCELLED: i32 = 20;
/// The cancel failed.
pub(crate) const CANCEL_FAILED: i32 = -20;
/// A cancel is in progress at the PG.
pub(crate) const CANCEL_IN_PROGRESS: i32 = -30;

/// A payment to be made known to the sandbox: amount, PG, method, and how a cancel of it will fare.
///
/// ```
/// use bootpay_sandbox::{NewReceipt, PgRefusal};
///
/// let ordinary = NewReceipt::paid(10_000);
/// let refused = NewReceipt::paid(30_000).pg("kcp").refuse_with(PgRefusal::KcpIp);
/// let transfer = NewReceipt::paid(50_000).virtual_account().cms_contract(false);
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewReceipt {
    pub(crate) price: u64,
    #[serde(default)]
    pub(crate) tax_free: u64,
    #[serde(default)]
    pub(crate) id: Option<String>,
    #[serde(default)]
    pub(crate) order_id: Option<String>,
    #[serde(default)]
    pub(crate) name: Option<String>,
    #[serde(default = "default_pg")]
    pub(crate) pg: String,
    #[serde(default = "default_method")]
    pub(crate) method: String,
    #[serde(default)]
    pub(crate) test_mode: bool,
    #[serde(default)]
    pub(crate) virtual_account: bool,
    #[serde(default = "yes")]
    pub(crate) cms_contract: bool,
    #[serde(default)]
    pub(crate) cancelled_in_pg_console: bool,
    #[serde(default)]
    pub(crate) refuse_with: Option<PgRefusal>,
    #[serde(default)]
    pub(crate) status: Option<i32>,
}

fn default_pg() -> String {
    "kcp".to_owned()
}

fn default_method() -> String {
    "card".to_owned()
}

fn yes() -> bool {
    true
}

impl NewReceipt {
    /// A paid card payment of `price` won at KCP, nothing of it tax-free, in live mode.
    pub fn paid(price: u64) -> Self {
        Self {
            price,
            tax_free: 0,
            id: None,
            order_id: None,
            name: None,
            pg: default_pg(),
            method: default_method(),
            test_mode: false,
            virtual_account: false,
            cms_contract: true,
            cancelled_in_pg_console: false,
            refuse_with: None,
            status: None,
        }
    }

    /// Its receipt id, instead of one made by the sandbox.
    #[must_use]
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// The merchant's order number.
    #[must_use]
    pub fn order_id(mut self, order_id: impl Into<String>) -> Self {
        self.order_id = Some(order_id.into());
        self
    }

    /// What was bought.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// The PG, such as `"kcp"`. Only `inicis`, `kcp`, `danal`, `payletter`, `nicepay`, `kakao` and `payco` can cancel
    /// in part.
    #[must_use]
    pub fn pg(mut self, pg: impl Into<String>) -> Self {
        self.pg = pg.into();
        self
    }

    /// The method of payment, such as `"card"`, `"phone"` or `"vbank"`. A phone payment can be cancelled only within
    /// its calendar month in Korea; `"vbank"` makes it a virtual account.
    #[must_use]
    pub fn method(mut self, method: impl Into<String>) -> Self {
        self.method = method.into();
        self.virtual_account |= self.method == "vbank";
        self
    }

    /// The tax-free part of the price, in won.
    #[must_use]
    pub fn tax_free(mut self, tax_free: u64) -> Self {
        self.tax_free = tax_free;
        self
    }

    /// A test payment, which [`Sandbox::sweep`](crate::Sandbox::sweep) cancels at the PG.
    #[must_use]
    pub fn test_mode(mut self) -> Self {
        self.test_mode = true;
        self
    }

    /// Paid by transfer to a virtual account: a cancel needs a refund account and a CMS contract.
    #[must_use]
    pub fn virtual_account(mut self) -> Self {
        self.virtual_account = true;
        "vbank".clone_into(&mut self.method);
        self
    }

    /// Whether the merchant has the CMS contract with the PG that refunds to an account need. It has, unless told.
    #[must_use]
    pub fn cms_contract(mut self, signed: bool) -> Self {
        self.cms_contract = signed;
        self
    }

    /// Every cancel of it is refused by the PG, for this reason.
    #[must_use]
    pub fn refuse_with(mut self, refusal: PgRefusal) -> Self {
        self.refuse_with = Some(refusal);
        self
    }

    /// Already cancelled in full in the PG's own console: Bootpay's lookup still says paid.
    #[must_use]
    pub fn cancelled_in_pg_console(mut self) -> Self {
        self.cancelled_in_pg_console = true;
        self
    }

    /// Bootpay's status number to show: 0 waiting, 1 paid, 2 before approval, 3 approving, 20 cancelled,
    /// -20 cancel failed, -30 cancel in progress. Cancels are carried out at 1, 20 and -20, as far as money remains.
    #[must_use]
    pub fn status(mut self, status: i32) -> Self {
        self.status = Some(status);
        self
    }
}

/// What is known of a receipt: Bootpay's book, and beside it what the PG knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptState {
    /// The receipt's id.
    pub receipt_id: String,
    /// The merchant's order number.
    pub order_id: String,
    /// What was bought.
    pub name: String,
    /// The price that was paid, in won.
    pub price: u64,
    /// The tax-free part of the price, in won.
    pub tax_free: u64,
    /// The PG.
    pub pg: String,
    /// The method of payment.
    pub method: String,
    /// The PG's transaction id.
    pub tid: String,
    /// Bootpay's status number: 1 paid (after a partial cancel too), 20 cancelled in full.
    pub status: i32,
    /// What Bootpay knows to be cancelled, in won.
    pub cancelled_price: u64,
    /// The tax-free part of that, in won.
    pub cancelled_tax_free: u64,
    /// What Bootpay believes to remain, in won.
    pub remain_price: u64,
    /// The tax-free part of that, in won.
    pub remain_tax_free: u64,
    /// What has really been given back, in won: Bootpay's cancels, the PG's console and the PG's sweep.
    pub cancelled_at_pg: u64,
    /// Whether it is a test payment.
    pub test_mode: bool,
    /// Whether it was paid to a virtual account.
    pub virtual_account: bool,
    /// When it was paid, in milliseconds since 1970 by the sandbox's clock.
    pub paid_at_unix_ms: u64,
    /// When Bootpay last carried out a cancel of it, likewise.
    pub revoked_at_unix_ms: Option<u64>,
}

/// An amount that Bootpay's book shows as cancelled.
#[derive(Debug, Clone, Copy)]
struct Entry {
    at_ms: u64,
    amount: u64,
    tax_free: u64,
}

/// A receipt inside the sandbox.
#[derive(Debug)]
pub(crate) struct Receipt {
    pub(crate) made_from: NewReceipt,
    id: String,
    order_id: String,
    tid: String,
    pub(crate) paid_at_ms: u64,
    book: Vec<Entry>,
    cancelled_at_pg: u64,
    pub(crate) last_partial_ms: Option<u64>,
}

impl Receipt {
    pub(crate) fn new(made_from: NewReceipt, id: String, serial: u64, now_ms: u64) -> Self {
        let order_id = made_from.order_id.clone().unwrap_or_else(|| format!("order-{serial}"));
        Self {
            made_from,
            id,
            order_id,
            tid: format!("{}", 48_586_080 + serial),
            paid_at_ms: now_ms,
            book: Vec::new(),
            cancelled_at_pg: 0,
            last_partial_ms: None,
        }
    }

    /// What Bootpay's book said at `at_ms`, and what the PG knows now.
    pub(crate) fn state(&self, at_ms: u64) -> ReceiptState {
        let shown = self.book.iter().filter(|entry| entry.at_ms <= at_ms);
        let (mut cancelled_price, mut cancelled_tax_free, mut revoked_at) = (0, 0, None);
        for entry in shown {
            cancelled_price += entry.amount;
            cancelled_tax_free += entry.tax_free;
            revoked_at = Some(entry.at_ms);
        }
        let remain_price = self.made_from.price - cancelled_price;
        let emptied = cancelled_price > 0 && remain_price == 0;
        ReceiptState {
            receipt_id: self.id.clone(),
            order_id: self.order_id.clone(),
            name: self.made_from.name.clone().unwrap_or_else(|| "테스트 상품".to_owned()),
            price: self.made_from.price,
            tax_free: self.made_from.tax_free,
            pg: self.made_from.pg.clone(),
            method: self.made_from.method.clone(),
            tid: self.tid.clone(),
            status: if emptied { CANCELLED } else { self.made_from.status.unwrap_or(PAID) },
            cancelled_price,
            cancelled_tax_free,
            remain_price,
            remain_tax_free: self.made_from.tax_free - cancelled_tax_free,
            cancelled_at_pg: self.cancelled_at_pg,
            test_mode: self.made_from.test_mode,
            virtual_account: self.made_from.virtual_account,
            paid_at_unix_ms: self.paid_at_ms,
            revoked_at_unix_ms: revoked_at,
        }
    }

    /// What the PG still holds, in won.
    pub(crate) fn remains_at_pg(&self) -> u64 {
        self.made_from.price - self.cancelled_at_pg
    }

    /// The money goes back through Bootpay: its book shows it.
    pub(crate) fn give_back_through_bootpay(&mut self, amount: u64, tax_free: u64, now_ms: u64) {
        self.cancelled_at_pg += amount;
        self.book.push(Entry { at_ms: now_ms, amount, tax_free });
    }

    /// The money goes back at the PG, behind Bootpay's back.
    pub(crate) fn give_back_at_pg(&mut self, amount: u64) {
        self.cancelled_at_pg += amount;
    }
}
