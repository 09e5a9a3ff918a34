//! From a file's bytes to text: UTF-8 with or without its mark, or CP949, as Korean Excel saves a CSV.
//!
//! Nothing is ever replaced by a question mark: a reason that came out garbled would be sent to Bootpay, and an id would be
//! another one. What cannot be read is an error that says where.

use std::borrow::Cow;

use encoding_rs::{DecoderResult, EUC_KR};

use super::problem::{BulkProblem, BulkProblemKind};

/// How a file's bytes were read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BulkEncoding {
    /// UTF-8.
    Utf8,
    /// Windows' code page 949: what Korean Excel calls "CSV (쉼표로 분리)".
    Cp949,
}

impl BulkEncoding {
    /// The name that people know it by.
    pub fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Cp949 => "CP949",
        }
    }
}

/// A mark means UTF-8; so do bytes that are valid UTF-8, unless they are as good as CP949; anything else is CP949.
pub(super) fn decode(bytes: &[u8]) -> Result<(Cow<'_, str>, BulkEncoding), BulkProblem> {
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
        return Err(BulkProblem::at(1, BulkProblemKind::Utf16));
    }
    let (marked, bytes) = match bytes.strip_prefix(&[0xEF, 0xBB, 0xBF]) {
        Some(rest) => (true, rest),
        None => (false, bytes),
    };
    match std::str::from_utf8(bytes) {
        Ok(text) if !marked && is_either(text) => {
            let line = text.split('\n').position(|line| !line.is_ascii()).unwrap_or_default() as u64 + 1;
            Err(BulkProblem::at(line, BulkProblemKind::EitherEncoding))
        }
        Ok(text) => Ok((Cow::Borrowed(text), BulkEncoding::Utf8)),
        Err(error) if marked => {
            let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
            let last_line = before.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
            let column = std::str::from_utf8(last_line).map_or(1, |line| line.chars().count() + 1);
            Err(unreadable(before, column))
        }
        Err(_) => cp949(bytes),
    }
}

/// Whether valid UTF-8 may be Korean in CP949: a few syllables are two bytes in both, as in 철회, "öȸ" by the other. In UTF-8
/// every syllable has three.
fn is_either(text: &str) -> bool {
    let mut others = text.chars().filter(|char| !char.is_ascii()).peekable();
    others.peek().is_some() && others.all(|char| char.len_utf8() == 2) && cp949(text.as_bytes()).is_ok()
}

fn cp949(bytes: &[u8]) -> Result<(Cow<'_, str>, BulkEncoding), BulkProblem> {
    let mut decoder = EUC_KR.new_decoder_without_bom_handling();
    let room = decoder.max_utf8_buffer_length_without_replacement(bytes.len()).unwrap_or(bytes.len().saturating_mul(3));
    let mut text = String::with_capacity(room);
    let (result, read) = decoder.decode_to_string_without_replacement(bytes, &mut text, true);
    match result {
        DecoderResult::InputEmpty => Ok((Cow::Owned(text), BulkEncoding::Cp949)),
        // The room suffices for any input, so that only a malformed one ends here.
        DecoderResult::Malformed(_, _) | DecoderResult::OutputFull => {
            let column = text.rsplit('\n').next().map_or(1, |line| line.chars().count() + 1);
            Err(unreadable(bytes.get(..read.saturating_sub(1)).unwrap_or_default(), column))
        }
    }
}

fn unreadable(before: &[u8], column: usize) -> BulkProblem {
    let line = before.iter().filter(|byte| **byte == b'\n').count() as u64 + 1;
    BulkProblem::at(line, BulkProblemKind::Unreadable { column: column as u64 })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// "영수증,금액" as code page 949 has it, by the table of the Unicode consortium.
    const HEADER: &[u8] = &[0xBF, 0xB5, 0xBC, 0xF6, 0xC1, 0xF5, b',', 0xB1, 0xDD, 0xBE, 0xD7];

    #[test]
    fn each_encoding_is_recognised() {
        assert_eq!(decode(HEADER).unwrap(), ("영수증,금액".into(), BulkEncoding::Cp949));
        assert_eq!(decode("영수증".as_bytes()).unwrap(), ("영수증".into(), BulkEncoding::Utf8));
        assert_eq!(decode(b"\xEF\xBB\xBFreceipt_id").unwrap(), ("receipt_id".into(), BulkEncoding::Utf8));
        // 똠 is not in KS X 1001: code page 949 has it, plain EUC-KR does not.
        assert_eq!(decode(&[0x8C, 0x63]).unwrap().0, "똠");
    }

    #[test]
    fn what_cannot_be_read_is_an_error_with_its_place() {
        let mut bytes = HEADER.to_vec();
        bytes.extend(b"\r\na,");
        bytes.extend([0xBF, 0xB5, 0xFF, b'x']);
        let problem = decode(&bytes).unwrap_err();
        assert_eq!((problem.line, problem.kind), (2, BulkProblemKind::Unreadable { column: 4 }));
        let problem = decode(b"\xEF\xBB\xBFab\n\xEA\xB0\x80\xFF").unwrap_err();
        assert_eq!((problem.line, problem.kind), (2, BulkProblemKind::Unreadable { column: 2 }));
        for utf16 in [&b"\xFF\xFEa\0"[..], b"\xFE\xFF\0a"] {
            assert_eq!(decode(utf16).unwrap_err().kind, BulkProblemKind::Utf16);
        }
    }
}
