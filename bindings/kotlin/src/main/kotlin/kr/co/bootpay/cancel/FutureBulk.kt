package kr.co.bootpay.cancel

import java.nio.file.Path
import java.util.concurrent.CompletableFuture
import java.util.function.BiConsumer
import java.util.function.Consumer

/**
 * A file of cancels at one merchant, whose calls give a [CompletableFuture]: hundreds of thousands of rows, each as safe as a
 * single cancel.
 *
 * ```java
 * bootpay.bulk(Paths.get("refunds.csv")).thenCompose(bulk -> bulk.run(new BulkOptions(bulk.plan()).cap(5_000_000)));
 * ```
 *
 * The journal is the only state. Whatever ends a run (a stop, a crash, `kill -9`), the same file run again sends what is not
 * done, looks up what nobody knows, and asks for nothing twice. Several hosts may run one file on one journal at a time.
 *
 * Cancelling the future of a [run] stops it: nothing new is begun, what is on its way ends by itself, and the journal has every
 * row, which [status] tells. For a run that ends early *with* its report, hand it a [BulkStop].
 */
public class FutureBulk internal constructor(private val bulk: Bulk) {
    /** What it would do, by its file alone. Nothing is looked up. */
    public fun plan(): BulkPlan = bulk.plan()

    /** How its rows stand, by the journal as it is now. Nothing is sent. */
    public fun status(): CompletableFuture<BulkSum> = future { bulk.status() }

    /**
     * Looks every receipt up, at most [perSecond] of them, and holds the rows against what the ledger says. No cancel is
     * sent. [stop] ends it early, with what was found by then. [onProgress] hears how many receipts were looked up, and of
     * how many, on a thread of its own.
     */
    @JvmOverloads
    public fun lookUp(
        perSecond: Double = USUAL_LOOKUPS,
        stop: BulkStop? = null,
        onProgress: BiConsumer<in Long, in Long>? = null,
    ): CompletableFuture<BulkLookup> = future { bulk.lookUp(perSecond, stop, onProgress?.let { it::accept }) }

    /** The same as with a [BulkStop]. */
    public fun run(options: BulkOptions, onProgress: Consumer<in BulkProgress>): CompletableFuture<BulkReport> =
        run(options, null, onProgress)

    /**
     * Carries it out: every row that is not done yet, in the file's order within each receipt.
     *
     * [stop] ends it early: what is on its way ends, nothing new is begun, and the report says so. [onProgress] hears how it
     * goes, a few times per second, one call at a time, on a thread of its own: it may block, stop the run, or ask the
     * client something. Where it is slow it misses figures, not rows. What it throws ends the telling, which the log says,
     * and nothing else.
     *
     * It fails with a [BootpayException] where nothing was sent: the options are wrong or name another plan, or the journal
     * cannot be read. What happens later is told in the report.
     */
    @JvmOverloads
    public fun run(
        options: BulkOptions,
        stop: BulkStop? = null,
        onProgress: Consumer<in BulkProgress>? = null,
    ): CompletableFuture<BulkReport> = future { bulk.run(options, stop, onProgress?.let { it::accept }) }

    /**
     * Every row with how it stands, in the file's order: a CSV in UTF-8 that Excel opens. No account number, holder or
     * reason is in it.
     */
    @JvmOverloads
    public fun export(language: Language = Language.KOREAN): CompletableFuture<ByteArray> = future { bulk.export(language) }

    /** Writes that table to a new file, and gives its size in bytes. A file that is there already is left alone. */
    @JvmOverloads
    public fun exportTo(path: Path, language: Language = Language.KOREAN): CompletableFuture<Long> =
        future { bulk.exportTo(path, language) }

    override fun toString(): String = "Future$bulk"
}
