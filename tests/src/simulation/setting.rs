//! What a seed means: the merchant and its declarations, the server and its rules, how much goes wrong, and who does what
//! when.
//!
//! Each kind of misfortune is there in about half of the seeds, and how often differs: a world in which everything fails
//! all the time sees less than one that fails at a single place.

use std::time::Duration;

use bootpay_core::Dialect;
use bootpay_sandbox::CancelIdRule;

use super::dice::Dice;

pub(super) const SECOND: u64 = 1_000;
pub(super) const MINUTE: u64 = 60 * SECOND;
pub(super) const HOUR: u64 = 60 * MINUTE;

/// Everything that a seed decides before the first event.
#[derive(Clone, Debug)]
pub(super) struct Setting {
    pub(super) hosts: Vec<Kind>,
    pub(super) receipts: Vec<Paid>,
    pub(super) wishes: Vec<Wish>,
    pub(super) script: Vec<(u64, Action)>,
    /// Declared, and true of the server.
    pub(super) honours_for: Option<Duration>,
    /// Declared, and true: nobody uses the console.
    pub(super) sole_canceller: bool,
    pub(super) looks_first: bool,
    pub(super) rule: CancelIdRule,
    pub(super) lag: Duration,
    pub(super) clocks_jump: bool,
    /// The hosts are processes of one machine, which can tell that another one has died.
    pub(super) deaths_are_seen: bool,
    pub(super) weather: Weather,
    pub(super) end: u64,
}

/// How a host talks to Bootpay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Kind {
    pub(super) dialect: Dialect,
    pub(super) basic: bool,
}

/// A payment.
#[derive(Clone, Debug)]
pub(super) struct Paid {
    pub(super) id: String,
    pub(super) price: u64,
    pub(super) to_account: bool,
    /// The gateway refuses every cancel of it.
    pub(super) refused: bool,
}

/// A refund that somebody wants. Every click asks for one.
#[derive(Clone, Debug)]
pub(super) struct Wish {
    pub(super) receipt: usize,
    /// `None`: all that remains.
    pub(super) price: Option<u64>,
    /// The merchant's own `cancel_id`.
    pub(super) id: Option<String>,
    pub(super) expects: Option<u64>,
}

/// What somebody does, whatever comes of it.
#[derive(Clone, Debug)]
pub(super) enum Action {
    Click { host: usize, wish: usize, patience: Option<u64>, by_handle: bool },
    Reconcile { host: usize },
    Recover { host: usize },
    Look { host: usize, receipt: usize, preview: bool },
    Crash { host: usize, down_for: u64 },
    Stall { host: usize, time: u64 },
    ClockJump { host: usize, by: i64 },
    TokensExpire,
    Console { receipt: usize, amount: u64, at_pg: bool },
    Person { host: usize },
}

/// How often what happens, in a thousand.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Weather {
    pub(super) request_lost: u64,
    pub(super) answer_lost: u64,
    pub(super) late: u64,
    pub(super) slow: u64,
    pub(super) repeated: u64,
    pub(super) error_before: u64,
    pub(super) error_after: u64,
    pub(super) garbled: u64,
    pub(super) unauthorized: u64,
    pub(super) too_many: u64,
    pub(super) refused: u64,
    pub(super) not_sent: u64,
    pub(super) read_fails: u64,
    pub(super) journal_fails_before: u64,
    pub(super) journal_fails_after: u64,
    pub(super) journal_slow: u64,
    pub(super) stall_here: u64,
    /// A process is stopped between the record of a cancel and its first byte.
    pub(super) stall_before_send: u64,
    pub(super) crash_here: u64,
    pub(super) task_lost: u64,
}

impl Setting {
    pub(super) fn of(seed: u64) -> Self {
        let dice = &mut Dice::of([seed, 0, 0]);
        let hosts = kinds(dice);
        let receipts: Vec<Paid> = (0..dice.pick(&[1, 1, 1, 2, 3])).map(|number| paid(dice, number)).collect();
        let wishes: Vec<Wish> = wishes(dice, &receipts);
        let declared = dice.permille(500);
        let retention = dice.pick(&[20 * 60, 40 * 60, 24 * 3600]);
        let clocks_jump = dice.permille(150);
        let rule = if declared {
            dice.pick(&[CancelIdRule::Refuse, CancelIdRule::Replay])
        } else {
            let all = [CancelIdRule::Refuse, CancelIdRule::Replay, CancelIdRule::Ignore, CancelIdRule::RefuseAndBurn];
            dice.pick(&all)
        };
        let sole_canceller = dice.permille(600);
        let mut weather = weather(dice);
        if !declared {
            // Assumption (b): no proxy repeats requests, or else the server honours `cancel_id` as declared.
            weather.repeated = 0;
        }
        let mut setting = Self {
            hosts,
            receipts,
            wishes,
            script: Vec::new(),
            honours_for: declared.then(|| Duration::from_secs(retention)),
            sole_canceller,
            looks_first: !dice.permille(150),
            rule,
            lag: Duration::from_millis(dice.pick(&[0, 0, 0, 400, 20 * SECOND, 5 * MINUTE])),
            clocks_jump,
            deaths_are_seen: dice.permille(500),
            weather,
            end: 0,
        };
        setting.write_script(dice);
        if setting.hosts.len() > 1 && dice.permille(120) {
            setting.let_two_cross(dice);
        }
        setting
    }

    /// Two processes meet on one receipt again and again: one asks what became of its partial cancel of everything, while
    /// the other cancels in full. At random that is rare, and it is where growth is easily taken for one's own.
    fn let_two_cross(&mut self, dice: &mut Dice) {
        let all = self.receipts[0].price;
        let first = self.wishes.len();
        self.wishes.push(Wish { receipt: 0, price: Some(all), id: Some("crossing".to_owned()), expects: None });
        self.wishes.push(Wish { receipt: 0, price: None, id: None, expects: None });
        self.sole_canceller = true;
        self.script.clear();
        (self.weather.request_lost, self.weather.slow) = (300, 300);
        let click = |host, wish| Action::Click { host, wish, patience: None, by_handle: false };
        self.script.push((0, click(0, first)));
        for _ in 0..dice.between(2, 6) {
            let at = 2 * MINUTE + dice.below(10 * MINUTE);
            self.script.push((at, Action::Reconcile { host: 0 }));
            self.script.push((at + dice.below(4 * SECOND), click(1, first + 1)));
        }
        self.script.sort_by_key(|(at, _)| *at);
        self.end = 20 * MINUTE;
    }

    /// Clicks come in bursts: what is hours apart cannot meet.
    fn write_script(&mut self, dice: &mut Dice) {
        let span = dice.pick(&[20 * SECOND, 2 * MINUTE, 10 * MINUTE, 40 * MINUTE, 3 * HOUR]);
        let bursts: Vec<u64> = (0..dice.between(1, 5)).map(|_| dice.below(span)).collect();
        let clicks = dice.between(2, 14);
        let jitter = dice.pick(&[50, 2 * SECOND, 20 * SECOND]);
        let mut script = Vec::new();
        for _ in 0..clicks {
            let at = dice.pick(&bursts) + dice.below(jitter);
            let patience = dice.permille(250).then(|| dice.pick(&[100, 3 * SECOND, 30 * SECOND]));
            let (host, wish) = (self.host(dice), dice.below(self.wishes.len() as u64) as usize);
            script.push((at, Action::Click { host, wish, patience, by_handle: dice.permille(300) }));
        }
        for _ in 0..dice.between(0, 10) {
            let at = match dice.below(3) {
                0 => dice.below(span + 30 * MINUTE),
                _ => dice.pick(&bursts) + dice.below(jitter * 4),
            };
            script.push((at, self.incident(dice)));
        }
        script.sort_by_key(|(at, _)| *at);
        self.end = script.last().map_or(0, |(at, _)| *at) + dice.pick(&[SECOND, 2 * MINUTE, 20 * MINUTE]);
        self.script = script;
    }

    fn incident(&self, dice: &mut Dice) -> Action {
        let host = self.host(dice);
        let receipt = dice.below(self.receipts.len() as u64) as usize;
        match dice.below(12) {
            0 | 1 => Action::Reconcile { host },
            2 => Action::Recover { host },
            3 => Action::Look { host, receipt, preview: dice.permille(300) },
            4 | 5 => Action::Crash { host, down_for: dice.pick(&[100, 5 * SECOND, 2 * MINUTE]) },
            6 => Action::Stall { host, time: stall(dice) },
            7 if self.clocks_jump => {
                let hour = HOUR as i64;
                Action::ClockJump { host, by: dice.pick(&[hour, -hour]) }
            }
            7 | 8 => Action::Person { host },
            9 => Action::TokensExpire,
            10 if !self.sole_canceller => {
                let of = self.wishes.iter().filter(|wish| wish.receipt == receipt).filter_map(|wish| wish.price);
                let mut amounts: Vec<u64> = of.collect();
                amounts.push(self.receipts[receipt].price);
                Action::Console { receipt, amount: dice.pick(&amounts), at_pg: dice.permille(200) }
            }
            _ => Action::Reconcile { host },
        }
    }

    fn host(&self, dice: &mut Dice) -> usize {
        dice.below(self.hosts.len() as u64) as usize
    }

    /// The money of a receipt can go nowhere but through this library.
    pub(super) fn console_is_used(&self, receipt: usize) -> bool {
        self.script.iter().any(|(_, action)| matches!(action, Action::Console { receipt: of, .. } if *of == receipt))
    }
}

/// Shorter than the window of a send, longer than it, than an answer's time-out, than each lease, than everything.
pub(super) fn stall(dice: &mut Dice) -> u64 {
    dice.pick(&[3, 9, 11, 15, 30, 50, 75, 120, 260, 20 * 60]) * SECOND + dice.below(SECOND)
}

fn kinds(dice: &mut Dice) -> Vec<Kind> {
    let all = [
        Kind { dialect: Dialect::V1, basic: false },
        Kind { dialect: Dialect::V2, basic: false },
        Kind { dialect: Dialect::V2, basic: true },
    ];
    let (usual, mixed) = (dice.pick(&all), dice.permille(150));
    (0..dice.pick(&[1, 2, 2, 3, 4])).map(|_| if mixed { dice.pick(&all) } else { usual }).collect()
}

fn paid(dice: &mut Dice, number: usize) -> Paid {
    Paid {
        id: format!("receipt-{number}"),
        price: dice.pick(&[10_000, 10_000, 20_000, 3_000]),
        to_account: dice.permille(150),
        refused: dice.permille(60),
    }
}

fn wishes(dice: &mut Dice, receipts: &[Paid]) -> Vec<Wish> {
    let mut wishes = Vec::new();
    for (receipt, paid) in receipts.iter().enumerate() {
        for number in 0..dice.between(1, 4) {
            let all = paid.price;
            let price = dice.pick(&[None, None, Some(all), Some(all / 2), Some(3_000.min(all)), Some(1_000)]);
            let id = dice.permille(600).then(|| format!("refund-{receipt}-{number}"));
            let expects = (price.is_none() && dice.permille(100)).then_some(all);
            wishes.push(Wish { receipt, price, id: id.filter(|_| price.is_some() || dice.permille(300)), expects });
        }
    }
    wishes
}

fn weather(dice: &mut Dice) -> Weather {
    let mut often = |rates: [u64; 3]| if dice.permille(500) { dice.pick(&rates) } else { 0 };
    let (usual, rare) = ([20, 100, 300], [5, 20, 60]);
    Weather {
        request_lost: often(usual),
        answer_lost: often(usual),
        late: often(usual),
        slow: often(usual),
        repeated: often(usual),
        error_before: often(usual),
        error_after: often(usual),
        garbled: often(usual),
        unauthorized: often(usual),
        too_many: often(rare),
        refused: often(rare),
        not_sent: often(usual),
        read_fails: often(usual),
        journal_fails_before: often(rare),
        journal_fails_after: often(rare),
        journal_slow: often(usual),
        stall_here: often(rare),
        stall_before_send: often(usual),
        crash_here: often(rare),
        task_lost: often(rare),
    }
}
