package kr.co.bootpay.cancel

import java.time.Duration
import kr.co.bootpay.cancel.internal.BulkOptions as NativeOptions

/**
 * How a bulk is run. What is money's has no default: which plan is carried out must be said.
 *
 * `BulkOptions(bulk.plan()).cap(5_000_000)`. Options never change: every call gives new ones. They are checked where a
 * bulk is run with them.
 */
public class BulkOptions private constructor(@get:JvmSynthetic internal val native: NativeOptions) {
    /** The usual way to carry out the plan with this id, [BulkPlan.id]: whoever looked at the plan may have written it down. */
    public constructor(plan: String) : this(NativeOptions(wellFormed("plan", plan)))

    /** The usual way to carry this plan out. */
    public constructor(plan: BulkPlan) : this(plan.id)

    /**
     * With the most won that this bulk may move. What moved, what may have moved and what is on its way are counted before
     * another row is begun, so that one process never exceeds it. Full rows are looked up first.
     */
    public fun cap(won: Long): BulkOptions = with { copy(cap = won) }

    /** With another try for what was refused in this bulk. */
    public fun retryRefused(retry: Boolean): BulkOptions = with { copy(retryRefused = retry) }

    /** With how many rows are begun per second at first: 5 unless told. */
    public fun perSecond(rows: Double): BulkOptions = with { copy(perSecond = rows) }

    /** With the least rows per second, however many answers fail: 0.5 unless told. */
    public fun leastPerSecond(rows: Double): BulkOptions = with { copy(leastPerSecond = rows) }

    /** With the most rows per second, however well it goes: 50 unless told. */
    public fun mostPerSecond(rows: Double): BulkOptions = with { copy(mostPerSecond = rows) }

    /** With by how many rows per second the rate rises every second while answers come: 1 unless told. */
    public fun rise(rows: Double): BulkOptions = with { copy(rise = rows) }

    /** With the most rows on their way at a time: 64 unless told. */
    public fun mostInFlight(rows: Int): BulkOptions = with { copy(mostInFlight = count("bulk.most_in_flight", rows)) }

    /** With the percentage of the last answers above which it stops, where so many are unknown: 2 unless told. */
    public fun unknownPercent(percent: Double): BulkOptions = with { copy(unknownPercent = percent) }

    /** With how many of the last answers must be unknown for that at least: 5 unless told. */
    public fun unknownLeast(rows: Int): BulkOptions = with { copy(unknownLeast = count("bulk.unknown_least", rows)) }

    /** With how many of the last answers are looked at for that: 200 unless told. */
    public fun unknownWindow(rows: Int): BulkOptions = with { copy(unknownWindow = count("bulk.unknown_window", rows)) }

    /** With the wait between two partial cancels of one receipt: 11 s unless told. Bootpay's own guard lasts ten seconds. */
    public fun betweenPartials(wait: Duration): BulkOptions =
        with { copy(betweenPartials = length("bulk.between_partials", wait)) }

    /** With how often unknown rows are looked up at the end: 2 unless told. */
    public fun reconcileRounds(rounds: Int): BulkOptions =
        with { copy(reconcileRounds = count("bulk.reconcile_rounds", rounds)) }

    /** With the wait between two of those rounds, since ledgers lag: 10 s unless told. */
    public fun betweenRounds(wait: Duration): BulkOptions =
        with { copy(betweenRounds = length("bulk.between_rounds", wait)) }

    /** With how often progress is told: every 250 ms unless told otherwise. */
    public fun tellEvery(time: Duration): BulkOptions = with { copy(tellEvery = length("bulk.tell_every", time)) }

    private inline fun with(change: NativeOptions.() -> NativeOptions): BulkOptions = BulkOptions(native.change())

    override fun equals(other: Any?): Boolean = other is BulkOptions && other.native == native

    override fun hashCode(): Int = native.hashCode()

    // No secret is among them.
    override fun toString(): String = "$native"
}
