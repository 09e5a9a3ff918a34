import BootpayCancel
import Foundation

// What staff reads.

func won(_ amount: Int?) -> String {
    guard let amount else { return "(알 수 없음)" }
    var digits = String(abs(amount)), groups: [String] = []
    while digits.count > 3 {
        groups.insert(String(digits.suffix(3)), at: 0)
        digits.removeLast(3)
    }
    return (amount < 0 ? "-" : "") + ([digits] + groups).joined(separator: ",") + "원"
}

func described(_ receipt: Receipt) -> String {
    let totals = receipt.totals
    return """
        영수증 \(receipt.receiptID) \(receipt.orderName ?? "") (\(receipt.pg ?? "?"), \(receipt.methodName ?? receipt.method ?? "?"))
          결제 \(won(totals.price)), 취소 \(won(totals.cancelled)), 남은 금액 \(won(totals.remaining))
        """
}

func described(_ intent: Intent) -> String {
    let amount =
        switch intent.amount {
        case .full: "전액"
        case .partial(let price, _): won(price)
        }
    let held = intent.held ? ", 금액이 맞지 않아 확인 필요" : ""
    return "\(intent.cancelID): 영수증 \(intent.receiptID), \(amount), \(described(intent.state))\(held)"
}

func described(_ outcome: CancelOutcome) -> String {
    switch outcome {
    case .cancelled(let cancelled):
        let figures = cancelled.cancellation
        let transfer = cancelled.moneyIsBack == .acceptedForTransfer ? "\n환불 계좌로 송금될 예정입니다." : ""
        return
            "취소되었습니다: 총 \(won(figures.cancelledPrice)), 남은 금액 \(won(figures.remainPrice)) (\(cancelled.cancelID))\(transfer)"
    case .alreadyCancelled(let already):
        let doubt = already.moneyIsBack == .unconfirmed ? " PG사 관리자 화면에서 확인해 주세요." : ""
        return "이미 취소된 결제입니다.\(doubt)"
    case .unknown(let unknown):
        return "아직 알 수 없습니다. 다시 취소하지 마시고 `staff watch \(unknown.cancelID)`로 확인해 주세요."
    }
}

private func described(_ state: IntentState) -> String {
    switch state {
    case .reserved: "아직 보내지 않음"
    case .sending: "진행 중"
    case .unknown: "알 수 없음"
    case .cancelled: "취소됨"
    case .alreadyCancelled: "이미 취소되어 있었음"
    case .refused: "거절됨"
    case .notSent: "보내지 못함"
    case .notCancelled: "취소되지 않은 것으로 결정됨"
    }
}
