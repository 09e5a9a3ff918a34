//! Times as either dialect writes them: the whole input is one text.

use bootpay_core::KoreanTime;

pub(crate) fn run(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let read = KoreanTime::parse(&text);
    if let Some(expected) = by_hand(text.trim()) {
        assert_eq!(read.map(KoreanTime::unix_seconds), expected, "{text:?}");
    }
    let Some(time) = read else { return };

    // What it prints for programs is the same instant, and what it prints for people is it to the second.
    let printed = time.to_rfc3339();
    assert_eq!(KoreanTime::parse(&printed), Some(time), "{printed}");
    let to_the_second = KoreanTime::parse(&time.to_string()).expect("what is printed can be read");
    assert_eq!(to_the_second.unix_seconds(), time.unix_seconds());
    let kept = serde_json::to_string(&time).expect("a text");
    assert_eq!(serde_json::from_str::<KoreanTime>(&kept).expect("what was kept"), time);
    let millis = KoreanTime::from_unix_millis(time.unix_millis()).expect("a year that fits");
    assert_eq!(millis.unix_millis(), time.unix_millis());
    assert!(printed.ends_with("+09:00") && (1970..=9998).contains(&year(&printed)), "{printed}");
}

fn year(text: &str) -> i64 {
    text[..4].parse().expect("four digits")
}

/// The page's own form, `YYYY-MM-DD HH:MM:SS` at +09:00, by arithmetic: `Some(None)` where there is no such moment. `None`
/// for every other form.
fn by_hand(text: &str) -> Option<Option<i64>> {
    let bytes = text.as_bytes();
    let shape = b"dddd-dd-dd dd:dd:dd";
    let fits = |(byte, kind): (&u8, &u8)| if *kind == b'd' { byte.is_ascii_digit() } else { byte == kind };
    if bytes.len() != shape.len() || !bytes.iter().zip(shape).all(fits) {
        return None;
    }
    let number = |range: std::ops::Range<usize>| text[range].parse::<i64>().expect("digits");
    let (year, month, day) = (number(0..4), number(5..7), number(8..10));
    let (hour, minute, second) = (number(11..13), number(14..16), number(17..19));
    let leap = |year: i64| (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    let month_length = |year, month| match month {
        4 | 6 | 9 | 11 => 30,
        2 => 28 + i64::from(leap(year)),
        _ => 31,
    };
    let exists = (1970..=9998).contains(&year)
        && (1..=12).contains(&month)
        && (1..=month_length(year, month)).contains(&day)
        && hour < 24
        && minute < 60
        && second < 60;
    if !exists {
        return Some(None);
    }
    let days: i64 = (1970..year).map(|year| 365 + i64::from(leap(year))).sum::<i64>()
        + (1..month).map(|month| month_length(year, month)).sum::<i64>()
        + day
        - 1;
    Some(Some(((days * 24 + hour - 9) * 60 + minute) * 60 + second))
}
