//! The library's kinds and states, in words.

use bootpay_core::{ConflictKind, Evidence, IntentState, Problem, ReceiptStatus, UnknownCause};

use crate::output::words::Text;

pub(crate) fn evidence(evidence: Evidence) -> Text {
    match evidence {
        Evidence::Answered => Text("부트페이의 응답", "Bootpay's answer"),
        Evidence::Inferred => Text("조회 결과", "a lookup"),
        Evidence::Declared => Text("담당자의 결정", "a person's decision"),
        _ => Text("기타", "something else"),
    }
}

pub(crate) fn cause(cause: UnknownCause) -> Text {
    match cause {
        UnknownCause::TimedOut => Text("제시간에 응답이 오지 않았습니다", "no complete answer in time"),
        UnknownCause::Disconnected => {
            Text("요청을 보낸 뒤 연결이 끊어졌습니다", "the connection broke after the request")
        }
        UnknownCause::Unproven => Text("응답이 아무것도 증명하지 못합니다", "an answer that proves nothing"),
        UnknownCause::InProgress => Text("PG사에서 취소가 진행 중입니다", "the cancel is in progress at the PG"),
        UnknownCause::GatewayLost => Text("부트페이가 PG사와 연결이 끊어졌습니다", "Bootpay lost the PG on the way"),
        UnknownCause::RefusedAfterATry => {
            Text("앞선 시도가 도착했을 수 있는 상태에서 거절되었습니다", "refused after a try that can have arrived")
        }
        UnknownCause::IdSeenBefore => Text("이미 쓰인 cancel_id라는 응답입니다", "the cancel_id had been seen before"),
        UnknownCause::TokenLost => {
            Text("시도한 뒤 토큰을 얻지 못했습니다", "no token after a try that can have arrived")
        }
        UnknownCause::Interrupted => Text("보내던 프로세스가 중단되었습니다", "the process that sent it went away"),
        _ => Text("알 수 없음", "not known"),
    }
}

pub(crate) fn state(state: IntentState) -> Text {
    match state {
        IntentState::Reserved => Text("전송 전", "reserved"),
        IntentState::Sending => Text("전송 중", "sending"),
        IntentState::Unknown => Text("결과 모름", "unknown"),
        IntentState::Cancelled => Text("취소됨", "cancelled"),
        IntentState::AlreadyCancelled => Text("이미 취소됨", "already cancelled"),
        IntentState::Refused => Text("거절됨", "refused"),
        IntentState::NotSent => Text("전송 안 됨", "not sent"),
        IntentState::NotCancelled => Text("취소 안 됨", "not cancelled"),
        _ => Text("기타", "other"),
    }
}

pub(crate) fn problem(problem: Problem) -> Text {
    match problem {
        Problem::Empty => Text("값이 비어 있습니다", "is empty"),
        Problem::TooLong => Text("값이 너무 깁니다", "is too long"),
        Problem::BadCharacter => Text("쓸 수 없는 글자가 있습니다", "has a character that does not belong there"),
        Problem::Zero => Text("0일 수 없습니다", "is zero"),
        Problem::TooSmall => Text("값이 너무 작습니다", "is too small"),
        Problem::TooLarge => Text("값이 너무 큽니다", "is too large"),
        Problem::NotKnown => Text("알 수 없는 값입니다", "is not known"),
        Problem::Inconsistent => Text("다른 값과 맞지 않습니다", "does not fit the rest"),
        Problem::Malformed => Text("형식이 올바르지 않습니다", "cannot be read"),
        Problem::Insecure => Text("암호화되지 않은 주소입니다", "is not encrypted"),
        _ => Text("올바르지 않습니다", "is wrong"),
    }
}

pub(crate) fn conflict(kind: ConflictKind) -> Text {
    match kind {
        ConflictKind::KeyReused => Text(
            "보내지 않았습니다: 같은 cancel_id가 이 영수증에서 다른 금액이나 계좌로 이미 쓰였습니다",
            "nothing was sent: the cancel_id was already used on this receipt with other money fields",
        ),
        ConflictKind::KeyUsedElsewhere => Text(
            "보내지 않았습니다: 이 cancel_id는 다른 영수증에 이미 쓰였습니다",
            "nothing was sent: the cancel_id was already used on another receipt",
        ),
        ConflictKind::RepeatedPartial => Text(
            "보내지 않았습니다: 같은 영수증에 같은 금액의 부분취소가 이미 있습니다",
            "nothing was sent: a partial cancel of this receipt and amount was already asked for",
        ),
        ConflictKind::TooSoon => Text(
            "보내지 않았습니다: 이 영수증의 마지막 취소가 끝난 지 10초가 지나지 않았습니다",
            "nothing was sent: the receipt's last cancel was answered less than ten seconds ago",
        ),
        ConflictKind::OpenIntent => Text(
            "보내지 않았습니다: 이 영수증에 결과를 모르는 취소가 있습니다",
            "nothing was sent: an earlier cancel of this receipt is unknown",
        ),
        ConflictKind::Held => Text(
            "보내지 않았습니다: 이 영수증은 금액이 맞지 않는 응답 때문에 보류되어 있습니다",
            "nothing was sent: an earlier answer had figures that do not add up",
        ),
        ConflictKind::Busy => {
            Text("다른 프로세스가 이 영수증을 취소하고 있습니다", "another process is cancelling this receipt")
        }
        ConflictKind::TakenOver => Text(
            "다른 프로세스가 이 취소를 넘겨받아 전송 안 됨으로 끝냈습니다",
            "another process took this cancel over and closed it as not sent",
        ),
        ConflictKind::TooEarlyToDecide => Text(
            "아직 결정할 수 없습니다: 늦은 요청이 도착할 수 있습니다",
            "too early to decide: a late request could still arrive",
        ),
        ConflictKind::AlreadySettled => Text("이미 다르게 확인된 취소입니다", "the evidence says otherwise"),
        _ => Text("먼저 들어온 취소와 충돌합니다", "an earlier intent stands in the way"),
    }
}

/// A receipt's status; `None` for a number that nobody has documented.
pub(crate) fn status(status: ReceiptStatus) -> Option<Text> {
    Some(match status {
        ReceiptStatus::WAITING => Text("결제 대기", "waiting for payment"),
        ReceiptStatus::PAID => Text("결제 완료", "paid"),
        ReceiptStatus::BEFORE_APPROVAL => Text("승인 전", "before approval"),
        ReceiptStatus::APPROVING => Text("승인 중", "being approved"),
        ReceiptStatus::BILLING_KEY_ISSUED => Text("빌링키 발급", "billing key issued"),
        ReceiptStatus::CANCELLED => Text("취소됨", "cancelled"),
        ReceiptStatus::FAILED => Text("결제 실패", "failed"),
        ReceiptStatus::APPROVAL_FAILED => Text("승인 실패", "approval failed"),
        ReceiptStatus::VIRTUAL_ACCOUNT_WITHDRAWN => Text("가상계좌 만료", "virtual account withdrawn"),
        ReceiptStatus::BILLING_KEY_WITHDRAWN => Text("빌링키 해지", "billing key withdrawn"),
        ReceiptStatus::CANCEL_FAILED => Text("취소 실패", "cancel failed"),
        ReceiptStatus::CANCEL_IN_PROGRESS => Text("PG사에서 취소 진행 중", "cancel in progress at the PG"),
        _ => return None,
    })
}
