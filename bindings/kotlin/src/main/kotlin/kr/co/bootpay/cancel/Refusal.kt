package kr.co.bootpay.cancel

import java.time.Duration

/** A refusal, with the server's own words kept. */
public class Refusal internal constructor(
    /** The stable name that the error's own kind ends with: `settlement`, `not_found` … */
    public val kind: String,
    /** The HTTP status; `null` where the library itself refused because of what the ledger says. */
    public val httpStatus: Int?,
    /** Bootpay's code, word for word: a negative number in v1, a symbol in v2. */
    public val code: String?,
    /** Bootpay's message, word for word. */
    public val serverMessage: String,
    /** The payment gateway's own result code. */
    public val pgCode: String?,
    /** The payment gateway's own message. */
    public val pgMessage: String?,
    /** The intent that was refused, where there was one. It moved no money. */
    public val intent: IntentRef?,
    /** What Bootpay's ledger says, where it was asked. */
    public val ledger: Totals?,
    /** An earlier intent of the receipt that may have moved money, where there is one. */
    public val earlier: IntentRef?,
) : Value() {
    @get:JvmSynthetic
    override val members: List<Pair<String, Any?>>
        get() = listOf(
            "kind" to kind,
            "httpStatus" to httpStatus,
            "code" to code,
            "serverMessage" to serverMessage,
            "pgCode" to pgCode,
            "pgMessage" to pgMessage,
            "intent" to intent,
            "ledger" to ledger,
            "earlier" to earlier,
        )
}

/** An earlier intent that stands in the way, as a preview foresees it: a cancel would throw it as a conflict. */
public class ConflictNote internal constructor(
    /** The stable name that the error's own kind would end with: `open_intent`, `held` … */
    public val kind: String,
    /** What stands in the way, in English. */
    public val text: String,
    /** What to do about it, in Korean. */
    public val hint: String,
    /** What to do about it, in English. */
    public val hintEnglish: String,
    /** The intent that stands in the way. */
    public val intent: IntentRef,
    /** How long to wait before trying again, where that helps. */
    public val retryAfter: Duration?,
) : Value() {
    @get:JvmSynthetic
    override val members: List<Pair<String, Any?>>
        get() = listOf(
            "kind" to kind,
            "text" to text,
            "hint" to hint,
            "hintEnglish" to hintEnglish,
            "intent" to intent,
            "retryAfter" to retryAfter,
        )
}
