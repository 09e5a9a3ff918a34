use std::collections::HashMap;

use proptest::prelude::*;

use super::*;
use crate::Language;

/// `protocol.md` §6, word for word.
const SECTION_6: [(&str, &str, BankSource); 25] = [
    ("001", "한국은행", BankSource::OfficialSdk),
    ("003", "기업은행", BankSource::OfficialSdk),
    ("004", "국민은행", BankSource::OfficialSdk),
    ("005", "외환은행", BankSource::OfficialSdk),
    ("007", "수협은행", BankSource::OfficialSdk),
    ("011", "농협은행", BankSource::OfficialSdk),
    ("020", "우리은행", BankSource::OfficialSdk),
    ("023", "SC은행", BankSource::OfficialSdk),
    ("031", "대구은행", BankSource::OfficialSdk),
    ("032", "부산은행", BankSource::OfficialSdk),
    ("034", "광주은행", BankSource::OfficialSdk),
    ("039", "경남은행", BankSource::OfficialSdk),
    ("071", "우체국", BankSource::OfficialSdk),
    ("081", "KEB하나은행", BankSource::OfficialSdk),
    ("088", "신한은행", BankSource::OfficialSdk),
    ("089", "케이뱅크", BankSource::OfficialSdk),
    ("090", "카카오뱅크", BankSource::OfficialSdk),
    ("027", "한국씨티은행", BankSource::BootpayNotes),
    ("045", "새마을금고", BankSource::BootpayNotes),
    ("092", "토스뱅크", BankSource::BootpayNotes),
    ("002", "산업은행", BankSource::ClearingCode),
    ("035", "제주은행", BankSource::ClearingCode),
    ("037", "전북은행", BankSource::ClearingCode),
    ("048", "신협", BankSource::ClearingCode),
    ("050", "저축은행", BankSource::ClearingCode),
];

#[test]
fn every_bank_of_the_list_is_found_by_code_and_by_name() {
    assert_eq!(Bank::all().count(), SECTION_6.len());
    for (code, name, source) in SECTION_6 {
        let by_code = Bank::find(code).unwrap();
        assert_eq!(by_code, Bank::find(name).unwrap(), "{code} {name}");
        assert_eq!((by_code.code(), by_code.name(), by_code.source()), (code, Some(name), Some(source)));
        assert_eq!(Bank::find(by_code.english_name().unwrap()).unwrap(), by_code);
        assert!(Bank::all().any(|bank| bank == by_code));
    }
}

#[test]
fn the_pages_bank_is_found_under_every_usual_name() {
    for name in
        ["004", " 004 ", "국민", "국민은행", "국민 은행", "KB", "kb국민은행", "KB 국민", "kookmin", "KB Kookmin Bank"]
    {
        assert_eq!(Bank::find(name).unwrap().code(), "004", "{name}");
    }
}

#[test]
fn the_usual_short_and_english_names_are_known() {
    for (name, code) in [
        ("신한", "088"),
        ("SHINHAN", "088"),
        ("농협", "011"),
        ("NH", "011"),
        ("nh농협은행", "011"),
        ("기업", "003"),
        ("ibk", "003"),
        ("하나은행", "081"),
        ("외환", "005"),
        ("SC제일은행", "023"),
        ("카뱅", "090"),
        ("k-bank", "089"),
        ("K뱅크", "089"),
        ("토스", "092"),
        ("iM뱅크", "031"),
        ("씨티은행", "027"),
        ("MG새마을금고", "045"),
    ] {
        assert_eq!(Bank::find(name).unwrap().code(), code, "{name}");
    }
}

#[test]
fn no_name_means_two_banks() {
    let mut seen: HashMap<String, &str> = HashMap::new();
    for entry in BANKS {
        for name in entry.all_names() {
            if let Some(other) = seen.insert(fold(name), entry.code) {
                panic!("{name} of {} is a name of {other} too", entry.code);
            }
        }
    }
}

#[test]
fn a_name_that_could_be_two_banks_is_refused() {
    for name in ["한국", "BNK", "JB", "SH", "은행", "bank", "지역농협", "단위농협", "축협"] {
        assert_eq!(Bank::find(name).unwrap_err().problem(), Problem::NotKnown, "{name}");
    }
}

#[test]
fn a_typing_error_is_answered_with_the_bank_that_was_meant() {
    for (typed, meant) in [
        ("국밍은행", "국민은행"),
        ("구민은행", "국민은행"),
        ("국믽", "국민은행"),
        ("신항은행", "신한은행"),
        ("카카오벵크", "카카오뱅크"),
        ("농헙", "농협은행"),
        ("kukmin", "KB Kookmin Bank"),
        ("kookmim bank", "KB Kookmin Bank"),
        ("shinhun", "Shinhan Bank"),
        ("wori", "Woori Bank"),
    ] {
        let error = Bank::find(typed).unwrap_err();
        assert_eq!((error.field(), error.problem()), ("refund.bank", Problem::NotKnown));
        assert_eq!(error.suggestions().first().map(String::as_str), Some(meant), "{typed}: {:?}", error.suggestions());
        assert!(error.suggestions().len() <= 3);
    }
}

#[test]
fn every_suggestion_can_be_handed_back_as_it_is() {
    for typed in ["국미", "신한행", "하난은행", "hanna", "bussan", "4", "88", "kakaoo", "산업은향", "한국"]
    {
        for suggestion in Bank::find(typed).unwrap_err().suggestions() {
            assert!(Bank::find(suggestion).is_ok(), "{typed} → {suggestion}");
        }
    }
}

#[test]
fn what_resembles_no_bank_gets_no_suggestion() {
    let error = Bank::find("qqqqzzzz").unwrap_err();
    assert!(error.suggestions().is_empty(), "{:?}", error.suggestions());
    assert!(error.hint(Language::English).unwrap().contains("국민은행"));
}

#[test]
fn nothing_is_empty_and_not_unknown() {
    for blank in ["", "  ", "\u{3000}"] {
        let error = Bank::find(blank).unwrap_err();
        assert_eq!((error.field(), error.problem()), ("refund.bank", Problem::Empty));
    }
}

#[test]
fn a_code_off_the_list_is_refused_with_the_way_through() {
    let error = Bank::find("099").unwrap_err();
    assert_eq!(error.problem(), Problem::NotKnown);
    assert!(error.hint(Language::English).unwrap().contains("Bank::raw"));
    let bank = Bank::raw("099").unwrap();
    assert_eq!((bank.code(), bank.name(), bank.source(), bank.to_string()), ("099", None, None, "099".to_owned()));
}

#[test]
fn two_digits_are_a_guess_and_only_suggest() {
    assert_eq!(Bank::find("04").unwrap_err().suggestions(), ["004"]);
    assert!(Bank::find("0004").unwrap_err().suggestions().is_empty());
}

#[test]
fn a_raw_code_is_three_digits_and_the_same_bank_where_it_is_listed() {
    assert_eq!(Bank::raw("004").unwrap(), Bank::find("국민은행").unwrap());
    for code in ["", "04", "0004", "a04", "００４", "04 "] {
        assert!(Bank::raw(code).is_err(), "{code}");
    }
}

#[test]
fn decomposed_hangul_is_the_same_name() {
    let decomposed = "\u{1100}\u{116E}\u{11A8}\u{1106}\u{1175}\u{11AB}";
    assert_eq!(Bank::find(decomposed).unwrap().code(), "004");
}

#[test]
fn a_bank_is_shown_with_its_code_and_name() {
    assert_eq!(Bank::find("kb").unwrap().to_string(), "004 국민은행");
}

proptest! {
    #[test]
    fn any_text_is_found_or_refused_without_being_repeated(text in ".{0,30}") {
        match Bank::find(&text) {
            Ok(bank) => prop_assert!(Bank::all().any(|listed| listed == bank)),
            Err(error) => prop_assert!(error.suggestions().len() <= 3),
        }
    }
}
