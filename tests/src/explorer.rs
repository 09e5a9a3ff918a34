//! Every interleaving: the real machine, the real admission and the real record keeping, under an explorer.
//!
//! What is explored is not a copy. A worker here does what the driver does, in the same order, by calling
//! [`step`](bootpay_core::protocol::machine::step), [`admission::decide`](bootpay_core::protocol::admission::decide) and
//! [`lifecycle::apply`](bootpay_core::protocol::lifecycle::apply); only clock, journal file, network and server are
//! made of plain values, so that a whole world can be copied, compared and left again. From each world every action that
//! could happen next is tried: a message is delivered, late, twice or never; an answer is lost; a process dies or stalls
//! past its lease; somebody cancels in the console; a person decides; a lookup lags; the journal fails.
//!
//! A [`Setting`] says what the merchant asks for and has declared, what the server does with a repeated `cancel_id`, and
//! how much misfortune there may be. A [`Guard`] can be taken away: then a trap that it holds shut must open, or the
//! exploration proves nothing.

mod bootpay;
mod catalogue;
mod invariants;
mod setting;
mod worker;
mod world;

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

pub use bootpay::IdRule;
pub use catalogue::{hopeless, sound, traps};
pub use setting::{Budget, Guard, Setting, Wish};
pub use world::{Action, World};

/// What an exploration found.
#[derive(Debug)]
pub struct Explored {
    /// How many different worlds there are.
    pub worlds: usize,
    /// How many actions were tried.
    pub actions: usize,
    /// Whether every world was seen: the limit was not reached.
    pub complete: bool,
    /// The first broken promise, and the actions that lead to it.
    pub broken: Option<(String, Vec<Action>)>,
}

/// Visits every world that can be reached, until a promise is broken or `most` worlds have been seen. Which action comes
/// first differs from world to world, so that a visit that is cut short has seen something of everything.
pub fn explore(setting: &Setting, most: usize) -> Explored {
    let mut explored = Explored { worlds: 1, actions: 0, complete: true, broken: None };
    let start = World::new(setting);
    let mut seen: HashSet<u64> = HashSet::from([fingerprint(&start)]);
    let mut path = vec![Visit::of(setting, start, Action::Begin)];
    while let Some(visit) = path.last_mut() {
        let Some(action) = visit.left.pop() else {
            path.pop();
            continue;
        };
        explored.actions += 1;
        let mut next = visit.world.clone();
        let kept = next.act(setting, &action).and_then(|()| invariants::check(&next));
        if let Err(promise) = kept {
            let actions = path.iter().map(|visit| visit.by.clone()).chain([action]).collect();
            explored.broken = Some((promise, actions));
            explored.complete = false;
            return explored;
        }
        if seen.insert(fingerprint(&next)) {
            explored.worlds += 1;
            if explored.worlds >= most {
                explored.complete = false;
                return explored;
            }
            path.push(Visit::of(setting, next, action));
        }
    }
    explored
}

/// A world on the path, how it came about, and what is left to try from it.
struct Visit {
    world: World,
    by: Action,
    left: Vec<Action>,
}

impl Visit {
    fn of(setting: &Setting, world: World, by: Action) -> Self {
        let mut left = world.actions(setting);
        let turns = fingerprint(&world) % left.len().max(1) as u64;
        left.rotate_left(turns as usize);
        Self { world, by, left }
    }
}

fn fingerprint(world: &World) -> u64 {
    let mut hasher = DefaultHasher::new();
    world.hash(&mut hasher);
    hasher.finish()
}
