//! Each guard, the trap behind it, and a world in which it opens once the guard is gone.

use super::bootpay::IdRule;
use super::catalogue::{DAY_MS, FULL, KEYED, KEYLESS, OTHER};
use super::invariants::Promise;
use super::setting::{Budget, Guard, Setting, Wish};

/// A trap.
#[derive(Clone, Debug)]
pub struct Trap {
    /// What holds it shut.
    pub guard: Guard,
    /// The world without that guard.
    pub open: Setting,
    /// The same world with it.
    pub shut: Setting,
    /// The promises that break, each in some order of events.
    pub breaks: Vec<Promise>,
}

impl Trap {
    fn new(guard: Guard, wishes: &[Wish], rule: IdRule, budget: Budget, breaks: &[Promise]) -> Self {
        let open = Setting {
            group: "traps",
            name: format!("without {guard:?}"),
            wishes: wishes.to_vec(),
            price: 10_000,
            workers: 2,
            rule,
            honours_for_ms: None,
            sole_canceller: false,
            by_token: true,
            repeats_what_was_refused: false,
            budget,
            without: Some(guard),
        };
        let shut = Setting { without: None, name: format!("with {guard:?}"), ..open.clone() };
        Self { guard, open, shut, breaks: breaks.to_vec() }
    }

    fn with(mut self, change: impl Fn(&mut Setting)) -> Self {
        change(&mut self.open);
        change(&mut self.shut);
        self
    }

    fn honouring(self, honours_for_ms: i64) -> Self {
        self.with(|setting| setting.honours_for_ms = Some(honours_for_ms))
    }

    fn sole_canceller(self) -> Self {
        self.with(|setting| setting.sole_canceller = true)
    }

    fn of(self, price: u64) -> Self {
        self.with(|setting| setting.price = price)
    }
}

/// Every trap.
pub fn traps() -> Vec<Trap> {
    use IdRule::{Ignores, Refuses, RefusesAndBurns, Replays};
    use Promise::{
        AnErrorForEver, CancelledOnlyWithAMovement, NeverAboveThePrice, OneMovementForEachIntent,
        OneMovementForEachWish, RecordedBeforeSent, SettledOrListed, TheJournalDeniesRightly, TwoRepetitions,
    };
    let once = Budget { clicks: 1, losses: 1, ..Budget::default() };
    let twice = Budget { clicks: 2, ..once };
    let person = Budget { reconciles: 1, settlings: 1, decisions: 1, ..twice };
    let late = Budget { clicks: 1, reconciles: 1, settlings: 1, lags: 1, ..once };
    let other = Budget { clicks: 2, console: 1, ..once };
    let repeated = Budget { clicks: 1, reconciles: 1, settlings: 1, decisions: 1, ..once };
    vec![
        Trap::new(Guard::OneId, &[KEYED], Refuses, once, &[OneMovementForEachIntent]).honouring(DAY_MS),
        Trap::new(Guard::LookupNeverDenies, &[KEYED], Ignores, twice, &[OneMovementForEachWish, AnErrorForEver]),
        Trap::new(Guard::LateLookupNeverDenies, &[KEYED], Ignores, late, &[AnErrorForEver]),
        Trap::new(
            Guard::DeclaredSoleCanceller,
            &[KEYED, OTHER],
            Ignores,
            other,
            &[CancelledOnlyWithAMovement, NeverAboveThePrice],
        )
        .of(6_000),
        Trap::new(
            Guard::SeenIsNotSuccess,
            &[KEYED],
            RefusesAndBurns,
            Budget { refusals: 1, ..twice },
            &[CancelledOnlyWithAMovement],
        ),
        Trap::new(Guard::Fence, &[KEYED], Ignores, Budget { leases: 1, ..person }, &[OneMovementForEachWish]),
        Trap::new(Guard::OneAtATime, &[KEYLESS], Ignores, twice, &[OneMovementForEachWish]),
        Trap::new(Guard::NoneBesideAnUnknown, &[KEYLESS], Ignores, twice, &[OneMovementForEachWish]),
        Trap::new(Guard::KeylessRule, &[KEYLESS], Ignores, twice, &[OneMovementForEachWish]),
        Trap::new(
            Guard::EqualTotals,
            &[KEYED, OTHER],
            Ignores,
            Budget { lags: 1, ..twice },
            &[CancelledOnlyWithAMovement],
        )
        .sole_canceller(),
        Trap::new(
            Guard::SettlingTime,
            &[KEYED],
            Ignores,
            Budget { settlings: 0, ..person },
            &[TheJournalDeniesRightly, OneMovementForEachWish],
        ),
        Trap::new(
            Guard::RecordBeforeSend,
            &[KEYED],
            Ignores,
            Budget { kills: 1, ..twice },
            &[RecordedBeforeSent, TheJournalDeniesRightly],
        ),
        Trap::new(Guard::Retention, &[KEYED], Replays, Budget { settlings: 1, ..twice }, &[OneMovementForEachIntent])
            .honouring(20 * 60 * 1_000),
        Trap::new(
            Guard::CompareAndSet,
            &[KEYED],
            Ignores,
            Budget { leases: 1, ..twice },
            &[RecordedBeforeSent, OneMovementForEachWish],
        ),
        Trap::new(
            Guard::JournalAfterLookup,
            &[KEYED, FULL],
            Ignores,
            Budget { reconciles: 1, ..twice },
            &[CancelledOnlyWithAMovement],
        )
        .sole_canceller()
        .of(3_000),
        Trap::new(Guard::DecisionCheckedAgain, &[KEYED], Replays, repeated, &[TheJournalDeniesRightly])
            .honouring(DAY_MS),
        Trap::new(
            Guard::TriesCountedAgain,
            &[KEYED],
            Replays,
            Budget { clicks: 1, kills: 1, reconciles: 2, losses: 2, leases: 1, ..Budget::default() },
            &[TwoRepetitions],
        )
        .with(|setting| setting.workers = 3)
        .honouring(DAY_MS),
        Trap::new(Guard::TakeOver, &[KEYED], Ignores, Budget { kills: 1, ..once }, &[SettledOrListed]),
    ]
}

/// What no client can survive: a server that looks at no id behind a proxy that repeats requests, and a proxy that repeats
/// them even after it has passed a refusal on, to a server that takes the id of a refused attempt for unused.
pub fn hopeless() -> Vec<Setting> {
    let repeated = Budget { clicks: 1, replays: 1, ..Budget::default() };
    let behind_a_proxy = |name: &str, rule, budget| Setting {
        group: "hopeless",
        name: name.to_owned(),
        wishes: vec![KEYED],
        price: 10_000,
        workers: 1,
        rule,
        honours_for_ms: (rule == IdRule::Refuses).then_some(DAY_MS),
        sole_canceller: false,
        by_token: true,
        repeats_what_was_refused: true,
        budget,
        without: None,
    };
    vec![
        behind_a_proxy("ids ignored, behind a proxy that repeats", IdRule::Ignores, repeated),
        behind_a_proxy(
            "ids honoured, behind a proxy that repeats what was refused",
            IdRule::Refuses,
            Budget { refusals: 1, ..repeated },
        ),
    ]
}
