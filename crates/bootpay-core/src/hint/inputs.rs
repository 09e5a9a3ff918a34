//! For input that cannot be right: what would be, field by field.

use crate::error::Problem;

/// What would be right in this field, in Korean.
pub(super) fn korean(field: &str, problem: Problem) -> &'static str {
    match (field, problem) {
        ("receipt_id", _) => "영문자, 숫자, '-', '_'로 된 64자 이내의 영수증 ID(receipt_id)를 넣어 주세요.",
        ("cancel_id", Problem::NotKnown) => {
            "이 저널에 없는 취소 건입니다. 취소를 요청할 때와 같은 저널, 같은 접속 환경인지 확인해 주세요."
        }
        ("cancel_id", _) => "취소 ID(cancel_id)는 1~128바이트로, 제어 문자와 앞뒤 공백 없이 넣어 주세요.",
        ("price", Problem::Zero) => {
            "부분 취소에는 금액이 필요합니다. 남은 금액을 모두 취소하려면 전액 취소로 요청해 주세요."
        }
        ("price", Problem::TooSmall) => {
            "1,000원 이상이어야 합니다. 부트페이는 그보다 적은 금액을 부분 취소하지 않습니다."
        }
        ("price", _) => "취소할 금액을 원 단위의 양의 정수로 넣어 주세요.",
        ("tax_free", Problem::Inconsistent) => "전액 취소는 비과세 금액까지 모두 돌려줍니다. tax_free를 빼 주세요.",
        ("tax_free", _) => "비과세 금액은 0원 이상, 취소 금액 이하의 정수로 넣어 주세요.",
        ("expected_remaining", Problem::Inconsistent) => {
            "부분 취소는 취소할 금액을 직접 지정합니다. expected_remaining을 빼 주세요."
        }
        ("expected_remaining", Problem::Zero) => {
            "남은 금액이 0원이면 취소할 것이 없습니다. 취소 전에 남아 있어야 할 금액을 넣어 주세요."
        }
        ("expected_remaining", _) => "취소 전에 남아 있어야 할 금액을 원 단위의 양의 정수로 넣어 주세요.",
        ("canceller" | "reason", Problem::TooLong) => "글자 수를 줄여 주세요.",
        ("canceller" | "reason", _) => "제어 문자를 빼 주세요.",
        ("actor", _) => "누가 결정했는지 100자 이내로 적어 주세요.",
        ("refund.account", _) => {
            "환불받을 계좌번호를 숫자(와 하이픈)로 32자 이내로 넣어 주세요. 예금주가 확인되지 않으므로 다시 한 번 확인해 주세요."
        }
        ("refund.holder", _) => "예금주 이름을 60자 이내로 정확히 넣어 주세요.",
        ("refund.bank", Problem::Malformed) => "세 자리 숫자로 된 은행 코드를 넣어 주세요.",
        ("refund.bank", _) => {
            "은행 코드나 은행 이름을 넣어 주세요. 잘못된 은행으로 보낸 돈은 돌아오지 않으므로 추측하지 않습니다."
        }
        ("base_url", Problem::Insecure) => {
            "https 주소여야 합니다. 암호화되지 않은 http는 이 컴퓨터(loopback)로만 보낼 수 있습니다."
        }
        ("base_url", _) => "https://로 시작하고 호스트와 포트만 있는 주소를 넣어 주세요.",
        ("proxy", Problem::Insecure) => "http 주소로 보낼 때는 프록시를 쓸 수 없습니다.",
        ("proxy", _) => "http:// 또는 https://로 시작하는 프록시 주소(호스트와 포트)를 넣어 주세요.",
        ("ca_bundle", _) => "PEM 형식의 인증서를 넣어 주세요.",
        ("credentials", _) => {
            "client_key와 secret_key는 v2에서 토큰 없이 그대로 쓰입니다. v1을 쓰거나 토큰이 필요하면 application_id와 private_key를 넣어 주세요."
        }
        ("journal", Problem::Inconsistent) => {
            "이 빌드에 없는 저널이거나 URL의 설정이 서로 맞지 않습니다. 저널 설정을 확인해 주세요."
        }
        ("journal", Problem::Insecure) => {
            "중간에서 끌 수 있는 암호화는 쓰지 않습니다. sslmode=verify-full을 쓰거나, 더 약한 것(require, disable)은 이름을 직접 적어 주세요."
        }
        ("journal", _) => {
            "postgresql://사용자:비밀번호@호스트:5432/데이터베이스 (특수 문자는 %40처럼 퍼센트 인코딩), sqlite:경로, 또는 파일 경로를 넣어 주세요."
        }
        ("bulk", _) => "계획(plan)이 보여 준 32자리 16진수를 그대로 넣어 주세요.",
        ("server_honours_cancel_id_for", _) => {
            "서버가 cancel_id를 기억하는 시간은 연결, 토큰, 취소의 제한 시간에 15분(늦게 도착할 수 있는 시간)을 더한 것보다 길어야 합니다. 확실하지 않으면 지정하지 마세요."
        }
        (_, Problem::Zero | Problem::TooLarge) if field.starts_with("timeouts.") => {
            "0보다 길고 하루를 넘지 않는 시간을 초 단위로 넣어 주세요."
        }
        (_, Problem::BadCharacter) => "부트페이 관리자에 보이는 그대로, 공백 없이 넣어 주세요.",
        (_, Problem::Empty) => "값을 넣어 주세요.",
        _ => "값을 확인해 주세요.",
    }
}
