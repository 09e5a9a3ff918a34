//! The settings that are explored.

use super::bootpay::IdRule;
use super::setting::{Budget, Setting, Wish};

pub(super) const FULL: Wish = Wish::Full;
pub(super) const KEYED: Wish = Wish::Partial { price: 3_000, id: 1 };
pub(super) const OTHER: Wish = Wish::Partial { price: 3_000, id: 2 };
pub(super) const KEYLESS: Wish = Wish::Keyless { price: 3_000 };

pub(super) const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

const TWO: &str = "two processes";
const PAIRS: &str = "every pair of misfortunes";
const THREE: &str = "three processes";
const ALL: &str = "everything at once";

/// What settings belong to.
pub const GROUPS: [&str; 4] = [TWO, PAIRS, THREE, ALL];

/// Somebody's wishes for one receipt.
struct Wanted {
    name: &'static str,
    wishes: Vec<Wish>,
    /// What was paid, in won.
    price: u64,
}

/// What must never break a promise: every rule of the server's, every declaration that is true, and
///
/// - with two processes: every pair of wishes, and the kinds of misfortune that belong together;
/// - the same with each two kinds of misfortune that do not meet there;
/// - with three processes: every pair of wishes and all three, and what takes three;
/// - all of it at once.
pub fn sound() -> Vec<Setting> {
    let mut settings = Vec::new();
    group(&mut settings, (TWO, 2), &wanted(), &together());
    group(&mut settings, (PAIRS, 2), &wanted(), &pairs());
    group(&mut settings, (THREE, 3), &with_three(), &for_three());
    group(&mut settings, (ALL, 3), &all_three(), &everything());
    settings
}

fn group(
    settings: &mut Vec<Setting>,
    (group, workers): (&'static str, usize),
    wanted: &[Wanted],
    troubles: &[(String, Budget)],
) {
    for rule in [IdRule::Refuses, IdRule::Replays, IdRule::Ignores, IdRule::RefusesAndBurns] {
        for Wanted { name, wishes, price } in wanted {
            for (trouble, budget) in troubles {
                for (declared, honours_for_ms, sole_canceller) in declarations(rule, budget) {
                    if !is_in_scope(rule, wishes, budget, honours_for_ms) {
                        continue;
                    }
                    settings.push(Setting {
                        group,
                        name: format!("{rule:?}, {name}, {trouble}, {declared}"),
                        wishes: wishes.clone(),
                        price: *price,
                        workers,
                        rule,
                        honours_for_ms,
                        sole_canceller,
                        // Here with a Basic pair, which has no token to be turned away for.
                        by_token: trouble != "refusals",
                        // Only a server that uses the id of a refused attempt up stands that: see `hopeless`.
                        repeats_what_was_refused: rule == IdRule::RefusesAndBurns && budget.unauthorized == 0,
                        budget: *budget,
                        without: None,
                    });
                }
            }
        }
    }
}

/// Nobody survives a proxy that repeats requests to a server that looks at no id: see [`hopeless`](super::hopeless).
/// Assumption (b): no proxy repeats requests, or else the server honours `cancel_id` as declared. Derived ids are nobody
/// else's, so "seen before" is about them in any case.
fn is_in_scope(rule: IdRule, wishes: &[Wish], budget: &Budget, honours_for_ms: Option<i64>) -> bool {
    let keyed = wishes.iter().any(|wish| matches!(wish, Wish::Partial { .. }));
    let undeclared = keyed && honours_for_ms.is_none() && rule != IdRule::Replays;
    budget.replays == 0 || !(rule == IdRule::Ignores || undeclared)
}

fn wanted() -> Vec<Wanted> {
    let ten = |name, wishes| Wanted { name, wishes, price: 10_000 };
    vec![
        ten("full", vec![FULL]),
        ten("keyed", vec![KEYED]),
        ten("keyless", vec![KEYLESS]),
        ten("full and keyed", vec![FULL, KEYED]),
        ten("two keyed", vec![KEYED, OTHER]),
        ten("keyed and keyless", vec![KEYED, KEYLESS]),
        Wanted { name: "all of it, as a part and in full", wishes: vec![FULL, KEYED], price: 3_000 },
        Wanted { name: "two keyed that exceed the price", wishes: vec![KEYED, OTHER], price: 5_000 },
    ]
}

fn with_three() -> Vec<Wanted> {
    let mut all = wanted();
    all.retain(|wanted| wanted.wishes.len() > 1 || wanted.wishes == [KEYED]);
    all.extend(all_three());
    all
}

fn all_three() -> Vec<Wanted> {
    vec![Wanted { name: "full, keyed and keyless", wishes: vec![FULL, KEYED, KEYLESS], price: 10_000 }]
}

const CALM: Budget = Budget { clicks: 2, reconciles: 1, ..NONE };
const NONE: Budget = Budget {
    clicks: 0,
    reconciles: 0,
    losses: 0,
    not_sent: 0,
    errors: 0,
    unauthorized: 0,
    token_failures: 0,
    refusals: 0,
    replays: 0,
    kills: 0,
    journal_failures: 0,
    lags: 0,
    lookup_failures: 0,
    console: 0,
    decisions: 0,
    leases: 0,
    settlings: 0,
};

/// Kinds of misfortune that belong together. Where time passes, answers are lost without a loss.
fn together() -> Vec<(String, Budget)> {
    let calm = CALM;
    named(vec![
        ("losses", Budget { losses: 2, clicks: 3, ..calm }),
        ("losses and replays", Budget { losses: 1, replays: 1, not_sent: 1, ..calm }),
        ("errors", Budget { errors: 2, losses: 1, ..calm }),
        ("refusals", Budget { refusals: 1, unauthorized: 1, losses: 1, ..calm }),
        ("tokens", Budget { unauthorized: 2, losses: 1, not_sent: 1, token_failures: 1, ..calm }),
        ("kills", Budget { kills: 1, leases: 1, ..calm }),
        ("stalls", Budget { leases: 1, settlings: 1, decisions: 1, ..calm }),
        ("kills and decisions", Budget { kills: 1, settlings: 1, decisions: 1, ..calm }),
        ("a journal that fails", Budget { journal_failures: 1, leases: 1, ..calm }),
        ("a console", Budget { console: 1, losses: 1, ..calm }),
        ("a lagging ledger", Budget { lags: 2, losses: 1, lookup_failures: 1, ..calm }),
        ("a lagging ledger and a console", Budget { lags: 1, console: 1, settlings: 1, ..calm }),
    ])
}

fn for_three() -> Vec<(String, Budget)> {
    let calm = Budget { clicks: 3, ..CALM };
    named(vec![
        ("losses", Budget { losses: 2, ..calm }),
        ("errors and replays", Budget { errors: 1, replays: 1, ..calm }),
        ("two stalls", Budget { leases: 2, clicks: 2, ..calm }),
        ("a stall and a kill", Budget { leases: 1, kills: 1, clicks: 2, ..calm }),
        ("two kills", Budget { kills: 2, ..calm }),
        ("a stall and a decision", Budget { settlings: 1, decisions: 1, clicks: 2, reconciles: 0, ..calm }),
        ("a stall and a lagging ledger", Budget { leases: 1, lags: 1, clicks: 2, ..calm }),
        ("a stall and a console", Budget { leases: 1, console: 1, clicks: 2, ..calm }),
        ("a stall and a journal that fails", Budget { leases: 1, journal_failures: 1, clicks: 2, ..calm }),
    ])
}

/// As much as no exploration comes to the end of.
fn everything() -> Vec<(String, Budget)> {
    let mut all = Budget { clicks: 3, reconciles: 2, ..NONE };
    MISFORTUNES.iter().for_each(|(_, often)| *often(&mut all) = 1);
    let alone = Budget { replays: 0, ..all };
    named(vec![
        ("everything", all),
        ("everything but replays", alone),
        ("everything but a console", Budget { console: 0, ..alone }),
    ])
}

fn named(troubles: Vec<(&str, Budget)>) -> Vec<(String, Budget)> {
    troubles.into_iter().map(|(name, budget)| (name.to_owned(), budget)).collect()
}

/// A kind of misfortune, and how often it may happen.
type Misfortune = (&'static str, fn(&mut Budget) -> &mut u8);

const MISFORTUNES: [Misfortune; 15] = [
    ("a loss", |budget| &mut budget.losses),
    ("a request that never leaves", |budget| &mut budget.not_sent),
    ("an error", |budget| &mut budget.errors),
    ("a token turned away", |budget| &mut budget.unauthorized),
    ("no token", |budget| &mut budget.token_failures),
    ("a refusal", |budget| &mut budget.refusals),
    ("a replay", |budget| &mut budget.replays),
    ("a kill", |budget| &mut budget.kills),
    ("a journal that fails", |budget| &mut budget.journal_failures),
    ("a lag", |budget| &mut budget.lags),
    ("a lookup that fails", |budget| &mut budget.lookup_failures),
    ("a console", |budget| &mut budget.console),
    ("a decision", |budget| &mut budget.decisions),
    ("a stall", |budget| &mut budget.leases),
    ("twenty minutes", |budget| &mut budget.settlings),
];

/// Each two kinds of misfortune that no trouble of [`together`] has both of.
fn pairs() -> Vec<(String, Budget)> {
    let has = |mut budget: Budget, (_, often): &Misfortune| *often(&mut budget) > 0;
    let together = together();
    let mut pairs = Vec::new();
    for (number, one) in MISFORTUNES.iter().enumerate() {
        for other in &MISFORTUNES[number + 1..] {
            if together.iter().any(|(_, budget)| has(*budget, one) && has(*budget, other)) {
                continue;
            }
            let mut budget = CALM;
            *(one.1)(&mut budget) = 1;
            *(other.1)(&mut budget) = 1;
            pairs.push((format!("{} and {}", one.0, other.0), budget));
        }
    }
    pairs
}

/// The declarations that are true of this server and this world.
fn declarations(rule: IdRule, budget: &Budget) -> Vec<(&'static str, Option<i64>, bool)> {
    let mut declarations = vec![("nothing declared", None, false)];
    if budget.console == 0 {
        declarations.push(("sole canceller", None, true));
    }
    if matches!(rule, IdRule::Refuses | IdRule::Replays) {
        declarations.push(("ids honoured", Some(DAY_MS), false));
        // One stall is too short for it to make a difference.
        if budget.leases > 1 || budget.settlings > 0 {
            declarations.push(("ids honoured for twenty-two minutes", Some(22 * 60 * 1_000), false));
        }
        if budget.console == 0 {
            declarations.push(("ids honoured, sole canceller", Some(DAY_MS), true));
        }
    }
    declarations
}
