//! A file of cancels, and what is wrong with one.

use std::fmt;
use std::sync::Arc;

use bootpay_core::Language;

/// A file whose every row is a cancel that may be sent. It holds account numbers where the file does, and shows none.
#[derive(Clone, uniffi::Object)]
#[uniffi::export(Debug)]
pub struct BulkFile(pub(crate) bootpay_core::bulk::BulkFile);

#[uniffi::export]
impl BulkFile {
    /// Reads a CSV (UTF-8, or CP949 as Korean Excel writes it) or JSON Lines file from its bytes, and checks every row, on
    /// this thread. Nothing may be sent of a file with one wrong row.
    #[uniffi::constructor]
    pub fn read(bytes: Vec<u8>) -> Result<Arc<Self>, BulkFileError> {
        Ok(Arc::new(Self(bootpay_core::bulk::BulkFile::read(&bytes)?)))
    }

    /// How many rows it has.
    pub fn rows(&self) -> u64 {
        self.0.rows()
    }

    /// How it was encoded.
    pub fn encoding(&self) -> BulkEncoding {
        self.0.encoding().into()
    }

    /// The headings that mean nothing to a bulk. Nothing of these columns is read.
    pub fn ignored_columns(&self) -> Vec<String> {
        self.0.ignored_columns().to_vec()
    }
}

/// Why a file is refused. Nothing of it was sent.
#[derive(Clone, Debug, thiserror::Error, uniffi::Error)]
pub enum BulkFileError {
    /// Rows, headings or bytes are wrong.
    #[error("{text}")]
    Wrong {
        /// All of `problems` in English, a line each. No cell's content is in it.
        text: String,
        /// The first hundred, by line.
        problems: Vec<BulkProblem>,
        /// How many there are in all.
        count: u64,
    },
}

/// One thing that is wrong with a file. It never repeats what a cell holds.
#[derive(Clone, Debug, uniffi::Record)]
pub struct BulkProblem {
    /// The line of the file, counted from 1; a record of several lines counts by its first.
    pub line: u64,
    /// The column's English name, where one is concerned.
    pub field: Option<String>,
    /// What is wrong and what would be right, in Korean.
    pub korean: String,
    /// The same in English.
    pub english: String,
}

/// How a file was encoded.
#[derive(Clone, Copy, Debug, uniffi::Enum)]
pub enum BulkEncoding {
    /// UTF-8.
    Utf8,
    /// Windows' code page 949, as Korean Excel saves a CSV.
    Cp949,
}

impl fmt::Debug for BulkFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BulkFile").field("rows", &self.rows()).finish_non_exhaustive()
    }
}

impl From<bootpay_core::bulk::BulkProblems> for BulkFileError {
    fn from(wrong: bootpay_core::bulk::BulkProblems) -> Self {
        let text = wrong.to_string();
        let problem = |one: bootpay_core::bulk::BulkProblem| BulkProblem {
            line: one.line,
            korean: one.words(Language::Korean),
            english: one.words(Language::English),
            field: one.field,
        };
        Self::Wrong { text, problems: wrong.problems.into_iter().map(problem).collect(), count: wrong.count }
    }
}

impl From<bootpay_core::bulk::BulkEncoding> for BulkEncoding {
    fn from(encoding: bootpay_core::bulk::BulkEncoding) -> Self {
        match encoding {
            bootpay_core::bulk::BulkEncoding::Cp949 => Self::Cp949,
            _ => Self::Utf8,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_file_says_where_in_both_languages_and_repeats_no_cell() {
        let file = "receipt_id,amount,cancel_id,bank,account,holder\n\
                    r-1,canary-amount,id-1,국민은행,66569112432134,canary-holder\n";
        let BulkFileError::Wrong { text, problems, count } = BulkFile::read(file.into()).unwrap_err();
        assert_eq!((count, problems.len()), (1, 1));
        assert_eq!((problems[0].line, problems[0].field.as_deref()), (2, Some("amount")));
        assert!(problems[0].korean.contains("원 단위"), "{}", problems[0].korean);
        assert!(text.starts_with("line 2, amount: not an amount in won"), "{text}");
        let told = format!("{text}{problems:?}");
        assert!(!told.contains("canary") && !told.contains("66569112432134"), "{told}");
    }

    #[test]
    fn a_file_shows_nothing_of_its_rows() {
        let file = "receipt_id,amount,cancel_id,bank,account,holder,note\n\
                    r-1,1000,id-1,국민은행,66569112432134,canary-holder,x\n";
        let file = BulkFile::read(file.into()).unwrap();
        assert_eq!((file.rows(), file.ignored_columns()), (1, vec!["note".to_owned()]));
        assert_eq!(format!("{file:?}"), "BulkFile { rows: 1, .. }");
    }
}
