package kr.co.bootpay.cancel

import kr.co.bootpay.cancel.internal.BulkStop as NativeStop

/**
 * Stops a run or a look-up of a bulk that it was handed to: what is on its way ends, and nothing new is begun. The call
 * then ends as ever, with its report.
 */
public class BulkStop private constructor(@get:JvmSynthetic internal val native: NativeStop) {
    /** One that has not been used. */
    public constructor() : this(newNative())

    /** Stops it, for good. May be called at any time, on any thread, more than once, and by a progress listener too. */
    public fun stop(): Unit = native.stop()

    /** Whether [stop] was called. */
    public val isStopped: Boolean get() = native.isStopped()

    override fun toString(): String = "BulkStop(isStopped=$isStopped)"

    private companion object {
        fun newNative(): NativeStop {
            Library.load()
            return NativeStop()
        }
    }
}
