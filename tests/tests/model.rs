//! The machine in every interleaving, as far as a test run has time for: `make prove` goes on from there.

use bootpay_tests::explorer::{Budget, GROUPS, IdRule, explore, hopeless, sound};

/// The first worlds of each setting of a group: the same ones every time, spread over what can happen.
fn no_interleaving_breaks_a_promise(group: &str, most: usize) {
    assert!(GROUPS.contains(&group));
    for setting in sound().into_iter().filter(|setting| setting.group == group) {
        let explored = explore(&setting, most);
        assert!(explored.broken.is_none(), "{}: {:#?}", setting.name, explored.broken);
    }
}

#[test]
fn no_interleaving_of_two_processes_breaks_a_promise() {
    no_interleaving_breaks_a_promise("two processes", 50);
}

#[test]
fn no_interleaving_with_two_misfortunes_breaks_a_promise() {
    no_interleaving_breaks_a_promise("every pair of misfortunes", 15);
}

#[test]
fn no_interleaving_of_three_processes_breaks_a_promise() {
    no_interleaving_breaks_a_promise("three processes", 50);
}

#[test]
fn no_interleaving_with_everything_at_once_breaks_a_promise() {
    no_interleaving_breaks_a_promise("everything at once", 500);
}

#[test]
fn nobody_survives_a_proxy_that_repeats_what_the_server_does_not_remember() {
    for setting in hopeless() {
        assert!(explore(&setting, 200_000).broken.is_some(), "{}", setting.name);
    }
}

/// How often each misfortune may happen, by its name.
fn misfortunes(budget: &Budget) -> [(&'static str, u8); 15] {
    [
        ("an answer that is lost", budget.losses),
        ("a request that never leaves", budget.not_sent),
        ("a 500, before the effect or after", budget.errors),
        ("a token turned away", budget.unauthorized),
        ("no token", budget.token_failures),
        ("a refusal", budget.refusals),
        ("a replay by a proxy", budget.replays),
        ("a crash", budget.kills),
        ("a journal that fails", budget.journal_failures),
        ("a lagging lookup", budget.lags),
        ("a lookup that fails", budget.lookup_failures),
        ("a foreign cancel of the same amount", budget.console),
        ("a decision", budget.decisions),
        ("a stalled worker that wakes", budget.leases),
        ("late delivery", budget.settlings),
    ]
}

#[test]
fn each_two_misfortunes_meet_under_every_rule_of_the_server_but_the_hopeless_ones() {
    let settings = sound();
    for rule in [IdRule::Refuses, IdRule::Replays, IdRule::Ignores, IdRule::RefusesAndBurns] {
        let of_rule: Vec<_> = settings.iter().filter(|setting| setting.rule == rule).collect();
        for (one, (name, _)) in misfortunes(&Budget::default()).iter().enumerate() {
            for (other, (other_name, _)) in misfortunes(&Budget::default()).iter().enumerate() {
                let met = of_rule.iter().any(|setting| {
                    let may = misfortunes(&setting.budget);
                    may[one].1 > 0 && may[other].1 > 0
                });
                let hopeless = rule == IdRule::Ignores && [*name, *other_name].contains(&"a replay by a proxy");
                assert_ne!(met, hopeless, "{rule:?}: {name} and {other_name}");
            }
        }
    }
}

#[test]
fn three_processes_share_a_journal_and_two_intents_share_a_receipt() {
    let settings = sound();
    assert!(GROUPS.iter().all(|group| settings.iter().any(|setting| setting.group == *group)));
    assert!(settings.iter().any(|setting| setting.workers == 3 && setting.wishes.len() == 2));
    assert!(settings.iter().any(|setting| setting.workers == 3 && setting.wishes.len() == 3));
}
