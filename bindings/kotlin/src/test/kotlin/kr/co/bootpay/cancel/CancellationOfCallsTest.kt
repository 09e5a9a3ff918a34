package kr.co.bootpay.cancel

import java.util.concurrent.CancellationException
import java.util.concurrent.CompletionException
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit
import kotlin.concurrent.thread
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.TimeoutCancellationException
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.cancel
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.delay
import kotlinx.coroutines.isActive
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertInstanceOf
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** A caller that goes away never aborts a refund, and always aborts a read. */
class CancellationOfCallsTest : SandboxTest() {
    @Test
    fun `a time-out detaches at once, and the refund happens once`() {
        val receiptId = sandbox.add(10_000)
        sandbox.fault("""{"on": "cancel", "when": "after_money", "latency_ms": 5000}""")
        sandbox.client().use { bootpay ->
            runBlocking {
                bootpay.token()
                assertThrows(TimeoutCancellationException::class.java) {
                    runBlocking { withTimeout(1_000) { bootpay.cancel(receiptId) } }
                }
                // Still under way.
                val intent = bootpay.intents(IntentQuery().receiptId(receiptId)).single()
                assertEquals(IntentState.SENDING, intent.state)
                // The second click attaches to the refund that is under way.
                val outcome = assertInstanceOf(CancelOutcome.Cancelled::class.java, bootpay.cancel(receiptId))
                assertEquals(intent.cancelId, outcome.cancelId)
            }
        }
        assertEquals(listOf(10_000L), sandbox.ledger(receiptId).map { it.amount })
    }

    @Test
    fun `callers without a dispatcher that block hold up nobody else`() {
        val busy = List(4) { sandbox.add(10_000) }
        val receiptId = sandbox.add(7_000)
        val (arrived, released) = CountDownLatch(busy.size) to CountDownLatch(1)
        sandbox.client().use { bootpay ->
            val scope = CoroutineScope(Dispatchers.Unconfined)
            val blocked = busy.map {
                scope.async(start = CoroutineStart.LAZY) {
                    bootpay.cancel(it)
                    arrived.countDown()
                    released.await()
                }
            }
            // Each from a thread of its own: where the answer is there at once, it is that thread which blocks.
            blocked.forEach { thread(isDaemon = true) { it.start() } }
            try {
                assertTrue(arrived.await(20, TimeUnit.SECONDS))
                sandbox.futureClient().use { other ->
                    assertInstanceOf(CancelOutcome.Cancelled::class.java, other.cancel(receiptId)[20, TimeUnit.SECONDS])
                }
            } finally {
                released.countDown()
            }
            runBlocking { blocked.awaitAll() }
        }
        assertEquals(listOf(7_000L), sandbox.ledger(receiptId).map { it.amount })
    }

    @Test
    fun `a cancelled future detaches at once, and the refund happens once`() {
        val receiptId = sandbox.add(10_000)
        sandbox.fault("""{"on": "cancel", "when": "after_money", "latency_ms": 5000}""")
        sandbox.futureClient().use { bootpay ->
            val call = bootpay.cancel(receiptId)
            Thread.sleep(1_000)
            assertTrue(call.cancel(true))
            assertThrows(CancellationException::class.java) { call.join() }
            val intent = bootpay.intents(IntentQuery().receiptId(receiptId)).join().single()
            assertEquals(IntentState.SENDING, intent.state)
            val outcome = assertInstanceOf(CancelOutcome.Cancelled::class.java, bootpay.cancel(receiptId).join())
            assertEquals(intent.cancelId, outcome.cancelId)
        }
        assertEquals(listOf(10_000L), sandbox.ledger(receiptId).map { it.amount })
    }

    @Test
    fun `a read that is cancelled is really aborted, as a coroutine and as a future`() {
        val receiptId = sandbox.add(10_000)
        val client = sandbox.client()
        val futures = sandbox.futureClient()
        runBlocking { client.token() }
        futures.token().join()
        // Every try fails after a while: a read that went on would be seen trying again.
        sandbox.fault("""{"on": "lookup", "times": 90, "latency_ms": 150, "says": {"status": {"code": 503, "body": "empty"}}}""")
        assertThrows(TimeoutCancellationException::class.java) {
            runBlocking { withTimeout(50) { client.receipt(receiptId) } }
        }
        val call = futures.receipt(receiptId)
        Thread.sleep(50)
        call.cancel(true)
        Thread.sleep(300)
        val before = sandbox.count("lookup")
        Thread.sleep(2_000)
        assertEquals(before, sandbox.count("lookup"))
        client.close()
        futures.close()
    }

    @Test
    fun `a coroutine that was cancelled before starts no refund`() {
        val receiptId = sandbox.add(10_000)
        sandbox.client().use { bootpay ->
            runBlocking {
                bootpay.token()
                launch {
                    coroutineContext.cancel()
                    bootpay.cancel(receiptId)
                }.join()
                delay(300)
                assertEquals(emptyList<Intent>(), bootpay.intents())
            }
        }
        assertEquals(emptyList<Long>(), sandbox.ledger(receiptId).map { it.amount })
    }

    @Test
    fun `an interrupt waits for the answer and keeps the flag`() {
        val receiptId = sandbox.add(10_000)
        sandbox.fault("""{"on": "cancel", "when": "after_money", "latency_ms": 3000}""")
        var outcome: CancelOutcome? = null
        var interrupted = false
        sandbox.blockingClient().use { bootpay ->
            val caller = thread {
                outcome = bootpay.cancel(receiptId)
                interrupted = Thread.currentThread().isInterrupted
            }
            Thread.sleep(1_000)
            caller.interrupt()
            caller.join()
        }
        assertInstanceOf(CancelOutcome.Cancelled::class.java, outcome)
        assertTrue(interrupted)
    }

    @Test
    fun `many coroutines at once take one token`() {
        val receipts = List(50) { sandbox.add(10_000) }
        sandbox.client().use { bootpay ->
            val outcomes = runBlocking { receipts.map { async { bootpay.cancel(it) } }.awaitAll() }
            assertEquals(50, outcomes.count { it is CancelOutcome.Cancelled })
        }
        assertEquals(1, sandbox.count("token"))
        assertEquals(50, sandbox.ledger().size)
    }

    @Test
    @OptIn(ExperimentalCoroutinesApi::class)
    fun `the caller's only thread stays free meanwhile`() {
        val receiptId = sandbox.add(10_000)
        sandbox.fault("""{"on": "token", "latency_ms": 3000}""")
        sandbox.client().use { bootpay ->
            runBlocking(Dispatchers.Default.limitedParallelism(1)) {
                var ticks = 0
                coroutineScope {
                    val ticking = launch {
                        while (isActive) {
                            delay(10)
                            ticks += 1
                        }
                    }
                    bootpay.cancel(receiptId)
                    ticking.cancel()
                }
                assertTrue(ticks >= 10, "$ticks ticks in 3 s")
            }
        }
    }

    @Test
    fun `what hangs on a future may block without holding up other calls`() {
        val receipts = List(20) { sandbox.add(10_000) }
        sandbox.futureClient().use { bootpay ->
            // Each waits, in its own continuation, for one more call.
            val chained = receipts.map { receiptId ->
                bootpay.cancel(receiptId).thenApply { bootpay.receipt(receiptId).join().totals.isEmpty }
            }
            assertTrue(chained.all { it.get(30, TimeUnit.SECONDS) })
        }
    }

    @Test
    fun `a call's error is the cause of the completion exception`() {
        sandbox.futureClient().use { bootpay ->
            val failure = assertThrows(CompletionException::class.java) { bootpay.receipt("nothing").join() }
            val error = assertInstanceOf(BootpayException.Refused::class.java, failure.cause)
            assertEquals("refused.not_found", error.kind)
            assertFalse(failure.cause is CancellationException)
        }
    }
}
