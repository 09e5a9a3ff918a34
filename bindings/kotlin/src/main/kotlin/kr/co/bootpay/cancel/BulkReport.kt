package kr.co.bootpay.cancel

import java.time.Duration

/** How a run of a bulk ended. What is unknown or remains is not done: run the bulk again. */
public class BulkReport internal constructor(
    /** How the rows stand, by the journal as it is after the run. */
    public val sum: BulkSum,
    /** Why it ended before its rows did; `null` where it did all that it could. */
    public val stopped: BulkStopped?,
    /** Cancels that were answered and could not be recorded: keep these. The journal calls them unknown. */
    public val unrecorded: List<IntentRef>,
    /** How long it took. */
    public val elapsed: Duration,
) : Value() {
    @get:JvmSynthetic
    override val members: List<Pair<String, Any?>>
        get() = listOf("sum" to sum, "stopped" to stopped, "unrecorded" to unrecorded, "elapsed" to elapsed)
}

/** Why a run of a bulk began no more rows. What was on its way has ended all the same. */
public class BulkStopped internal constructor(
    /** A stable name for programs: `asked`, `too_many_unknown`, `cap`, `merchant`, `unreachable` or `failed`. */
    public val kind: String,
    /** What happened, in Korean. */
    public val korean: String,
    /** The same in English. */
    public val english: String,
    /** What to do about it, in Korean, where there is more to say than "run it again". */
    public val hint: String?,
    /** The same in English. */
    public val hintEnglish: String?,
    /** The refusal that concerns the whole merchant. */
    public val refusal: Refusal?,
    /** The error's kind, where nothing gets there any more or the journal failed. */
    public val errorKind: String?,
    /** The cap, in won, where it was reached. */
    public val cap: Long?,
    /** What has moved, may have moved, or was on its way by then, in won. */
    public val counted: Long?,
    /** The next row's amount, in won; `null` where nobody can tell it. */
    public val next: Long?,
) : Value() {
    @get:JvmSynthetic
    override val members: List<Pair<String, Any?>>
        get() = listOf(
            "kind" to kind,
            "korean" to korean,
            "english" to english,
            "hint" to hint,
            "hintEnglish" to hintEnglish,
            "refusal" to refusal,
            "errorKind" to errorKind,
            "cap" to cap,
            "counted" to counted,
            "next" to next,
        )
}
