//! Comparisons as Markdown.

use std::fmt::Write as _;

use crate::standing::{Comparison, Quartiles, Standing};

/// A table for each case, under its transport.
pub fn markdown(comparisons: &[Comparison]) -> String {
    let mut text = String::new();
    for Comparison { case, transport, standings } in comparisons {
        let _ = writeln!(text, "\n**{case}, {}**\n", spelled(transport));
        text.push_str("| | cancels per second | of the baseline | CPU per cancel, µs | of the baseline |\n");
        text.push_str("|---|--:|--:|--:|--:|\n");
        for standing in standings {
            text.push_str(&row(standing));
        }
    }
    text
}

/// A transport in words.
pub fn spelled(transport: &str) -> &str {
    match transport {
        "tls" => "over TLS",
        "delayed" => "10 ms away",
        "delayed_tls" => "over TLS, 10 ms away",
        other => other,
    }
}

fn row(standing: &Standing) -> String {
    let Standing { subject, baseline, per_second, cpu, speed, cpu_ratio } = standing;
    let beside = |ratio: &Option<Quartiles>| match ratio {
        _ if *baseline => "1".to_owned(),
        Some(ratio) => spread(ratio, 2),
        None => "–".to_owned(),
    };
    let [speed, cpu_ratio] = [beside(speed), beside(cpu_ratio)];
    format!("| {subject} | {} | {speed} | {} | {cpu_ratio} |\n", spread(per_second, 0), spread(cpu, 1))
}

fn spread(quartiles: &Quartiles, digits: usize) -> String {
    let Quartiles { lower, median, upper } = *quartiles;
    // Four digits say all that there is to say.
    let digits = if median >= 1000.0 {
        0
    } else if median < 10.0 {
        digits.max(2)
    } else {
        digits
    };
    format!("**{}** ({} – {})", figure(median, digits), figure(lower, digits), figure(upper, digits))
}

/// A figure with its thousands apart.
pub fn figure(value: f64, digits: usize) -> String {
    let plain = format!("{value:.digits$}");
    let (whole, fraction) = plain.split_at(plain.find('.').unwrap_or(plain.len()));
    let mut apart = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            apart.push(',');
        }
        apart.push(digit);
    }
    apart + fraction
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_stand_apart() {
        assert_eq!([figure(12_345.6, 0), figure(999.0, 0), figure(1_234_567.891, 1)], ["12,346", "999", "1,234,567.9"]);
    }
}
