package kr.co.bootpay.cancel

import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertInstanceOf
import org.junit.jupiter.api.Test

class CancelTest : SandboxTest() {
    @Test
    fun `one line cancels in full, in all three forms`() {
        val receipts = List(3) { sandbox.add(10_000) }
        val outcomes = listOf(
            sandbox.client().use { bootpay -> runBlocking { bootpay.cancel(receipts[0]) } },
            sandbox.blockingClient().use { bootpay -> bootpay.cancel(receipts[1]) },
            sandbox.futureClient().use { bootpay -> bootpay.cancel(receipts[2]).join() },
        )
        for (outcome in outcomes) {
            val cancelled = assertInstanceOf(CancelOutcome.Cancelled::class.java, outcome)
            assertEquals(10_000, cancelled.cancellation.cancelledPrice)
            assertEquals(0, cancelled.cancellation.remainPrice)
            assertEquals(MoneyIsBack.YES, cancelled.moneyIsBack)
        }
        assertEquals(receipts.map { it to 10_000L }, sandbox.ledger().map { it.receiptId to it.amount })
    }
}
