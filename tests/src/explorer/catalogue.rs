//! The settings that are explored.

use super::bootpay::IdRule;
use super::setting::{Budget, Guard, Setting, Wish};

const FULL: Wish = Wish::Full;
const KEYED: Wish = Wish::Partial { price: 3_000, id: 1 };
const OTHER: Wish = Wish::Partial { price: 3_000, id: 2 };
const KEYLESS: Wish = Wish::Keyless { price: 3_000 };

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// What must never break a promise: every rule of the server's, every pair of wishes, every declaration that is true, and
/// each kind of misfortune with each other.
pub fn sound() -> Vec<Setting> {
    let mut settings = Vec::new();
    for rule in [IdRule::Refuses, IdRule::Replays, IdRule::Ignores, IdRule::RefusesAndBurns] {
        for (wishes_name, wishes) in wishes() {
            for (trouble_name, budget) in troubles() {
                // Nobody survives a proxy that repeats requests to a server that looks at no id: see `hopeless`.
                if rule == IdRule::Ignores && budget.replays > 0 {
                    continue;
                }
                for (declared_name, honours_for_ms, sole_canceller) in declarations(rule, &budget) {
                    // Assumption (b): no proxy repeats requests, or else the server honours `cancel_id` as declared. Derived
                    // ids are nobody else's, so "seen before" is about them in any case.
                    let keyed = wishes.iter().any(|wish| matches!(wish, Wish::Partial { .. }));
                    if budget.replays > 0 && keyed && honours_for_ms.is_none() && rule != IdRule::Replays {
                        continue;
                    }
                    settings.push(Setting {
                        name: format!("{rule:?}, {wishes_name}, {trouble_name}, {declared_name}"),
                        wishes: wishes.clone(),
                        price: 10_000,
                        workers: 2,
                        rule,
                        honours_for_ms,
                        sole_canceller,
                        by_token: trouble_name != "refusals",
                        budget,
                        without: None,
                    });
                }
            }
        }
    }
    settings
}

fn wishes() -> Vec<(&'static str, Vec<Wish>)> {
    vec![
        ("full", vec![FULL]),
        ("keyed", vec![KEYED]),
        ("keyless", vec![KEYLESS]),
        ("full and keyed", vec![FULL, KEYED]),
        ("two keyed", vec![KEYED, OTHER]),
        ("keyed and keyless", vec![KEYED, KEYLESS]),
    ]
}

fn troubles() -> Vec<(&'static str, Budget)> {
    let calm = Budget { clicks: 2, reconciles: 1, ..Budget::default() };
    vec![
        ("losses", Budget { losses: 2, clicks: 3, ..calm }),
        ("losses and replays", Budget { losses: 1, replays: 1, not_sent: 1, ..calm }),
        ("errors", Budget { errors: 2, losses: 1, ..calm }),
        ("refusals", Budget { refusals: 1, unauthorized: 1, losses: 1, ..calm }),
        ("tokens", Budget { unauthorized: 2, losses: 1, not_sent: 1, ..calm }),
        ("kills", Budget { kills: 1, losses: 1, leases: 1, ..calm }),
        ("stalls", Budget { leases: 1, settlings: 1, losses: 1, decisions: 1, ..calm }),
        ("kills and decisions", Budget { kills: 1, settlings: 1, decisions: 1, ..calm }),
        ("a journal that fails", Budget { journal_failures: 1, losses: 1, leases: 1, ..calm }),
        ("a console", Budget { console: 1, losses: 1, ..calm }),
        ("a lagging ledger", Budget { lags: 2, losses: 1, lookup_failures: 1, ..calm }),
        ("a lagging ledger and a console", Budget { lags: 1, console: 1, losses: 1, settlings: 1, ..calm }),
    ]
}

/// The declarations that are true of this server and this world.
fn declarations(rule: IdRule, budget: &Budget) -> Vec<(&'static str, Option<i64>, bool)> {
    let mut declarations = vec![("nothing declared", None, false)];
    if budget.console == 0 {
        declarations.push(("sole canceller", None, true));
    }
    if matches!(rule, IdRule::Refuses | IdRule::Replays) {
        declarations.push(("ids honoured", Some(DAY_MS), false));
        declarations.push(("ids honoured for twenty-two minutes", Some(22 * 60 * 1_000), false));
    }
    declarations
}

/// The one that no client can survive: ids are ignored, and a proxy repeats requests.
pub fn hopeless() -> Setting {
    Setting {
        name: "ids ignored, behind a proxy that repeats".to_owned(),
        wishes: vec![KEYED],
        price: 10_000,
        workers: 1,
        rule: IdRule::Ignores,
        honours_for_ms: None,
        sole_canceller: false,
        by_token: true,
        budget: Budget { clicks: 1, replays: 1, ..Budget::default() },
        without: None,
    }
}

/// Each guard, and a world in which a trap opens once it is gone.
pub fn traps() -> Vec<Setting> {
    let world = |guard: Guard, wishes: Vec<Wish>, rule, honours_for_ms, budget| Setting {
        name: format!("without {guard:?}"),
        wishes,
        price: 10_000,
        workers: 2,
        rule,
        honours_for_ms,
        sole_canceller: guard == Guard::EqualTotals,
        by_token: true,
        budget,
        without: Some(guard),
    };
    let once = Budget { clicks: 1, losses: 1, ..Budget::default() };
    let twice = Budget { clicks: 2, ..once };
    let person = Budget { reconciles: 1, settlings: 1, decisions: 1, ..twice };
    vec![
        world(Guard::OneId, vec![KEYED], IdRule::Refuses, Some(DAY_MS), once),
        world(Guard::LookupNeverDenies, vec![KEYED], IdRule::Ignores, None, once),
        world(Guard::DeclaredSoleCanceller, vec![KEYED], IdRule::Ignores, None, Budget { console: 1, ..once }),
        world(Guard::SeenIsNotSuccess, vec![KEYED], IdRule::RefusesAndBurns, None, Budget { refusals: 1, ..twice }),
        world(Guard::Fence, vec![KEYED], IdRule::Ignores, None, Budget { leases: 1, ..person }),
        world(Guard::OneAtATime, vec![KEYLESS], IdRule::Ignores, None, twice),
        world(Guard::KeylessRule, vec![KEYLESS], IdRule::Ignores, None, Budget { leases: 1, ..twice }),
        world(Guard::EqualTotals, vec![KEYED, OTHER], IdRule::Ignores, None, Budget { lags: 1, ..twice }),
        world(Guard::SettlingTime, vec![KEYED], IdRule::Ignores, None, Budget { settlings: 0, ..person }),
        world(Guard::RecordBeforeSend, vec![KEYED], IdRule::Ignores, None, Budget { kills: 1, ..twice }),
        world(Guard::Retention, vec![KEYED], IdRule::Replays, Some(20 * 60 * 1_000), Budget { settlings: 1, ..twice }),
        world(Guard::CompareAndSet, vec![KEYED], IdRule::Ignores, None, Budget { leases: 1, ..twice }),
    ]
}
