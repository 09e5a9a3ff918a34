//! A file of cancels: read whole, checked whole, and refused whole where one row is wrong.

use std::collections::HashMap;
use std::sync::Arc;

use crate::cancel::{CancelRequest, RefundAccount, ValidCancel};
use crate::error::{InvalidInput, Problem};

use super::cells::{self, Asked};
use super::columns::{Column, Headings};
use super::problem::{BulkProblem, BulkProblemKind, BulkProblems, MOST_PROBLEMS};
use super::row::Row;
use super::{json_lines, text};
use text::BulkEncoding;

/// The most rows of a file.
pub(super) const MOST_ROWS: usize = 1_000_000;

/// A file whose every row is a cancel that may be sent. It holds account numbers where the file does: `Debug` shows none.
#[derive(Clone, Debug)]
pub struct BulkFile {
    pub(super) rows: Arc<[Row]>,
    /// The rows by receipt, in the file's order within each.
    pub(super) by_receipt: Arc<[u32]>,
    pub(super) encoding: BulkEncoding,
    pub(super) ignored: Vec<String>,
}

/// The cells of one row, by column.
pub(super) type Cells = [Option<String>; Column::ALL.len()];

impl BulkFile {
    /// Reads a CSV or JSON Lines file from its bytes, and checks every row. See [the module](crate::bulk) for the columns.
    ///
    /// # Errors
    /// [`BulkProblems`]: every problem by line and column, the first hundred in full. Nothing may be sent of such a file.
    pub fn read(bytes: &[u8]) -> Result<Self, BulkProblems> {
        let (text, encoding) = text::decode(bytes)?;
        let mut reading = Reading::default();
        let ignored = if text.trim_start().starts_with('{') {
            json_lines::read(&text, &mut reading);
            Vec::new()
        } else {
            read_csv(&text, &mut reading)?
        };
        reading.finish(encoding, ignored)
    }

    /// How many rows it has.
    pub fn rows(&self) -> u64 {
        self.rows.len() as u64
    }

    /// How it was encoded.
    pub fn encoding(&self) -> BulkEncoding {
        self.encoding
    }

    /// The headings that mean nothing to a bulk. Nothing of these columns is read.
    pub fn ignored_columns(&self) -> &[String] {
        &self.ignored
    }
}

fn read_csv(text: &str, reading: &mut Reading) -> Result<Vec<String>, BulkProblems> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).has_headers(false).from_reader(text.as_bytes());
    let mut record = csv::StringRecord::new();
    // A quotation mark that is not closed takes the following rows into its cell, and they would be skipped.
    if let Some(open) = not_closed(text) {
        return Err(BulkProblem::at(Lines::default().at(text, open as u64), BulkProblemKind::BadRecord).into());
    }
    let mut broken = false;
    let mut next = |record: &mut csv::StringRecord| {
        reader.read_record(record).unwrap_or_else(|_| {
            broken = true;
            false
        })
    };
    // Empty lines above the headings are skipped by the reader itself.
    if !next(&mut record) {
        return Err(BulkProblem::at(1, BulkProblemKind::NoRows).into());
    }
    let headings = Headings::read(record.iter()).map_err(BulkProblems::new)?;
    let width = record.len();
    let mut lines = Lines::default();
    while next(&mut record) {
        let line = lines.at(text, record.position().map_or(0, csv::Position::byte));
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        // A row that is shorter or longer, by more than empty cells, has slipped: its amount may be another column's.
        let surplus = record.iter().skip(width).any(|cell| !cell.trim().is_empty());
        if record.len() < width || surplus || record.iter().any(|cell| holds_a_row(cell, width)) {
            if reading.no_row(line, BulkProblemKind::BadRecord) {
                continue;
            }
            break;
        }
        let mut cells = Cells::default();
        for column in Column::ALL {
            cells[column as usize] =
                headings.place(column).map(|place| record.get(place).unwrap_or_default().to_owned());
        }
        if !reading.row(line, &cells) {
            break;
        }
    }
    if broken {
        reading.problem(BulkProblem::at(lines.at(text, text.len() as u64), BulkProblemKind::BadRecord));
    }
    Ok(headings.ignored)
}

/// Where a quoted cell begins that does not end with its cell. One that nobody closed ends at the next quotation mark, which may
/// be another row's: then a text follows, and neither a comma nor the end of the line.
fn not_closed(text: &str) -> Option<usize> {
    let mut bytes = text.bytes().enumerate().peekable();
    let mut cell_begins = true;
    while let Some((open, byte)) = bytes.next() {
        if byte != b'"' || !cell_begins {
            cell_begins = matches!(byte, b',' | b'\r' | b'\n');
            continue;
        }
        loop {
            if !bytes.any(|(_, byte)| byte == b'"') {
                return Some(open);
            }
            match bytes.peek().map(|(_, byte)| *byte) {
                // Two of them are one that is meant.
                Some(b'"') => drop(bytes.next()),
                None | Some(b',' | b'\r' | b'\n') => break,
                Some(_) => return Some(open),
            }
        }
        cell_begins = false;
    }
    None
}

/// Whether a cell of several lines has one that looks like a row: then two quotation marks that were not closed have met.
fn holds_a_row(cell: &str, width: usize) -> bool {
    let mut lines = cell.lines();
    let several = lines.next().is_some() && lines.next().is_some();
    several && cell.lines().any(|line| line.matches(',').count() + 1 >= width.max(2))
}

/// Which line a byte of a text is on. The reader's own count is late by one where lines end as Windows ends them.
#[derive(Debug, Default)]
struct Lines {
    seen: usize,
    ends: u64,
}

impl Lines {
    /// Asked about bytes in rising order. Line ends at the byte itself belong to the record before.
    fn at(&mut self, text: &str, byte: u64) -> u64 {
        let bytes = text.as_bytes();
        let mut to = usize::try_from(byte).unwrap_or(bytes.len()).max(self.seen);
        while bytes.get(to).is_some_and(|byte| matches!(byte, b'\r' | b'\n')) {
            to += 1;
        }
        let is_end = |at: &usize| match bytes.get(*at) {
            Some(b'\n') => true,
            Some(b'\r') => bytes.get(at + 1) != Some(&b'\n'),
            _ => false,
        };
        self.ends += (self.seen..to).filter(is_end).count() as u64;
        self.seen = to;
        self.ends + 1
    }
}

/// The rows so far, and what is wrong with them.
#[derive(Debug, Default)]
pub(super) struct Reading {
    rows: Vec<Row>,
    problems: Vec<BulkProblem>,
    texts: HashMap<String, Arc<str>>,
    /// Records so far, right ones and wrong ones.
    records: usize,
    /// Problems that are counted and not kept.
    more: u64,
}

impl Reading {
    pub(super) fn problem(&mut self, problem: BulkProblem) {
        // They come by line, and the first are told. Two bytes of a file may be one more.
        if self.problems.len() < MOST_PROBLEMS {
            self.problems.push(problem);
        } else {
            self.more += 1;
        }
    }

    /// Counts a record. `false` where no more may follow.
    fn counts(&mut self, line: u64) -> bool {
        self.records += 1;
        if self.records > MOST_ROWS {
            self.problem(BulkProblem::at(line, BulkProblemKind::TooManyRows));
        }
        self.records <= MOST_ROWS
    }

    /// Takes note of a record that is no row. `false` where no more may follow.
    pub(super) fn no_row(&mut self, line: u64, kind: BulkProblemKind) -> bool {
        let counts = self.counts(line);
        if counts {
            self.problem(BulkProblem::at(line, kind));
        }
        counts
    }

    /// Takes a row in. `false` where no more may follow.
    pub(super) fn row(&mut self, line: u64, cells: &Cells) -> bool {
        if !self.counts(line) {
            return false;
        }
        match checked(line, cells) {
            Ok((cancel, account)) => {
                let ValidCancel { receipt_id, amount, cancel_id, canceller, reason, refund_account: _ } = cancel;
                let (canceller, reason) = (self.shared(canceller), self.shared(reason));
                self.rows.push(Row { line, receipt_id, amount, cancel_id, canceller, reason, account });
            }
            Err(problems) => problems.into_iter().for_each(|problem| self.problem(problem)),
        }
        true
    }

    fn shared(&mut self, text: Option<String>) -> Option<Arc<str>> {
        let text = text?;
        if let Some(known) = self.texts.get(&text) {
            return Some(Arc::clone(known));
        }
        let shared: Arc<str> = text.as_str().into();
        self.texts.insert(text, Arc::clone(&shared));
        Some(shared)
    }

    fn finish(mut self, encoding: BulkEncoding, ignored: Vec<String>) -> Result<BulkFile, BulkProblems> {
        let mut by_receipt: Vec<u32> = (0..u32::try_from(self.rows.len()).unwrap_or(u32::MAX)).collect();
        let row = |index: &u32| self.rows.get(*index as usize);
        // Stable: within a receipt the file's order stays.
        by_receipt
            .sort_by(|one, other| row(one).map(|row| &row.receipt_id).cmp(&row(other).map(|row| &row.receipt_id)));
        let mut found = self.same_keys();
        found.extend(self.orders(&by_receipt));
        found.extend(self.lost_zeros());
        self.problems.extend(found);
        if self.problems.is_empty() && self.rows.is_empty() {
            self.problem(BulkProblem::at(1, BulkProblemKind::NoRows));
        }
        if !self.problems.is_empty() {
            let mut problems = BulkProblems::new(self.problems);
            problems.count += self.more;
            return Err(problems);
        }
        Ok(BulkFile { rows: self.rows.into(), by_receipt: by_receipt.into(), encoding, ignored })
    }

    /// One key, one refund: on whatever receipt.
    fn same_keys(&self) -> Vec<BulkProblem> {
        let mut seen: HashMap<&str, u64> = HashMap::new();
        let mut problems = Vec::new();
        for row in &self.rows {
            let Some(id) = &row.cancel_id else { continue };
            match seen.get(id.as_str()) {
                Some(line) => {
                    let kind = BulkProblemKind::SameKey { line: *line };
                    problems.push(BulkProblem::in_column(row.line, Column::CancelId, kind));
                }
                None => {
                    seen.insert(id.as_str(), row.line);
                }
            }
        }
        problems
    }

    /// A receipt can be emptied once, and nothing comes out of it after that.
    fn orders(&self, by_receipt: &[u32]) -> Vec<BulkProblem> {
        let mut problems = Vec::new();
        let mut full: Option<&Row> = None;
        for index in by_receipt {
            let Some(row) = self.rows.get(*index as usize) else { continue };
            match full.filter(|full| full.receipt_id == row.receipt_id) {
                Some(before) => {
                    let line = before.line;
                    let kind = if row.amount.is_full() {
                        BulkProblemKind::TwoFull { line }
                    } else {
                        BulkProblemKind::PartialAfterFull { line }
                    };
                    problems.push(BulkProblem::in_column(row.line, Column::ReceiptId, kind));
                }
                None => full = row.amount.is_full().then_some(row),
            }
        }
        problems
    }

    /// Where nearly all ids are of one length, an id of digits alone that is shorter has probably lost zeros.
    fn lost_zeros(&self) -> Vec<BulkProblem> {
        let mut lengths: HashMap<usize, usize> = HashMap::new();
        for row in &self.rows {
            *lengths.entry(row.receipt_id.as_str().len()).or_default() += 1;
        }
        let Some((usual, rows)) = lengths.into_iter().max_by_key(|(_, rows)| *rows) else { return Vec::new() };
        if rows * 10 < self.rows.len() * 8 {
            return Vec::new();
        }
        let lost = |row: &&Row| {
            let id = row.receipt_id.as_str();
            id.len() < usual && id.bytes().all(|byte| byte.is_ascii_digit())
        };
        let problem = |row: &Row| BulkProblem::in_column(row.line, Column::ReceiptId, BulkProblemKind::LostZeros);
        self.rows.iter().filter(lost).map(problem).collect()
    }
}

type Checked = (ValidCancel, Option<Arc<RefundAccount>>);

/// Checks one row by itself: every cell, then the whole by the library's own check.
fn checked(line: u64, cells: &Cells) -> Result<Checked, Vec<BulkProblem>> {
    let mut problems = Vec::new();
    let mut plain: [&str; Column::ALL.len()] = [""; Column::ALL.len()];
    for column in Column::ALL {
        match cells::plain(cells[column as usize].as_deref().unwrap_or_default()) {
            Ok(text) => plain[column as usize] = text,
            Err(kind) => problems.push(BulkProblem::in_column(line, column, kind)),
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let cell = |column: Column| plain[column as usize];
    let mut wrong = |column, kind| problems.push(BulkProblem::in_column(line, column, kind));

    let mut id = |column| match cells::id(cell(column)) {
        Ok(id) => id,
        Err(kind) => {
            wrong(column, kind);
            ""
        }
    };
    let (receipt_id, cancel_id) = (id(Column::ReceiptId), id(Column::CancelId));
    if cancel_id.chars().any(cells::is_unseen) {
        let input = InvalidInput::new("cancel_id", Problem::BadCharacter)
            .expected("no character that cannot be seen, and Hangul in whole syllables (NFC)");
        wrong(Column::CancelId, BulkProblemKind::Invalid(input));
    }
    let has_kind = cells[Column::Kind as usize].is_some();
    let asked = match asked(has_kind, cell(Column::Kind), cell(Column::Amount)) {
        Ok(asked) => Some(asked),
        Err((column, kind)) => {
            wrong(column, kind);
            None
        }
    };
    let mut optional = |column| match cell(column) {
        "" => None,
        text => match cells::won(text) {
            Ok(won) => Some(won),
            Err(kind) => {
                wrong(column, kind);
                None
            }
        },
    };
    let (tax_free, expected) = (optional(Column::TaxFree), optional(Column::ExpectedRemaining));
    let account = match [cell(Column::Bank), cell(Column::Account), cell(Column::Holder)] {
        ["", "", ""] => None,
        [bank, account, holder] if !bank.is_empty() && !account.is_empty() && !holder.is_empty() => {
            match (cells::id(account), RefundAccount::new(bank, account, holder)) {
                (Err(kind), _) => {
                    wrong(Column::Account, kind);
                    None
                }
                (_, Ok(account)) => Some(Arc::new(account)),
                (_, Err(input)) => {
                    wrong(column_of(&input), BulkProblemKind::Invalid(input));
                    None
                }
            }
        }
        [bank, account, _] => {
            let missing = match (bank, account) {
                ("", _) => Column::Bank,
                (_, "") => Column::Account,
                _ => Column::Holder,
            };
            wrong(missing, BulkProblemKind::HalfAnAccount);
            None
        }
    };
    if asked.is_some_and(|price| price.is_some()) && cells::id(cell(Column::CancelId)) == Ok("") {
        wrong(Column::CancelId, BulkProblemKind::NoCancelId);
    }
    let Some(price) = asked.filter(|_| problems.is_empty()) else { return Err(problems) };

    let mut request = match price {
        None => CancelRequest::full(receipt_id),
        Some(price) => CancelRequest::partial(receipt_id, price),
    };
    if let Some(tax_free) = tax_free {
        request = request.tax_free(tax_free);
    }
    if let Some(expected) = expected {
        request = request.expected_remaining(expected);
    }
    if !cancel_id.is_empty() {
        request = request.cancel_id(cancel_id);
    }
    request = request.canceller(cell(Column::Canceller)).reason(cell(Column::Reason));
    match request.validate() {
        Ok(cancel) => Ok((cancel, account)),
        Err(input) => Err(vec![BulkProblem::in_column(line, column_of(&input), BulkProblemKind::Invalid(input))]),
    }
}

/// What a row asks for: `None` for everything, or an amount. Where a column says the kind, it must be filled and must agree.
fn asked(has_kind: bool, kind: &str, amount: &str) -> Result<Option<u64>, (Column, BulkProblemKind)> {
    let amount = cells::asked(amount).map_err(|why| (Column::Amount, why))?;
    let full = match has_kind {
        true => Some(cells::is_full(kind).map_err(|why| (Column::Kind, why))?),
        false => None,
    };
    match (full, amount) {
        (Some(true), Asked::Empty | Asked::Everything) | (None, Asked::Everything) => Ok(None),
        (Some(false) | None, Asked::Won(won)) => Ok(Some(won)),
        (Some(false) | None, Asked::Empty) => Err((Column::Amount, BulkProblemKind::NoAmount)),
        (Some(true), Asked::Won(_)) | (Some(false), Asked::Everything) => {
            Err((Column::Amount, BulkProblemKind::Contradiction))
        }
    }
}

/// The column that a field of the library's own check came from.
fn column_of(input: &InvalidInput) -> Column {
    match input.field() {
        "price" => Column::Amount,
        "refund.bank" => Column::Bank,
        "refund.account" => Column::Account,
        "refund.holder" => Column::Holder,
        field => Column::ALL.into_iter().find(|column| column.name() == field).unwrap_or(Column::ReceiptId),
    }
}
