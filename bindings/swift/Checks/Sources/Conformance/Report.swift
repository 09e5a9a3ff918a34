import BootpayCancel
import Foundation

// From the package's own types to the canonical report, under the core's names.

func report(_ outcome: CancelOutcome) -> JSONValue {
    switch outcome {
    case .cancelled(let cancelled):
        [
            "cancelled": object([
                "intent": report(cancelled.intent), "cancellation": report(cancelled.cancellation),
                "evidence": name(cancelled.evidence), "money_is_back": name(cancelled.moneyIsBack),
                "mismatches": .array(cancelled.mismatches.map(report)), "repeated": .bool(cancelled.repeated),
                "recorded": .bool(cancelled.recorded),
            ])
        ]
    case .alreadyCancelled(let already):
        [
            "already_cancelled": object([
                "intent": report(already.intent), "ledger": already.ledger.map(report),
                "evidence": name(already.evidence), "money_is_back": name(already.moneyIsBack),
                "server_message": text(already.serverMessage), "repeated": .bool(already.repeated),
                "recorded": .bool(already.recorded),
            ])
        ]
    case .unknown(let unknown):
        ["unknown": report(unknown)]
    }
}

private func report(_ unknown: Unknown) -> JSONValue {
    object([
        "intent": report(unknown.intent), "cause": name(unknown.cause), "before": unknown.before.map(report),
        "after": unknown.after.map(report), "recorded": .bool(unknown.recorded),
    ])
}

func report(_ error: BootpayError) -> JSONValue {
    let lines = error.localizedDescription.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
    var type = "", suggestions: [String]?, intent: IntentRef?, refusal: Refusal?
    switch error {
    case .invalidInput(_, let closest): (type, suggestions) = ("invalid_input", closest)
    case .conflict(_, let other): (type, intent) = ("conflict", other)
    case .refused(_, let said): (type, refusal) = ("refused", said)
    case .notSent: type = "not_sent"
    case .tokenUnavailable: type = "token"
    case .lookupFailed: type = "lookup"
    case .journalFailed: type = "journal"
    case .wrongBulkFile: type = "bulk_file"
    case .internalError: type = "internal"
    }
    return object([
        "type": .string(type), "kind": .string(error.kind), "text": .string(String(lines[0])),
        "hint": lines.count > 1 ? .string(String(lines[1])) : nil, "hint_english": text(error.hintEnglish),
        "code": text(error.code), "field": text(error.field),
        "retry_after_ms": error.retryAfter.map { .integer(Int($0 / .milliseconds(1))) },
        "suggestions": suggestions.map { .array($0.map(JSONValue.string)) }, "intent": intent.map(report),
        "refusal": refusal.map(report),
    ])
}

private func report(_ refusal: Refusal) -> JSONValue {
    object([
        "kind": .string(refusal.kind), "http_status": number(refusal.httpStatus), "code": text(refusal.code),
        "server_message": .string(refusal.serverMessage), "pg_code": text(refusal.pgCode),
        "pg_message": text(refusal.pgMessage), "intent": refusal.intent.map(report),
        "ledger": refusal.ledger.map(report), "earlier": refusal.earlier.map(report),
    ])
}

private func report(_ conflict: ConflictNote) -> JSONValue {
    object([
        "kind": .string(conflict.kind), "text": .string(conflict.text), "hint": .string(conflict.hint),
        "hint_english": .string(conflict.hintEnglish), "intent": report(conflict.intent),
        "retry_after_ms": conflict.retryAfter.map { .integer(Int($0 / .milliseconds(1))) },
    ])
}

private func report(_ intent: IntentRef) -> JSONValue {
    object([
        "cancel_id": .string(intent.cancelID), "receipt_id": .string(intent.receiptID),
        "amount": report(intent.amount), "state": name(intent.state), "created_at": moment(intent.createdAt),
    ])
}

func report(_ intent: Intent) -> JSONValue {
    object([
        "cancel_id": .string(intent.cancelID), "receipt_id": .string(intent.receiptID),
        "amount": report(intent.amount), "state": name(intent.state), "created_at": moment(intent.createdAt),
        "generation": .integer(intent.generation), "key": .string(intent.key),
        "environment": .string(intent.environment), "to_account": .bool(intent.toAccount), "held": .bool(intent.held),
        "totals_before": intent.totalsBefore.map(report), "totals_after": intent.totalsAfter.map(report),
        "unknown_cause": intent.unknownCause.map(name), "evidence": intent.evidence.map(name),
        "money_is_back": intent.moneyIsBack.map(name), "cancellation": intent.cancellation.map(report),
        "mismatches": .array(intent.mismatches.map(report)),
        "refusal": intent.refusal.map {
            object(["kind": .string($0.kind), "code": text($0.code), "server_message": .string($0.serverMessage)])
        },
        "decided_by": text(intent.decidedBy), "attempts": .array(intent.attempts.map(report)),
        "deadline": intent.deadline.map(moment), "answered_at": intent.answeredAt.map(moment),
        "updated_at": moment(intent.updatedAt),
    ])
}

private func report(_ attempt: Attempt) -> JSONValue {
    object([
        "started_at": moment(attempt.startedAt), "progress": name(attempt.progress),
        "http_status": number(attempt.httpStatus), "code": text(attempt.code),
    ])
}

private func report(_ amount: CancelAmount) -> JSONValue {
    switch amount {
    case .full(let remaining): ["full": object(["expected_remaining": number(remaining)])]
    case .partial(let price, let taxFree):
        ["partial": object(["price": .integer(price), "tax_free": number(taxFree)])]
    }
}

private func report(_ figures: Cancellation) -> JSONValue {
    object([
        "receipt_id": text(figures.receiptID), "request_cancel_price": number(figures.requestCancelPrice),
        "remain_price": number(figures.remainPrice), "remain_tax_free": number(figures.remainTaxFree),
        "cancelled_price": number(figures.cancelledPrice), "cancelled_tax_free": number(figures.cancelledTaxFree),
        "revoked_at": figures.revokedAt.map(moment), "tid": text(figures.tid), "order_id": text(figures.orderID),
        "cancel_id": text(figures.cancelID), "price": number(figures.price), "status": number(figures.status),
        "extra": report(figures.extra),
    ])
}

private func report(_ mismatch: Mismatch) -> JSONValue {
    [
        "field": .string(mismatch.field), "expected": .integer(mismatch.expected),
        "answered": .integer(mismatch.answered),
    ]
}

private func report(_ totals: Totals) -> JSONValue {
    object([
        "price": number(totals.price), "remaining": number(totals.remaining), "cancelled": number(totals.cancelled),
        "status": number(totals.status), "is_empty": .bool(totals.isEmpty),
    ])
}

func report(_ receipt: Receipt) -> JSONValue {
    object([
        "receipt_id": .string(receipt.receiptID), "order_id": text(receipt.orderID),
        "order_name": text(receipt.orderName), "totals": report(receipt.totals), "tax_free": number(receipt.taxFree),
        "remain_tax_free": number(receipt.remainTaxFree), "cancelled_tax_free": number(receipt.cancelledTaxFree),
        "pg": text(receipt.pg), "method": text(receipt.method), "pg_name": text(receipt.pgName),
        "method_name": text(receipt.methodName), "requested_at": receipt.requestedAt.map(moment),
        "purchased_at": receipt.purchasedAt.map(moment), "cancelled_at": receipt.cancelledAt.map(moment),
        "receipt_url": text(receipt.receiptURL), "extra": report(receipt.extra),
    ])
}

func report(_ preview: Preview) -> JSONValue {
    object([
        "url": .string(preview.url), "members": .object(preview.members), "receipt": report(preview.receipt),
        "objection": preview.objection.map(report), "conflict": preview.conflict.map(report),
        "open": .array(preview.open.map(report)),
    ])
}

func report(_ recovery: Recovery) -> JSONValue {
    [
        "settled": .array(recovery.settled.map(report)), "moved_nothing": .array(recovery.movedNothing.map(report)),
        "unknown": .array(recovery.unknown.map(report)), "held": .array(recovery.held.map(report)),
        "in_flight": .array(recovery.inFlight.map(report)),
        "failed": .array(
            recovery.failed.map {
                ["intent": report($0.intent), "text": .string($0.text), "kind": .string($0.kind)]
            }),
        "of_other_merchants": .integer(recovery.ofOtherMerchants),
    ]
}

func report(_ bank: Bank) -> JSONValue {
    [
        "code": .string(bank.code), "name": .string(bank.name), "english_name": .string(bank.englishName),
        "aliases": .array(bank.aliases.map(JSONValue.string)), "source": name(bank.source),
    ]
}

private func report(_ extra: ExtraMembers) -> JSONValue {
    .array(extra.names.map(JSONValue.string))
}

private func name<Name: RawRepresentable<String>>(_ value: Name) -> JSONValue {
    .string(value.rawValue)
}

private func text(_ value: String?) -> JSONValue? {
    value.map(JSONValue.string)
}

private func number(_ value: Int?) -> JSONValue? {
    value.map(JSONValue.integer)
}

/// Korean time with milliseconds: `2021-08-31T10:29:09.000+09:00`.
private func moment(_ date: Date) -> JSONValue {
    let milliseconds = Int((date.timeIntervalSince1970 * 1_000).rounded()) + 9 * 3_600_000
    var seconds = time_t(milliseconds / 1_000)
    var parts = tm()
    gmtime_r(&seconds, &parts)
    let text = String(
        format: "%04d-%02d-%02dT%02d:%02d:%02d.%03d+09:00", Int(parts.tm_year) + 1_900, Int(parts.tm_mon) + 1,
        Int(parts.tm_mday), Int(parts.tm_hour), Int(parts.tm_min), Int(parts.tm_sec), milliseconds % 1_000)
    return .string(text)
}
