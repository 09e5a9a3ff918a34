import Foundation

/// What Bootpay's ledger says about one payment. Amounts are in won; what the server leaves out is `nil`.
public struct Receipt: Hashable, Sendable {
    /// Bootpay's id of the payment.
    public let receiptID: String
    /// The merchant's order.
    public let orderID: String?
    /// What was sold.
    public let orderName: String?
    /// What the ledger says about the money.
    public let totals: Totals
    /// The tax-free part of the price.
    public let taxFree: Int?
    /// The tax-free part that remains. v1 only.
    public let remainTaxFree: Int?
    /// The tax-free part that is cancelled.
    public let cancelledTaxFree: Int?
    /// The payment gateway's symbol, such as `kcp`.
    public let pg: String?
    /// The payment method's symbol, such as `card` or `vbank`.
    public let method: String?
    /// The payment gateway's name.
    public let pgName: String?
    /// The payment method's name.
    public let methodName: String?
    /// When the payment was asked for.
    public let requestedAt: Date?
    /// When it was paid.
    public let purchasedAt: Date?
    /// When it was last cancelled.
    public let cancelledAt: Date?
    /// Where the customer's receipt can be seen.
    public let receiptURL: String?
    /// Everything else that the server sent.
    public let extra: ExtraMembers
}

/// The money of a receipt at one moment, in won. What the server leaves out is `nil`.
public struct Totals: Hashable, Sendable {
    /// What was paid.
    public let price: Int?
    /// What remains.
    public let remaining: Int?
    /// What is cancelled in all.
    public let cancelled: Int?
    /// The receipt's status, as Bootpay's number.
    public let status: Int?
    /// Whether the ledger proves that all the money is back.
    public let isEmpty: Bool
}

/// What a cancel would send, and what the ledger says. Nothing was sent.
public struct Preview: Hashable, Sendable {
    /// The address that the cancel would go to.
    public let url: String
    /// The members that it would send. Account number and holder are masked.
    public let members: [String: JSONValue]
    /// What the ledger says now.
    public let receipt: Receipt
    /// Why the ledger stands against it, where it does: the cancel would end with this refusal.
    public let objection: Refusal?
    /// Which earlier intent would refuse it before anything is sent, where one would.
    public let conflict: ConflictNote?
    /// Earlier intents of this receipt that are still open.
    public let open: [Intent]
}

/// What a server sent besides what has a name here. It can hold personal data, so it prints its members' names alone.
public struct ExtraMembers: Hashable, Sendable {
    /// All of them.
    public let members: [String: JSONValue]

    /// One of them.
    public subscript(name: String) -> JSONValue? { members[name] }
    /// Their names, sorted.
    public var names: [String] { members.keys.sorted() }
}

extension ExtraMembers: CustomStringConvertible, CustomReflectable {
    /// The names.
    public var description: String { "ExtraMembers\(names)" }
    /// The names, for `dump` and whoever else looks inside.
    public var customMirror: Mirror { Mirror(self, children: ["names": names], displayStyle: .struct) }
}
