internal import BootpayInternal

// Records and enumerations from the generated layer. Each `switch` names every case, so that a new one is a compiler's
// error here and no surprise there.

extension CancelOutcome {
    init(_ native: BootpayInternal.CancelOutcome) {
        self =
            switch native {
            case .cancelled(let outcome): .cancelled(Cancelled(outcome))
            case .alreadyCancelled(let outcome): .alreadyCancelled(AlreadyCancelled(outcome))
            case .unknown(let outcome): .unknown(Unknown(outcome))
            }
    }
}

extension Cancelled {
    init(_ native: BootpayInternal.Cancelled) {
        self.init(
            intent: IntentRef(native.intent), cancellation: Cancellation(native.cancellation),
            evidence: Evidence(native.evidence), moneyIsBack: MoneyIsBack(native.moneyIsBack),
            mismatches: native.mismatches.map(Mismatch.init), repeated: native.repeated, recorded: native.recorded)
    }
}

extension AlreadyCancelled {
    init(_ native: BootpayInternal.AlreadyCancelled) {
        self.init(
            intent: IntentRef(native.intent), ledger: native.ledger.map(Totals.init),
            evidence: Evidence(native.evidence),
            moneyIsBack: MoneyIsBack(native.moneyIsBack), serverMessage: native.said, repeated: native.repeated,
            recorded: native.recorded)
    }
}

extension Unknown {
    init(_ native: BootpayInternal.Unknown) {
        self.init(
            intent: IntentRef(native.intent), cause: UnknownCause(native.cause), before: native.before.map(Totals.init),
            after: native.after.map(Totals.init), recorded: native.recorded)
    }
}

extension Cancellation {
    init(_ native: BootpayInternal.Cancellation) {
        self.init(
            receiptID: native.receiptId, requestCancelPrice: won(native.requestCancelPrice),
            remainPrice: won(native.remainPrice), remainTaxFree: won(native.remainTaxFree),
            cancelledPrice: won(native.cancelledPrice), cancelledTaxFree: won(native.cancelledTaxFree),
            revokedAt: native.revokedAt, tid: native.tid, orderID: native.orderId, cancelID: native.cancelId,
            price: won(native.price), status: native.status.map { Int(clamping: $0) },
            extra: ExtraMembers(members: JSONValue.members(of: native.extraJson)))
    }
}

extension Mismatch {
    init(_ native: BootpayInternal.Mismatch) {
        self.init(
            field: native.field, expected: Int(clamping: native.expected), answered: Int(clamping: native.answered))
    }
}

extension Recovery {
    init(_ native: BootpayInternal.Recovery) {
        self.init(
            settled: native.settled.map(CancelOutcome.init), movedNothing: native.movedNothing.map(IntentRef.init),
            unknown: native.unknown.map(Unknown.init), held: native.held.map(IntentRef.init),
            inFlight: native.inFlight.map(IntentRef.init),
            failed: native.failed.map { NotRecovered(intent: IntentRef($0.intent), text: $0.text, kind: $0.kind) },
            ofOtherMerchants: Int(clamping: native.ofOtherMerchants))
    }
}

extension IntentRef {
    init(_ native: BootpayInternal.IntentRef) {
        self.init(
            cancelID: native.cancelId, receiptID: native.receiptId, amount: CancelAmount(native.amount),
            state: IntentState(native.state), createdAt: native.createdAt)
    }
}

extension Intent {
    init(_ native: BootpayInternal.Intent) {
        self.init(
            cancelID: native.cancelId, receiptID: native.receiptId, amount: CancelAmount(native.amount),
            state: IntentState(native.state), generation: Int(native.generation), key: native.key,
            environment: native.environment, toAccount: native.toAccount, held: native.held,
            totalsBefore: native.totalsBefore.map(Totals.init), totalsAfter: native.totalsAfter.map(Totals.init),
            unknownCause: native.unknownCause.map(UnknownCause.init), evidence: native.evidence.map(Evidence.init),
            moneyIsBack: native.moneyIsBack.map(MoneyIsBack.init),
            cancellation: native.cancellation.map(Cancellation.init), mismatches: native.mismatches.map(Mismatch.init),
            refusal: native.refusal.map { RefusalNote(kind: $0.kind, code: $0.code, serverMessage: $0.said) },
            decidedBy: native.decidedBy, attempts: native.attempts.map(Attempt.init), deadline: native.deadline,
            answeredAt: native.answeredAt, createdAt: native.createdAt, updatedAt: native.updatedAt)
    }
}

extension Attempt {
    fileprivate init(_ native: BootpayInternal.Attempt) {
        self.init(
            startedAt: native.startedAt, progress: Progress(native.progress),
            httpStatus: native.httpStatus.map(Int.init),
            code: native.code)
    }
}

extension Receipt {
    init(_ native: BootpayInternal.Receipt) {
        self.init(
            receiptID: native.receiptId, orderID: native.orderId, orderName: native.orderName,
            totals: Totals(native.totals), taxFree: won(native.taxFree), remainTaxFree: won(native.remainTaxFree),
            cancelledTaxFree: won(native.cancelledTaxFree), pg: native.pg, method: native.method, pgName: native.pgName,
            methodName: native.methodName, requestedAt: native.requestedAt, purchasedAt: native.purchasedAt,
            cancelledAt: native.cancelledAt, receiptURL: native.receiptUrl,
            extra: ExtraMembers(members: JSONValue.members(of: native.extraJson)))
    }
}

extension Totals {
    init(_ native: BootpayInternal.Totals) {
        self.init(
            price: won(native.price), remaining: won(native.remaining), cancelled: won(native.cancelled),
            status: native.status.map { Int(clamping: $0) }, isEmpty: native.isEmpty)
    }
}

extension Preview {
    init(_ native: BootpayInternal.Preview) {
        self.init(
            url: native.url, members: JSONValue.members(of: native.membersJson), receipt: Receipt(native.receipt),
            objection: native.objection.map(Refusal.init), conflict: native.conflict.map(ConflictNote.init),
            open: native.open.map(Intent.init))
    }
}

// MARK: - Enumerations

extension Evidence {
    fileprivate init(_ native: BootpayInternal.Evidence) {
        self =
            switch native {
            case .answered: .answered
            case .inferred: .inferred
            case .declared: .declared
            }
    }
}

extension MoneyIsBack {
    fileprivate init(_ native: BootpayInternal.MoneyIsBack) {
        self =
            switch native {
            case .yes: .yes
            case .acceptedForTransfer: .acceptedForTransfer
            case .unconfirmed: .unconfirmed
            }
    }
}

extension UnknownCause {
    fileprivate init(_ native: BootpayInternal.UnknownCause) {
        self =
            switch native {
            case .timedOut: .timedOut
            case .disconnected: .disconnected
            case .unproven: .unproven
            case .inProgress: .inProgress
            case .gatewayLost: .gatewayLost
            case .refusedAfterATry: .refusedAfterATry
            case .idSeenBefore: .idSeenBefore
            case .tokenLost: .tokenLost
            case .interrupted: .interrupted
            }
    }
}

extension IntentState {
    fileprivate init(_ native: BootpayInternal.IntentState) {
        self =
            switch native {
            case .reserved: .reserved
            case .sending: .sending
            case .unknown: .unknown
            case .cancelled: .cancelled
            case .alreadyCancelled: .alreadyCancelled
            case .refused: .refused
            case .notSent: .notSent
            case .notCancelled: .notCancelled
            }
    }
}

extension Attempt.Progress {
    fileprivate init(_ native: BootpayInternal.Progress) {
        self =
            switch native {
            case .sending: .sending
            case .notSent: .notSent
            case .answered: .answered
            case .unproven: .unproven
            }
    }
}

extension Decision {
    var lowered: BootpayInternal.Decision {
        switch self {
        case .cancelled: .cancelled
        case .notCancelled: .notCancelled
        }
    }
}
