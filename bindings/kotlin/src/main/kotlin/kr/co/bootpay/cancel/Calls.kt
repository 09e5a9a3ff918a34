package kr.co.bootpay.cancel

import java.util.concurrent.Executors
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.asCoroutineDispatcher

/**
 * Where calls end. A pool of its own, as large as it must be: what users do when a call has ended may block, and must never
 * hold up another call's end.
 */
internal val CALLS: CoroutineScope = CoroutineScope(
    SupervisorJob() +
        Executors.newCachedThreadPool { Thread(it, "bootpay-calls").apply { isDaemon = true } }.asCoroutineDispatcher(),
)
