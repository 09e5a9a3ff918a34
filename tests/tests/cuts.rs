//! The TCP stream cut after every byte: of the request for a cancel and of its answer, of the token's and the lookup's, in
//! order and by reset, in both dialects.
//!
//! Every byte where `BOOTPAY_EVERY_POINT` is set, as `make prove` does; a spread of them otherwise.

use std::collections::BTreeMap;
use std::sync::Arc;

use bootpay_core::{CancelRequest, Dialect, JournalChoice, SqliteJournal};
use bootpay_sandbox::{NewReceipt, Operation, Sandbox};
use bootpay_tests::cutting::{Cut, CuttingProxy, End, Stream};
use bootpay_tests::interposed::points;
use bootpay_tests::{NoWait, Setup, Told};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// One world for many cuts: a sandbox, and a journal that all clients share.
struct World {
    sandbox: Sandbox,
    journal: Arc<SqliteJournal>,
    turns: Semaphore,
    _directory: tempfile::TempDir,
}

/// What is asked for, and how.
#[derive(Clone, Copy, Debug)]
struct Wish {
    dialect: Dialect,
    partial: bool,
}

const WISHES: [Wish; 4] = [
    Wish { dialect: Dialect::V1, partial: false },
    Wish { dialect: Dialect::V1, partial: true },
    Wish { dialect: Dialect::V2, partial: false },
    Wish { dialect: Dialect::V2, partial: true },
];

/// What came of it.
struct Seen {
    told: Told,
    again: Told,
    moved: Vec<u64>,
    moved_after: Vec<u64>,
    has_cut: bool,
    proxy: CuttingProxy,
}

impl World {
    async fn new() -> Arc<Self> {
        let directory = tempfile::tempdir().expect("a directory");
        let journal = SqliteJournal::open(directory.path().join("journal.sqlite3")).expect("a journal");
        let sandbox = Sandbox::start().await.expect("a sandbox");
        Arc::new(Self { sandbox, journal: Arc::new(journal), turns: Semaphore::new(16), _directory: directory })
    }

    fn moved(&self, receipt_id: &str) -> Vec<u64> {
        self.sandbox.movements(receipt_id).iter().map(|movement| movement.amount).collect()
    }

    /// Cancels a receipt through a proxy that does what `disturb` says, and clicks again.
    async fn cancel(&self, wish: Wish, disturb: impl FnOnce(&CuttingProxy)) -> Seen {
        let receipt_id = self.sandbox.add(NewReceipt::paid(10_000).pg("kcp"));
        let proxy = CuttingProxy::start(self.sandbox.address()).await.expect("a proxy");
        let setup = Setup { dialect: wish.dialect, patience: std::time::Duration::from_secs(30), ..Setup::v1() };
        let builder = setup.builder(&proxy.base_url()).expect("a setup").chance(Arc::new(NoWait));
        let journal = JournalChoice::Custom(Arc::clone(&self.journal) as _);
        let bootpay = builder.journal(journal).build().expect("a client");
        let request = || match wish.partial {
            true => CancelRequest::partial(&receipt_id, 3_000).cancel_id(&receipt_id),
            false => CancelRequest::full(&receipt_id),
        };
        disturb(&proxy);
        let told = Told::of(&bootpay.cancel(request()).await);
        let moved = self.moved(&receipt_id);
        let has_cut = proxy.has_cut();
        let again = Told::of(&bootpay.cancel(request()).await);
        Seen { told, again, moved, moved_after: self.moved(&receipt_id), has_cut, proxy }
    }
}

/// Cuts a stream of an operation after each of its bytes, with each of the ends, and holds what was seen against `expected`.
async fn cut_everywhere(
    wishes: &[Wish],
    on: Operation,
    stream: Stream,
    stride: usize,
    expected: fn(Wish, bool, &Seen) -> bool,
) {
    let world = World::new().await;
    let mut runs = JoinSet::new();
    let mut cuts = 0;
    for wish in wishes.iter().copied() {
        let whole = world.cancel(wish, |_| ()).await;
        assert_eq!(whole.told, Told::Cancelled { recorded: true, answered: true }, "{wish:?}");
        let length = whole.proxy.length(on, stream);
        assert!(length > 100, "{wish:?}: a {on:?} of {length} bytes");
        // Zero bytes as well, and all of them.
        for after in points(length + 1, stride).into_iter().map(|point| point - 1) {
            for end in [End::Fin, End::Rst] {
                let world = Arc::clone(&world);
                cuts += 1;
                runs.spawn(async move {
                    let _turn = world.turns.acquire().await.expect("a turn");
                    let seen = world.cancel(wish, |proxy| proxy.cut(Cut { on, stream, after, end })).await;
                    let is_whole = after >= seen.proxy.length(on, stream);
                    let first = seen.told.agrees_with(&seen.moved);
                    let then = seen.again.agrees_with(&seen.moved_after);
                    let fits = seen.has_cut && first.is_ok() && then.is_ok() && expected(wish, is_whole, &seen);
                    let Seen { told, again, moved, moved_after, has_cut, .. } = seen;
                    (!fits).then(|| {
                        format!(
                            "{wish:?}, {on:?} {stream:?} after {after} of {length}, {end:?}, cut: {has_cut}: {told:?} with \
                             {moved:?}, then {again:?} with {moved_after:?}"
                        )
                    })
                });
            }
        }
    }
    let mut wrong: Vec<String> = runs.join_all().await.into_iter().flatten().collect();
    wrong.sort();
    println!("{on:?} {stream:?}: {cuts} cuts");
    assert!(wrong.is_empty(), "{} of {cuts}:\n{}", wrong.len(), wrong.join("\n"));
}

fn is_unknown(told: &Told) -> bool {
    *told == Told::Unknown { recorded: true }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_cut_before_its_last_byte_moves_nothing_and_is_unknown_to_every_click() {
    cut_everywhere(&WISHES, Operation::Cancel, Stream::Request, 19, |_, is_whole, seen| {
        // Whole, it may be carried out at any time: what was told is held against the ledger alone.
        is_whole || (seen.moved_after.is_empty() && is_unknown(&seen.told) && is_unknown(&seen.again))
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_cut_before_its_last_byte_is_found_in_the_ledger_or_unknown_and_never_an_error() {
    cut_everywhere(&WISHES, Operation::Cancel, Stream::Answer, 19, |wish, is_whole, seen| {
        let by_lookup = Told::Cancelled { recorded: true, answered: false };
        let by_answer = Told::Cancelled { recorded: true, answered: true };
        let fits = match (wish.partial, is_whole) {
            (false, false) => seen.told == by_lookup,
            (true, false) => is_unknown(&seen.told),
            // A reset may overtake the whole answer.
            (false, true) => seen.told == by_lookup || seen.told == by_answer,
            (true, true) => is_unknown(&seen.told) || seen.told == by_answer,
        };
        fits && seen.moved_after.len() == 1 && !seen.again.is_error()
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_or_a_lookup_cut_anywhere_is_asked_for_again_and_the_refund_is_made_once() {
    // After a whole answer, it is the cancel that meets the broken connection: the last test's matter.
    let made = |_: Wish, is_whole: bool, seen: &Seen| {
        is_whole || (seen.told == Told::Cancelled { recorded: true, answered: true } && seen.moved_after.len() == 1)
    };
    for stream in [Stream::Request, Stream::Answer] {
        cut_everywhere(&[WISHES[0], WISHES[2]], Operation::Token, stream, 29, made).await;
        cut_everywhere(&[WISHES[1], WISHES[3]], Operation::Lookup, stream, 29, made).await;
    }
}

/// A connection that ends between two requests: the cancel meets a stale one, and either never left or is in doubt.
#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_ends_before_the_cancel_makes_no_false_promise() {
    let world = World::new().await;
    let mut tellings = BTreeMap::new();
    for wish in WISHES {
        for end in [End::Fin, End::Rst] {
            for _ in 0..10 {
                let seen = world.cancel(wish, |proxy| proxy.hang_up_after_answers(end)).await;
                seen.told.agrees_with(&seen.moved).expect("the ledger agrees");
                seen.again.agrees_with(&seen.moved_after).expect("and after the second click");
                let may_be = match &seen.told {
                    Told::Error { kind, .. } => kind.starts_with("not_sent") || kind.starts_with("lookup"),
                    Told::Cancelled { .. } | Told::Unknown { .. } => true,
                    Told::AlreadyCancelled => false,
                };
                assert!(may_be, "{:?}", seen.told);
                *tellings.entry(format!("{:?}", seen.told)).or_insert(0) += 1;
            }
        }
    }
    println!("{tellings:?}");
}
