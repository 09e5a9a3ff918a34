package kr.co.bootpay.cancel

import java.time.Duration
import kr.co.bootpay.cancel.internal.shutdown
import kr.co.bootpay.cancel.internal.uniffiEnsureInitialized

/** The native library: loaded by its first use, ended before the process ends. */
internal object Library {
    /** How long a process that ends waits for cancels that are under way. What is not done by then is in the journal. */
    private val PATIENCE = Duration.ofSeconds(10)

    init {
        // Loads it, and refuses one that was built from other sources than this jar.
        uniffiEnsureInitialized()
        val end = Thread({ end() }, "bootpay-shutdown")
        try {
            Runtime.getRuntime().addShutdownHook(end)
        } catch (_: IllegalStateException) {
            // The process is ending already: there is no end left to wait in.
        }
    }

    /** To be called before anything else of the generated code. */
    fun load(): Unit = Unit

    private fun end() {
        shutdown(PATIENCE)
        Log.finish()
    }
}
