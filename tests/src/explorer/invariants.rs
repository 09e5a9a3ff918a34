//! What must hold in every world.

use bootpay_core::{Evidence, Intent, IntentKey, IntentState};

use super::world::World;

/// Says which promise is broken.
pub(super) fn check(world: &World) -> Result<(), String> {
    for (number, intent) in world.journal.iter().enumerate() {
        let moved = world.moved_by(number);
        if moved > 1 {
            return Err(format!("{} moved {moved} times", name(intent)));
        }
        if moved > 0 && world.denied[number] {
            return Err(format!("{} moved, after a caller was told that it had not", name(intent)));
        }
        if moved > 0 && intent.state.moved_nothing() && intent.state != IntentState::NotCancelled {
            return Err(format!("{} moved, and the journal says {}", name(intent), intent.state.name()));
        }
        if moved > 0 && intent.state == IntentState::NotCancelled {
            return Err(format!("{} moved, after a person had decided that it did not", name(intent)));
        }
        let claims = intent.state == IntentState::Cancelled && intent.evidence != Some(Evidence::Declared);
        let goal_reached = intent.amount.is_full() && world.bootpay.is_empty();
        if claims && moved == 0 && !goal_reached {
            return Err(format!("{} is called cancelled, and nothing of it moved", name(intent)));
        }
    }
    one_movement_for_each_wish(world)
}

/// A wish may have several intents, one after the other proven to have moved nothing. Keyless partials of one amount are
/// one wish: a click and its repetition.
fn one_movement_for_each_wish(world: &World) -> Result<(), String> {
    let same = |one: &Intent, other: &Intent| match (&one.key, &other.key) {
        (IntentKey::Fresh(_), IntentKey::Fresh(_)) => one.amount == other.amount,
        (one, other) => one == other,
    };
    for (number, intent) in world.journal.iter().enumerate() {
        let moved: usize = (0..world.journal.len())
            .filter(|other| same(intent, &world.journal[*other]))
            .map(|other| world.moved_by(other))
            .sum();
        if moved > 1 {
            return Err(format!("the wish of {} moved {moved} times", name(&world.journal[number])));
        }
    }
    Ok(())
}

pub(super) fn name(intent: &Intent) -> String {
    format!("{} ({})", intent.cancel_id, intent.key.to_text())
}
