package kr.co.bootpay.cancel

import java.time.Duration

/** How a run of a bulk goes. */
public class BulkProgress internal constructor(
    /** What the run does now. The last progress of a run has [BulkPhase.FINISHED]. */
    public val phase: BulkPhase,
    /** How the rows stand. */
    public val sum: BulkSum,
    /** Rows of this process that are on their way. */
    public val inFlight: Int,
    /** Rows answered per second, over the last ten seconds. */
    public val perSecond: Double,
    /** The rate at which rows may be begun. */
    public val allowedPerSecond: Double,
    /** How long this run has taken. */
    public val elapsed: Duration,
    /** How long the remaining rows take at the present rate, as far as that can be told. */
    public val left: Duration?,
    /** Whether nothing new is begun any more. */
    public val isStopping: Boolean,
) : Value() {
    @get:JvmSynthetic
    override val members: List<Pair<String, Any?>>
        get() = listOf(
            "phase" to phase,
            "sum" to sum,
            "inFlight" to inFlight,
            "perSecond" to perSecond,
            "allowedPerSecond" to allowedPerSecond,
            "elapsed" to elapsed,
            "left" to left,
            "isStopping" to isStopping,
        )
}

/** What a run of a bulk does. */
public enum class BulkPhase {
    /** Reads in the journal what earlier runs did. */
    LISTING,

    /** Cancels. */
    CANCELLING,

    /** Waits for rows that others hold, or for the time between two partial cancels of a receipt. */
    WAITING,

    /** Looks unknown rows up. */
    RECONCILING,

    /** Sums up. */
    SUMMING,

    /** Is over. */
    FINISHED,
}
