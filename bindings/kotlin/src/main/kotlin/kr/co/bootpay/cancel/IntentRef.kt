package kr.co.bootpay.cancel

import java.io.Serializable
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
public sealed class CancelAmount : Serializable {
    /** All that remains on a receipt. */
    @ConsistentCopyVisibility
    public data class Full internal constructor(
        /** What the caller expected to remain, in won. */
        public val expectedRemaining: Long?,
    ) : CancelAmount()

    /** A part of it. */
    @ConsistentCopyVisibility
    public data class Partial internal constructor(
        /** The amount in won. */
        public val price: Long,
        /** How much of it is tax-free, in won. */
        public val taxFree: Long?,
    ) : CancelAmount()
}

/** An intent in short: what errors and outcomes carry, and what finds it again. */
@ConsistentCopyVisibility
public data class IntentRef internal constructor(
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
) : Serializable
