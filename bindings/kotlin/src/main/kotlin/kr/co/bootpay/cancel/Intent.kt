package kr.co.bootpay.cancel

import java.time.Instant

/** One wish to refund, as the journal keeps it. It holds no account number, no name and no secret. */
public class Intent internal constructor(
    /** What Bootpay sees, and the handle for `reconcile` and `resolve`. */
    public val cancelId: String,
    /** The receipt. */
    public val receiptId: String,
    /** Full or partial, and how much. */
    public val amount: CancelAmount,
    /** Where it stands. */
    public val state: IntentState,
    /** Counts from 1: a new one begins only once the last is proven to have moved nothing. */
    public val generation: Int,
    /** What makes two calls the same wish: `receipt`, `merchant:<id>` or `fresh:<hex>`. */
    public val key: String,
    /** Which Bootpay: the base address. */
    public val environment: String,
    /** Whether the money goes to a refund account. */
    public val toAccount: Boolean,
    /** Whether the receipt waits for a person, because the answer's figures do not add up. */
    public val held: Boolean,
    /** What the ledger said just before the request. */
    public val totalsBefore: Totals?,
    /** What the last answer or lookup said. */
    public val totalsAfter: Totals?,
    /** Why it is unknown, while it is. */
    public val unknownCause: UnknownCause?,
    /** How its end is known. */
    public val evidence: Evidence?,
    /** Whether the customer has the money, once it is settled. */
    public val moneyIsBack: MoneyIsBack?,
    /** The figures of the answer. */
    public val cancellation: Cancellation?,
    /** Figures that are not what was asked. */
    public val mismatches: List<Mismatch>,
    /** Why it was refused. */
    public val refusal: RefusalNote?,
    /** Who decided it, where a person did. */
    public val decidedBy: String?,
    /** Its tries, oldest first. */
    public val attempts: List<Attempt>,
    /** The moment after which no request of it can still be on its way from here. */
    public val deadline: Instant?,
    /** When Bootpay last answered it. */
    public val answeredAt: Instant?,
    /** When it was admitted. */
    public val createdAt: Instant,
    /** When it last changed. */
    public val updatedAt: Instant,
) : Value() {
    @get:JvmSynthetic
    override val members: List<Pair<String, Any?>>
        get() = listOf(
            "cancelId" to cancelId,
            "receiptId" to receiptId,
            "amount" to amount,
            "state" to state,
            "generation" to generation,
            "key" to key,
            "environment" to environment,
            "toAccount" to toAccount,
            "held" to held,
            "totalsBefore" to totalsBefore,
            "totalsAfter" to totalsAfter,
            "unknownCause" to unknownCause,
            "evidence" to evidence,
            "moneyIsBack" to moneyIsBack,
            "cancellation" to cancellation,
            "mismatches" to mismatches,
            "refusal" to refusal,
            "decidedBy" to decidedBy,
            "attempts" to attempts,
            "deadline" to deadline,
            "answeredAt" to answeredAt,
            "createdAt" to createdAt,
            "updatedAt" to updatedAt,
        )
}

/** A refusal as the journal keeps it. */
public class RefusalNote internal constructor(
    /** The kind's stable name. */
    public val kind: String,
    /** Bootpay's code, word for word. */
    public val code: String?,
    /** Bootpay's message, word for word. */
    public val serverMessage: String,
) : Value() {
    @get:JvmSynthetic
    override val members: List<Pair<String, Any?>>
        get() = listOf("kind" to kind, "code" to code, "serverMessage" to serverMessage)
}

/** One try to send an intent. */
public class Attempt internal constructor(
    /** When it was recorded, before the first byte left. */
    public val startedAt: Instant,
    /** How far it got. */
    public val progress: Progress,
    /** The answer's HTTP status. */
    public val httpStatus: Int?,
    /** The answer's code. */
    public val code: String?,
) : Value() {
    @get:JvmSynthetic
    override val members: List<Pair<String, Any?>>
        get() = listOf("startedAt" to startedAt, "progress" to progress, "httpStatus" to httpStatus, "code" to code)
}

/** How far a try to send an intent got. */
public enum class Progress {
    /** It may be on its way. */
    SENDING,

    /** Proven never to have arrived. */
    NOT_SENT,

    /** Answered, whatever the answer. */
    ANSWERED,

    /** No answer that proves anything. */
    UNPROVEN,
}

/** What a person decides about an intent that stays open. */
public enum class Decision {
    /** The money moved. Also lifts the hold on a receipt whose answer did not add up. */
    CANCELLED,

    /** The money did not move and will not. Refused until a late request can no longer arrive. */
    NOT_CANCELLED,
}
