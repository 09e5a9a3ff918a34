//! One remedy for each kind of refusal, in Korean and in English.

use crate::error::RefusalKind;

/// The hint in Korean and in English.
pub(super) fn hints(kind: RefusalKind) -> (&'static str, &'static str) {
    match kind {
        RefusalKind::Unauthorized => (
            "REST API용 application_id와 private_key가 이 결제의 프로젝트 것이 맞는지, 요청하는 서버의 IP가 부트페이 관리자에 등록되어 \
             있는지 확인해 주세요. v1과 v2의 키는 서로 다를 수 있습니다.",
            "Check that the REST application_id and private_key belong to the project of this payment (v1 and v2 may use \
             different ones), and that this server's IP is registered in Bootpay's console.",
        ),
        RefusalKind::NotFound => (
            "receipt_id가 정확한지, 결제된 프로젝트의 키로 요청했는지, 접속 환경(운영/개발)이 맞는지 확인해 주세요.",
            "Check the receipt_id, that the keys belong to the project of the payment, and that the environment is the \
             right one.",
        ),
        RefusalKind::AlreadyCancelled => (
            "이미 취소된 결제이므로 다시 취소 요청하실 필요가 없습니다. 테스트 결제는 PG사가 당일 자동 취소할 수 있고, PG사 관리자에서 \
             직접 취소한 건은 부트페이에 반영되지 않습니다. PG사 전산에서 취소 여부와 취소된 금액을 확인해 주세요.",
            "The payment is cancelled already: do not cancel it again. Test payments can be swept by the PG on the same \
             day, and a cancel made in the PG's console never reaches Bootpay. Check in the PG's console that it is \
             cancelled, and how much of it.",
        ),
        RefusalKind::Settlement => (
            "정산 예정 금액이 취소 금액보다 적어 PG사가 취소를 승인하지 않았습니다. 해결 방법(정산 후 취소, 부족분 입금 등)을 PG사에 \
             문의해 주세요.",
            "The PG did not approve it, because the settlement due to you is smaller than the cancel. Ask the PG how to \
             go on: wait for more sales, or pay in the difference.",
        ),
        RefusalKind::MerchantLimit => (
            "PG사가 정한 가맹점 취소 한도를 넘었습니다. 한도 조정은 이용하시는 PG사에 문의해 주세요.",
            "The cancel exceeds the limit that the PG has set for this merchant. Ask the PG about it.",
        ),
        RefusalKind::KcpIp => (
            "KCP 전산(https://admin8.kcp.co.kr)에 로그인하신 후 상점정보관리 → 정보변경 → 결제서버 IP 설정에서 부트페이 IP \
             223.130.82.4 를 추가해 주세요.",
            "Log in to KCP's console (https://admin8.kcp.co.kr) and add Bootpay's IP 223.130.82.4 under 상점정보관리 → \
             정보변경 → 결제서버 IP 설정 (shop information → change → payment server IP).",
        ),
        RefusalKind::PartialUnsupported => (
            "이 결제는 부분취소가 되지 않습니다. 부분취소 지원 PG사: inicis, kcp, danal, payletter, nicepay, kakao, payco. 지원 PG사라도 \
             가맹점 계약이나 카드 종류에 따라 제한될 수 있으니 PG사에 확인해 주세요.",
            "This payment cannot be cancelled in part. PGs that can: inicis, kcp, danal, payletter, nicepay, kakao, payco. \
             Even there it can depend on your contract or on the card: ask the PG.",
        ),
        RefusalKind::CmsContract => (
            "가상계좌 환불은 PG사와 CMS 특약이 체결되어 있어야 가능합니다. PG사에 특약 여부를 확인해 주세요.",
            "A virtual-account payment can be refunded only with a CMS contract (CMS 특약) with the PG. Ask the PG whether \
             you have one.",
        ),
        RefusalKind::RefundAccount => (
            "가상계좌 결제는 환불받을 계좌가 필요합니다. 은행, 계좌번호, 예금주를 고객에게 다시 확인해 주세요. 계좌는 검증되지 않으므로 \
             잘못 입력하면 돈을 되찾기 어렵습니다.",
            "A virtual-account payment needs a refund account. Check bank, number and holder with the customer: nobody \
             verifies the account, and money sent to a wrong one is lost.",
        ),
        RefusalKind::MoreThanRemains => (
            "취소할 수 있는 금액이 요청과 다릅니다. 영수증을 조회해 남은 금액과, 다른 곳에서 먼저 취소한 내역이 있는지 확인해 주세요.",
            "What remains on the receipt does not fit the request. Look the receipt up, and check whether somebody else \
             has cancelled a part of it.",
        ),
        RefusalKind::AmountTooSmall => (
            "부분취소 금액은 1,000원보다 커야 합니다. PG사나 카드사에 따라 1,000원도 거절될 수 있습니다.",
            "A partial cancel must be of more than 1,000 won; exactly 1,000 can be refused too.",
        ),
        RefusalKind::DuplicateCancelId => (
            "같은 cancel_id의 요청이 이미 있었다는 뜻이며, 환불되었다는 뜻은 아닙니다. 먼저 reconcile로 앞선 취소의 결과를 확인해 주세요. \
             환불되지 않은 것이 확인된 뒤에만 새 cancel_id로 요청해 주세요.",
            "The cancel_id was seen before, which does not mean that the money is back. First learn by reconcile how that \
             cancel ended. Choose a new cancel_id only after it is certain that it refunded nothing.",
        ),
        RefusalKind::TenSecondGuard => (
            "부트페이의 부분취소 중복방지 기능이 막았습니다. 같은 영수증의 부분취소는 10초가 지난 뒤에 다시 요청해 주세요. 앞선 취소와 같은 \
             환불이라면 다시 요청하지 마세요.",
            "Bootpay's guard against repeated partial cancels refused it. Wait ten seconds between partial cancels of one \
             receipt, and do not ask again if this was the same refund as the one before.",
        ),
        RefusalKind::RateLimited => (
            "요청이 한꺼번에 몰려 거절되었습니다. 잠시 후 같은 호출을 그대로 다시 해 주시고, 동시 요청 수를 줄여 주세요.",
            "Too many requests at once. Make the same call again a little later, and send fewer at a time.",
        ),
        RefusalKind::PhoneMonth => (
            "휴대폰 결제는 결제한 당월에만 취소할 수 있습니다. 달이 바뀐 결제의 환불 방법은 PG사에 문의해 주세요.",
            "A phone payment can be cancelled only within the calendar month of its payment. Ask the PG how to refund an \
             older one.",
        ),
        RefusalKind::NotPaid => (
            "결제가 완료되지 않은 건(입금 대기, 결제 실패 등)이라 취소할 금액이 없습니다. 영수증의 상태를 확인해 주세요.",
            "The payment was never completed (waiting, failed or withdrawn), so there is nothing to give back. Check the \
             receipt's status.",
        ),
        RefusalKind::Validation => (
            "요청 값이 잘못되었습니다. 부트페이의 메시지를 보고 해당 값을 고쳐 주세요.",
            "A value of the request is wrong. Bootpay's message says which.",
        ),
        RefusalKind::PgRefused => (
            "PG사가 취소를 거절했습니다. PG사의 코드와 메시지를 가지고 이용하시는 PG사에 문의해 주세요.",
            "The PG refused. Ask the PG, naming its code and message.",
        ),
        RefusalKind::Other => (
            "원인을 알 수 없는 거절입니다. 코드와 메시지를 가지고 부트페이(https://bootpay.channel.io)에 문의해 주세요.",
            "A refusal that this library does not know. Ask Bootpay (https://bootpay.channel.io), naming its code and \
             message.",
        ),
    }
}
