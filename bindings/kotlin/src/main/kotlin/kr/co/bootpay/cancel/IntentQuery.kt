package kr.co.bootpay.cancel

import kr.co.bootpay.cancel.internal.IntentQuery as NativeQuery

/**
 * Which intents to list, oldest first: all of this environment, and only those that meet every condition that is given.
 * `IntentQuery().receiptId("612df0250d681b001de61de6").open()`. A query never changes: every call gives a new one.
 */
public class IntentQuery private constructor(private val asked: NativeQuery, private val limit: Int?) {
    /** Every intent. */
    public constructor() : this(NativeQuery(), null)

    /** Only those of this receipt. */
    public fun receiptId(receiptId: String): IntentQuery = IntentQuery(asked.copy(receiptId = receiptId), limit)

    /** Only those with this `cancel_id`. */
    public fun cancelId(cancelId: String): IntentQuery = IntentQuery(asked.copy(cancelId = cancelId), limit)

    /** Only those that still wait for evidence or for a person. */
    public fun open(): IntentQuery = IntentQuery(asked.copy(open = true), limit)

    /** At most this many, the newest of them. */
    public fun limit(most: Int): IntentQuery = IntentQuery(asked, most)

    /** The query as it crosses, which knows no numbers below 0. */
    @JvmSynthetic
    internal fun lower(): NativeQuery = asked.copy(limit = limit?.let { count("limit", it) })

    override fun toString(): String =
        "IntentQuery(receiptId=${asked.receiptId}, cancelId=${asked.cancelId}, open=${asked.open}, limit=$limit)"
}
