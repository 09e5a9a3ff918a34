package kr.co.bootpay.cancel

/** What `recover` found. */
public class Recovery internal constructor(
    /** Settled now, by evidence. */
    public val settled: List<CancelOutcome>,
    /** Closed now: these moved no money, and may be asked for again. */
    public val movedNothing: List<IntentRef>,
    /** Still unknown: try again later, or let a person decide. */
    public val unknown: List<CancelOutcome.Unknown>,
    /** Answered with figures that do not add up: a person looks, and then decides. */
    public val held: List<IntentRef>,
    /** Being carried out by somebody who is alive. */
    public val inFlight: List<IntentRef>,
    /** Not recovered, and why. */
    public val failed: List<NotRecovered>,
    /** How many open intents are of other credentials in the same journal. */
    public val ofOtherMerchants: Long,
) : Value() {
    @get:JvmSynthetic
    override val members: List<Pair<String, Any?>>
        get() = listOf(
            "settled" to settled,
            "movedNothing" to movedNothing,
            "unknown" to unknown,
            "held" to held,
            "inFlight" to inFlight,
            "failed" to failed,
            "ofOtherMerchants" to ofOtherMerchants,
        )
}

/** An intent that could not be recovered now. */
public class NotRecovered internal constructor(
    /** The intent. */
    public val intent: IntentRef,
    /** Why. */
    public val text: String,
    /** The kind of error, for programs. */
    public val kind: String,
) : Value() {
    @get:JvmSynthetic
    override val members: List<Pair<String, Any?>>
        get() = listOf("intent" to intent, "text" to text, "kind" to kind)
}
