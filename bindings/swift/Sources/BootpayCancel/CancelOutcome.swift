internal import BootpayInternal
import Foundation

/// How a cancel ended that could have moved money: one of three, and the compiler sees that all are handled.
///
/// ```swift
/// switch try await bootpay.cancel(receiptID) {
/// case .cancelled(let cancelled): print(cancelled.cancellation.cancelledPrice ?? 0)
/// case .alreadyCancelled(let already): print(already.moneyIsBack)
/// case .unknown(let unknown): print("later: reconcile(\(unknown.cancelID))")
/// }
/// ```
public enum CancelOutcome: Hashable, Sendable {
    /// The money of this intent is cancelled.
    case cancelled(Cancelled)
    /// The payment had been cancelled before, and not by this intent.
    case alreadyCancelled(AlreadyCancelled)
    /// The money may or may not have moved. A value and not an error, so that no `catch` turns it into "failed, try
    /// again".
    case unknown(Unknown)

    /// The intent.
    public var intent: IntentRef {
        switch self {
        case .cancelled(let cancelled): cancelled.intent
        case .alreadyCancelled(let already): already.intent
        case .unknown(let unknown): unknown.intent
        }
    }

    /// The intent's handle, for `reconcile`, `resolve` and `intent`.
    public var cancelID: String { intent.cancelID }
    /// The payment's receipt id.
    public var receiptID: String { intent.receiptID }
}

/// A cancel that took effect.
public struct Cancelled: Hashable, Sendable {
    /// The intent.
    public let intent: IntentRef
    /// What Bootpay answered; for an inferred one, what its ledger says.
    public let cancellation: Cancellation
    /// How it is known.
    public let evidence: Evidence
    /// Whether the customer has the money.
    public let moneyIsBack: MoneyIsBack
    /// Figures that are not what was asked. Where there are any, a person looks at the receipt and calls `resolve`.
    public let mismatches: [Mismatch]
    /// Whether this call found the intent already cancelled and sent nothing.
    public let repeated: Bool
    /// Whether the journal holds the outcome.
    public let recorded: Bool

    /// The intent's handle.
    public var cancelID: String { intent.cancelID }
}

/// A payment that was cancelled before, and not by this intent, which moved no money. Nothing to repeat.
public struct AlreadyCancelled: Hashable, Sendable {
    /// The intent.
    public let intent: IntentRef
    /// What Bootpay's ledger says, where it could be asked.
    public let ledger: Totals?
    /// How it is known.
    public let evidence: Evidence
    /// Whether the customer has the money. Unconfirmed where Bootpay's ledger still says paid: look into the gateway's
    /// console.
    public let moneyIsBack: MoneyIsBack
    /// Bootpay's message, word for word.
    public let serverMessage: String?
    /// Whether this call found the outcome in the journal and sent nothing.
    public let repeated: Bool
    /// Whether the journal holds the outcome.
    public let recorded: Bool

    /// The intent's handle.
    public var cancelID: String { intent.cancelID }
}

/// The money may or may not have moved. Hand `cancelID` to `reconcile`; never ask again under another key.
public struct Unknown: Hashable, Sendable {
    /// The handle that settles it.
    public let intent: IntentRef
    /// Why it is not known.
    public let cause: UnknownCause
    /// What the ledger said just before the request, where it was asked.
    public let before: Totals?
    /// What the ledger said afterwards, where it could be asked. Evidence, and not proof.
    public let after: Totals?
    /// Whether the journal holds the intent as unknown.
    public let recorded: Bool

    /// The intent's handle, for `reconcile`.
    public var cancelID: String { intent.cancelID }
}

/// The figures of a cancel, in won: the page's response table. Every member may be absent.
public struct Cancellation: Hashable, Sendable {
    /// The receipt that the answer names.
    public let receiptID: String?
    /// This cancel's amount. v1 only.
    public let requestCancelPrice: Int?
    /// What remains after it.
    public let remainPrice: Int?
    /// The tax-free part that remains.
    public let remainTaxFree: Int?
    /// The total over all cancels.
    public let cancelledPrice: Int?
    /// The tax-free total over all cancels.
    public let cancelledTaxFree: Int?
    /// When it was cancelled.
    public let revokedAt: Date?
    /// The payment gateway's transaction id.
    public let tid: String?
    /// The merchant's order, where the answer has it.
    public let orderID: String?
    /// The `cancel_id` that the answer names.
    public let cancelID: String?
    /// What was paid. v2 only.
    public let price: Int?
    /// The receipt's status, as Bootpay's number, where the answer has it.
    public let status: Int?
    /// Everything else that the server sent.
    public let extra: ExtraMembers
}

/// One figure of an answer that is not what it should be, in won.
public struct Mismatch: Hashable, Sendable {
    /// The member, by its name in the page's response table.
    public let field: String
    /// What was expected.
    public let expected: Int
    /// What was answered.
    public let answered: Int
}

/// How an outcome is known.
public enum Evidence: String, CaseIterable, Sendable {
    /// Bootpay answered this very request.
    case answered
    /// A lookup proves it.
    case inferred
    /// A person decided it.
    case declared
}

/// Whether the customer has the money.
public enum MoneyIsBack: String, CaseIterable, Sendable {
    /// The cancel is done.
    case yes
    /// A transfer to a refund account was accepted: the bank has not paid yet, and the account was not verified.
    case acceptedForTransfer = "accepted_for_transfer"
    /// The gateway says cancelled, Bootpay's ledger does not.
    case unconfirmed
}

/// Why an outcome is unknown.
public enum UnknownCause: String, CaseIterable, Sendable {
    /// No complete answer in time.
    case timedOut = "timed_out"
    /// The connection broke after the request's body was asked for.
    case disconnected
    /// An answer that proves nothing.
    case unproven
    /// Bootpay says that the cancel is in progress at the gateway, or that it failed there half-way.
    case inProgress = "in_progress"
    /// Bootpay lost the gateway on the way.
    case gatewayLost = "gateway_lost"
    /// A refusal that came after a try that can have arrived.
    case refusedAfterATry = "refused_after_a_try"
    /// The `cancel_id` had been seen before, which is not success.
    case idSeenBefore = "id_seen_before"
    /// The token source failed after a try that can have arrived.
    case tokenLost = "token_lost"
    /// The process that sent it went away.
    case interrupted
}

/// What `recover` found.
public struct Recovery: Hashable, Sendable {
    /// Settled now, by evidence.
    public let settled: [CancelOutcome]
    /// Closed now: these moved no money, and may be asked for again.
    public let movedNothing: [IntentRef]
    /// Still unknown: try again later, or let a person decide with `resolve`.
    public let unknown: [Unknown]
    /// Answered with figures that do not add up: a person looks, and then decides.
    public let held: [IntentRef]
    /// Being carried out by somebody who is alive.
    public let inFlight: [IntentRef]
    /// Not recovered, and why.
    public let failed: [NotRecovered]
    /// How many open intents are of other credentials in the same journal: theirs to recover.
    public let ofOtherMerchants: Int
}

/// An intent that could not be recovered now.
public struct NotRecovered: Hashable, Sendable {
    /// The intent.
    public let intent: IntentRef
    /// Why.
    public let text: String
    /// The kind of error, for programs.
    public let kind: String
}
