//! The Korean and English names that Bootpay's lookups show beside numbers and symbols.

/// A status number's English and Korean names.
pub(crate) fn status(status: i32) -> (&'static str, &'static str) {
    match status {
        0 => ("ready", "결제대기"),
        1 => ("complete", "결제완료"),
        2 => ("before_confirm", "결제승인 전"),
        3 => ("confirming", "결제승인 중"),
        11 => ("billing_complete", "빌링키 발급 완료"),
        20 => ("cancel", "취소완료"),
        -1 => ("error", "결제실패"),
        -2 => ("confirm_error", "결제승인 실패"),
        -3 => ("vbank_withdrawn", "가상계좌 회수"),
        -11 => ("billing_withdrawn", "빌링키 회수"),
        -20 => ("cancel_error", "취소실패"),
        -30 => ("cancelling", "취소진행 중"),
        _ => ("unknown", "알 수 없음"),
    }
}

/// The Korean name of a method of payment; methods that the sandbox does not know keep their symbol.
pub(crate) fn method(symbol: &str) -> &str {
    match symbol {
        "card" => "카드",
        "phone" => "휴대폰",
        "vbank" => "가상계좌",
        "bank" => "계좌이체",
        "easy" => "간편결제",
        other => other,
    }
}
