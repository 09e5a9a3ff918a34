// From a caller's listener to the one that the library calls, on a thread of its own.
package kr.co.bootpay.cancel

import kr.co.bootpay.cancel.internal.BulkListener as NativeListener
import kr.co.bootpay.cancel.internal.BulkListenerException as NativeFailure
import kr.co.bootpay.cancel.internal.BulkLookupListener as NativeLookupListener
import kr.co.bootpay.cancel.internal.BulkProgress as NativeProgress

/** Hears how a run goes. */
internal class ProgressListener(private val hear: (BulkProgress) -> Unit) : NativeListener {
    override fun progress(progress: NativeProgress): Unit = heard { hear(progress.lift()) }
}

/** Hears how far a look-up is: how many receipts, and of how many. */
internal class LookupListener(private val hear: (Long, Long) -> Unit) : NativeLookupListener {
    override fun lookedUp(receipts: ULong, of: ULong): Unit = heard { hear(receipts.toLong(), of.toLong()) }
}

private inline fun heard(call: () -> Unit) {
    try {
        call()
    } catch (_: Throwable) {
        // What it says may hold a secret. It is told nothing more, and the log says that.
        throw NativeFailure.Failed()
    }
}
