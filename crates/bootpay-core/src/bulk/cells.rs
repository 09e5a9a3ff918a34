//! What a cell says, as people and Excel write it. What is not certain is refused: money hangs on it.

use super::problem::BulkProblemKind;

/// What the amount's cell says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// Nothing at all.
    Empty,
    /// A word for "everything that remains".
    Everything,
    /// So many won.
    Won(u64),
}

/// A cell without what Excel and people put around it: white space, and the apostrophe that keeps a text a text.
pub(super) fn plain(cell: &str) -> Result<&str, BulkProblemKind> {
    let cell = cell.trim_matches(|char: char| char.is_whitespace() || char == '\u{feff}');
    if cell.starts_with('=') {
        return Err(BulkProblemKind::Formula);
    }
    Ok(cell.strip_prefix('\'').map_or(cell, str::trim))
}

/// The kind's cell: full or partial.
pub(super) fn is_full(cell: &str) -> Result<bool, BulkProblemKind> {
    match cell.to_lowercase().as_str() {
        "full" | "전액" | "전체" | "전액취소" | "전체취소" => Ok(true),
        "partial" | "부분" | "부분취소" => Ok(false),
        "" => Err(BulkProblemKind::NoKind),
        _ => Err(BulkProblemKind::WrongKind),
    }
}

/// The amount's cell.
pub(super) fn asked(cell: &str) -> Result<Asked, BulkProblemKind> {
    if cell.is_empty() {
        return Ok(Asked::Empty);
    }
    match is_full(cell) {
        Ok(true) => Ok(Asked::Everything),
        _ => won(cell).map(Asked::Won),
    }
}

/// An amount in won: `3000`, `3,000`, `3,000원`, `₩3,000` and Excel's `3000.0` are the same; nothing is rounded.
pub(super) fn won(cell: &str) -> Result<u64, BulkProblemKind> {
    let bare = cell.strip_prefix('₩').unwrap_or(cell).trim_start();
    let bare = bare.strip_suffix('원').or_else(|| bare.strip_suffix("KRW")).unwrap_or(bare).trim_end();
    if is_scientific(bare) || bare.split_once(['e', 'E']).is_some_and(|(one, other)| is_digits(one) && is_digits(other))
    {
        return Err(BulkProblemKind::Scientific);
    }
    let (whole, fraction) = bare.split_once('.').unwrap_or((bare, "0"));
    if !is_digits(fraction) {
        return Err(BulkProblemKind::NotAnAmount);
    }
    let mut groups = whole.split(',');
    let first = groups.next().unwrap_or_default();
    let mut joined = first.to_owned();
    let grouped = whole.contains(',');
    let well_grouped = is_digits(first) && (!grouped || first.len() <= 3);
    for group in groups {
        if group.len() != 3 || !is_digits(group) {
            return Err(BulkProblemKind::NotAnAmount);
        }
        joined.push_str(group);
    }
    if !well_grouped {
        return Err(BulkProblemKind::NotAnAmount);
    }
    // `3.000` is three thousand where a point groups, and three elsewhere.
    if fraction.len() == 3 && !grouped && whole.len() <= 3 {
        return Err(BulkProblemKind::NotAnAmount);
    }
    if fraction.bytes().any(|byte| byte != b'0') {
        return Err(BulkProblemKind::FractionOfAWon);
    }
    match joined.parse::<u64>() {
        Ok(won) if won <= i64::MAX as u64 => Ok(won),
        _ => Err(BulkProblemKind::NotAnAmount),
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// An id, which must be the text that it was before a spreadsheet saw it.
pub(super) fn id(cell: &str) -> Result<&str, BulkProblemKind> {
    if is_scientific(cell) { Err(BulkProblemKind::Scientific) } else { Ok(cell) }
}

/// Whether a character makes another key of one that looks the same: those of no width, those that turn the direction, and
/// Hangul's single letters, as a Mac writes syllables in the names of files.
pub(super) fn is_unseen(char: char) -> bool {
    matches!(char, '\u{ad}' | '\u{1100}'..='\u{11ff}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// What a spreadsheet makes of a long number: `6.12E+23`. The sign or the point tells it from an id that happens to have an `e`
/// among its digits, as every millionth hexadecimal one has.
fn is_scientific(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once(['E', 'e']) else { return false };
    let is_exponent = |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let number = !mantissa.is_empty() && mantissa.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let signed = exponent.strip_prefix(['+', '-']).is_some_and(is_exponent);
    number && (signed || (mantissa.contains('.') && is_exponent(exponent)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_as_people_and_excel_write_them() {
        for text in ["3000", "3,000", "3000.0", "3000.00", "3,000원", "3,000 원", "₩3,000", "₩ 3000", "3000KRW"] {
            assert_eq!(won(text), Ok(3_000), "{text}");
        }
        assert_eq!(won("1,234,567"), Ok(1_234_567));
        assert_eq!(won("0"), Ok(0), "zero is a number, and refused later as an amount");
    }

    #[test]
    fn what_is_not_certain_is_refused() {
        use BulkProblemKind::*;
        for (text, why) in [
            ("1e5", Scientific),
            ("1.5E+5", Scientific),
            ("1000.5", FractionOfAWon),
            ("10,00", NotAnAmount),
            ("1,0000", NotAnAmount),
            ("1234,567", NotAnAmount),
            (",100", NotAnAmount),
            ("1000,", NotAnAmount),
            ("-1000", NotAnAmount),
            ("+1000", NotAnAmount),
            ("３０００", NotAnAmount),
            ("1 000", NotAnAmount),
            ("1000.", NotAnAmount),
            (".5", NotAnAmount),
            ("0x10", NotAnAmount),
            ("천원", NotAnAmount),
            ("원", NotAnAmount),
            ("9223372036854775808", NotAnAmount),
        ] {
            assert_eq!(won(text), Err(why), "{text}");
        }
    }

    #[test]
    fn no_amount_and_all_of_it_are_different_things() {
        assert_eq!(asked(""), Ok(Asked::Empty));
        for word in ["full", "FULL", "전액", "전액취소"] {
            assert_eq!(asked(word), Ok(Asked::Everything), "{word}");
        }
        assert!(asked("all").is_err() && asked("부분").is_err() && asked("-").is_err());
    }

    #[test]
    fn ids_that_a_spreadsheet_has_rewritten_are_recognised_and_others_are_left_alone() {
        assert_eq!(plain(" '0012 "), Ok("0012"));
        assert_eq!(plain("=A1"), Err(BulkProblemKind::Formula));
        for rewritten in ["6.12E+23", "6.12e+23", "6E+23", "1E-05", "6.12E23"] {
            assert_eq!(id(rewritten), Err(BulkProblemKind::Scientific), "{rewritten}");
        }
        for fine in [
            "612df0250d681b001de61de6",
            "612250250068100100126e10",
            "612e02506810010012612612",
            "e5",
            "order-1e5",
            "1042-2",
        ] {
            assert_eq!(id(fine), Ok(fine), "{fine}");
        }
    }
}
