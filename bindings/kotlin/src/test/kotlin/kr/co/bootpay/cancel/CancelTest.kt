package kr.co.bootpay.cancel

import java.nio.file.Path
import java.time.Duration
import kotlin.concurrent.thread
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertInstanceOf
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir

class CancelTest : SandboxTest() {
    @TempDir
    lateinit var folder: Path

    private fun amounts(receiptId: String) = sandbox.ledger(receiptId).map { it.amount }

    @Test
    fun `one line cancels in full, in all three forms`() {
        val receipts = List(3) { sandbox.add(10_000) }
        val outcomes = listOf(
            sandbox.client().use { bootpay -> runBlocking { bootpay.cancel(receipts[0]) } },
            sandbox.blockingClient().use { bootpay -> bootpay.cancel(receipts[1]) },
            sandbox.futureClient().use { bootpay -> bootpay.cancel(receipts[2]).join() },
        )
        for ((outcome, receiptId) in outcomes.zip(receipts)) {
            val cancelled = assertInstanceOf(CancelOutcome.Cancelled::class.java, outcome)
            assertEquals(10_000, cancelled.cancellation.cancelledPrice)
            assertEquals(0, cancelled.cancellation.remainPrice)
            assertEquals(Evidence.ANSWERED to MoneyIsBack.YES, cancelled.evidence to cancelled.moneyIsBack)
            assertEquals(receiptId, cancelled.receiptId)
            assertEquals(null, assertInstanceOf(CancelAmount.Full::class.java, cancelled.intent.amount).expectedRemaining)
        }
        assertEquals(receipts.map { it to 10_000L }, sandbox.ledger().map { it.receiptId to it.amount })
    }

    @Test
    fun `a partial cancel gives back its price and sends its words`() {
        val receiptId = sandbox.add("""{"price": 10000, "tax_free": 2000}""")
        val request = CancelRequest.partial(receiptId, 3_000)
            .taxFree(500).cancelId("환불-1").canceller("관리자").reason("고객 요청")
        sandbox.blockingClient().use { bootpay ->
            val outcome = assertInstanceOf(CancelOutcome.Cancelled::class.java, bootpay.cancel(request))
            assertEquals("환불-1", outcome.cancelId)
            assertEquals(7_000, outcome.cancellation.remainPrice)
            // The same key is the same refund.
            val again = assertInstanceOf(CancelOutcome.Cancelled::class.java, bootpay.cancel(request))
            assertTrue(again.repeated)
        }
        assertEquals(listOf(3_000L), amounts(receiptId))
        assertEquals(listOf(500L), sandbox.ledger(receiptId).map { it.taxFree })
        val body = sandbox.requests().last { it["operation"] == "cancel" }["body"] as Map<*, *>
        assertEquals("관리자" to "고객 요청", body["name"] to body["reason"])
    }

    @Test
    fun `what is no amount is refused by name and never cancels everything`() {
        val receiptId = sandbox.add(10_000)
        sandbox.blockingClient().use { bootpay ->
            val wrong = listOf(
                "price" to CancelRequest.partial(receiptId, 0),
                "price" to CancelRequest.partial(receiptId, -1),
                "price" to CancelRequest.partial(receiptId, Long.MIN_VALUE),
                "tax_free" to CancelRequest.partial(receiptId, 2_000).taxFree(-1),
                "expected_remaining" to CancelRequest.full(receiptId).expectedRemaining(-1),
                "receipt_id" to CancelRequest.full("../a"),
                "receipt_id" to CancelRequest.full(""),
            )
            for ((field, request) in wrong) {
                val error = assertThrows(BootpayException.InvalidInput::class.java) { bootpay.cancel(request) }
                assertEquals(field, error.field)
            }
        }
        assertEquals(0, sandbox.count("cancel"))
    }

    @Test
    fun `a request never changes`() {
        val plain = CancelRequest.partial("612df0250d681b001de61de6", 3_000)
        val named = plain.cancelId("refund-1")
        assertEquals(CancelRequest.partial("612df0250d681b001de61de6", 3_000), plain)
        assertTrue(plain != named)
        assertTrue("refund-1" !in plain.toString() && "refund-1" in named.toString())
    }

    @Test
    fun `an unknown outcome is a value and is reconciled`() {
        val receiptId = sandbox.add(10_000)
        sandbox.fault("""{"on": "cancel", "when": "after_money", "delivery": "reset"}""")
        sandbox.fault("""{"on": "lookup", "times": 20, "says": {"status": {"code": 500, "body": "html"}}}""")
        sandbox.blockingClient().use { bootpay ->
            val unknown = assertInstanceOf(CancelOutcome.Unknown::class.java, bootpay.cancel(receiptId))
            assertEquals(UnknownCause.DISCONNECTED, unknown.cause)
            assertEquals(listOf(unknown.cancelId), bootpay.intents(IntentQuery().open()).map { it.cancelId })
            val conflict = assertThrows(BootpayException.Conflict::class.java) {
                bootpay.cancel(CancelRequest.partial(receiptId, 1_000))
            }
            assertEquals("conflict.open_intent" to unknown.cancelId, conflict.kind to conflict.intent.cancelId)

            sandbox.control("DELETE", "faults")
            val settled = assertInstanceOf(CancelOutcome.Cancelled::class.java, bootpay.reconcile(unknown.cancelId))
            assertEquals(Evidence.INFERRED, settled.evidence)
            assertEquals(emptyList<Intent>(), bootpay.intents(IntentQuery().open()))
        }
        assertEquals(listOf(10_000L), amounts(receiptId))
    }

    @Test
    fun `what an earlier run left open is recovered from its journal`() {
        val receiptId = sandbox.add(10_000)
        sandbox.fault("""{"on": "cancel", "when": "after_money", "delivery": "reset"}""")
        sandbox.fault("""{"on": "lookup", "times": 20, "says": {"status": {"code": 500, "body": "html"}}}""")
        val journal = folder.resolve("journal.sqlite3")
        val options = sandbox.options().journal(journal).build()
        sandbox.blockingClient(options).use { bootpay ->
            assertInstanceOf(CancelOutcome.Unknown::class.java, bootpay.cancel(receiptId))
        }
        sandbox.control("DELETE", "faults")
        sandbox.blockingClient(options).use { bootpay ->
            assertEquals(journal.toString(), bootpay.journalPlace())
            val settled = bootpay.recover().settled.single()
            assertInstanceOf(CancelOutcome.Cancelled::class.java, settled)
            assertEquals(1, bootpay.intent(settled.cancelId).attempts.size)
        }
        assertEquals(listOf(10_000L), amounts(receiptId))
    }

    @Test
    fun `a person decides only once a late request can not arrive`() {
        val receiptId = sandbox.add(10_000)
        sandbox.fault("""{"on": "cancel", "when": "before_money", "delivery": "no_answer"}""")
        val options = sandbox.options().cancelTimeout(Duration.ofMillis(500)).build()
        sandbox.blockingClient(options).use { bootpay ->
            val unknown = assertInstanceOf(CancelOutcome.Unknown::class.java, bootpay.cancel(receiptId))
            assertEquals(UnknownCause.TIMED_OUT, unknown.cause)
            val early = assertThrows(BootpayException.Conflict::class.java) {
                bootpay.resolve(unknown.cancelId, Decision.NOT_CANCELLED, "관리자")
            }
            assertEquals("conflict.too_early_to_decide", early.kind)
            assertTrue(early.retryAfter!! > Duration.ofMinutes(10))
            val decided = bootpay.resolve(unknown.cancelId, Decision.CANCELLED, "관리자")
            assertEquals("관리자" to Evidence.DECLARED, decided.decidedBy to decided.evidence)
        }
    }

    @Test
    fun `a payment cancelled in the PG's console is already cancelled`() {
        val receiptId = sandbox.add("""{"price": 15000, "cancelled_in_pg_console": true}""")
        sandbox.blockingClient().use { bootpay ->
            val already = assertInstanceOf(CancelOutcome.AlreadyCancelled::class.java, bootpay.cancel(receiptId))
            assertEquals(MoneyIsBack.UNCONFIRMED, already.moneyIsBack)
            assertTrue("취소" in already.serverMessage!!)
        }
    }

    @Test
    fun `a virtual account is refunded by a transfer`() {
        val receiptId = sandbox.add("""{"price": 50000, "virtual_account": true, "method": "vbank"}""")
        val account = RefundAccount("국민은행", "66569112432134", "홍길동")
        sandbox.blockingClient().use { bootpay ->
            val outcome = bootpay.cancel(CancelRequest.full(receiptId).refundAccount(account))
            val cancelled = assertInstanceOf(CancelOutcome.Cancelled::class.java, outcome)
            assertEquals(MoneyIsBack.ACCEPTED_FOR_TRANSFER, cancelled.moneyIsBack)
        }
        assertEquals("004", account.bankCode)
        assertEquals("999", RefundAccount.withRawCode("999", "66569112432134", "홍길동").bankCode)
    }

    @Test
    fun `a preview sends no cancel`() {
        sandbox.blockingClient().use { bootpay ->
            val preview = bootpay.preview(CancelRequest.partial(sandbox.add(10_000), 20_000))
            assertTrue(""""price":20000""" in preview.membersJson.replace(" ", ""))
            assertEquals(10_000, preview.receipt.totals.remaining)
            assertTrue(preview.objection != null)
        }
        assertEquals(0, sandbox.count("cancel"))
    }

    @Test
    fun `v2 works with a basic pair and with a key pair`() {
        BlockingBootpay.withBasicPair(sandbox.clientKey, sandbox.secretKey, sandbox.options().build()).use { basic ->
            val outcome = basic.cancel(CancelRequest.partial(sandbox.add(10_000), 4_000))
            assertInstanceOf(CancelOutcome.Cancelled::class.java, outcome)
        }
        sandbox.blockingClient(sandbox.options().dialect(Dialect.V2).build()).use { keys ->
            assertInstanceOf(CancelOutcome.Cancelled::class.java, keys.cancel(sandbox.add(10_000)))
        }
        val paths = sandbox.requests().filter { it["operation"] == "cancel" }.map { it["path"] as String }
        assertEquals(listOf("/v2/cancel", "/v2/cancel"), paths)
    }

    @Test
    fun `a closed client sends nothing`() {
        val bootpay = sandbox.blockingClient()
        bootpay.close()
        bootpay.close()
        val error = assertThrows(BootpayException.NotSent::class.java) { bootpay.cancel(sandbox.add(10_000)) }
        assertEquals("not_sent.closed", error.kind)
        assertTrue("closed" in bootpay.toString())
        assertEquals(0, sandbox.count("cancel"))
    }

    @Test
    fun `a client that is closed meanwhile still answers what was asked`() {
        val receiptId = sandbox.add(10_000)
        sandbox.fault("""{"on": "cancel", "when": "after_money", "latency_ms": 3000}""")
        val bootpay = sandbox.futureClient()
        val call = bootpay.cancel(receiptId)
        Thread.sleep(1_000)
        bootpay.close()
        assertInstanceOf(CancelOutcome.Cancelled::class.java, call.join())
    }

    @Test
    fun `a wrong setting is named before anything happens`() {
        val wrong = listOf(
            "base_url" to Options { baseUrl("http://api.bootpay.co.kr") },
            "timeouts.cancel" to Options { cancelTimeout(Duration.ZERO) },
            "proxy" to Options { proxy("ftp://x") },
            "ca_bundle" to Options { caBundle("-----BEGIN".toByteArray()) },
        )
        for ((field, options) in wrong) {
            val error = assertThrows(BootpayException.InvalidInput::class.java) { Bootpay("app", "key", options) }
            assertEquals(field, error.field)
        }
        val error = assertThrows(BootpayException.InvalidInput::class.java) {
            sandbox.blockingClient().use { it.intents(IntentQuery().limit(-1)) }
        }
        assertEquals("limit", error.field)
    }

    @Test
    fun `half of an emoji and a time below nothing are refused by name`() {
        val half = "고객 요청 \uD83D"
        val cut = assertThrows(BootpayException.InvalidInput::class.java) { CancelRequest.full("r").reason(half) }
        assertEquals("reason", cut.field)
        sandbox.blockingClient().use { bootpay ->
            assertThrows(BootpayException.InvalidInput::class.java) { bootpay.receipt(half) }
        }
        val below = assertThrows(BootpayException.InvalidInput::class.java) {
            Options.builder().connectTimeout(Duration.ofSeconds(-1))
        }
        assertEquals("timeouts.connect", below.field)
    }

    @Test
    fun `a place that can't be a journal is told when the client is made`() {
        val options = sandbox.options().journal("/proc/no/journal.sqlite3").build()
        assertThrows(BootpayException.JournalFailed::class.java) { sandbox.blockingClient(options) }
    }

    @Test
    fun `threads share a client, and each receipt is cancelled once`() {
        val receipts = List(20) { sandbox.add(10_000) }
        sandbox.blockingClient().use { bootpay ->
            val outcomes = java.util.concurrent.ConcurrentLinkedQueue<CancelOutcome>()
            (receipts + receipts + receipts).map { thread { outcomes.add(bootpay.cancel(it)) } }.forEach { it.join() }
            assertEquals(60, outcomes.count { it is CancelOutcome.Cancelled })
        }
        assertEquals(receipts.sorted(), sandbox.ledger().map { it.receiptId }.sorted())
    }

    @Test
    fun `banks are found by name and never guessed`() {
        assertEquals("004", Bank.find("국민은행").code)
        assertEquals(Bank.find("004"), Bank.find("KB"))
        assertTrue(Bank.all().size > 20)
        val error = assertThrows(BootpayException.InvalidInput::class.java) { Bank.find("국민은헹") }
        assertTrue("국민은행" in error.suggestions)
    }
}
