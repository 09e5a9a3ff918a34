package kr.co.bootpay.cancel

import java.nio.file.Path
import kr.co.bootpay.cancel.internal.Bulk as Native

/**
 * A file of cancels at one merchant, for coroutines: hundreds of thousands of rows, each as safe as a single cancel.
 *
 * ```
 * val bulk = bootpay.bulk(Paths.get("refunds.csv"))
 * val plan = bulk.plan()
 * println("${plan.rows.rows}건, ${plan.rows.won}원")
 * val report = bulk.run(BulkOptions(plan).cap(5_000_000)) { progress -> println(progress.sum.cancelled.won) }
 * ```
 *
 * The journal is the only state. Whatever ends a run (a stop, a crash, `kill -9`), the same file run again sends what is not
 * done, looks up what nobody knows, and asks for nothing twice. Several hosts may run one file on one journal at a time.
 *
 * A coroutine that is cancelled stops its [run]: nothing new is begun, what is on its way ends by itself, and the journal has
 * every row, which [status] tells. For a run that ends early *with* its report, hand it a [BulkStop].
 */
public class Bulk internal constructor(private val client: Client, private val native: Native) {
    /** What it would do, by its file alone. Nothing is looked up. */
    public fun plan(): BulkPlan = native.plan().lift()

    /** How its rows stand, by the journal as it is now. Nothing is sent. */
    public suspend fun status(): BulkSum = client.detached { native.status().lift() }

    /**
     * Looks every receipt up, at most [perSecond] of them, and holds the rows against what the ledger says. No cancel is
     * sent. [stop] ends it early, with what was found by then. [onProgress] hears how many receipts were looked up, and of
     * how many, on a thread of its own.
     */
    public suspend fun lookUp(
        perSecond: Double = USUAL_LOOKUPS,
        stop: BulkStop? = null,
        onProgress: ((Long, Long) -> Unit)? = null,
    ): BulkLookup = client.detached { native.lookUp(perSecond, onProgress?.let(::LookupListener), stop?.native).lift() }

    /**
     * Carries it out: every row that is not done yet, in the file's order within each receipt.
     *
     * [stop] ends it early: what is on its way ends, nothing new is begun, and the report says so. [onProgress] hears how it
     * goes, a few times per second, one call at a time, on a thread of its own: it may block, stop the run, or ask the
     * client something. Where it is slow it misses figures, not rows. What it throws ends the telling, which the log says,
     * and nothing else.
     *
     * @throws BootpayException where nothing was sent: the options are wrong or name another plan, or the journal cannot be
     *   read. What happens later is told in the report.
     */
    public suspend fun run(
        options: BulkOptions,
        stop: BulkStop? = null,
        onProgress: ((BulkProgress) -> Unit)? = null,
    ): BulkReport = client.detached { native.run(options.native, onProgress?.let(::ProgressListener), stop?.native).lift() }

    /**
     * Every row with how it stands, in the file's order: a CSV in UTF-8 that Excel opens. No account number, holder or
     * reason is in it.
     */
    public suspend fun export(language: Language = Language.KOREAN): ByteArray =
        client.detached { native.export(language.lower()) }

    /** Writes that table to a new file, and gives its size in bytes. A file that is there already is left alone. */
    public suspend fun exportTo(path: Path, language: Language = Language.KOREAN): Long =
        client.detached { native.exportTo(path.toString(), language.lower()).toLong() }

    override fun toString(): String = native.shown()
}
