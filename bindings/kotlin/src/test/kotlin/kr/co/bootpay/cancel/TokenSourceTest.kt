package kr.co.bootpay.cancel

import java.time.Duration
import java.util.concurrent.ConcurrentLinkedQueue
import java.util.concurrent.atomic.AtomicInteger
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertInstanceOf
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

class TokenSourceTest : SandboxTest() {
    private fun freshToken(): String = sandbox.blockingClient().use { it.token().expose() }

    @Test
    fun `a token of the caller's own is used, in all three forms`() {
        val token = freshToken()
        val source = TokenSource { SuppliedToken(token) }
        val options = sandbox.options().build()
        val receipts = List(3) { sandbox.add(10_000) }
        Bootpay.withTokenSource(source, "shop-1", options).use { runBlocking { it.cancel(receipts[0]) } }
        BlockingBootpay.withTokenSource(source, "shop-1", options).use { it.cancel(receipts[1]) }
        FutureBootpay.withTokenSource(source, "shop-1", options).use { it.cancel(receipts[2]).join() }
        assertEquals(receipts, sandbox.ledger().map { it.receiptId })
        assertEquals(1, sandbox.count("token"))
    }

    @Test
    fun `a refused token is handed back, so that another one can be found`() {
        val good = freshToken()
        val refused = ConcurrentLinkedQueue<String>()
        val source = TokenSource { turnedAway ->
            turnedAway?.let { refused.add(it.expose()) }
            SuppliedToken(if (turnedAway == null) "stale-token" else good).lifetime(Duration.ofMinutes(20))
        }
        BlockingBootpay.withTokenSource(source, "shop-1", sandbox.options().build()).use { bootpay ->
            assertInstanceOf(CancelOutcome.Cancelled::class.java, bootpay.cancel(sandbox.add(10_000)))
        }
        assertEquals(listOf("stale-token"), refused.toList())
    }

    @Test
    fun `a source may block, on a thread that is not the caller's`() {
        val token = freshToken()
        val threads = ConcurrentLinkedQueue<Thread>()
        val source = TokenSource {
            threads.add(Thread.currentThread())
            Thread.sleep(300)
            SuppliedToken(token)
        }
        BlockingBootpay.withTokenSource(source, "shop-1", sandbox.options().build()).use { bootpay ->
            assertInstanceOf(CancelOutcome.Cancelled::class.java, bootpay.cancel(sandbox.add(10_000)))
        }
        assertTrue(threads.single() !== Thread.currentThread())
    }

    @Test
    fun `what a source throws is told by its type alone, unless it chose its words`() {
        val calls = AtomicInteger()
        val source = TokenSource {
            if (calls.getAndIncrement() == 0) error("canary") else throw TokenSourceException("the vault is sealed")
        }
        BlockingBootpay.withTokenSource(source, "shop-1", sandbox.options().build()).use { bootpay ->
            val receiptId = sandbox.add(10_000)
            val first = assertThrows(BootpayException.TokenUnavailable::class.java) { bootpay.cancel(receiptId) }
            assertTrue("java.lang.IllegalStateException" in first.message!!, first.message)
            assertFalse("canary" in first.message!!)
            // Failures are kept at least a second apart.
            Thread.sleep(1_200)
            val second = assertThrows(BootpayException.TokenUnavailable::class.java) { bootpay.cancel(receiptId) }
            assertTrue("the vault is sealed" in second.message!!, second.message)
        }
        assertEquals(0, sandbox.count("cancel"))
    }

    @Test
    fun `a source that takes too long is not waited for`() {
        val source = TokenSource {
            Thread.sleep(2_000)
            SuppliedToken("late")
        }
        val options = sandbox.options().tokenTimeout(Duration.ofMillis(300)).build()
        BlockingBootpay.withTokenSource(source, "shop-1", options).use { bootpay ->
            assertThrows(BootpayException.TokenUnavailable::class.java) { bootpay.cancel(sandbox.add(10_000)) }
        }
        assertEquals(0, sandbox.count("cancel"))
    }
}
