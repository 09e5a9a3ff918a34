package kr.co.bootpay.cancel

import java.time.Instant

/** The money of a receipt at one moment, in won. What the server leaves out is `null`. */
public class Totals internal constructor(
    /** What was paid. */
    public val price: Long?,
    /** What remains. */
    public val remaining: Long?,
    /** What is cancelled in all. */
    public val cancelled: Long?,
    /** The receipt's status, as Bootpay's number. */
    public val status: Long?,
    /** Whether the ledger proves that all the money is back. */
    public val isEmpty: Boolean,
) : Value() {
    @get:JvmSynthetic
    override val members: List<Pair<String, Any?>>
        get() = listOf(
            "price" to price,
            "remaining" to remaining,
            "cancelled" to cancelled,
            "status" to status,
            "isEmpty" to isEmpty,
        )
}

/** What Bootpay's ledger says about one payment. Amounts are in won; what the server leaves out is `null`. */
public class Receipt internal constructor(
    /** Bootpay's id of the payment. */
    public val receiptId: String,
    /** What the ledger says about the money. */
    public val totals: Totals,
    /** The merchant's order. */
    public val orderId: String?,
    /** What was sold. */
    public val orderName: String?,
    /** The tax-free part of the price. */
    public val taxFree: Long?,
    /** The tax-free part that remains. v1 only. */
    public val remainTaxFree: Long?,
    /** The tax-free part that is cancelled. */
    public val cancelledTaxFree: Long?,
    /** The payment gateway's symbol, such as `kcp`. */
    public val pg: String?,
    /** The payment method's symbol, such as `card` or `vbank`. */
    public val method: String?,
    /** The payment gateway's name. */
    public val pgName: String?,
    /** The payment method's name. */
    public val methodName: String?,
    /** When the payment was asked for. */
    public val requestedAt: Instant?,
    /** When it was paid. */
    public val purchasedAt: Instant?,
    /** When it was last cancelled. */
    public val cancelledAt: Instant?,
    /** Where the customer's receipt can be seen. */
    public val receiptUrl: String?,
    /**
     * Everything else that the server sent, as the text of a JSON object. It can hold personal data, so it is not
     * printed.
     */
    public val extraJson: String,
) : Value() {
    @get:JvmSynthetic
    override val members: List<Pair<String, Any?>>
        get() = listOf(
            "receiptId" to receiptId,
            "totals" to totals,
            "orderId" to orderId,
            "orderName" to orderName,
            "taxFree" to taxFree,
            "remainTaxFree" to remainTaxFree,
            "cancelledTaxFree" to cancelledTaxFree,
            "pg" to pg,
            "method" to method,
            "pgName" to pgName,
            "methodName" to methodName,
            "requestedAt" to requestedAt,
            "purchasedAt" to purchasedAt,
            "cancelledAt" to cancelledAt,
            "receiptUrl" to receiptUrl,
            "extraJson" to extraJson,
        )
}

/** What a cancel would send, and what the ledger says. Nothing was sent. */
public class Preview internal constructor(
    /** The address that the cancel would go to. */
    public val url: String,
    /** The members that it would send, as the text of a JSON object. Account number and holder are masked. */
    public val membersJson: String,
    /** What the ledger says now. */
    public val receipt: Receipt,
    /** Why the ledger stands against it, where it does: the cancel would end with this refusal. */
    public val objection: Refusal?,
    /** Which earlier intent would refuse it before anything is sent, where one would. */
    public val conflict: ConflictNote?,
    /** Earlier intents of this receipt that are still open. */
    public val open: List<Intent>,
) : Value() {
    @get:JvmSynthetic
    override val members: List<Pair<String, Any?>>
        get() = listOf(
            "url" to url,
            "membersJson" to membersJson,
            "receipt" to receipt,
            "objection" to objection,
            "conflict" to conflict,
            "open" to open,
        )
}
