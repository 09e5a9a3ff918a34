package kr.co.bootpay.cancel

import java.time.Instant

/** The figures of a cancel, in won: the page's response table. Every member may be absent. */
public class Cancellation internal constructor(
    /** The receipt that the answer names. */
    public val receiptId: String?,
    /** This cancel's amount. v1 only. */
    public val requestCancelPrice: Long?,
    /** What remains after it. */
    public val remainPrice: Long?,
    /** The tax-free part that remains. */
    public val remainTaxFree: Long?,
    /** The total over all cancels. */
    public val cancelledPrice: Long?,
    /** The tax-free total over all cancels. */
    public val cancelledTaxFree: Long?,
    /** When it was cancelled. */
    public val revokedAt: Instant?,
    /** The payment gateway's transaction id. */
    public val tid: String?,
    /** The merchant's order, where the answer has it. */
    public val orderId: String?,
    /** The `cancel_id` that the answer names. */
    public val cancelId: String?,
    /** What was paid. v2 only. */
    public val price: Long?,
    /** The receipt's status, as Bootpay's number, where the answer has it. */
    public val status: Long?,
    /** Everything else that the server sent, as the text of a JSON object. It is not printed. */
    public val extraJson: String,
) : Value() {
    @get:JvmSynthetic
    override val members: List<Pair<String, Any?>>
        get() = listOf(
            "receiptId" to receiptId,
            "requestCancelPrice" to requestCancelPrice,
            "remainPrice" to remainPrice,
            "remainTaxFree" to remainTaxFree,
            "cancelledPrice" to cancelledPrice,
            "cancelledTaxFree" to cancelledTaxFree,
            "revokedAt" to revokedAt,
            "tid" to tid,
            "orderId" to orderId,
            "cancelId" to cancelId,
            "price" to price,
            "status" to status,
            "extraJson" to extraJson,
        )
}

/** One figure of an answer that is not what it should be, in won. */
public class Mismatch internal constructor(
    /** The member, by its name in the page's response table. */
    public val field: String,
    /** What was expected. */
    public val expected: Long,
    /** What was answered. */
    public val answered: Long,
) : Value() {
    @get:JvmSynthetic
    override val members: List<Pair<String, Any?>>
        get() = listOf("field" to this.field, "expected" to expected, "answered" to answered)
}
