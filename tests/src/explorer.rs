//! Every interleaving: the real machine, the real admission and the real record keeping, under an explorer.
//!
//! What is explored is not a copy. A worker here does what the driver does, in the same order, by calling
//! [`step`](bootpay_core::protocol::machine::step), [`admission::decide`](bootpay_core::protocol::admission::decide) and
//! [`lifecycle::apply`](bootpay_core::protocol::lifecycle::apply); only clock, journal file, network and server are
//! made of plain values, so that a whole world can be copied, compared and left again. From each world every action that
//! could happen next is tried: a message is delivered, late, twice or never; an answer is lost; a process dies or stalls
//! past its lease; somebody cancels in the console; a person decides; a lookup lags; the journal fails. What lies between
//! the decisions is mirrored by hand: `explorer/worker.rs` says which lines.
//!
//! A [`Setting`] says what the merchant asks for and has declared, what the server does with a repeated `cancel_id`, and
//! how much misfortune there may be. A [`Guard`] can be taken away: then the [`Trap`] that it holds shut must open, or the
//! exploration proves nothing.

mod action;
mod bootpay;
mod catalogue;
mod fingerprint;
mod healing;
mod invariants;
mod recorded;
mod setting;
mod traps;
mod worker;
mod world;

pub use action::{Action, Handling};
pub use bootpay::IdRule;
pub use catalogue::{GROUPS, sound};
pub use invariants::{Broken, Promise};
pub use setting::{Budget, Guard, Setting, Wish};
pub use traps::{Trap, hopeless, traps};
pub use worker::How;
pub use world::World;

use fingerprint::Seen;

/// What an exploration found.
#[derive(Debug)]
pub struct Explored {
    /// How many different worlds there are.
    pub worlds: usize,
    /// How many actions were tried.
    pub actions: usize,
    /// From how many worlds it was seen what becomes of them once the trouble is over.
    pub healed: usize,
    /// Whether every world was seen: the limit was not reached.
    pub complete: bool,
    /// The first broken promise, and the actions that lead to it.
    pub broken: Option<(Broken, Vec<Action>)>,
}

/// Visits every world that can be reached, until a promise is broken or `most` worlds have been seen. Which action comes
/// first differs from world to world, so that a visit that is cut short has seen something of everything.
pub fn explore(setting: &Setting, most: usize) -> Explored {
    visit(setting, most, None)
}

/// The same, until this very promise is broken: a guard that is gone can let others break first.
pub fn explore_for(promise: Promise, setting: &Setting, most: usize) -> Explored {
    visit(setting, most, Some(promise))
}

fn visit(setting: &Setting, most: usize, wanted: Option<Promise>) -> Explored {
    let mut explored = Explored { worlds: 1, actions: 0, healed: 0, complete: true, broken: None };
    let start = World::new(setting);
    let mut seen = Seen::default();
    seen.insert(start.fingerprint());
    let mut path = vec![Visit::of(setting, start, 0, Action::Begin)];
    let mut broken = Vec::new();
    while let Some(visit) = path.last_mut() {
        let Some(action) = visit.left.pop() else {
            path.pop();
            continue;
        };
        explored.actions += 1;
        let mut next = visit.world.clone();
        broken.extend(next.act(setting, &action).err());
        invariants::check(&next, &mut broken);
        let fingerprint = next.fingerprint();
        let is_new = seen.insert(fingerprint);
        let is_asked = wanted.is_none_or(|promise| promise == Promise::SettledOrListed);
        if is_new && is_asked && healing::is_looked_at(&next, fingerprint) {
            explored.healed += 1;
            broken.extend(healing::heal(setting, next.clone(), fingerprint & 64 == 0).err());
        }
        if let Some(broken) = broken.drain(..).find(|broken| wanted.is_none_or(|promise| promise == broken.promise)) {
            let actions = path.iter().map(|visit| visit.by).chain([action]).collect();
            explored.broken = Some((broken, actions));
            explored.complete = false;
            return explored;
        }
        if is_new {
            explored.worlds += 1;
            if explored.worlds >= most {
                explored.complete = false;
                return explored;
            }
            path.push(Visit::of(setting, next, fingerprint, action));
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
    fn of(setting: &Setting, world: World, fingerprint: u64, by: Action) -> Self {
        let mut left = world.actions(setting);
        let turns = fingerprint % left.len().max(1) as u64;
        left.rotate_left(turns as usize);
        Self { world, by, left }
    }
}
