internal import BootpayInternal

/// A cancel to be asked for: in full or in part, said by name. There is no optional amount in which `nil` means
/// "everything".
///
/// ```swift
/// .full("612df0250d681b001de61de6")
/// .partial("612df0250d681b001de61de6", price: 3_000, taxFree: 500, cancelID: "order-1042/refund-1")
/// ```
public struct CancelRequest: Sendable {
    /// The payment's receipt id.
    public let receiptID: String
    /// How much to give back.
    public let amount: CancelAmount
    /// The merchant's own key of this refund, sent word for word. The same key on the same receipt is the same refund,
    /// however often it is asked for; another key is another refund.
    public var cancelID: String?
    /// Who cancels (취소자 이름).
    public var canceller: String?
    /// Why (취소 사유).
    public var reason: String?
    /// Where the money goes, for a payment into a virtual account.
    public var refundAccount: RefundAccount?

    /// A cancel of all that remains.
    ///
    /// - Parameters:
    ///   - receiptID: the payment's receipt id.
    ///   - expectedRemaining: what you expect to remain, in won. Where the ledger says otherwise, nothing is sent.
    ///   - cancelID: your own key of this refund; one is derived where there is none.
    ///   - canceller: who cancels (취소자 이름).
    ///   - reason: why (취소 사유).
    ///   - refundAccount: where the money goes, for a payment into a virtual account.
    public static func full(
        _ receiptID: String, expectedRemaining: Int? = nil, cancelID: String? = nil, canceller: String? = nil,
        reason: String? = nil, refundAccount: RefundAccount? = nil
    ) -> CancelRequest {
        CancelRequest(
            receiptID: receiptID, amount: .full(expectedRemaining: expectedRemaining), cancelID: cancelID,
            canceller: canceller, reason: reason, refundAccount: refundAccount)
    }

    /// A cancel of a part. Give it a `cancelID`: the same one is the same refund, however often it is asked for.
    ///
    /// - Parameters:
    ///   - receiptID: the payment's receipt id.
    ///   - price: the amount in won, above 0.
    ///   - taxFree: how much of `price` is tax-free, in won.
    ///   - cancelID: your own key of this refund. Without one, every call is another refund.
    ///   - canceller: who cancels (취소자 이름).
    ///   - reason: why (취소 사유).
    ///   - refundAccount: where the money goes, for a payment into a virtual account.
    public static func partial(
        _ receiptID: String, price: Int, taxFree: Int? = nil, cancelID: String? = nil, canceller: String? = nil,
        reason: String? = nil, refundAccount: RefundAccount? = nil
    ) -> CancelRequest {
        CancelRequest(
            receiptID: receiptID, amount: .partial(price: price, taxFree: taxFree), cancelID: cancelID,
            canceller: canceller, reason: reason, refundAccount: refundAccount)
    }
}

/// How much to give back, in won.
public enum CancelAmount: Hashable, Sendable {
    /// All that remains on the receipt. `expectedRemaining`: what the caller expects that to be.
    case full(expectedRemaining: Int?)
    /// A part of it. `taxFree`: how much of `price` is tax-free.
    case partial(price: Int, taxFree: Int?)
}

/// The bank account that receives a virtual-account refund. Its number and holder are not shown.
///
/// Nobody verifies the account: a wrong bank or number loses the money.
public struct RefundAccount: Sendable {
    fileprivate let native: BootpayInternal.RefundAccount

    /// Checks an account.
    ///
    /// - Parameters:
    ///   - bank: a bank's code, its name, or a usual short or English name; see ``Bank/all``.
    ///   - account: the account's number.
    ///   - holder: who holds it (예금주).
    /// - Throws: ``BootpayError/invalidInput(_:suggestions:)``, with the closest banks among its suggestions.
    public init(bank: String, account: String, holder: String) throws {
        native = try lifting { try BootpayInternal.RefundAccount(bank: bank, account: account, holder: holder) }
    }

    /// The same with a three-digit code that may not be on the list, for banks that opened since. It is sent as it is.
    public init(rawCode: String, account: String, holder: String) throws {
        native = try lifting { try .withRawCode(code: rawCode, account: account, holder: holder) }
    }

    /// The bank's code.
    public var bankCode: String { native.bankCode() }
}

extension RefundAccount: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The bank; account and holder are redacted.
    public var description: String { native.description }
    /// The same.
    public var debugDescription: String { "RefundAccount(\(native.description))" }
    /// The bank's code alone, for `dump` and whoever else looks inside.
    public var customMirror: Mirror { Mirror(self, children: ["bankCode": bankCode], displayStyle: .struct) }
}

// MARK: - To and from the generated layer

extension CancelRequest {
    var lowered: BootpayInternal.CancelRequest {
        BootpayInternal.CancelRequest(
            receiptId: receiptID, amount: amount.lowered, cancelId: cancelID, canceller: canceller, reason: reason,
            refundAccount: refundAccount?.native)
    }
}

extension CancelAmount {
    fileprivate var lowered: BootpayInternal.CancelAmount {
        switch self {
        case .full(let remaining): .full(expectedRemaining: remaining.map(Int64.init))
        case .partial(let price, let taxFree): .partial(price: Int64(price), taxFree: taxFree.map(Int64.init))
        }
    }

    init(_ native: BootpayInternal.CancelAmount) {
        self =
            switch native {
            case .full(let remaining): .full(expectedRemaining: won(remaining))
            case .partial(let price, let taxFree): .partial(price: Int(clamping: price), taxFree: won(taxFree))
            }
    }
}
