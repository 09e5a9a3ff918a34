package kr.co.bootpay.cancel

import java.nio.ByteBuffer
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.atomic.AtomicLong
import java.util.concurrent.locks.LockSupport
import kotlin.coroutines.ContinuationInterceptor
import kotlin.coroutines.resume
import kotlin.coroutines.resumeWithException
import kotlinx.coroutines.CancellableContinuation
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.suspendCancellableCoroutine

/**
 * How coroutines learn that their calls have ended: one thread of the package's waits for all, and fetches all that has
 * ended at once. So no thread of the library's ever enters Java.
 */
internal object Ends {
    private const val PATIENCE_MS = 3_600_000L
    private const val AGAIN_NS = 20_000_000L

    private val last = AtomicLong()
    private val waiting = ConcurrentHashMap<Long, CancellableContinuation<ByteBuffer>>()

    init {
        Thread({ wake() }, "bootpay-ends").apply { isDaemon = true }.start()
    }

    /** Begins a call, and waits for its end. A coroutine that is cancelled leaves it: see [Bootpay]. */
    suspend fun <A, T> await(client: Long, operation: Operation<A, T>, value: A): T {
        val request = operation.lower(value)
        val answer = suspendCancellableCoroutine { caller ->
            val number = last.incrementAndGet()
            waiting[number] = caller
            Plain.bootpay_plain_begin(client, operation.number, number, request.array(), request.position())
            // Afterwards, so that there is something to leave.
            caller.invokeOnCancellation {
                if (waiting.remove(number) != null) Plain.bootpay_plain_leave(number)
            }
        }
        return operation.lift(answer)
    }

    private fun wake() {
        var room = ByteBuffer.allocateDirect(64 * 1024)
        while (true) {
            try {
                // JNA hands on the address of the buffer's position.
                room.clear()
                val length = Plain.bootpay_plain_ended(room, room.capacity(), PATIENCE_MS).toInt()
                if (length < 0) {
                    room = ByteBuffer.allocateDirect(-length)
                    continue
                }
                room.limit(length)
                while (room.hasRemaining()) {
                    val number = room.getLong()
                    val size = room.getInt()
                    val from = room.position()
                    // Before anything that can fail: those behind it must be told whatever happens to this one.
                    room.position(from + size)
                    tell(number, room, from, size)
                }
            } catch (_: Throwable) {
                // Out of memory, say: no room for a long answer. It stays, and is asked for again.
                LockSupport.parkNanos(AGAIN_NS)
            }
        }
    }

    /** A caller whose answer cannot be handed over is told so: the call itself has ended, and the journal knows how. */
    private fun tell(number: Long, room: ByteBuffer, from: Int, size: Int) {
        var caller: CancellableContinuation<ByteBuffer>? = null
        try {
            caller = waiting.remove(number) ?: return
            val answer = ByteArray(size)
            (room.duplicate().position(from) as ByteBuffer).get(answer)
            goOn(caller, ByteBuffer.wrap(answer))
        } catch (failure: Throwable) {
            try {
                caller?.resumeWithException(failure)
            } catch (_: Throwable) {
                // It had gone on already, and then failed by itself.
            }
        }
    }

    /**
     * This thread must not run what comes after a call, which may block: it goes on where its dispatcher has threads of
     * its own, or else begins on one of the package's.
     */
    private fun goOn(caller: CancellableContinuation<ByteBuffer>, answer: ByteBuffer) {
        when (caller.context[ContinuationInterceptor]) {
            Dispatchers.Default, Dispatchers.IO, CALLS_DISPATCHER -> caller.resume(answer)
            else -> CALLS_POOL.execute { caller.resume(answer) }
        }
    }
}
