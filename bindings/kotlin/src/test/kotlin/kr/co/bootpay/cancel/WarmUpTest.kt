package kr.co.bootpay.cancel

import java.util.concurrent.CompletionException
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertInstanceOf
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Test

/** Getting ready while the caller still prepares: the cancel is then one request over the connection that is there. */
class WarmUpTest : SandboxTest() {
    private fun sent() = sandbox.requests().map { it["operation"] }

    private fun cancelsWithOneMoreRequest(warmUp: () -> Unit, cancel: (String) -> CancelOutcome) {
        sandbox.reset()
        val receiptId = sandbox.add(10_000)
        warmUp()
        assertEquals(listOf("token"), sent())
        assertEquals(0, sandbox.ledger().size)
        // All is ready: nothing is sent.
        warmUp()
        assertInstanceOf(CancelOutcome.Cancelled::class.java, cancel(receiptId))
        assertEquals(listOf("token", "cancel"), sent())
        assertEquals(1, sandbox.requests().map { it["connection"] }.distinct().size)
    }

    @Test
    fun `after a warm-up a cancel is one request over the connection that is there, in all three forms`() {
        sandbox.client().use { bootpay ->
            cancelsWithOneMoreRequest({ runBlocking { bootpay.warmUp() } }, { runBlocking { bootpay.cancel(it) } })
        }
        sandbox.blockingClient().use { bootpay -> cancelsWithOneMoreRequest(bootpay::warmUp, bootpay::cancel) }
        sandbox.futureClient().use { bootpay ->
            cancelsWithOneMoreRequest({ bootpay.warmUp().join() }, { bootpay.cancel(it).join() })
        }
    }

    @Test
    fun `with wrong keys it fails as the token's own call does, in all three forms`() {
        val options = sandbox.options().build()
        val expected = BlockingBootpay(sandbox.applicationId, "wrong", options).use { bootpay ->
            assertThrows(BootpayException.Refused::class.java) { bootpay.token() }
        }
        assertEquals("refused.unauthorized", expected.kind)
        val errors = listOf(
            Bootpay(sandbox.applicationId, "wrong", options).use { bootpay ->
                assertThrows(BootpayException.Refused::class.java) { runBlocking { bootpay.warmUp() } }
            },
            BlockingBootpay(sandbox.applicationId, "wrong", options).use { bootpay ->
                assertThrows(BootpayException.Refused::class.java) { bootpay.warmUp() }
            },
            FutureBootpay(sandbox.applicationId, "wrong", options).use { bootpay ->
                val failure = assertThrows(CompletionException::class.java) { bootpay.warmUp().join() }
                assertInstanceOf(BootpayException.Refused::class.java, failure.cause)
            },
        )
        for (error in errors) {
            assertEquals(expected.kind to expected.code, error.kind to error.code)
            assertEquals(expected.message, error.message)
        }
    }
}
