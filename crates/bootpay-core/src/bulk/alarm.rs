//! When too much is unknown to go on.
//!
//! A lost answer now and then is weather. Many of them are a Bootpay, a gateway or a network in trouble, and everything that is
//! sent into that becomes work for a person.

use std::collections::VecDeque;

#[derive(Debug)]
pub(super) struct Alarm {
    window: usize,
    least: u32,
    percent: f64,
    answers: VecDeque<bool>,
    unknown: u32,
}

impl Alarm {
    /// Rings where at least `least` of the last `window` answers, and more than `percent` of them, are unknown.
    pub(super) fn new(window: u32, least: u32, percent: f64) -> Self {
        Self { window: window.max(1) as usize, least: least.max(1), percent, answers: VecDeque::new(), unknown: 0 }
    }

    pub(super) fn record(&mut self, is_unknown: bool) {
        self.answers.push_back(is_unknown);
        self.unknown += u32::from(is_unknown);
        if self.answers.len() > self.window && self.answers.pop_front() == Some(true) {
            self.unknown -= 1;
        }
    }

    /// The unknown ones and all of the last answers, where that is too many.
    pub(super) fn rings(&self) -> Option<(u32, u32)> {
        let all = u32::try_from(self.answers.len()).unwrap_or(u32::MAX);
        let too_many = f64::from(self.unknown) * 100.0 > self.percent * f64::from(all);
        (self.unknown >= self.least && too_many).then_some((self.unknown, all))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_unknown_and_more_than_two_percent_of_the_last_two_hundred_ring() {
        let mut alarm = Alarm::new(200, 5, 2.0);
        (0..4).for_each(|_| alarm.record(true));
        assert_eq!(alarm.rings(), None, "four are weather, even as the first four");
        alarm.record(true);
        assert_eq!(alarm.rings(), Some((5, 5)));
        (0..195).for_each(|_| alarm.record(false));
        assert_eq!(alarm.rings(), Some((5, 200)), "2.5 %");
        alarm.record(false);
        assert_eq!(alarm.rings(), None, "the first has left the window");
    }

    #[test]
    fn a_rate_below_the_bound_never_rings() {
        let mut alarm = Alarm::new(200, 5, 2.0);
        for number in 0..100_000 {
            alarm.record(number % 50 == 49);
            assert_eq!(alarm.rings(), None, "{number}: one in fifty is 2 %, and not more");
        }
    }
}
