package kr.co.bootpay.cancel

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Assumptions.assumeTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows

/** The journal on PostgreSQL: what one host has cancelled, another knows. */
class PostgresTest : SandboxTest() {
    @Test
    fun `two clients share a database`() {
        val program = System.getenv("BOOTPAY_POSTGRES_BIN")
        assumeTrue(program != null, "BOOTPAY_POSTGRES_BIN names no program: cargo build -p bootpay-test-postgres")
        val server = ProcessBuilder(program).redirectError(ProcessBuilder.Redirect.INHERIT).start()
        try {
            val url = server.inputStream.bufferedReader().readLine()
            val receiptId = sandbox.add(10_000)
            val places = listOf(sandbox.options().journalUrl(url), sandbox.options().journalUrl(Secret(url))).map { options ->
                BlockingBootpay(sandbox.applicationId, sandbox.privateKey, options.build()).use { bootpay ->
                    assertTrue(bootpay.cancel(receiptId) is CancelOutcome.Cancelled)
                    bootpay.journalPlace()
                }
            }
            assertTrue(places.all { it.startsWith("postgresql://127.0.0.1:") && "canary" !in it }, places.toString())
            assertEquals(1, sandbox.ledger(receiptId).size)
        } finally {
            server.outputStream.close()
            server.waitFor()
        }
    }

    @Test
    fun `a URL is never repeated`() {
        val options = sandbox.options().journalUrl("mysql://user:canary@host/shop").build()
        assertFalse("canary" in options.toString(), options.toString())
        val error = assertThrows<BootpayException.InvalidInput> { sandbox.client(options) }
        assertFalse("canary" in error.toString(), error.toString())
    }
}
