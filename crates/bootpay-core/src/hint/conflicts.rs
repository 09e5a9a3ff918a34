//! What to do about an earlier intent that stands in the way. Each hint names that intent's `cancel_id`, which is the
//! handle for `reconcile` and `resolve`.

use super::Language;
use crate::error::ConflictKind;
use crate::intent::IntentRef;

pub(super) fn hint(kind: ConflictKind, intent: &IntentRef, language: Language) -> String {
    let (korean, english) = match kind {
        ConflictKind::KeyReused => (
            "cancel_id {id}는 이 영수증에서 다른 금액·면세 금액·환불 계좌로 이미 쓰였습니다. 같은 환불이라면 처음 값 그대로 호출하시고, \
             별개의 환불일 때에만 다른 cancel_id를 지정해 주세요.",
            "cancel_id {id} was used on this receipt with another amount, tax-free part or refund account. For the same \
             refund, repeat the first values; only for a separate one, give another cancel_id.",
        ),
        ConflictKind::KeyUsedElsewhere => (
            "cancel_id {id}는 다른 영수증({receipt})에서 이미 쓰였습니다. receipt_id가 맞는지 확인하시고, 맞다면 이 환불만의 cancel_id를 \
             지정해 주세요.",
            "cancel_id {id} was used on another receipt ({receipt}). Check the receipt_id; if it is right, give this \
             refund a cancel_id of its own.",
        ),
        ConflictKind::RepeatedPartial => (
            "같은 영수증, 같은 금액의 부분취소가 이미 있습니다(cancel_id {id}, 상태 {state}). 같은 환불이라면 다시 요청하지 마시고 그 결과를 \
             확인해 주세요. 별개의 환불이 확실할 때에만 cancel_id를 직접 지정해 요청해 주세요.",
            "There is a partial cancel of this receipt and amount already (cancel_id {id}, {state}). If it is the same \
             refund, do not ask again: see how that one ended. Only if it is certainly another one, give it a cancel_id \
             of its own.",
        ),
        ConflictKind::TooSoon => (
            "이 영수증의 앞선 취소(cancel_id {id}, 상태 {state})에 응답이 온 지 10초가 지나지 않았습니다. 같은 환불이라면 다시 요청하지 마시고, \
             별개의 환불이라면 잠시 기다리시거나 cancel_id를 직접 지정해 주세요.",
            "The receipt's last cancel (cancel_id {id}, {state}) was answered less than ten seconds ago. If it is the \
             same refund, do not ask again; if it is another one, wait, or give it a cancel_id of its own.",
        ),
        ConflictKind::OpenIntent => (
            "이 영수증의 앞선 취소(cancel_id {id}, 상태 {state})가 환불되었는지 아직 알 수 없습니다. 먼저 reconcile로 결과를 확인하시고, \
             확인되지 않으면 PG사 전산을 확인한 뒤 resolve로 결정해 주세요. 그 전에는 같은 환불을 다시 요청하지 마세요.",
            "It is not known yet whether the receipt's earlier cancel (cancel_id {id}, {state}) refunded. First \
             reconcile it; where that does not settle it, look into the PG's console and resolve it. Do not ask for the \
             refund again before.",
        ),
        ConflictKind::Held => (
            "앞선 취소(cancel_id {id})의 응답 금액이 요청과 맞지 않아 이 영수증을 보류했습니다. PG사 전산에서 실제 취소 금액을 확인한 뒤 \
             resolve로 보류를 풀어 주세요.",
            "The answer to an earlier cancel (cancel_id {id}) had figures that do not add up, so the receipt is held. \
             Check in the PG's console what was cancelled, then lift the hold by resolve.",
        ),
        ConflictKind::Busy => (
            "다른 프로세스가 이 영수증을 취소하는 중입니다(cancel_id {id}). 끝난 뒤 그 결과를 먼저 확인해 주세요.",
            "Another process is cancelling this receipt (cancel_id {id}). Wait until it is done, and see how it ended \
             before asking for anything else.",
        ),
        ConflictKind::TakenOver => (
            "이 프로세스가 멈춘 사이 다른 프로세스가 이 취소(cancel_id {id})를 넘겨받아 전송하지 않은 것으로 닫았습니다. 환불은 일어나지 \
             않았으니 같은 호출을 다시 하시면 됩니다.",
            "While this process was stalled, another one took this cancel over (cancel_id {id}) and closed it as not \
             sent. It refunded nothing; the same call may be made again.",
        ),
        ConflictKind::TooEarlyToDecide => (
            "늦게 도착한 요청이 처리될 수 있어 cancel_id {id}를 아직 '취소되지 않음'으로 결정할 수 없습니다. 안내된 시간이 지난 뒤 reconcile로 \
             다시 조회하고 결정해 주세요.",
            "A late request could still take effect, so cancel_id {id} cannot be decided as not cancelled yet. Wait as \
             long as the error says, reconcile once more, then decide.",
        ),
        ConflictKind::AlreadySettled => (
            "cancel_id {id}는 이미 결과가 확정되어(상태 {state}) 다르게 결정할 수 없습니다. 확정된 결과를 확인해 주세요.",
            "cancel_id {id} is settled already ({state}), and what is proven cannot be decided otherwise. See how it \
             ended.",
        ),
    };
    fill(language.pick(korean, english), intent)
}

/// Puts the intent's names in. In one pass: a merchant's `cancel_id` may itself contain `{state}`.
fn fill(template: &str, intent: &IntentRef) -> String {
    let mut filled = String::with_capacity(template.len() + 64);
    let mut parts = template.split('{');
    filled.extend(parts.next());
    for part in parts {
        let (name, rest) = part.split_once('}').unwrap_or((part, ""));
        filled.push_str(match name {
            "id" => intent.cancel_id.as_str(),
            "receipt" => intent.receipt_id.as_str(),
            _ => intent.state.name(),
        });
        filled.push_str(rest);
    }
    filled
}
