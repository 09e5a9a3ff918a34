package kr.co.bootpay.cancel

import java.io.PrintWriter
import java.io.StringWriter
import java.util.concurrent.ConcurrentLinkedQueue
import java.util.logging.Handler
import java.util.logging.Level
import java.util.logging.LogRecord as JavaRecord
import java.util.logging.Logger
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.BeforeEach
import org.junit.jupiter.api.Test

/** Canaries go in, and nothing that can be printed has them. The log arrives in SLF4J, here over `java.util.logging`. */
class SecretsTest : SandboxTest() {
    private val logged = ConcurrentLinkedQueue<JavaRecord>()
    private val logger: Logger = Logger.getLogger("kr.co.bootpay.cancel")
    private val handler = object : Handler() {
        override fun publish(record: JavaRecord) {
            logged.add(record)
        }

        override fun flush() = Unit

        override fun close() = Unit
    }

    @BeforeEach
    fun listen() {
        handler.level = Level.ALL
        logger.level = Level.ALL
        logger.addHandler(handler)
    }

    @AfterEach
    fun stopListening() {
        logger.removeHandler(handler)
        logger.level = null
    }

    @Test
    fun `secrets are shown nowhere, and the log comes without them`() {
        val shown = mutableListOf<Any?>()
        val vbank = """{"price": 10000, "virtual_account": true, "method": "vbank"}"""
        val token = sandbox.blockingClient().use { bootpay ->
            val account = RefundAccount("004", "66569112432134", "카나리아")
            val token = bootpay.token()
            shown.addAll(listOf(bootpay, account, token, SuppliedToken(token), SuppliedToken("canary-token")))
            shown += Secret("canary-secret")
            val request = CancelRequest.full(sandbox.add(vbank)).refundAccount(account)
            shown.addAll(listOf(request, bootpay.cancel(request), bootpay.intents()))
            shown += bootpay.preview(CancelRequest.full(sandbox.add(vbank)).refundAccount(account))
            token
        }
        val options = sandbox.options().proxy("http://user:canary-password@127.0.0.1:1").build()
        shown += options
        BlockingBootpay("app", "canary-private-key", options).use { bootpay ->
            shown += bootpay
            shown += assertThrows(BootpayException::class.java) { bootpay.cancel(sandbox.add(10_000)) }
        }
        shown += assertThrows(BootpayException::class.java) { Bootpay("app", "canary private key") }
        shown += assertThrows(BootpayException::class.java) { RefundAccount("004", "canary-account", "홍길동") }

        val deadline = System.nanoTime() + 5_000_000_000
        while (logged.none { "answered" in it.message } && System.nanoTime() < deadline) Thread.sleep(10)
        assertTrue(logged.any { it.loggerName == "kr.co.bootpay.cancel.cancel" }, logged.map { it.loggerName }.toString())
        assertTrue(logged.any { it.level == Level.INFO } && logged.any { it.level == Level.FINE })
        val texts = shown.map(::printed) + logged.map { "${it.loggerName} ${it.message}" }
        for (secret in listOf("canary", "66569112432134", "카나리아", token.expose(), sandbox.privateKey)) {
            assertEquals(emptyList<String>(), texts.filter { secret in it })
        }
    }

    private fun printed(value: Any?): String =
        if (value is Throwable) StringWriter().also { value.printStackTrace(PrintWriter(it)) }.toString() else "$value"
}
