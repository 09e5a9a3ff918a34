package kr.co.bootpay.cancel

import java.io.ByteArrayInputStream
import java.io.ByteArrayOutputStream
import java.io.ObjectInputStream
import java.io.ObjectOutputStream
import java.time.Duration
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertInstanceOf
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** Errors help, and each means that this call moved no money. */
class ErrorsTest : SandboxTest() {
    @Test
    fun `a refusal keeps the server's words and adds what to do`() {
        val receiptId = sandbox.add("""{"price": 20000, "refuse_with": "settlement"}""")
        val error = sandbox.blockingClient().use { bootpay ->
            assertThrows(BootpayException.Refused::class.java) { bootpay.cancel(receiptId) }
        }
        assertEquals(
            "refused (HTTP 500, code -90502, PG code SBX02): 정산예정 금액이 취소금액보다 작아 취소할 수 없습니다\n" +
                "정산 예정 금액이 취소 금액보다 적어 PG사가 취소를 승인하지 않았습니다. 해결 방법(정산 후 취소, 부족분 입금 등)을 " +
                "PG사에 문의해 주세요.",
            error.message,
        )
        assertEquals("refused.settlement" to "-90502", error.kind to error.code)
        assertEquals(error.message!!.lines()[1], error.hint)
        assertTrue("settlement" in error.hintEnglish!!)
        assertEquals("SBX02" to 500, error.refusal.pgCode to error.refusal.httpStatus)
        assertEquals(IntentState.REFUSED, error.refusal.intent?.state)
        assertEquals(emptyList<Long>(), sandbox.ledger(receiptId).map { it.amount })
    }

    @Test
    fun `a wrong input names its field, in the text and apart`() {
        val error = assertThrows(BootpayException.InvalidInput::class.java) { RefundAccount("국민은", "1", "홍길동") }
        assertEquals("refund.bank" to listOf("국민은행"), error.field to error.suggestions)
        assertTrue(error.message!!.startsWith("`refund.bank` is not known: "), error.message)
        assertTrue("혹시 국민은행?" in error.message!!, error.message)
    }

    @Test
    fun `each kind of error is a class of its own`() {
        sandbox.blockingClient(sandbox.options().lookupTimeout(Duration.ofMillis(300)).build()).use { bootpay ->
            val missing = assertThrows(BootpayException.Refused::class.java) { bootpay.receipt("nothing") }
            assertEquals("refused.not_found", missing.kind)
            sandbox.fault("""{"on": "lookup", "times": 20, "says": {"status": {"code": 502, "body": "html"}}}""")
            assertThrows(BootpayException.LookupFailed::class.java) { bootpay.receipt(sandbox.add(10_000)) }
        }
        val nowhere = Options { baseUrl("http://127.0.0.1:9").memoryJournal() }
        BlockingBootpay("app", "key", nowhere).use { bootpay ->
            val unreachable = assertThrows(BootpayException::class.java) { bootpay.cancel("612df0250d681b001de61de6") }
            assertTrue(unreachable is BootpayException.NotSent || unreachable is BootpayException.TokenUnavailable)
            assertTrue(unreachable.kind.endsWith(".connect"), unreachable.kind)
        }
        BlockingBootpay(sandbox.applicationId, "wrong", sandbox.options().build()).use { bootpay ->
            val refused = assertThrows(BootpayException.Refused::class.java) { bootpay.cancel(sandbox.add(10_000)) }
            assertEquals(401, refused.refusal.httpStatus)
        }
    }

    @Test
    fun `a lost call is no BootpayException, since it proves nothing`() {
        assertFalse(BootpayException::class.java.isAssignableFrom(CallLostException::class.java))
        val lost = kr.co.bootpay.cancel.internal.BootpayException.Lost(
            kr.co.bootpay.cancel.internal.Facts("the call's end was lost", "lost", null, null, null, null, null),
        )
        val thrown = assertThrows(CallLostException::class.java) { translated { throw lost } }
        assertEquals("the call's end was lost", thrown.message)
        assertThrows(CallLostException::class.java) {
            translated { throw kr.co.bootpay.cancel.internal.InternalException("canary") }
        }.also { assertFalse("canary" in it.message!!) }
    }

    @Test
    fun `errors survive serialization`() {
        val receiptId = sandbox.add(10_000)
        sandbox.blockingClient().use { bootpay ->
            bootpay.cancel(CancelRequest.partial(receiptId, 1_000))
            val errors = listOf(
                CancelRequest.full(""),
                CancelRequest.partial(receiptId, 1_000),
                CancelRequest.full(sandbox.add("""{"price": 9000, "refuse_with": "limit"}""")),
            ).map { assertThrows(BootpayException::class.java) { bootpay.cancel(it) } }
            assertInstanceOf(BootpayException.InvalidInput::class.java, errors[0])
            assertInstanceOf(BootpayException.Conflict::class.java, errors[1])
            assertInstanceOf(BootpayException.Refused::class.java, errors[2])
            for (error in errors) {
                val bytes = ByteArrayOutputStream().also { ObjectOutputStream(it).writeObject(error) }.toByteArray()
                val again = ObjectInputStream(ByteArrayInputStream(bytes)).readObject() as BootpayException
                assertEquals(error.javaClass, again.javaClass)
                assertEquals(listOf(error.message, error.kind, error.hint), listOf(again.message, again.kind, again.hint))
                if (error is BootpayException.Conflict) {
                    assertEquals(error.intent, (again as BootpayException.Conflict).intent)
                }
                if (error is BootpayException.Refused) {
                    assertEquals(error.refusal, (again as BootpayException.Refused).refusal)
                }
            }
        }
    }
}
