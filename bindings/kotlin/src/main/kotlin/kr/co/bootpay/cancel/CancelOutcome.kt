package kr.co.bootpay.cancel

import java.util.function.Consumer
import java.util.function.Function

/**
 * How a cancel ended that could have moved money: one of three.
 *
 * In Kotlin a `when` sees to it that all three are handled; in Java, [fold] and [handle] do. The figures exist only on
 * [Cancelled].
 */
public sealed class CancelOutcome : Value() {
    /** The intent, as it stands now. */
    public abstract val intent: IntentRef

    /** Whether the journal holds the outcome. */
    public abstract val recorded: Boolean

    /** The intent's handle, for `reconcile`, `resolve` and `intent`. */
    public val cancelId: String get() = intent.cancelId

    /** The payment's receipt id. */
    public val receiptId: String get() = intent.receiptId

    /** The money of this intent is cancelled. */
    public class Cancelled internal constructor(
        override val intent: IntentRef,
        /** What Bootpay answered; for an inferred one, what its ledger says. */
        public val cancellation: Cancellation,
        /** How it is known. */
        public val evidence: Evidence,
        /** Whether the customer has the money. */
        public val moneyIsBack: MoneyIsBack,
        /**
         * Figures that are not what was asked. Where there are any, a person looks at the receipt and calls `resolve`.
         */
        public val mismatches: List<Mismatch>,
        /** Whether this call found the intent already cancelled and sent nothing. */
        public val repeated: Boolean,
        override val recorded: Boolean,
    ) : CancelOutcome() {
        @get:JvmSynthetic
        override val members: List<Pair<String, Any?>>
            get() = listOf(
                "intent" to intent,
                "cancellation" to cancellation,
                "evidence" to evidence,
                "moneyIsBack" to moneyIsBack,
                "mismatches" to mismatches,
                "repeated" to repeated,
                "recorded" to recorded,
            )
    }

    /**
     * The payment had been cancelled before, and not by this intent, which moved no money. Nothing to repeat.
     */
    public class AlreadyCancelled internal constructor(
        override val intent: IntentRef,
        /** What Bootpay's ledger says, where it could be asked. */
        public val ledger: Totals?,
        /** How it is known. */
        public val evidence: Evidence,
        /** Unconfirmed where Bootpay's ledger still says paid: look into the gateway's console. */
        public val moneyIsBack: MoneyIsBack,
        /** Bootpay's message, word for word. */
        public val serverMessage: String?,
        /** Whether this call found the outcome in the journal and sent nothing. */
        public val repeated: Boolean,
        override val recorded: Boolean,
    ) : CancelOutcome() {
        @get:JvmSynthetic
        override val members: List<Pair<String, Any?>>
            get() = listOf(
                "intent" to intent,
                "ledger" to ledger,
                "evidence" to evidence,
                "moneyIsBack" to moneyIsBack,
                "serverMessage" to serverMessage,
                "repeated" to repeated,
                "recorded" to recorded,
            )
    }

    /**
     * The money may or may not have moved. Hand [cancelId] to `reconcile`; never ask again under another key.
     */
    public class Unknown internal constructor(
        override val intent: IntentRef,
        /** Why it is not known. */
        public val cause: UnknownCause,
        /** What the ledger said just before the request, where it was asked. */
        public val before: Totals?,
        /** What the ledger said afterwards, where it could be asked. Evidence, and not proof. */
        public val after: Totals?,
        override val recorded: Boolean,
    ) : CancelOutcome() {
        @get:JvmSynthetic
        override val members: List<Pair<String, Any?>>
            get() = listOf(
                "intent" to intent,
                "cause" to cause,
                "before" to before,
                "after" to after,
                "recorded" to recorded,
            )
    }

    /** What one of the three functions gives. For Java; in Kotlin use `when`. */
    public fun <R> fold(
        cancelled: Function<in Cancelled, out R>,
        alreadyCancelled: Function<in AlreadyCancelled, out R>,
        unknown: Function<in Unknown, out R>,
    ): R = when (this) {
        is Cancelled -> cancelled.apply(this)
        is AlreadyCancelled -> alreadyCancelled.apply(this)
        is Unknown -> unknown.apply(this)
    }

    /** Calls one of the three. For Java; in Kotlin use `when`. */
    public fun handle(
        cancelled: Consumer<in Cancelled>,
        alreadyCancelled: Consumer<in AlreadyCancelled>,
        unknown: Consumer<in Unknown>,
    ): Unit = when (this) {
        is Cancelled -> cancelled.accept(this)
        is AlreadyCancelled -> alreadyCancelled.accept(this)
        is Unknown -> unknown.accept(this)
    }
}

/** How an outcome is known. */
public enum class Evidence {
    /** Bootpay answered this very request. */
    ANSWERED,

    /** A lookup proves it. */
    INFERRED,

    /** A person decided it. */
    DECLARED,
}

/** Whether the customer has the money. */
public enum class MoneyIsBack {
    /** The cancel is done. */
    YES,

    /** A transfer to a refund account was accepted: the bank has not paid yet, and the account was not verified. */
    ACCEPTED_FOR_TRANSFER,

    /** The gateway says cancelled, Bootpay's ledger does not. Look into the gateway's console. */
    UNCONFIRMED,
}

/** Why an outcome is unknown. */
public enum class UnknownCause {
    /** No complete answer in time. */
    TIMED_OUT,

    /** The connection broke after the request's body was asked for. */
    DISCONNECTED,

    /** An answer that proves nothing. */
    UNPROVEN,

    /** Bootpay says that the cancel is in progress at the gateway, or that it failed there half-way. */
    IN_PROGRESS,

    /** Bootpay lost the gateway on the way. */
    GATEWAY_LOST,

    /** A refusal that came after a try that can have arrived. */
    REFUSED_AFTER_A_TRY,

    /** The `cancel_id` had been seen before, which is not success. */
    ID_SEEN_BEFORE,

    /** The token source failed after a try that can have arrived. */
    TOKEN_LOST,

    /** The process that sent it went away. */
    INTERRUPTED,
}
