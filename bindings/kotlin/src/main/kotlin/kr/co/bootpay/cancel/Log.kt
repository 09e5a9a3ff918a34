package kr.co.bootpay.cancel

import java.time.Duration
import java.time.Instant
import kr.co.bootpay.cancel.internal.LogRecord as NativeRecord
import kr.co.bootpay.cancel.internal.takeLogs

/** How grave a record is. */
public enum class LogLevel {
    /** Something failed that needs a person. */
    ERROR,

    /** Something is not as it should be. */
    WARN,

    /** What happens to cancels and tokens. */
    INFO,

    /** Every step. */
    DEBUG,
}

/** One record of the library's log. It holds no secret. */
public class LogRecord(
    /** How grave it is. */
    public val level: LogLevel,
    /** The part of the library that wrote it: `kr.co.bootpay.cancel.token` … */
    public val logger: String,
    /** What happened. */
    public val text: String,
    /** When. */
    public val at: Instant,
) : Value() {
    @get:JvmSynthetic
    override val members: List<Pair<String, Any?>>
        get() = listOf("level" to level, "logger" to logger, "text" to text, "at" to at)
}

/** Takes the library's log. It is called on a thread of its own, one record after another, and may block. */
public fun interface LogSink {
    /** Takes one record. What it throws is dropped. */
    public fun log(record: LogRecord)
}

/**
 * Where the library's log goes: to SLF4J where that is on the class path, under `kr.co.bootpay.cancel`, else nowhere,
 * unless told.
 *
 * A thread of its own fetches the records, so that no appender ever holds up a cancel.
 */
public object Log {
    private val PATIENCE = Duration.ofHours(1)

    @Volatile
    private var sink: LogSink? = Slf4jSink.orNull()
    private var thread: Thread? = null

    /** Sends the log to a sink of your own, for the whole process, instead of SLF4J. */
    @JvmStatic
    public fun sendTo(sink: LogSink) {
        this.sink = sink
        Library.load()
        listen()
    }

    /** Starts the thread once there is somebody to tell. */
    @JvmSynthetic
    internal fun listen() {
        if (sink != null) start()
    }

    @Synchronized
    private fun start() {
        if (thread == null) {
            thread = Thread({ forward() }, "bootpay-logs").apply { isDaemon = true }.also(Thread::start)
        }
    }

    /** Waits until what was logged has been handed on. To be called once the library is shut down. */
    @JvmSynthetic
    internal fun finish() {
        synchronized(this) { thread }?.join(Duration.ofSeconds(2).toMillis())
    }

    private fun forward() {
        do {
            val batch = takeLogs(PATIENCE)
            batch.records.forEach { handOn(it.lift()) }
            if (batch.lost > 0uL) {
                handOn(LogRecord(LogLevel.WARN, ROOT, "${batch.lost} records were lost: they came too fast", Instant.now()))
            }
        } while (!batch.closed)
    }

    private fun handOn(record: LogRecord) {
        try {
            sink?.log(record)
        } catch (_: Throwable) {
            // A sink that fails must not end the thread, and there is nobody left to tell.
        }
    }

    // "bootpay::cancel" is "kr.co.bootpay.cancel.cancel" here.
    private fun NativeRecord.lift() = LogRecord(
        level = LogLevel.valueOf(level.name),
        logger = target.substringAfter("::", "").replace("::", ".").let { if (it.isEmpty()) ROOT else "$ROOT.$it" },
        text = text,
        at = at,
    )

    private const val ROOT = "kr.co.bootpay.cancel"
}
