package kr.co.bootpay.cancel

/** Rows of a bulk and their won. */
public class BulkPart internal constructor(
    /** How many rows. */
    public val rows: Long,
    /** The won of those rows whose amount is known. */
    public val won: Long,
    /** The rows whose amount is not known: full cancels that nobody has looked up or answered. */
    public val unpriced: Long,
) : Value() {
    @get:JvmSynthetic
    override val members: List<Pair<String, Any?>>
        get() = listOf("rows" to rows, "won" to won, "unpriced" to unpriced)
}

/**
 * How the rows of a bulk stand. Each row is in exactly one of five parts, so that this always holds, in rows and in won:
 * [planned] = [cancelled] + [already] + [refused] + [unknown] + [remaining].
 */
public class BulkSum internal constructor(
    /** All rows of the file. */
    public val planned: BulkPart,
    /** Cancelled by this bulk: the money that it moved. */
    public val cancelled: BulkPart,
    /** Cancelled before, or by somebody else. */
    public val already: BulkPart,
    /** Refused in this bulk: these moved no money, and are tried again only on request. */
    public val refused: BulkPart,
    /** May or may not have moved. A request that is on its way counts here. */
    public val unknown: BulkPart,
    /** Not done: sent when the bulk is run. */
    public val remaining: BulkPart,
    /** Of the cancelled ones, those whose answer did not add up: a person looks at them. */
    public val held: Long,
    /** Of the unknown and remaining ones, those that somebody is carrying out now. */
    public val inFlight: Long,
) : Value() {
    /** Whether every row is cancelled, had been, or was refused. */
    public val isComplete: Boolean get() = unknown.rows == 0L && remaining.rows == 0L

    @get:JvmSynthetic
    override val members: List<Pair<String, Any?>>
        get() = listOf(
            "planned" to planned,
            "cancelled" to cancelled,
            "already" to already,
            "refused" to refused,
            "unknown" to unknown,
            "remaining" to remaining,
            "held" to held,
            "inFlight" to inFlight,
        )
}
