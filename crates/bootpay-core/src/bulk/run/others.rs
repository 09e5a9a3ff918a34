//! What others carry out of the same bulk: other processes, other hosts.

use crate::intent::Cursor;

use super::{GLANCE, MANY, Run, last_word};
use crate::bulk::stopping::BulkStopReason;

impl Run {
    /// Learns what other hosts have begun meanwhile.
    pub(super) async fn glance(&mut self) {
        let now = self.now();
        if now.saturating_sub(self.glanced_at) < GLANCE || self.reason.is_some() {
            return;
        }
        self.glanced_at = now;
        let mut standings = self.standings.clone();
        let mut heard = Vec::new();
        let listed = self
            .bulk
            .list(&mut standings, &mut self.cursor, |index, intent| heard.push((index, last_word(index, intent))));
        if let Err(error) = listed.await {
            self.reason.get_or_insert(BulkStopReason::Failed(Box::new(error)));
            return;
        }
        for (index, word) in heard {
            // What this process carries out, or has carried out, it knows better.
            let known = self.standings.get(index as usize).is_some_and(|one| one.ours);
            if let (Some(standing), false, false) =
                (standings.get(index as usize), known, self.flying.contains_key(&index))
            {
                self.set(index, *standing);
            }
            if let Some((index, at)) = word {
                self.hear(index, at);
            }
        }
    }

    /// Looks at the rows that others held.
    pub(super) async fn revisit(&mut self) {
        let held: Vec<u32> = self.elsewhere.iter().copied().collect();
        let mut answers = Vec::new();
        let asked = if held.len() > MANY {
            let mut standings = self.bulk.fresh();
            let mut cursor = Cursor::Start;
            let listed = self.bulk.list(&mut standings, &mut cursor, |_, _| {}).await;
            answers.extend(held.iter().filter_map(|index| Some((*index, *standings.get(*index as usize)?))));
            listed
        } else {
            self.bulk.ask(&held, |index, standing| answers.push((index, standing))).await
        };
        if let Err(error) = asked {
            self.reason.get_or_insert(BulkStopReason::Failed(Box::new(error)));
            return;
        }
        for (index, standing) in answers {
            self.set(index, standing);
            if !standing.in_flight {
                self.elsewhere.remove(&index);
                // Somebody was here until just now: the time between two partial cancels counts from then.
                self.hear(index, self.bulk.engine().settings.clock.wall());
                self.line_up(index);
            }
        }
    }
}
