//! The columns of a file, and the names that they go by.

use super::problem::{BulkProblem, BulkProblemKind};

/// A column that a bulk knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(usize)]
pub(super) enum Column {
    ReceiptId,
    Kind,
    Amount,
    TaxFree,
    CancelId,
    ExpectedRemaining,
    Canceller,
    Reason,
    Bank,
    Account,
    Holder,
}

impl Column {
    pub(super) const ALL: [Self; 11] = [
        Self::ReceiptId,
        Self::Kind,
        Self::Amount,
        Self::TaxFree,
        Self::CancelId,
        Self::ExpectedRemaining,
        Self::Canceller,
        Self::Reason,
        Self::Bank,
        Self::Account,
        Self::Holder,
    ];

    /// Its name in problems, in JSON Lines, and the first of [`Column::names`].
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::ReceiptId => "receipt_id",
            Self::Kind => "kind",
            Self::Amount => "amount",
            Self::TaxFree => "tax_free",
            Self::CancelId => "cancel_id",
            Self::ExpectedRemaining => "expected_remaining",
            Self::Canceller => "canceller",
            Self::Reason => "reason",
            Self::Bank => "bank",
            Self::Account => "account",
            Self::Holder => "holder",
        }
    }

    /// What its heading may be, with case, spaces, `_` and `-` left aside.
    fn names(self) -> &'static [&'static str] {
        match self {
            Self::ReceiptId => &["receiptid", "receipt", "영수증", "영수증id", "영수증아이디", "영수증번호"],
            Self::Kind => &["kind", "type", "구분", "종류", "취소구분", "취소종류", "취소유형"],
            Self::Amount => &[
                "amount",
                "price",
                "cancelprice",
                "cancelamount",
                "refundamount",
                "금액",
                "취소금액",
                "취소요청금액",
                "환불금액",
                "환불요청금액",
            ],
            Self::TaxFree => &["taxfree", "면세", "면세금액", "비과세", "비과세금액"],
            Self::CancelId => &["cancelid", "취소id", "취소아이디", "취소번호", "취소키"],
            Self::ExpectedRemaining => {
                &["expectedremaining", "expectremaining", "예상잔액", "예상남은금액", "남은금액", "잔액"]
            }
            Self::Canceller => &["canceller", "name", "취소자", "취소자이름", "취소자명", "담당자"],
            Self::Reason => &["reason", "사유", "취소사유"],
            Self::Bank => &["bank", "refundbank", "은행", "은행명", "환불은행"],
            Self::Account => &["account", "refundaccount", "계좌", "계좌번호", "환불계좌", "환불계좌번호"],
            Self::Holder => &["holder", "refundholder", "예금주", "예금주명"],
        }
    }

    /// The column of a heading.
    pub(super) fn of(heading: &str) -> Option<Self> {
        let heading = folded(heading);
        Self::ALL.into_iter().find(|column| column.names().contains(&heading.as_str()))
    }

    /// The column that a heading is probably meant to be. One guard that is lost to a misspelt heading is one too many.
    fn nearly(heading: &str) -> Option<Self> {
        let heading = folded(heading);
        // One slip in a word, two in a long one. More is another word: `receipt_date` is no `receipt_id`.
        let slips = |column: &Self| {
            let to = |name: &&str| (name.chars().count(), strsim::osa_distance(name, &heading));
            let like = |(length, slips): &(usize, usize)| *slips <= length / 4 && *slips <= 2;
            column.names().iter().map(to).filter(like).map(|(_, slips)| slips).min()
        };
        let near = Self::ALL.into_iter().filter_map(|column| Some((slips(&column)?, column)));
        near.min_by_key(|(slips, _)| *slips).map(|(_, column)| column)
    }
}

fn folded(heading: &str) -> String {
    heading
        .chars()
        .filter(|char| !char.is_whitespace() && !matches!(char, '_' | '-'))
        .collect::<String>()
        .to_lowercase()
}

/// Which cell of a record is which column.
#[derive(Debug)]
pub(super) struct Headings {
    places: [Option<usize>; Column::ALL.len()],
    /// Headings that mean nothing here.
    pub(super) ignored: Vec<String>,
}

impl Headings {
    /// Reads the first record of a file.
    pub(super) fn read<'a>(cells: impl Iterator<Item = &'a str>) -> Result<Self, Vec<BulkProblem>> {
        let mut headings = Self { places: [None; Column::ALL.len()], ignored: Vec::new() };
        let mut problems = Vec::new();
        let cells: Vec<&str> = cells.map(str::trim).collect();
        if matches!(cells.as_slice(), [only] if only.contains(['\t', ';'])) {
            return Err(vec![BulkProblem::at(1, BulkProblemKind::NotCommas)]);
        }
        for (place, heading) in cells.into_iter().enumerate() {
            match (Column::of(heading), Column::nearly(heading)) {
                (Some(column), _) if headings.places[column as usize].is_some() => {
                    problems.push(BulkProblem::in_column(1, column, BulkProblemKind::TwoColumns));
                }
                (Some(column), _) => headings.places[column as usize] = Some(place),
                (None, Some(meant)) => {
                    let kind = BulkProblemKind::UnknownColumn { heading: heading.to_owned() };
                    problems.push(BulkProblem::in_column(1, meant, kind));
                }
                (None, None) if heading.is_empty() => {}
                (None, None) => headings.ignored.push(heading.to_owned()),
            }
        }
        for needed in [Column::ReceiptId, Column::Amount] {
            // With a kind in every row, an amount is needed only where a row is partial.
            let by_kind = needed == Column::Amount && headings.has(Column::Kind);
            let told = problems.iter().any(|one| one.field.as_deref() == Some(needed.name()));
            if !headings.has(needed) && !by_kind && !told {
                problems.push(BulkProblem::in_column(1, needed, BulkProblemKind::NoColumn));
            }
        }
        if problems.is_empty() { Ok(headings) } else { Err(problems) }
    }

    pub(super) fn has(&self, column: Column) -> bool {
        self.places[column as usize].is_some()
    }

    pub(super) fn place(&self, column: Column) -> Option<usize> {
        self.places[column as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Headings, Vec<BulkProblem>> {
        Headings::read(line.split(','))
    }

    #[test]
    fn headings_are_known_in_both_languages_however_they_are_written() {
        let english = read("Receipt ID, AMOUNT ,cancel-id,Expected_Remaining,order").unwrap();
        assert_eq!(english.place(Column::CancelId), Some(2));
        assert_eq!(english.ignored, ["order"]);
        let export = read("receipt_id,amount,receipt_date,reason_code,취소일시,결제금액합계").unwrap();
        assert_eq!(export.ignored.len(), 4);
        let korean = read("영수증 번호,취소 금액,취소 ID,취소 사유,은행,계좌번호,예금주").unwrap();
        assert!(korean.has(Column::Account) && korean.has(Column::Reason) && !korean.has(Column::Kind));
    }

    #[test]
    fn a_heading_that_is_nearly_one_is_an_error_and_not_ignored() {
        for (line, field) in [
            ("receipt_id,amount,expected_remaning", "expected_remaining"),
            ("receipt_id,amount,cancel_idd", "cancel_id"),
            ("reciept_id,amount", "receipt_id"),
        ] {
            let problems = read(line).unwrap_err();
            assert_eq!(problems[0].field.as_deref(), Some(field), "{line}");
            assert!(matches!(problems[0].kind, BulkProblemKind::UnknownColumn { .. }), "{line}");
        }
    }

    #[test]
    fn what_is_missing_or_there_twice_is_named() {
        let problems = read("order,price").unwrap_err();
        assert_eq!((problems[0].field.as_deref(), &problems[0].kind), (Some("receipt_id"), &BulkProblemKind::NoColumn));
        assert_eq!(read("receipt_id,amount,금액").unwrap_err()[0].kind, BulkProblemKind::TwoColumns);
        assert_eq!(read("receipt_id;amount").unwrap_err()[0].kind, BulkProblemKind::NotCommas);
        assert!(read("receipt_id,kind").is_ok());
        assert!(read("receipt_id").is_err());
    }
}
