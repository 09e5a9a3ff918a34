use super::*;
use crate::cancel::{CancelAmount, CancelId, ReceiptId};
use crate::intent::{IntentState, UnixMillis};

const REFUSALS: [RefusalKind; 19] = [
    RefusalKind::Unauthorized,
    RefusalKind::NotFound,
    RefusalKind::AlreadyCancelled,
    RefusalKind::Settlement,
    RefusalKind::MerchantLimit,
    RefusalKind::KcpIp,
    RefusalKind::PartialUnsupported,
    RefusalKind::CmsContract,
    RefusalKind::RefundAccount,
    RefusalKind::MoreThanRemains,
    RefusalKind::AmountTooSmall,
    RefusalKind::DuplicateCancelId,
    RefusalKind::TenSecondGuard,
    RefusalKind::RateLimited,
    RefusalKind::PhoneMonth,
    RefusalKind::NotPaid,
    RefusalKind::Validation,
    RefusalKind::PgRefused,
    RefusalKind::Other,
];

const CONFLICTS: [ConflictKind; 10] = [
    ConflictKind::KeyReused,
    ConflictKind::KeyUsedElsewhere,
    ConflictKind::RepeatedPartial,
    ConflictKind::TooSoon,
    ConflictKind::OpenIntent,
    ConflictKind::Held,
    ConflictKind::Busy,
    ConflictKind::TakenOver,
    ConflictKind::TooEarlyToDecide,
    ConflictKind::AlreadySettled,
];

fn intent(cancel_id: &str) -> IntentRef {
    IntentRef {
        cancel_id: CancelId::new(cancel_id).unwrap(),
        receipt_id: ReceiptId::new("612df0250d681b001de61de6").unwrap(),
        amount: CancelAmount::Full { expected_remaining: None },
        state: IntentState::Unknown,
        created_at: UnixMillis(0),
    }
}

fn is_korean(text: &str) -> bool {
    text.chars().any(|char| ('가'..='힣').contains(&char))
}

#[test]
fn every_refusal_has_a_hint_in_both_languages() {
    let mut seen = std::collections::HashSet::new();
    for kind in REFUSALS {
        let (korean, english) = (refusal(kind, Language::Korean).unwrap(), refusal(kind, Language::English).unwrap());
        assert!(is_korean(korean), "{kind:?}");
        assert!(seen.insert(korean) && seen.insert(english), "{kind:?} repeats another's hint");
        for hint in [korean, english] {
            assert!(hint.len() > 20 && hint.ends_with('.') && !hint.contains("  "), "{kind:?}: {hint}");
        }
    }
}

#[test]
fn every_conflict_names_the_earlier_cancel_in_both_languages() {
    for kind in CONFLICTS {
        for language in [Language::Korean, Language::English] {
            let hint = conflict(kind, &intent("order-1042/refund-1"), language);
            assert!(hint.contains("order-1042/refund-1"), "{hint}");
            assert!(!hint.contains(['{', '}']) && !hint.contains("  ") && hint.ends_with('.'), "{hint}");
            assert_eq!(is_korean(&hint), language == Language::Korean, "{hint}");
        }
    }
}

#[test]
fn a_cancel_id_is_put_in_as_it_is() {
    assert!(
        conflict(ConflictKind::Held, &intent("{state}}{id}"), Language::English).contains("cancel_id {state}}{id})")
    );
}

#[test]
fn the_kcp_hint_says_where_and_what_to_register() {
    for language in [Language::Korean, Language::English] {
        let hint = refusal(RefusalKind::KcpIp, language).unwrap();
        assert!(hint.contains("223.130.82.4") && hint.contains("상점정보관리 → 정보변경 → 결제서버 IP 설정"), "{hint}");
    }
}

#[test]
fn the_partial_hint_lists_the_pages_gateways() {
    for pg in ["inicis", "kcp", "danal", "payletter", "nicepay", "kakao", "payco"] {
        assert!(refusal(RefusalKind::PartialUnsupported, Language::Korean).unwrap().contains(pg));
    }
}

#[test]
fn a_new_cancel_id_is_never_advised_before_the_earlier_cancel_is_settled() {
    let hints = [
        (refusal(RefusalKind::DuplicateCancelId, Language::Korean).unwrap().to_owned(), "reconcile", "새 cancel_id"),
        (refusal(RefusalKind::DuplicateCancelId, Language::English).unwrap().to_owned(), "reconcile", "new cancel_id"),
    ];
    for (hint, first, then) in hints {
        assert!(hint.find(first).unwrap() < hint.find(then).unwrap(), "{hint}");
    }
    for language in [Language::Korean, Language::English] {
        let open = conflict(ConflictKind::OpenIntent, &intent("a"), language);
        assert!(open.contains("reconcile") && open.contains("resolve"));
        assert_eq!(open.matches("cancel_id").count(), 1, "only the earlier one is named: {open}");
    }
}

#[test]
fn the_language_follows_the_locale() {
    for locale in ["ko", "ko_KR.UTF-8", "ko-KR", "KO_kr", "ko.UTF-8", "ko@x"] {
        assert_eq!(Language::from_locale(locale), Language::Korean, "{locale}");
    }
    for locale in ["", "C", "POSIX", "en_US.UTF-8", "kok_IN", "ja-JP"] {
        assert_eq!(Language::from_locale(locale), Language::English, "{locale}");
    }
}

#[test]
fn what_was_not_sent_may_be_repeated_and_the_journal_may_not_be_deleted() {
    assert!(is_korean(not_sent(Language::Korean)) && not_sent(Language::English).contains("same call"));
    assert!(is_korean(journal(Language::Korean)) && journal(Language::English).contains("Do not delete"));
}

#[test]
fn wrong_input_is_explained_in_korean_and_every_amount_by_its_own_words() {
    let fields = ["receipt_id", "cancel_id", "price", "tax_free", "expected_remaining", "refund.bank", "actor", "else"];
    for field in fields {
        for problem in [Problem::Empty, Problem::Zero, Problem::TooSmall, Problem::TooLarge, Problem::BadCharacter] {
            assert!(is_korean(input(field, problem)), "{field} {problem:?}");
        }
    }
    assert!(input("price", Problem::TooSmall).contains("1,000원"), "the page's least");
    assert!(input("price", Problem::Zero).contains("전액 취소"), "nothing is not everything");
}
