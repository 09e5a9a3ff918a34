package kr.co.bootpay.cancel

import java.time.Instant

/** Where an intent stands. */
public enum class IntentState {
    /** Admitted; no byte has left. */
    RESERVED,

    /** A request may be on its way. */
    SENDING,

    /** The money may or may not have moved. */
    UNKNOWN,

    /** The money of this intent is cancelled. */
    CANCELLED,

    /** The payment had been cancelled before; this intent moved nothing. */
    ALREADY_CANCELLED,

    /** Bootpay, the gateway or the ledger refused; this intent moved nothing. */
    REFUSED,

    /** It never reached Bootpay; this intent moved nothing. */
    NOT_SENT,

    /** A person decided that this intent moved nothing. */
    NOT_CANCELLED,
}

/** How much is to be given back. */
public sealed class CancelAmount : Value() {
    /** All that remains on a receipt. */
    public class Full internal constructor(
        /** What the caller expected to remain, in won. */
        public val expectedRemaining: Long?,
    ) : CancelAmount() {
        @get:JvmSynthetic
        override val members: List<Pair<String, Any?>>
            get() = listOf("expectedRemaining" to expectedRemaining)
    }

    /** A part of it. */
    public class Partial internal constructor(
        /** The amount in won. */
        public val price: Long,
        /** How much of it is tax-free, in won. */
        public val taxFree: Long?,
    ) : CancelAmount() {
        @get:JvmSynthetic
        override val members: List<Pair<String, Any?>>
            get() = listOf("price" to price, "taxFree" to taxFree)
    }
}

/** An intent in short: what errors and outcomes carry, and what finds it again. */
public class IntentRef internal constructor(
    /** What Bootpay sees, and the handle for `reconcile` and `resolve`. */
    public val cancelId: String,
    /** The receipt. */
    public val receiptId: String,
    /** Full or partial, and how much. */
    public val amount: CancelAmount,
    /** Where it stood when this was written. */
    public val state: IntentState,
    /** When it was admitted. */
    public val createdAt: Instant,
) : Value() {
    @get:JvmSynthetic
    override val members: List<Pair<String, Any?>>
        get() = listOf(
            "cancelId" to cancelId,
            "receiptId" to receiptId,
            "amount" to amount,
            "state" to state,
            "createdAt" to createdAt,
        )
}
