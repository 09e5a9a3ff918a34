//! Files: what is read, what is refused, and what makes two files the same bulk.

use crate::cancel::CancelAmount;
use crate::config::JournalChoice;
use crate::credentials::Credentials;
use crate::error::Problem;
use crate::hint::Language;
use crate::money::Won;
use crate::{Bootpay, Dialect};

use super::*;

fn read(text: &str) -> Result<BulkFile, BulkProblems> {
    BulkFile::read(text.as_bytes())
}

/// Line, field and kind of every problem.
fn problems(text: &str) -> Vec<(u64, Option<String>, BulkProblemKind)> {
    let problems = read(text).unwrap_err();
    assert_eq!(problems.count, problems.problems.len() as u64);
    problems.problems.into_iter().map(|one| (one.line, one.field, one.kind)).collect()
}

fn only(text: &str) -> (u64, String, BulkProblemKind) {
    let mut found = problems(text);
    assert_eq!(found.len(), 1, "{found:?}");
    let (line, field, kind) = found.remove(0);
    (line, field.unwrap_or_default(), kind)
}

fn client(application_id: &str, key: &str, base_url: &str) -> Bootpay {
    Bootpay::builder(Credentials::key_pair(application_id, key).unwrap())
        .dialect(Dialect::V1)
        .base_url(base_url)
        .journal(JournalChoice::Memory)
        .build()
        .unwrap()
}

fn id_of(bytes: &[u8]) -> BulkId {
    client("app", "key", "http://127.0.0.1:1").bulk(BulkFile::read(bytes).unwrap()).id().clone()
}

#[test]
fn a_table_is_read_in_either_language_and_encoding() {
    let korean = "영수증,금액,취소ID,취소사유\r\nr-1,\"3,000원\",order-1/1,고객 요청\r\nr-2,전액,,\r\n,,,\r\n";
    let file = read(korean).unwrap();
    assert_eq!((file.rows(), file.encoding()), (2, BulkEncoding::Utf8));
    let [first, second] = &*file.rows else { panic!("two rows") };
    assert_eq!((first.line, first.stated()), (2, Some(Won::new(3_000))));
    assert_eq!(first.cancel_id.as_ref().unwrap().as_str(), "order-1/1");
    assert_eq!(first.reason.as_deref(), Some("고객 요청"));
    assert_eq!((second.line, second.amount), (3, CancelAmount::Full { expected_remaining: None }));

    let (cp949, _, lossy) = encoding_rs::EUC_KR.encode(korean);
    assert!(!lossy && std::str::from_utf8(&cp949).is_err());
    let again = BulkFile::read(&cp949).unwrap();
    assert_eq!(again.encoding(), BulkEncoding::Cp949);
    assert_eq!(id_of(&cp949), id_of(korean.as_bytes()), "one table, one bulk");
}

#[test]
fn json_lines_say_the_same_as_a_table() {
    let json = "{\"receipt_id\":\"r-1\",\"amount\":3000,\"cancel_id\":\"k\",\"reason\":\"x\"}\n\n\
                {\"receipt_id\":\"r-2\",\"amount\":\"full\",\"expected_remaining\":10000,\"cancel_id\":null}\n";
    let csv = "reason,receipt_id,amount,cancel_id,expected_remaining\nx,r-1,3000.0,k,\n,r-2,full,,\"10,000\"\n";
    assert_eq!(id_of(json.as_bytes()), id_of(csv.as_bytes()));
}

#[test]
fn json_lines_are_objects_of_known_members_each_once() {
    for line in [
        "{\"receipt_id\":\"r\",\"amount\":3000,\"amount\":\"full\"}",
        "{\"receipt_id\":\"r\",\"amount\":\"full\",\"expected\":1}",
        "{\"receipt_id\":\"r\",\"amount\":3000.0,\"cancel_id\":\"k\"}",
        "{\"receipt_id\":\"r\",\"amount\":true}",
        "{\"receipt_id\":\"r\",\"amount\":\"full\"",
        "{\"receipt_id\":\"r\",\"amount\":\"full\"} {}",
    ] {
        assert_eq!(problems(line), [(1, None, BulkProblemKind::BadObject)], "{line}");
    }
    assert_eq!(only("{\"receipt_id\":\"r\"}"), (1, "amount".into(), BulkProblemKind::NoAmount));
}

#[test]
fn nothing_never_means_everything() {
    assert_eq!(only("receipt_id,amount\nr,\n"), (2, "amount".into(), BulkProblemKind::NoAmount));
    assert_eq!(only("receipt_id,kind,amount\nr,,\n"), (2, "kind".into(), BulkProblemKind::NoKind));
    assert_eq!(only("receipt_id,kind,amount\nr,,full\n"), (2, "kind".into(), BulkProblemKind::NoKind));
    assert_eq!(
        problems("receipt_id,kind,amount,cancel_id\nr,partial,,k\n"),
        [(2, Some("amount".into()), BulkProblemKind::NoAmount)]
    );
    assert_eq!(only("receipt_id,kind,amount\nr,full,3000\n"), (2, "amount".into(), BulkProblemKind::Contradiction));
    assert_eq!(
        only("receipt_id,kind,amount,cancel_id\nr,partial,full,k\n"),
        (2, "amount".into(), BulkProblemKind::Contradiction)
    );
    let (_, field, kind) = only("receipt_id,amount,cancel_id\nr,0,k\n");
    assert!(matches!(kind, BulkProblemKind::Invalid(ref input) if input.problem() == Problem::Zero), "{kind:?}");
    assert_eq!(field, "amount");
    let full = read("receipt_id,kind,amount\nr,전액,\ns,full,full\n").unwrap();
    assert!(full.rows.iter().all(|row| row.amount.is_full()));
}

#[test]
fn a_partial_row_has_a_key_of_its_own() {
    assert_eq!(only("receipt_id,amount\nr,3000\n"), (2, "cancel_id".into(), BulkProblemKind::NoCancelId));
    assert_eq!(only("receipt_id,amount,cancel_id\nr,3000, \n"), (2, "cancel_id".into(), BulkProblemKind::NoCancelId));
    assert_eq!(
        only("receipt_id,amount,cancel_id\nr,3000,k\ns,4000,k\n"),
        (3, "cancel_id".into(), BulkProblemKind::SameKey { line: 2 })
    );
}

#[test]
fn a_receipt_is_emptied_once_and_nothing_comes_after_that() {
    let (line, _, kind) = only("receipt_id,amount\nr,full\ns,full\nr,full\n");
    assert_eq!((line, kind), (4, BulkProblemKind::TwoFull { line: 2 }));
    let (line, _, kind) = only("receipt_id,amount,cancel_id\nr,full,\nr,3000,k\n");
    assert_eq!((line, kind), (3, BulkProblemKind::PartialAfterFull { line: 2 }));
    let file = read("receipt_id,amount,cancel_id\nr,3000,k\nr,full,\n").unwrap();
    let plan = client("app", "key", "http://127.0.0.1:1").bulk(file).plan();
    assert_eq!((plan.receipts, plan.full_after_partial, plan.receipts_with_several), (1, 1, 1));
    assert_eq!((plan.rows.rows, plan.rows.won, plan.rows.unpriced), (2, Won::new(3_000), 1));
}

#[test]
fn what_a_spreadsheet_did_to_an_id_is_found() {
    let (_, field, kind) = only("receipt_id,amount\n6.12E+23,full\n");
    assert_eq!((field.as_str(), kind), ("receipt_id", BulkProblemKind::Scientific));
    let (_, field, kind) = only("receipt_id,amount,cancel_id\nr,3000,1.2E+15\n");
    assert_eq!((field.as_str(), kind), ("cancel_id", BulkProblemKind::Scientific));
    let (_, field, kind) = only("receipt_id,amount\n\"=HYPERLINK(\"\"x\"\")\",full\n");
    assert_eq!((field.as_str(), kind), ("receipt_id", BulkProblemKind::Formula));
    let rows: String = (0..9).map(|number| format!("0000000000000000000000{number}a,full\n")).collect();
    let (line, field, kind) = only(&format!("receipt_id,amount\n{rows}123,full\n"));
    assert_eq!((line, field.as_str(), kind), (11, "receipt_id", BulkProblemKind::LostZeros));
    let file = read("receipt_id,amount,cancel_id\n'0012,3000,'0007\n").unwrap();
    assert_eq!(file.rows[0].receipt_id.as_str(), "0012");
    assert_eq!(file.rows[0].cancel_id.as_ref().unwrap().as_str(), "0007");
}

#[test]
fn a_row_that_slipped_is_refused_whole() {
    for text in ["receipt_id,amount,reason\nr,full\n", "receipt_id,amount\nr,full,x\n"] {
        assert_eq!(problems(text), [(2, None, BulkProblemKind::BadRecord)], "{text}");
    }
    assert!(read("receipt_id,amount\nr,full,,\n").is_ok(), "empty cells at the end are Excel's");
}

#[test]
fn a_quotation_mark_that_is_not_closed_swallows_no_row() {
    let head = "receipt_id,amount,reason\n";
    for rows in ["r,full,\"x\ns,full,y\nt,full,z\n", "r,full,\"x\ns,full,y\nt,full,\"z\nu,full,\n"] {
        assert!(problems(&format!("{head}{rows}")).iter().all(|one| one.2 == BulkProblemKind::BadRecord), "{rows}");
    }
    let file = read(&format!("{head}r,full,\"two\nlines, \"\"said\"\" he\"\ns,full,\n")).unwrap();
    assert_eq!(file.rows(), 2);
}

#[test]
fn every_problem_is_told_with_its_line_and_the_first_hundred_in_full() {
    let rows: String = (0..150).map(|number| format!("r{number},\n")).collect();
    let problems = read(&format!("receipt_id,amount\n{rows}")).unwrap_err();
    assert_eq!((problems.count, problems.problems.len()), (150, MOST_PROBLEMS));
    assert_eq!(problems.problems[99].line, 101);
    assert!(problems.to_string().ends_with("and 50 more\nnothing was sent"));
    // A record of several lines counts by its first.
    let (line, ..) = only("receipt_id,amount,reason\nr,full,\"two\nlines\"\ns,,x\n");
    assert_eq!(line, 4);
}

#[test]
fn an_empty_file_is_no_bulk() {
    for text in ["", "\n\n", "receipt_id,amount\n", "receipt_id,amount\n,\n"] {
        assert_eq!(problems(text)[0].2, BulkProblemKind::NoRows, "{text:?}");
    }
}

#[test]
fn account_numbers_are_in_no_problem_no_debug_and_no_words() {
    let canary = "66569112432134";
    let head = "receipt_id,amount,은행,계좌번호,예금주\n";
    let file = read(&format!("{head}r,full,국민은행,{canary},홍길동\n")).unwrap();
    let shown = format!("{file:?}");
    assert!(!shown.contains(canary) && !shown.contains("홍길동"), "{shown}");
    for row in [
        format!("r,full,,{canary},홍길동"),
        format!("r,full,없는은행,{canary},홍길동"),
        format!("r,full,국민은행,{canary}x,홍길동"),
        format!("r,full,국민은행,{canary},{}", "홍".repeat(61)),
        format!("r,full,국민은행,={canary},홍길동"),
        format!("{canary} 홍길동,full,국민은행,1,홍길동"),
    ] {
        let problems = read(&format!("{head}{row}\n")).unwrap_err();
        let words: String = problems.problems.iter().map(|one| one.words(Language::Korean)).collect();
        let shown = format!("{problems} {problems:?} {words}");
        assert!(!shown.contains(canary) && !shown.contains("홍홍") && !shown.contains("홍길동"), "{shown}");
    }
}

#[test]
fn an_identity_is_of_the_meaning_the_merchant_and_the_bootpay() {
    let table = "receipt_id,amount,cancel_id\nr,3000,k\ns,full,\nr,4000,l\n";
    let base = id_of(table.as_bytes());
    for same in [
        "\u{feff}receipt_id,amount,cancel_id\r\nr,3000,k\r\ns,full,\r\nr,4000,l\r\n\r\n,,\r\n",
        "cancel_id,receipt_id,price\nk,r,\"3,000\"\n,s,전액\nl,r,4000.0\n",
        // The order of different receipts means nothing.
        "receipt_id,amount,cancel_id\ns,full,\nr,3000,k\nr,4000,l\n",
    ] {
        assert_eq!(id_of(same.as_bytes()), base, "{same}");
    }
    for other in [
        "receipt_id,amount,cancel_id\nr,3001,k\ns,full,\nr,4000,l\n",
        "receipt_id,amount,cancel_id\nr,4000,l\ns,full,\nr,3000,k\n",
        "receipt_id,amount,cancel_id\nr,3000,k\nr,4000,l\n",
        "receipt_id,amount,cancel_id,reason\nr,3000,k,x\ns,full,,\nr,4000,l,\n",
    ] {
        assert_ne!(id_of(other.as_bytes()), base, "{other}");
    }
    let file = read(table).unwrap();
    let id = |app, key, url| client(app, key, url).bulk(file.clone()).id().clone();
    assert_eq!(id("app", "key", "http://127.0.0.1:1"), base);
    assert_ne!(id("app-2", "key", "http://127.0.0.1:1"), base);
    assert_ne!(id("app", "key", "http://127.0.0.1:2"), base);
    assert_ne!(id("app", "another", "http://127.0.0.1:1"), base, "the hash is keyed");
}

#[test]
fn another_account_is_another_bulk_and_another_way_of_writing_it_is_not() {
    let with =
        |account: &str| id_of(format!("receipt_id,amount,bank,account,holder\nr,full,004,{account},김\n").as_bytes());
    assert_eq!(with("665-6911"), with("6656911"));
    assert_ne!(with("6656911"), with("6656912"));
}

/// Two quotation marks that nobody closed meet in different rows: what lies between is a row, and it was lost.
#[test]
fn two_quotation_marks_that_meet_in_the_middle_of_rows_swallow_none() {
    for (head, rows) in [
        ("receipt_id,amount,cancel_id,reason,memo", "r,3000,k,\"x,m\ns,3000,l,\"y,n\n"),
        ("receipt_id,amount,product,reason", "r,full,\"x,m\ns,full,\"y,n\n"),
    ] {
        let found = problems(&format!("{head}\n{rows}"));
        assert!(found.iter().all(|one| one.2 == BulkProblemKind::BadRecord), "{found:?}");
    }
}

/// 철회 (withdrawal) in CP949 is C3 B6 C8 B8, which is UTF-8 too: "öȸ". In a `cancel_id` that would be another key.
#[test]
fn bytes_that_are_a_text_in_both_encodings_are_refused() {
    let bytes = b"receipt_id,amount,cancel_id\nr,3000,\xC3\xB6\xC8\xB8-1042\n";
    let found = BulkFile::read(bytes).unwrap_err().problems;
    assert_eq!((found[0].line, &found[0].kind), (2, &BulkProblemKind::EitherEncoding));
    for (clear, encoding) in [
        ([b"\xEF\xBB\xBF".as_slice(), bytes].concat(), BulkEncoding::Utf8),
        ([bytes.as_slice(), "s,3000,철회-1\n".as_bytes()].concat(), BulkEncoding::Utf8),
        ([bytes.as_slice(), b"s,3000,\xC0\xFC\n"].concat(), BulkEncoding::Cp949),
    ] {
        assert_eq!(BulkFile::read(&clear).unwrap().encoding(), encoding);
    }
}

#[test]
fn three_zeros_after_a_point_are_not_a_fraction_for_certain() {
    for amount in ["3.000", "12.000"] {
        let found = problems(&format!("receipt_id,amount,cancel_id\nr,{amount},k\n"));
        assert_eq!(found, [(2, Some("amount".into()), BulkProblemKind::NotAnAmount)], "{amount}");
    }
    // An amount below 1,000 won is refused anyhow; its tax-free part would be another.
    let found = problems("receipt_id,amount,tax_free,cancel_id\nr,3000,1.000,k\n");
    assert_eq!(found, [(2, Some("tax_free".into()), BulkProblemKind::NotAnAmount)]);
}

#[test]
fn the_price_paid_beside_the_sum_to_refund_is_not_taken_for_it() {
    for refund in ["환불금액", "환불 요청 금액", "refund_amount", "cancel_amount"] {
        let found = problems(&format!("receipt_id,금액,{refund},cancel_id\nr,10000,3000,k\n"));
        assert_eq!(found, [(1, Some("amount".into()), BulkProblemKind::TwoColumns)], "{refund}");
    }
}

#[test]
fn a_member_that_is_null_and_then_something_is_there_twice() {
    let line = "{\"receipt_id\":\"r\",\"amount\":null,\"amount\":\"full\"}";
    assert_eq!(problems(line), [(1, None, BulkProblemKind::BadObject)]);
}

/// A wrong record of two bytes must not cost a hundred: of a file without one right row, the first problems are kept.
#[test]
fn a_file_of_wrong_records_ends_where_a_file_of_rows_would() {
    for (head, record) in [("receipt_id,amount\n", "x\n"), ("{}\n", "{\n")] {
        let problems = read(&format!("{head}{}", record.repeat(1_200_000))).unwrap_err();
        assert_eq!(problems.problems.len(), MOST_PROBLEMS);
        assert!((1_000_000..=1_000_002).contains(&problems.count), "{head}{record}: {}", problems.count);
        assert!(problems.problems.capacity() < 10_000, "{}", problems.problems.capacity());
    }
}

/// Two keys that look the same are one to whoever wrote them.
#[test]
fn a_key_has_nothing_in_it_that_nobody_sees() {
    let decomposed = "\u{110c}\u{116e}\u{1106}\u{116e}\u{11ab}";
    for key in ["k\u{200b}", "k\u{feff}1", "\u{202e}k", "가k\u{ad}", decomposed] {
        let (line, field, kind) = only(&format!("receipt_id,amount,cancel_id\nr,3000,{key}\n"));
        assert_eq!((line, field.as_str()), (2, "cancel_id"));
        assert!(
            matches!(kind, BulkProblemKind::Invalid(ref input) if input.problem() == Problem::BadCharacter),
            "{key:?}"
        );
    }
    assert!(read("receipt_id,amount,cancel_id\nr,3000,주문 1\n").is_ok());
}
