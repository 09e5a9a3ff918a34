package kr.co.bootpay.cancel

import java.util.concurrent.CompletableFuture
import java.util.concurrent.ExecutorService
import java.util.concurrent.Executors
import kotlin.coroutines.cancellation.CancellationException
import kotlin.coroutines.coroutineContext
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.asCoroutineDispatcher
import kotlinx.coroutines.async
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.future.future
import kr.co.bootpay.cancel.internal.Bootpay as Native

/**
 * Where calls end. A pool of its own, as large as it must be: what users do when a call has ended may block, and must never
 * hold up another call's end.
 */
internal val CALLS_POOL: ExecutorService =
    Executors.newCachedThreadPool { Thread(it, "bootpay-calls").apply { isDaemon = true } }

internal val CALLS_DISPATCHER: CoroutineDispatcher = CALLS_POOL.asCoroutineDispatcher()

internal val CALLS: CoroutineScope = CoroutineScope(SupervisorJob() + CALLS_DISPATCHER)

/**
 * The call is a coroutine of this package's own: what the library wakes goes on on a thread of the package's, never on
 * the library's. A caller without a dispatcher (`Dispatchers.Unconfined`) would go on there, and could hold up every
 * other call.
 */
internal suspend fun <T> Client.detached(
    // What keeps a thread busy begins on one of the package's too.
    start: CoroutineStart = CoroutineStart.UNDISPATCHED,
    use: suspend (Native) -> T,
): T {
    // A coroutine that was cancelled before must not start a refund.
    coroutineContext.ensureActive()
    val call = CALLS.async(start = start) { call { use(it) } }
    try {
        return call.await()
    } catch (gone: CancellationException) {
        call.cancel()
        throw gone
    }
}

/** One of the calls that shops make all day. It goes on where the caller does: see [Ends]. */
internal suspend fun <A, T> Client.plain(operation: Operation<A, T>, value: A): T {
    // A coroutine that was cancelled before must not start a refund.
    coroutineContext.ensureActive()
    return call { Ends.await(number, operation, value) }
}

/** The call has begun before its future is handed out: a program that ends right then still waits for its refund. */
internal fun <T> future(call: suspend () -> T): CompletableFuture<T> =
    CALLS.future(start = CoroutineStart.UNDISPATCHED) { call() }
