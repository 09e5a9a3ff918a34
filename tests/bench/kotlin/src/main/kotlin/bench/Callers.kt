// How a case's callers share receipts out: each cancels its own, one after the other.
package bench

import java.util.concurrent.Callable
import java.util.concurrent.ExecutorService
import java.util.concurrent.Executors
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking

private val threads: ExecutorService = Executors.newCachedThreadPool { Thread(it, "caller").apply { isDaemon = true } }

private fun shares(receipts: List<String>, callers: Int): List<List<String>> =
    (0 until callers).map { caller -> receipts.filterIndexed { index, _ -> index % callers == caller } }

fun onThreads(receipts: List<String>, callers: Int, cancel: (String) -> Unit) {
    if (callers == 1) return receipts.forEach(cancel)
    threads.invokeAll(shares(receipts, callers).map { Callable { it.forEach(cancel) } }).forEach { it.get() }
}

fun inCoroutines(receipts: List<String>, callers: Int, cancel: suspend (String) -> Unit) = runBlocking {
    for (share in shares(receipts, callers)) {
        launch(Dispatchers.Default) { share.forEach { cancel(it) } }
    }
}
