//! Korean times.
//!
//! v1 writes a time as `2019-12-16 11:12:28`: Korean time, +09:00, without daylight saving and without saying so
//! (the page's response table, `revoked_at`). v2 writes ISO 8601 with an offset (`protocol.md` §1). Both are the same
//! thing here: an instant, shown as a clock in Seoul shows it. A text without an offset is Korean time.
//!
//! A time never decides about money. A codec that cannot read one leaves it out and keeps the text.

use std::fmt;

use serde::{Deserialize, Serialize};
use time::{Date, Month, OffsetDateTime, PrimitiveDateTime, Time, UtcOffset, macros::offset};

use crate::error::{InvalidInput, Problem};

const SEOUL: UtcOffset = offset!(+9);

/// An instant, shown in Korean time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct KoreanTime(OffsetDateTime);

impl KoreanTime {
    /// Reads a time as either dialect writes it: `2019-12-16 11:12:28` (Korean time) or ISO 8601 with or without an
    /// offset, such as `2022-05-26T17:31:40+09:00`. `None` for anything else, and for years outside 1970 to 9998.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (date, rest) = (text.get(..10)?, text.get(11..)?);
        if !matches!(text.as_bytes().get(10)?, b' ' | b'T' | b't') {
            return None;
        }
        let (clock, rest) = (rest.get(..8)?, rest.get(8..)?);
        let (nanosecond, offset) = split_fraction(rest)?;
        let date = read_date(date)?;
        let (hour, minute, second) = three_numbers(clock, ':')?;
        let clock = Time::from_hms_nano(small(hour)?, small(minute)?, small(second)?, nanosecond).ok()?;
        Self::shown_in_seoul(PrimitiveDateTime::new(date, clock).assume_offset(read_offset(offset.trim_start())?))
    }

    /// The instant this many milliseconds after 1970-01-01T00:00:00Z; `None` for years outside 1970 to 9998.
    pub fn from_unix_millis(millis: i64) -> Option<Self> {
        Self::shown_in_seoul(OffsetDateTime::from_unix_timestamp_nanos(i128::from(millis) * 1_000_000).ok()?)
    }

    fn shown_in_seoul(instant: OffsetDateTime) -> Option<Self> {
        let instant = instant.checked_to_offset(SEOUL)?;
        // Bootpay is younger than 1970, and beyond 9998 a time zone's shift leaves the calendar's four digits.
        (1970..=9998).contains(&instant.year()).then_some(Self(instant))
    }

    /// Whole seconds since 1970-01-01T00:00:00Z.
    pub fn unix_seconds(self) -> i64 {
        self.0.unix_timestamp()
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub fn unix_millis(self) -> i64 {
        // In the years that pass the check, it fits many times over.
        self.0.unix_timestamp() * 1_000 + i64::from(self.0.millisecond())
    }

    /// The instant as RFC 3339 text: `2019-12-16T11:12:28+09:00`, with a fraction where there is one.
    pub fn to_rfc3339(self) -> String {
        let mut fraction = String::new();
        if self.0.nanosecond() != 0 {
            fraction = format!(".{:09}", self.0.nanosecond());
            fraction.truncate(fraction.trim_end_matches('0').len());
        }
        format!("{}T{}{fraction}+09:00", self.date(), self.clock())
    }

    fn date(self) -> String {
        format!("{:04}-{:02}-{:02}", self.0.year(), u8::from(self.0.month()), self.0.day())
    }

    fn clock(self) -> String {
        format!("{:02}:{:02}:{:02}", self.0.hour(), self.0.minute(), self.0.second())
    }
}

impl fmt::Display for KoreanTime {
    /// To the second, with the offset: `2019-12-16 11:12:28 +09:00`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{} {} +09:00", self.date(), self.clock()))
    }
}

impl From<KoreanTime> for String {
    fn from(time: KoreanTime) -> String {
        time.to_rfc3339()
    }
}

impl TryFrom<String> for KoreanTime {
    type Error = InvalidInput;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or_else(|| {
            InvalidInput::new("time", Problem::Malformed)
                .expected("a time such as 2019-12-16 11:12:28 or 2019-12-16T11:12:28+09:00")
        })
    }
}

fn read_date(text: &str) -> Option<Date> {
    let (year, month, day) = three_numbers(text, '-')?;
    Date::from_calendar_date(i32::try_from(year).ok()?, Month::try_from(small(month)?).ok()?, small(day)?).ok()
}

/// Three runs of digits. The widths follow from the callers' slices, since a number is never signed.
fn three_numbers(text: &str, separator: char) -> Option<(u32, u32, u32)> {
    let mut parts = text.split(separator).map(number);
    let three = (parts.next()??, parts.next()??, parts.next()??);
    parts.next().is_none().then_some(three)
}

fn number(text: &str) -> Option<u32> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

fn small(number: u32) -> Option<u8> {
    u8::try_from(number).ok()
}

/// Splits `.123456+09:00` into nanoseconds and the rest. Digits beyond the ninth are cut off.
fn split_fraction(text: &str) -> Option<(u32, &str)> {
    let Some(digits) = text.strip_prefix(['.', ',']) else { return Some((0, text)) };
    let end = digits.find(|char: char| !char.is_ascii_digit()).unwrap_or(digits.len());
    if end == 0 {
        return None;
    }
    let (fraction, rest) = digits.split_at(end);
    let nine: String = fraction.chars().chain("000000000".chars()).take(9).collect();
    Some((nine.parse().ok()?, rest))
}

/// `Z`, `+09:00`, `+0900` or `+09`; nothing is Korean time.
fn read_offset(text: &str) -> Option<UtcOffset> {
    let (sign, digits) = match text.as_bytes().first() {
        None => return Some(SEOUL),
        Some(b'Z' | b'z') if text.len() == 1 => return Some(UtcOffset::UTC),
        Some(b'+') => (1, text.get(1..)?),
        Some(b'-') => (-1, text.get(1..)?),
        Some(_) => return None,
    };
    let (hours, minutes) = match digits.len() {
        2 => (digits, "0"),
        4 => (digits.get(..2)?, digits.get(2..)?),
        5 if digits.as_bytes().get(2) == Some(&b':') => (digits.get(..2)?, digits.get(3..)?),
        _ => return None,
    };
    let part = |text| number(text).and_then(|number| i8::try_from(number).ok());
    let (hours, minutes) = (part(hours)?, part(minutes)?);
    if minutes > 59 {
        return None;
    }
    UtcOffset::from_hms(sign * hours, sign * minutes, 0).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The page's `revoked_at`, as seconds since 1970 in UTC.
    const PAGE: i64 = 1_576_462_348;

    #[test]
    fn the_pages_time_is_korean_time() {
        let time = KoreanTime::parse("2019-12-16 11:12:28").unwrap();
        assert_eq!(time.unix_seconds(), PAGE);
        assert_eq!(time.to_string(), "2019-12-16 11:12:28 +09:00");
    }

    #[test]
    fn every_spelling_of_an_instant_is_the_same_instant() {
        for text in [
            "2019-12-16T11:12:28",
            "2019-12-16T11:12:28+09:00",
            "2019-12-16 11:12:28 +0900",
            "2019-12-16T02:12:28Z",
            "2019-12-16t02:12:28.000z",
            "2019-12-15T21:12:28-05",
            " 2019-12-16T11:12:28.0000000000009+09:00 ",
        ] {
            assert_eq!(KoreanTime::parse(text).map(KoreanTime::unix_millis), Some(PAGE * 1_000), "{text}");
        }
    }

    #[test]
    fn a_fraction_survives_and_is_shown_only_to_programs() {
        let time = KoreanTime::parse("2022-05-26T17:31:40.25+09:00").unwrap();
        assert_eq!(time.to_rfc3339(), "2022-05-26T17:31:40.25+09:00");
        assert_eq!(time.to_string(), "2022-05-26 17:31:40 +09:00");
        assert_eq!(time.unix_millis() % 1_000, 250);
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in [
            "",
            "2019-12-16",
            "0000-00-00 00:00:00",
            "2019-13-16 11:12:28",
            "2019-02-29 11:12:28",
            "2019-12-16 24:00:00",
            "2019-12-16 11:12:60",
            "2019-12-16 11:12",
            "2019-12-16x11:12:28",
            "2019-12-16 11:12:28.",
            "2019-12-16 11:12:28+9",
            "2019-12-16 11:12:28+09:60",
            "2019-12-16 11:12:28+99:00",
            "+019-12-16 11:12:28",
            "1969-12-31 11:12:28",
            "9999-12-31 23:59:59-23:59",
            "2019년12월16일 11시12분",
            "1576462348",
        ] {
            assert_eq!(KoreanTime::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_time_is_kept_as_rfc_3339_text() {
        let time = KoreanTime::parse("2019-12-16 11:12:28").unwrap();
        let text = serde_json::to_string(&time).unwrap();
        assert_eq!(text, r#""2019-12-16T11:12:28+09:00""#);
        assert_eq!(serde_json::from_str::<KoreanTime>(&text).unwrap(), time);
        assert!(serde_json::from_str::<KoreanTime>(r#""yesterday""#).is_err());
    }

    #[test]
    fn times_are_ordered_as_instants() {
        let (one, two) = (KoreanTime::parse("2019-12-16T11:00:00+09:00"), KoreanTime::parse("2019-12-16T03:00:00Z"));
        assert!(one < two);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in ".{0,40}", digits in "[0-9TZ :.+-]{10,40}") {
            let _ = (KoreanTime::parse(&text), KoreanTime::parse(&digits));
        }

        #[test]
        fn any_number_of_milliseconds_survives_its_own_text(millis in any::<i64>(), likely in 0..253_000_000_000_000_i64) {
            let _ = KoreanTime::from_unix_millis(millis);
            let time = KoreanTime::from_unix_millis(likely).unwrap();
            prop_assert_eq!(time.unix_millis(), likely);
            prop_assert_eq!(KoreanTime::parse(&time.to_rfc3339()), Some(time));
        }
    }
}
