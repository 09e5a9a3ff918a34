package kr.co.bootpay.cancel

import kr.co.bootpay.cancel.internal.CancelAmount as NativeAmount
import kr.co.bootpay.cancel.internal.CancelRequest as NativeRequest

/**
 * A cancel to be asked for. Full and partial ones are different things: there is no optional amount in which `null`
 * means everything.
 *
 * ```
 * CancelRequest.partial("612df0250d681b001de61de6", 3_000)
 *     .taxFree(500)
 *     .cancelId("order-1042/refund-1")
 *     .canceller("관리자")
 *     .reason("고객 요청")
 * ```
 *
 * A request never changes: every call gives a new one.
 */
public sealed class CancelRequest {
    @get:JvmSynthetic
    internal abstract val native: NativeRequest

    /** The payment's receipt id. */
    public val receiptId: String get() = native.receiptId

    /**
     * With your own key of this refund, sent word for word. The same key on the same receipt is the same refund, however
     * often it is asked for; another key is another refund.
     */
    public abstract fun cancelId(cancelId: String): CancelRequest

    /** With who cancels (취소자 이름). */
    public abstract fun canceller(canceller: String): CancelRequest

    /** With why (취소 사유). */
    public abstract fun reason(reason: String): CancelRequest

    /** With where the money goes, for a payment into a virtual account. */
    public abstract fun refundAccount(account: RefundAccount): CancelRequest

    /** All that remains on a receipt. */
    public class Full internal constructor(
        @get:JvmSynthetic override val native: NativeRequest,
    ) : CancelRequest() {
        /** With what should remain, in won. Where the ledger says otherwise, nothing is sent. */
        public fun expectedRemaining(won: Long): Full = Full(native.copy(amount = NativeAmount.Full(won)))

        override fun cancelId(cancelId: String): Full = Full(native.copy(cancelId = wellFormed("cancel_id", cancelId)))

        override fun canceller(canceller: String): Full = Full(native.copy(canceller = wellFormed("canceller", canceller)))

        override fun reason(reason: String): Full = Full(native.copy(reason = wellFormed("reason", reason)))

        override fun refundAccount(account: RefundAccount): Full = Full(native.copy(refundAccount = account.native))
    }

    /** A part of what remains on a receipt. */
    public class Partial internal constructor(
        @get:JvmSynthetic override val native: NativeRequest,
    ) : CancelRequest() {
        /** With how much of the price is tax-free, in won. */
        public fun taxFree(won: Long): Partial {
            val price = (native.amount as NativeAmount.Partial).price
            return Partial(native.copy(amount = NativeAmount.Partial(price, won)))
        }

        override fun cancelId(cancelId: String): Partial = Partial(native.copy(cancelId = wellFormed("cancel_id", cancelId)))

        override fun canceller(canceller: String): Partial = Partial(native.copy(canceller = wellFormed("canceller", canceller)))

        override fun reason(reason: String): Partial = Partial(native.copy(reason = wellFormed("reason", reason)))

        override fun refundAccount(account: RefundAccount): Partial =
            Partial(native.copy(refundAccount = account.native))
    }

    override fun equals(other: Any?): Boolean = other is CancelRequest && other.native == native

    override fun hashCode(): Int = native.hashCode()

    override fun toString(): String = buildString {
        append("CancelRequest(receiptId=").append(native.receiptId).append(", amount=").append(native.amount.lift())
        native.cancelId?.let { append(", cancelId=").append(it) }
        native.canceller?.let { append(", canceller=").append(it) }
        native.reason?.let { append(", reason=").append(it) }
        native.refundAccount?.let { append(", refundAccount=[redacted]") }
        append(')')
    }

    public companion object {
        /** All that remains on a receipt. */
        @JvmStatic
        public fun full(receiptId: String): Full = Full(NativeRequest(wellFormed("receipt_id", receiptId), NativeAmount.Full(null)))

        /** A part of it: [price] in won, above 0. Give it a [cancelId], so that asking twice is one refund. */
        @JvmStatic
        public fun partial(receiptId: String, price: Long): Partial =
            Partial(NativeRequest(wellFormed("receipt_id", receiptId), NativeAmount.Partial(price, null)))
    }
}
