package kr.co.bootpay.cancel


/** A refusal, with the server's own words kept. */
public class Refusal internal constructor(
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
) : Value() {
    @get:JvmSynthetic
    override val members: List<Pair<String, Any?>>
        get() = listOf(
            "httpStatus" to httpStatus,
            "code" to code,
            "serverMessage" to serverMessage,
            "pgCode" to pgCode,
            "pgMessage" to pgMessage,
            "intent" to intent,
            "ledger" to ledger,
        )
}
