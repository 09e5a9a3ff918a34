//! How a bulk stands, row by row, and the sum over its rows.
//!
//! `planned = cancelled + already + refused + unknown + remaining` holds by construction, in rows and in won: each row is in
//! exactly one of the five, and its amount is counted there and in what is planned, once.

use crate::money::Won;

/// Where a row of a bulk stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RowState {
    /// This bulk has cancelled it.
    Cancelled,
    /// It had been cancelled before, or by somebody else.
    Already,
    /// Refused in this bulk: it moved no money, and is tried again only on request.
    Refused,
    /// The money may or may not have moved. A request that is on its way counts here.
    Unknown,
    /// Not done: it is sent when the bulk is run.
    Remaining,
}

impl RowState {
    /// Every state, in the order of the sum.
    pub const ALL: [Self; 5] = [Self::Cancelled, Self::Already, Self::Refused, Self::Unknown, Self::Remaining];

    /// A stable name for programs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cancelled => "cancelled",
            Self::Already => "already",
            Self::Refused => "refused",
            Self::Unknown => "unknown",
            Self::Remaining => "remaining",
        }
    }
}

/// Rows and their won.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct BulkPart {
    /// How many rows.
    pub rows: u64,
    /// The won of those rows whose amount is known.
    pub won: Won,
    /// The rows whose amount is not known: full cancels that nobody has looked up or answered.
    pub unpriced: u64,
}

/// The sum over a bulk's rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct BulkSum {
    /// All rows of the file.
    pub planned: BulkPart,
    /// Cancelled by this bulk: the money that it moved.
    pub cancelled: BulkPart,
    /// Cancelled before, or by somebody else.
    pub already: BulkPart,
    /// Refused in this bulk.
    pub refused: BulkPart,
    /// May or may not have moved.
    pub unknown: BulkPart,
    /// Not done.
    pub remaining: BulkPart,
    /// Of the cancelled ones, those whose answer did not add up: a person looks at them.
    pub held: u64,
    /// Of the unknown and remaining ones, those that somebody is carrying out now.
    pub in_flight: u64,
}

/// A row's standing, small: there is one for every row while a bulk runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    pub(crate) state: RowState,
    /// What it moves or has moved, in won, as far as that is known.
    pub(crate) won: Option<Won>,
    /// Somebody who lives, as far as can be told, carries it out.
    pub(crate) in_flight: bool,
    /// Whether the receipt waits for a person.
    pub(crate) held: bool,
    /// Whether an intent of this bulk says so.
    pub(crate) ours: bool,
}

impl Standing {
    pub(crate) fn remaining(won: Option<Won>) -> Self {
        Self { state: RowState::Remaining, won, in_flight: false, held: false, ours: false }
    }

    /// Whether nothing will be sent for it any more.
    pub(crate) fn is_settled(self) -> bool {
        matches!(self.state, RowState::Cancelled | RowState::Already | RowState::Refused)
    }
}

impl BulkPart {
    pub(super) fn add(&mut self, won: Option<Won>) {
        self.rows += 1;
        match won {
            // The largest sum that can be told; a file of more than that is not of this world.
            Some(won) => self.won = self.won.checked_add(won).unwrap_or(Won::MAX),
            None => self.unpriced += 1,
        }
    }
}

impl BulkSum {
    pub(crate) fn of<'a>(standings: impl Iterator<Item = &'a Standing>) -> Self {
        let mut sum = Self::default();
        for one in standings {
            sum.planned.add(one.won);
            sum.part_mut(one.state).add(one.won);
            sum.held += u64::from(one.held);
            sum.in_flight += u64::from(one.in_flight);
        }
        sum
    }

    fn part_mut(&mut self, state: RowState) -> &mut BulkPart {
        match state {
            RowState::Cancelled => &mut self.cancelled,
            RowState::Already => &mut self.already,
            RowState::Refused => &mut self.refused,
            RowState::Unknown => &mut self.unknown,
            RowState::Remaining => &mut self.remaining,
        }
    }

    /// One of the five parts.
    pub fn part(&self, state: RowState) -> BulkPart {
        match state {
            RowState::Cancelled => self.cancelled,
            RowState::Already => self.already,
            RowState::Refused => self.refused,
            RowState::Unknown => self.unknown,
            RowState::Remaining => self.remaining,
        }
    }

    /// Whether every row is cancelled, had been, or was refused.
    pub fn is_complete(&self) -> bool {
        self.unknown.rows == 0 && self.remaining.rows == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_in_exactly_one_part_and_its_won_with_it() {
        let mut rows = Vec::new();
        for (number, state) in RowState::ALL.into_iter().enumerate() {
            for won in [Some(Won::new(1_000 * (number as u64 + 1))), None] {
                rows.push(Standing { state, ..Standing::remaining(won) });
            }
        }
        let sum = BulkSum::of(rows.iter());
        assert_eq!((sum.planned.rows, sum.planned.won, sum.planned.unpriced), (10, Won::new(15_000), 5));
        let parts = RowState::ALL.map(|state| sum.part(state));
        assert_eq!(parts.map(|part| part.won.get()), [1_000, 2_000, 3_000, 4_000, 5_000]);
        assert!(parts.iter().all(|part| (part.rows, part.unpriced) == (2, 1)));
    }
}
