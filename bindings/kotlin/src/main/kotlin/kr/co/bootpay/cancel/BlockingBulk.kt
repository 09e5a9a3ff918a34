package kr.co.bootpay.cancel

import java.nio.file.Path
import java.util.function.BiConsumer
import java.util.function.Consumer
import kr.co.bootpay.cancel.internal.Bulk as Native

/**
 * A file of cancels at one merchant, for blocking code: hundreds of thousands of rows, each as safe as a single cancel.
 *
 * ```java
 * BlockingBulk bulk = bootpay.bulk(Paths.get("refunds.csv"));
 * BulkPlan plan = bulk.plan();
 * BulkReport report = bulk.run(new BulkOptions(plan).cap(5_000_000), progress -> System.out.println(progress.getSum()));
 * ```
 *
 * The journal is the only state. Whatever ends a run (a stop, a crash, `kill -9`), the same file run again sends what is not
 * done, looks up what nobody knows, and asks for nothing twice. Several hosts may run one file on one journal at a time.
 *
 * A run ends early by a [BulkStop], and when the process ends. An interrupt does not end it.
 */
public class BlockingBulk internal constructor(private val client: Client, private val native: Native) {
    /** What it would do, by its file alone. Nothing is looked up. */
    public fun plan(): BulkPlan = native.plan().lift()

    /** How its rows stand, by the journal as it is now. Nothing is sent. */
    public fun status(): BulkSum = client.call { native.statusBlocking().lift() }

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
    ): BulkLookup {
        val listener = onProgress?.let { LookupListener(it::accept) }
        return client.call { native.lookUpBlocking(perSecond, listener, stop?.native).lift() }
    }

    /** The same as with a [BulkStop]. */
    public fun run(options: BulkOptions, onProgress: Consumer<in BulkProgress>): BulkReport = run(options, null, onProgress)

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
    @JvmOverloads
    public fun run(
        options: BulkOptions,
        stop: BulkStop? = null,
        onProgress: Consumer<in BulkProgress>? = null,
    ): BulkReport {
        val listener = onProgress?.let { ProgressListener(it::accept) }
        return client.call { native.runBlocking(options.native, listener, stop?.native).lift() }
    }

    /**
     * Every row with how it stands, in the file's order: a CSV in UTF-8 that Excel opens. No account number, holder or
     * reason is in it.
     */
    @JvmOverloads
    public fun export(language: Language = Language.KOREAN): ByteArray = client.call { native.exportBlocking(language.lower()) }

    /** Writes that table to a new file, and gives its size in bytes. A file that is there already is left alone. */
    @JvmOverloads
    public fun exportTo(path: Path, language: Language = Language.KOREAN): Long =
        client.call { native.exportToBlocking(path.toString(), language.lower()).toLong() }

    override fun toString(): String = "Blocking${native.shown()}"
}
