import Foundation

/// An intent in short: what errors and outcomes carry, and what finds it again.
public struct IntentRef: Hashable, Sendable {
    /// What Bootpay sees, and the handle for `reconcile` and `resolve`.
    public let cancelID: String
    /// The receipt.
    public let receiptID: String
    /// Full or partial, and how much.
    public let amount: CancelAmount
    /// Where it stood when this was written.
    public let state: IntentState
    /// When it was admitted.
    public let createdAt: Date
}

/// One wish to refund, as the journal keeps it. It holds no account number, no name and no secret.
public struct Intent: Hashable, Sendable {
    /// What Bootpay sees, and the handle for `reconcile` and `resolve`.
    public let cancelID: String
    /// The receipt.
    public let receiptID: String
    /// Full or partial, and how much.
    public let amount: CancelAmount
    /// Where it stands.
    public let state: IntentState
    /// Counts from 1: a new one begins only once the last is proven to have moved nothing.
    public let generation: Int
    /// What makes two calls the same wish: `receipt`, `merchant:<id>` or `fresh:<hex>`.
    public let key: String
    /// Which Bootpay: the base address.
    public let environment: String
    /// Whether the money goes to a refund account.
    public let toAccount: Bool
    /// Whether the receipt waits for a person, because the answer's figures do not add up.
    public let held: Bool
    /// What the ledger said just before the request.
    public let totalsBefore: Totals?
    /// What the last answer or lookup said.
    public let totalsAfter: Totals?
    /// Why it is unknown, while it is.
    public let unknownCause: UnknownCause?
    /// How its end is known.
    public let evidence: Evidence?
    /// Whether the customer has the money, once it is settled.
    public let moneyIsBack: MoneyIsBack?
    /// The figures of the answer.
    public let cancellation: Cancellation?
    /// Figures that are not what was asked.
    public let mismatches: [Mismatch]
    /// Why it was refused.
    public let refusal: RefusalNote?
    /// Who decided it, where a person did.
    public let decidedBy: String?
    /// Its tries, oldest first.
    public let attempts: [Attempt]
    /// The moment after which no request of it can still be on its way from here.
    public let deadline: Date?
    /// When Bootpay last answered it.
    public let answeredAt: Date?
    /// When it was admitted.
    public let createdAt: Date
    /// When it last changed.
    public let updatedAt: Date
}

/// Where an intent stands.
public enum IntentState: String, CaseIterable, Sendable {
    /// Admitted; no byte has left.
    case reserved
    /// A request may be on its way.
    case sending
    /// The money may or may not have moved.
    case unknown
    /// The money of this intent is cancelled.
    case cancelled
    /// The payment had been cancelled before; this intent moved nothing.
    case alreadyCancelled = "already_cancelled"
    /// Bootpay, the gateway or the ledger refused; this intent moved nothing.
    case refused
    /// It never reached Bootpay; this intent moved nothing.
    case notSent = "not_sent"
    /// A person decided that this intent moved nothing.
    case notCancelled = "not_cancelled"
}

/// A refusal as the journal keeps it.
public struct RefusalNote: Hashable, Sendable {
    /// The kind's stable name.
    public let kind: String
    /// Bootpay's code, word for word.
    public let code: String?
    /// Bootpay's message, word for word.
    public let serverMessage: String
}

/// One try to send an intent.
public struct Attempt: Hashable, Sendable {
    /// When it was recorded, before the first byte left.
    public let startedAt: Date
    /// How far it got.
    public let progress: Progress
    /// The answer's HTTP status.
    public let httpStatus: Int?
    /// The answer's code.
    public let code: String?

    /// How far a try got.
    public enum Progress: String, CaseIterable, Sendable {
        /// It may be on its way.
        case sending
        /// Proven never to have arrived.
        case notSent = "not_sent"
        /// Answered, whatever the answer.
        case answered
        /// No answer that proves anything.
        case unproven
    }
}

/// What a person decides about an intent that stays open.
public enum Decision: String, CaseIterable, Sendable {
    /// The money moved. Also lifts the hold on a receipt whose answer did not add up.
    case cancelled
    /// The money did not move and will not. Refused until a late request can no longer arrive.
    case notCancelled = "not_cancelled"
}
