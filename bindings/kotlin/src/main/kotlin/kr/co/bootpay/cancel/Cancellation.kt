package kr.co.bootpay.cancel

import java.time.Instant

/** The figures of a cancel, in won: the page's response table. Every member may be absent. */
@ConsistentCopyVisibility
public data class Cancellation internal constructor(
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
) {
    override fun toString(): String =
        "Cancellation(receiptId=$receiptId, requestCancelPrice=$requestCancelPrice, remainPrice=$remainPrice, " +
            "remainTaxFree=$remainTaxFree, cancelledPrice=$cancelledPrice, cancelledTaxFree=$cancelledTaxFree, " +
            "revokedAt=$revokedAt, tid=$tid, orderId=$orderId, cancelId=$cancelId, price=$price, status=$status)"
}

/** One figure of an answer that is not what it should be, in won. */
@ConsistentCopyVisibility
public data class Mismatch internal constructor(
    /** The member, by its name in the page's response table. */
    public val field: String,
    /** What was expected. */
    public val expected: Long,
    /** What was answered. */
    public val answered: Long,
)
