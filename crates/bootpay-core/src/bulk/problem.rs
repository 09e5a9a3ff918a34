//! What is wrong with a file: the line, the column, and what would be right.
//!
//! No problem repeats what a cell holds: it may be an account number.

use std::fmt;

use crate::error::InvalidInput;
use crate::hint::Language;

use super::columns::Column;

/// The most problems that are kept in full. The rest are counted.
pub const MOST_PROBLEMS: usize = 100;

/// One thing that is wrong with a file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BulkProblem {
    /// The line of the file, counted from 1; a record of several lines counts by its first.
    pub line: u64,
    /// The column's English name, where one is concerned.
    pub field: Option<String>,
    /// What is wrong.
    pub kind: BulkProblemKind,
}

/// The kinds of [`BulkProblem`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BulkProblemKind {
    /// Bytes that are neither UTF-8 nor CP949, at this character of the line.
    Unreadable {
        /// Counted from 1.
        column: u64,
    },
    /// The bytes are text in UTF-8 and another one in CP949, and nothing says which is meant.
    EitherEncoding,
    /// The file is UTF-16, as a spreadsheet's "Unicode text" is.
    Utf16,
    /// The file has no row.
    NoRows,
    /// The file has more rows than a bulk may have.
    TooManyRows,
    /// A column is missing.
    NoColumn,
    /// The headings are not separated by commas.
    NotCommas,
    /// Two columns mean the same.
    TwoColumns,
    /// A heading is nearly that of this column.
    UnknownColumn {
        /// The heading.
        heading: String,
    },
    /// A record has another number of cells than there are headings, or its quotes are not closed.
    BadRecord,
    /// A line is not a JSON object with these members, each once.
    BadObject,
    /// The cell holds a formula.
    Formula,
    /// A spreadsheet has rewritten a long number: digits are lost.
    Scientific,
    /// An id of digits is shorter than the others: a spreadsheet drops leading zeros.
    LostZeros,
    /// Neither an amount nor `full`. An empty cell never means everything.
    NoAmount,
    /// Not an amount in won.
    NotAnAmount,
    /// An amount with a fraction.
    FractionOfAWon,
    /// The kind is empty.
    NoKind,
    /// The kind is neither `full` nor `partial`.
    WrongKind,
    /// Kind and amount contradict each other.
    Contradiction,
    /// A partial cancel without a `cancel_id`.
    NoCancelId,
    /// A refund account of which a part is missing.
    HalfAnAccount,
    /// The library's own check of a cancel.
    Invalid(InvalidInput),
    /// A `cancel_id` that an earlier line has.
    SameKey {
        /// The earlier line.
        line: u64,
    },
    /// A second full cancel of a receipt.
    TwoFull {
        /// The earlier line.
        line: u64,
    },
    /// A partial cancel after a full one of the same receipt: nothing is left by then.
    PartialAfterFull {
        /// The full one's line.
        line: u64,
    },
}

impl BulkProblem {
    pub(super) fn at(line: u64, kind: BulkProblemKind) -> Self {
        Self { line, field: None, kind }
    }

    pub(super) fn in_column(line: u64, column: Column, kind: BulkProblemKind) -> Self {
        Self { line, field: Some(column.name().to_owned()), kind }
    }

    /// What is wrong and what would be right, in the reader's language, without line and column.
    pub fn words(&self, language: Language) -> String {
        use BulkProblemKind as Kind;
        let (korean, english): (&str, &str) = match &self.kind {
            Kind::Unreadable { column } => {
                return match language {
                    Language::Korean => {
                        format!("{column}번째 글자를 읽을 수 없습니다. 파일을 UTF-8 CSV로 다시 저장해 주세요")
                    }
                    Language::English => format!("character {column} cannot be read; save the file as a CSV in UTF-8"),
                };
            }
            Kind::UnknownColumn { heading } => {
                let meant = self.field.as_deref().unwrap_or_default();
                return match language {
                    Language::Korean => {
                        format!("열 이름 '{heading}'은(는) 혹시 '{meant}'인가요? 이름을 고치거나 열을 지워 주세요")
                    }
                    Language::English => {
                        format!("is the column `{heading}` meant to be `{meant}`? Rename or remove it")
                    }
                };
            }
            Kind::SameKey { line } => {
                return match language {
                    Language::Korean => format!("{line}번째 줄과 취소 ID가 같습니다. 취소 ID는 환불마다 달라야 합니다"),
                    Language::English => {
                        format!("the same cancel_id as in line {line}; each refund needs one of its own")
                    }
                };
            }
            Kind::TwoFull { line } => {
                return match language {
                    Language::Korean => format!("{line}번째 줄에 이미 이 영수증의 전액취소가 있습니다"),
                    Language::English => format!("line {line} already cancels all of this receipt"),
                };
            }
            Kind::PartialAfterFull { line } => {
                return match language {
                    Language::Korean => format!("{line}번째 줄에서 전액취소한 뒤에는 부분취소할 금액이 없습니다"),
                    Language::English => {
                        format!("line {line} cancels all of this receipt before; nothing is left by then")
                    }
                };
            }
            Kind::Invalid(input) => {
                return match (language, input.hint(language)) {
                    (Language::Korean, Some(hint)) => hint,
                    _ => input.to_string(),
                };
            }
            Kind::EitherEncoding => (
                "UTF-8로도 CP949로도 읽히는 글자입니다. 엑셀에서 'CSV UTF-8(쉼표로 분리)'로 저장해 주세요",
                "a text in UTF-8 and another one in CP949; save the file as a CSV in UTF-8 with a mark (BOM)",
            ),
            Kind::Utf16 => (
                "UTF-16 파일입니다. 엑셀에서 'CSV UTF-8(쉼표로 분리)'로 저장해 주세요",
                "the file is UTF-16; save it as a CSV in UTF-8",
            ),
            Kind::NoRows => ("취소할 행이 없습니다", "there is no row"),
            Kind::TooManyRows => ("한 파일에 백만 행까지 넣을 수 있습니다", "a file may have a million rows at most"),
            Kind::NoColumn => (
                "이 열이 없습니다. 첫 줄에 열 이름을 넣어 주세요",
                "there is no such column; the first line names the columns",
            ),
            Kind::NotCommas => {
                ("열이 쉼표로 나뉘어 있지 않습니다", "the columns are not separated by commas; save the file as a CSV")
            }
            Kind::TwoColumns => ("같은 뜻의 열이 둘입니다", "two columns mean this"),
            Kind::BadRecord => (
                "칸 수가 첫 줄과 다르거나 따옴표가 닫히지 않았습니다",
                "not as many cells as the first line has, or a quotation mark that is not closed",
            ),
            Kind::BadObject => (
                "정해진 이름을 한 번씩만 쓴 JSON 객체 한 줄이어야 합니다",
                "not a JSON object with the members that a row has, each once",
            ),
            Kind::Formula => ("수식입니다. 값으로 바꿔 주세요", "a formula; put its value there"),
            Kind::Scientific => (
                "엑셀이 지수 표기로 바꾼 숫자입니다(자릿수가 사라졌을 수 있습니다). 열을 텍스트 서식으로 바꿔 원래 값을 넣어 주세요",
                "a number that a spreadsheet has rewritten, perhaps with digits lost; make the column text and put the value \
                 there again",
            ),
            Kind::LostZeros => (
                "다른 영수증 ID보다 짧습니다. 엑셀이 앞의 0을 지운 것은 아닌지 확인하고 텍스트 서식으로 넣어 주세요",
                "shorter than the other ids; a spreadsheet drops leading zeros. Make the column text and put the id there again",
            ),
            Kind::NoAmount => (
                "금액이 비어 있습니다. 부분취소 금액을 넣거나, 전액취소라면 '전액'이라고 써 주세요",
                "no amount; give one in won, or `full` for all that remains",
            ),
            Kind::NotAnAmount => {
                ("원 단위의 금액이어야 합니다 (예: 3000, 3,000)", "not an amount in won, such as 3000 or 3,000")
            }
            Kind::FractionOfAWon => ("1원보다 작은 단위는 없습니다", "there is no fraction of a won"),
            Kind::NoKind => {
                ("구분이 비어 있습니다. full(전액) 또는 partial(부분)", "no kind; give `full` or `partial`")
            }
            Kind::WrongKind => ("full(전액) 또는 partial(부분)이어야 합니다", "neither `full` nor `partial`"),
            Kind::Contradiction => (
                "구분과 금액이 서로 맞지 않습니다. 전액취소의 예상 금액은 expected_remaining 열에 넣어 주세요",
                "kind and amount contradict each other; what a full cancel expects goes into expected_remaining",
            ),
            Kind::NoCancelId => (
                "부분취소에는 취소 ID(cancel_id)가 필요합니다. 환불마다 다르고, 다시 실행해도 같은 값이어야 합니다",
                "a partial cancel needs a cancel_id of its own: the same whenever the file is run again",
            ),
            Kind::HalfAnAccount => (
                "환불 계좌에는 은행, 계좌번호, 예금주가 모두 필요합니다",
                "a refund account needs bank, account and holder",
            ),
        };
        match language {
            Language::Korean => korean.to_owned(),
            Language::English => english.to_owned(),
        }
    }
}

/// Everything that is wrong with a file. Nothing of it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BulkProblems {
    /// The first [`MOST_PROBLEMS`] of them, by line.
    pub problems: Vec<BulkProblem>,
    /// How many there are in all.
    pub count: u64,
}

impl BulkProblems {
    pub(super) fn new(mut all: Vec<BulkProblem>) -> Self {
        let count = all.len() as u64;
        all.sort_by_key(|problem| problem.line);
        all.truncate(MOST_PROBLEMS);
        Self { problems: all, count }
    }
}

impl From<BulkProblem> for BulkProblems {
    fn from(problem: BulkProblem) -> Self {
        Self::new(vec![problem])
    }
}

impl fmt::Display for BulkProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}", self.line)?;
        if let Some(field) = &self.field {
            write!(f, ", {field}")?;
        }
        write!(f, ": {}", self.words(Language::English))
    }
}

impl fmt::Display for BulkProblems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let more = self.count.saturating_sub(self.problems.len() as u64);
        for problem in &self.problems {
            writeln!(f, "{problem}")?;
        }
        if more > 0 {
            writeln!(f, "and {more} more")?;
        }
        f.write_str("nothing was sent")
    }
}

impl std::error::Error for BulkProblems {}
