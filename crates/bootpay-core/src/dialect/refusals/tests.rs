use proptest::prelude::*;

use super::*;
use crate::error::RefusalKind;
use crate::error::RefusalKind::*;

fn refused(status: u16, code: &str, message: &str, pg_code: Option<&str>) -> (RefusalKind, Recognised, bool) {
    let gateway = GatewayWord { code: pg_code.map(str::to_owned), message: None };
    let spelled = Spelled { code: Some(code.to_owned()), message: message.to_owned(), gateway };
    let refusal = spelled.into_refusal(&WireAnswer { status, retry_after: None, body: Vec::new() });
    (refusal.kind, refusal.recognised, refusal.pg_code_is_final)
}

#[test]
fn documented_symbols_are_recognised_by_code() {
    for (symbol, kind) in [
        ("RC_NOT_FOUND", NotFound),
        ("RC_ALREADY_CANCELLED", AlreadyCancelled),
        ("APP_KEY_NOT_FOUND", Unauthorized),
        ("APP_KEY_NOT_REST", Unauthorized),
        ("APP_SK_NOT_MATCHED", Unauthorized),
        ("TOKEN_KEY_INVALID", Unauthorized),
        ("APP_CLIENT_KEY_NOT_FOUND", Unauthorized),
    ] {
        assert_eq!(refused(500, symbol, "", None), (kind, Recognised::ByCode, false), "{symbol}");
    }
}

#[test]
fn documented_statuses_are_recognised_by_code_and_others_are_not() {
    assert_eq!(refused(401, "-1", "", None).0, Unauthorized);
    assert_eq!(refused(404, "-1", "", None).0, NotFound);
    assert_eq!(refused(429, "-1", "", None), (RateLimited, Recognised::ByCode, false));
    for status in [400, 403, 409, 422, 500, 503] {
        assert_eq!(refused(status, "-1", "", None), (Other, Recognised::No, false), "{status}");
    }
}

#[test]
fn the_gateways_documented_codes_are_recognised() {
    assert_eq!(refused(500, "-1", "", Some("8012")), (KcpIp, Recognised::ByCode, true));
    assert_eq!(refused(500, "RC_CANCEL_SERVER_ERROR", "", Some("9003")), (RateLimited, Recognised::ByCode, true));
}

#[test]
fn a_lost_gateway_is_an_unknown_outcome_whatever_else_is_said() {
    for (status, message, pg_code) in
        [(500, "", None), (400, "기취소된 건입니다", Some("8012")), (404, "", Some("3041"))]
    {
        let lost = refused(status, "RC_CANCEL_CRITICAL_ERROR", message, pg_code);
        assert_eq!(lost, (Other, Recognised::AsGatewayLost, false));
    }
}

#[test]
fn the_server_error_symbol_proves_a_refusal_only_with_a_final_code_or_a_clients_status() {
    let symbol = "RC_CANCEL_SERVER_ERROR";
    assert_eq!(refused(500, symbol, "실패", Some("3041")), (PgRefused, Recognised::ByCode, true));
    assert_eq!(refused(400, symbol, "실패", None), (PgRefused, Recognised::ByCode, false));
    assert_eq!(refused(500, symbol, "실패", None), (PgRefused, Recognised::No, false));
    assert_eq!(refused(500, symbol, "기취소된 건입니다", None), (AlreadyCancelled, Recognised::ByText, false));
}

#[test]
fn a_gateway_that_succeeded_or_does_not_know_yet_has_not_refused() {
    for (status, message, pg_code) in [
        (500, "취소한도 초과", Some("0000")),
        (500, "한도 초과", Some("2001")),
        (400, "이미 취소 처리중입니다", None),
        (500, "정산 잔액 부족: 통신 오류", Some("3095")),
    ] {
        assert_eq!(refused(status, "-1", message, pg_code), (Other, Recognised::No, false), "{message}");
    }
}

#[test]
fn the_pages_reasons_are_recognised_by_their_words() {
    for (message, kind) in [
        ("기취소된 건입니다", AlreadyCancelled),
        ("**기취소된 건 일 경우**", AlreadyCancelled),
        ("정산예정 금액이 취소금액 보다 큰 경우", Settlement),
        ("상계취소 처리 조건이 성립하지 않습니다", Settlement),
        ("가맹점별 취소요청금액의 한도가 있습니다", MerchantLimit),
        ("취소한도 금액보다 취소금액이 큽니다", MerchantLimit),
        ("CMS 특약이 되어있어야만 환불요청이 가능합니다", CmsContract),
        ("10초간 부분취소 중복 요청을 할 수 없습니다", TenSecondGuard),
        ("휴대폰 결제는 당월 취소만 가능합니다", PhoneMonth),
        ("KCP 결제서버 IP가 등록되지 않았습니다", KcpIp),
    ] {
        assert_eq!(refused(500, "-1", message, None), (kind, Recognised::ByText, false), "{message}");
    }
}

/// Messages as NicePay's public code table has them, among others.
#[test]
fn gateways_own_words_are_recognised_where_they_are_clear() {
    for (message, kind) in [
        ("취소 완료 거래", AlreadyCancelled),
        ("해당거래 취소실패(기취소성공)", AlreadyCancelled),
        ("해당 거래는 기 취소된 거래입니다", AlreadyCancelled),
        ("이미 취소된 거래입니다", AlreadyCancelled),
        ("Already cancelled", AlreadyCancelled),
        ("취소 한도 초과", MerchantLimit),
        ("정산 잔액이 부족합니다", Settlement),
        ("입금액보다 취소금액이 큽니다.", MoreThanRemains),
        ("취소금액이 취소가능금액보다 큼", MoreThanRemains),
        ("취소 가능 금액(1,000원)을 초과", MoreThanRemains),
        ("남은 금액보다 많습니다", MoreThanRemains),
        ("금액오류(1000원 미만 신용카드 승인 불가)", AmountTooSmall),
        ("부분취소 금액은 1,000원보다 더 큰 값이어야 합니다", AmountTooSmall),
        ("부분취소 불가능 가맹점", PartialUnsupported),
        ("해당결제수단 부분취소 불가", PartialUnsupported),
        ("부분 취소를 지원하지 않는 PG사입니다", PartialUnsupported),
        ("환불계좌 정보가 올바르지 않습니다", RefundAccount),
        ("이미 사용된 cancel_id 입니다", DuplicateCancelId),
        ("cancel_id로 이미 취소된 건입니다", DuplicateCancelId),
        ("중복 취소 요청입니다", DuplicateCancelId),
        ("잠시 후 다시 시도해주세요. 부분취소 중복 요청", TenSecondGuard),
        ("미결제 건은 취소할 수 없습니다", NotPaid),
    ] {
        assert_eq!(refused(500, "-1", message, Some("3095")), (kind, Recognised::ByText, true), "{message}");
    }
}

#[test]
fn a_word_inside_another_is_not_that_word() {
    for message in [
        "정기취소 대상이 아닙니다",
        "단말기취소 불가",
        "receipt_id가 KCP에 없습니다",
        "비정상계좌입니다",
        "할부개월 한도 초과",
        "허용되지 않은 IP입니다",
        "이미 취소 요청이 접수되었습니다",
        "부분취소 완료된 거래는 전체취소할 수 없습니다",
        "110초 후 취소됩니다",
        "51,000원 이상",
        "취소 기한 초과",
        "cancel_id 길이 초과",
        "취소 실패",
    ] {
        assert_eq!(refused(400, "-1", message, Some("3095")), (PgRefused, Recognised::No, true), "{message}");
    }
}

#[test]
fn only_a_clients_status_blames_a_parameter() {
    assert_eq!(refused(400, "-1", "필수값 누락: receipt_id", None), (Validation, Recognised::ByText, false));
    assert_eq!(refused(500, "-1", "필수값 누락: receipt_id", None), (Other, Recognised::No, false));
    assert_eq!(refused(422, "-1", "실패", None), (Other, Recognised::No, false));
}

proptest! {
    #[test]
    fn no_message_makes_it_panic(
        status in 400_u16..600,
        code in ".{0,30}",
        message in "(\\PC|기취소|이미 취소|10초|,1000원|ip|정산){0,12}",
        pg in proptest::option::of(".{0,8}"),
    ) {
        let _ = refused(status, &code, &message, pg.as_deref());
    }
}
