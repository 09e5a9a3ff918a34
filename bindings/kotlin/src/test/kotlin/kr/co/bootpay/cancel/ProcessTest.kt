package kr.co.bootpay.cancel

import java.io.File
import java.util.concurrent.ConcurrentLinkedQueue
import java.util.concurrent.TimeUnit
import kotlin.concurrent.thread
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** Processes that end: a JVM of its own for each, several at once on a machine that is busy with them. */
class ProcessTest : SandboxTest() {
    private val times = System.getenv("BOOTPAY_EXIT_PROGRAMS")?.toInt() ?: 20

    private val quiet: String = System.getProperty("java.util.logging.config.file")

    /** The exit status and all that was printed. */
    private fun run(form: String, receiptId: String): Pair<Int, String> {
        val java = File(System.getProperty("java.home"), "bin/java").path
        val process = ProcessBuilder(
            java, "-XX:TieredStopAtLevel=1", "-Djava.util.logging.config.file=$quiet",
            "-cp", System.getProperty("java.class.path"),
            "kr.co.bootpay.cancel.EndingKt", form, sandbox.baseUrl, sandbox.applicationId, sandbox.privateKey, receiptId,
        ).redirectErrorStream(true).start()
        process.outputStream.close()
        val printed = process.inputStream.bufferedReader().readText()
        if (!process.waitFor(60, TimeUnit.SECONDS)) process.destroyForcibly()
        return process.waitFor() to printed
    }

    @Test
    fun `programs that end right after they started a cancel end cleanly, and the refund happens once`() {
        val receipts = List(times) { sandbox.add(10_000) }
        val forms = listOf("left future", "left coroutine", "blocking", "suspend")
        val ended = ConcurrentLinkedQueue<Pair<Int, String>>()
        List(4) { worker ->
            thread {
                for (number in worker until times step 4) ended.add(run(forms[number / 4 % 4], receipts[number]))
            }
        }.forEach { it.join() }
        assertEquals(List(times) { 0 to "" }, ended.toList())
        assertEquals(receipts.sorted(), sandbox.ledger().map { it.receiptId }.sorted())
    }

    @Test
    fun `a slow cancel that is left behind is waited for`() {
        val receiptId = sandbox.add(10_000)
        sandbox.fault("""{"on": "cancel", "when": "after_money", "latency_ms": 1500}""")
        assertEquals(0 to "", run("left future", receiptId))
        assertEquals(listOf(10_000L), sandbox.ledger(receiptId).map { it.amount })
    }

    @Test
    fun `a bulk that is left behind is stopped, and what was on its way is done`() {
        val receipts = List(80) { sandbox.add(1_000) }
        assertEquals(0 to "", run("left bulk", receipts.joinToString(",")))
        val moved = sandbox.ledger().map { it.receiptId }
        assertEquals(moved.distinct(), moved)
        assertEquals(sandbox.count("cancel"), moved.size)
        assertTrue(moved.size in 1..79, "${moved.size} of 80")
    }

    @Test
    fun `a sink of one's own gets the log to the end`() {
        val (status, printed) = run("left future, with a log", sandbox.add(10_000))
        assertEquals(0, status)
        assertTrue("INFO kr.co.bootpay.cancel.cancel answered" in printed.lines(), printed)
        assertTrue(printed.lines().any { it.startsWith("DEBUG ") }, printed)
    }
}
