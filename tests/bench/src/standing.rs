//! How the subjects of a case stand to each other: medians and quartiles, and the same of the ratios within each round.

use crate::sample::Sample;

/// A median between its quartiles.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quartiles {
    /// A quarter lies below.
    pub lower: f64,
    /// Half lies below.
    pub median: f64,
    /// A quarter lies above.
    pub upper: f64,
}

impl Quartiles {
    /// Of some figures; between two neighbours where they fall there. `None` of none.
    pub fn of(figures: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut sorted: Vec<f64> = figures.into_iter().filter(|figure| figure.is_finite()).collect();
        sorted.sort_by(f64::total_cmp);
        let last = sorted.len().checked_sub(1)?;
        let at = |part: f64| {
            let place = part * last as f64;
            let (below, above) = (place.floor() as usize, place.ceil() as usize);
            sorted[below] + (sorted[above] - sorted[below]) * place.fract()
        };
        Some(Self { lower: at(0.25), median: at(0.5), upper: at(0.75) })
    }
}

/// A subject of a case.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// Who.
    pub subject: String,
    /// Whether the others are compared with this one.
    pub baseline: bool,
    /// Cancels per second.
    pub per_second: Quartiles,
    /// Microseconds of CPU per cancel.
    pub cpu: Quartiles,
    /// The baseline's time for a cancel over this one's, round by round: above 1 is faster.
    pub speed: Option<Quartiles>,
    /// This one's CPU per cancel over the baseline's, round by round: below 1 is cheaper.
    pub cpu_ratio: Option<Quartiles>,
}

/// A case over one transport: the baseline, and the others by name.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// What was done.
    pub case: String,
    /// Over what.
    pub transport: String,
    /// By whom.
    pub standings: Vec<Standing>,
}

/// Compares a suite's samples.
pub fn compare(samples: &[Sample]) -> Vec<Comparison> {
    let mut cases: Vec<(&str, &str)> = Vec::new();
    for sample in samples {
        let case = (sample.case.as_str(), sample.transport.as_str());
        if !cases.contains(&case) {
            cases.push(case);
        }
    }
    let of_case = |(case, transport): (&str, &str)| {
        let of_case: Vec<&Sample> =
            samples.iter().filter(|sample| sample.case == case && sample.transport == transport).collect();
        Comparison { case: case.to_owned(), transport: transport.to_owned(), standings: standings(&of_case) }
    };
    cases.into_iter().map(of_case).collect()
}

fn standings(samples: &[&Sample]) -> Vec<Standing> {
    let mut subjects: Vec<&str> = Vec::new();
    for sample in samples {
        if !subjects.contains(&sample.subject.as_str()) {
            subjects.push(&sample.subject);
        }
    }
    let standing = |subject: &str| {
        let own: Vec<&Sample> = samples.iter().copied().filter(|sample| sample.subject == subject).collect();
        let beside = |ratio: fn(&Sample, &Sample) -> f64| {
            Quartiles::of(own.iter().filter_map(|one| {
                let baseline = samples.iter().find(|other| other.baseline && other.round == one.round)?;
                Some(ratio(one, baseline))
            }))
        };
        Some(Standing {
            subject: subject.to_owned(),
            baseline: own.iter().any(|sample| sample.baseline),
            per_second: Quartiles::of(own.iter().map(|sample| 1.0 / seconds(sample)))?,
            cpu: Quartiles::of(own.iter().map(|sample| cpu(sample) * 1e6))?,
            speed: beside(|one, baseline| seconds(baseline) / seconds(one)),
            cpu_ratio: beside(|one, baseline| cpu(one) / cpu(baseline)),
        })
    };
    let mut standings: Vec<Standing> = subjects.into_iter().filter_map(standing).collect();
    standings.sort_by(|one, other| (!one.baseline, &one.subject).cmp(&(!other.baseline, &other.subject)));
    standings
}

fn seconds(sample: &Sample) -> f64 {
    sample.seconds / sample.cancels as f64
}

fn cpu(sample: &Sample) -> f64 {
    sample.cpu_seconds / sample.cancels as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(subject: &str, baseline: bool, round: u32, seconds: f64) -> Sample {
        Sample {
            suite: "s".to_owned(),
            case: "c".to_owned(),
            transport: "plain".to_owned(),
            subject: subject.to_owned(),
            baseline,
            round,
            cancels: 10,
            seconds,
            cpu_seconds: seconds / 2.0,
        }
    }

    #[test]
    fn quartiles_lie_between_neighbours_where_they_fall_there() {
        let quartiles = Quartiles::of([4.0, 1.0, 3.0, 2.0]).unwrap();
        assert_eq!(quartiles, Quartiles { lower: 1.75, median: 2.5, upper: 3.25 });
        assert_eq!(Quartiles::of([7.0]), Some(Quartiles { lower: 7.0, median: 7.0, upper: 7.0 }));
        assert_eq!(Quartiles::of([]), None);
    }

    #[test]
    fn a_ratio_is_taken_within_its_round() {
        // Twice as fast in every round, though the machine slowed down tenfold between them.
        let samples = [
            sample("bare", true, 1, 1.0),
            sample("ours", false, 1, 0.5),
            sample("bare", true, 2, 10.0),
            sample("ours", false, 2, 5.0),
        ];
        let compared = compare(&samples);
        let [bare, ours] = &compared[0].standings[..] else { panic!("{compared:?}") };
        let same = |figure| Quartiles { lower: figure, median: figure, upper: figure };
        assert_eq!((ours.speed, ours.cpu_ratio), (Some(same(2.0)), Some(same(0.5))));
        assert_eq!((bare.speed, bare.baseline, ours.baseline), (Some(same(1.0)), true, false));
    }
}
