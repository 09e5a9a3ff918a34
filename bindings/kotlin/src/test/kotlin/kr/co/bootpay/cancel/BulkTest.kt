package kr.co.bootpay.cancel

import java.io.PrintWriter
import java.io.StringWriter
import java.nio.charset.Charset
import java.nio.file.Files
import java.nio.file.NoSuchFileException
import java.nio.file.Path
import java.time.Duration
import java.util.concurrent.ConcurrentLinkedQueue
import java.util.concurrent.CountDownLatch
import java.util.concurrent.ExecutionException
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicInteger
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertInstanceOf
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir

class BulkTest : SandboxTest() {
    @TempDir
    lateinit var folder: Path

    /** A file of full cancels, one for each receipt. */
    private fun table(receipts: List<String>) =
        receipts.joinToString("\n", "receipt_id,amount,reason\n") { "$it,full,고객 요청" }.toByteArray()

    private fun moved() = sandbox.ledger().map { it.receiptId }.sorted()

    private fun inAFile(): Options = sandbox.options().journal(folder.resolve("journal.sqlite3")).build()

    // So fast that a test need not wait, and so slow that one can get in between.
    private fun fast(plan: BulkPlan) = BulkOptions(plan).perSecond(200.0).tellEvery(Duration.ofMillis(20))

    private fun slow(plan: BulkPlan) = fast(plan).perSecond(2.0).mostPerSecond(2.0)

    @Test
    fun `some dozens of rows are carried out, and progress is told`() {
        val receipts = List(40) { sandbox.add(1_000) }
        val heard = ConcurrentLinkedQueue<BulkProgress>()
        val threads = ConcurrentLinkedQueue<Thread>()
        sandbox.client().use { bootpay ->
            runBlocking {
                val file = folder.resolve("refunds.csv").also { Files.write(it, table(receipts)) }
                val bulk = bootpay.bulk(file)
                val plan = bulk.plan()
                assertEquals(listOf(40L, 0L, 40L), listOf(plan.rows.rows, plan.rows.won, plan.rows.unpriced))
                assertEquals(listOf(40L, 0L, 40L), listOf(plan.full.rows, plan.partial.rows, plan.receipts))
                assertEquals(BulkEncoding.UTF8 to sandbox.baseUrl, plan.encoding to plan.environment)
                assertEquals(40, bulk.status().remaining.rows)

                val report = bulk.run(fast(plan)) {
                    heard.add(it)
                    threads.add(Thread.currentThread())
                }
                assertEquals(null, report.stopped)
                assertEquals(listOf(40L, 40_000L), listOf(report.sum.cancelled.rows, report.sum.cancelled.won))
                assertEquals(report.sum.planned, report.sum.cancelled)
                assertEquals(report.sum, bulk.status())
                assertEquals(emptyList<IntentRef>(), report.unrecorded)
            }
        }
        assertEquals(receipts.sorted(), moved())
        assertTrue(heard.size >= 2 && heard.any { it.phase == BulkPhase.CANCELLING }, "$heard")
        assertEquals(BulkPhase.FINISHED to 40L, heard.last().let { it.phase to it.sum.cancelled.rows })
        for (progress in heard) {
            val sum = progress.sum
            val parts = listOf(sum.cancelled, sum.already, sum.refused, sum.unknown, sum.remaining)
            assertEquals(sum.planned.rows, parts.sumOf { it.rows })
        }
        assertFalse(Thread.currentThread() in threads)
    }

    @Test
    fun `the three forms say the same, and partial rows keep their keys`() {
        val receipts = List(3) { sandbox.add(10_000) }
        // As Korean Excel saves it.
        val korean = receipts.withIndex().joinToString("\r\n", "영수증,금액,취소 ID,면세\r\n") { (row, id) -> "$id,\"3,000\",환불-$row," }
        val bytes = korean.toByteArray(Charset.forName("x-windows-949"))
        val journal = inAFile()
        val reports = listOf(
            sandbox.client(journal).use { bootpay ->
                runBlocking { bootpay.bulk(bytes).let { it.run(fast(it.plan()).cap(3_000)) } }
            },
            sandbox.blockingClient(journal).use { bootpay -> bootpay.bulk(bytes).let { it.run(fast(it.plan()).cap(6_000)) } },
            sandbox.futureClient(journal).use { bootpay ->
                bootpay.bulk(bytes).thenCompose { it.run(BulkOptions(it.plan().id).perSecond(200.0)) }.join()
            },
        )
        assertEquals(listOf(3_000L, 6_000L, 9_000L), reports.map { it.sum.cancelled.won })
        assertEquals(listOf("cap", "cap", null), reports.map { it.stopped?.kind })
        val stopped = reports[0].stopped!!
        assertEquals(listOf(3_000L, 3_000L, 3_000L), listOf(stopped.cap, stopped.counted, stopped.next))
        assertTrue("3,000원" in stopped.korean && "cap" in stopped.english, "$stopped")
        assertEquals(receipts.indices.map { "환불-$it" }, sandbox.ledger().map { it.cancelId }.sortedBy { it })
        val plan = sandbox.blockingClient().use { it.bulk(bytes).plan() }
        assertEquals(BulkEncoding.CP949 to 9_000L, plan.encoding to plan.partial.won)
    }

    @Test
    fun `wrong rows are named by line and field, in both languages, and nothing is sent`() {
        val file = "receipt_id,amount,cancel_id,account\nr-1,3천,refund-1,\nr-2,,,\nr-3,3000,,\n".toByteArray()
        val thrown = listOf(
            sandbox.client().use { bootpay ->
                assertThrows(BootpayException.WrongBulkFile::class.java) { runBlocking { bootpay.bulk(file) } }
            },
            sandbox.blockingClient().use { bootpay ->
                assertThrows(BootpayException.WrongBulkFile::class.java) { bootpay.bulk(file) }
            },
            sandbox.futureClient().use { bootpay ->
                assertThrows(ExecutionException::class.java) { bootpay.bulk(file).get() }.cause as BootpayException.WrongBulkFile
            },
        )
        for (wrong in thrown) {
            val named = wrong.problems.map { it.line to it.field }
            assertEquals(listOf(2L to "amount", 3L to "amount", 4L to "cancel_id"), named)
            assertEquals(3, wrong.count)
            assertEquals("원 단위의 금액이어야 합니다 (예: 3000, 3,000)", wrong.problems[0].korean)
            assertTrue(wrong.message!!.startsWith("line 2, amount: not an amount in won"), wrong.message)
            assertTrue(wrong.hint!!.startsWith("2번째 줄, amount: 원 단위의 금액이어야 합니다"), wrong.hint)
            assertEquals("bulk_file" to "amount", wrong.kind to wrong.field)
        }
        sandbox.blockingClient().use { bootpay ->
            assertThrows(NoSuchFileException::class.java) { bootpay.bulk(folder.resolve("none.csv")) }
        }
        assertEquals(0, sandbox.requests().size)
    }

    @Test
    fun `options that are wrong, or name another plan, are refused by name, and nothing is sent`() {
        sandbox.blockingClient().use { bootpay ->
            val bulk = bootpay.bulk(table(listOf("r-1")))
            val plan = bulk.plan()
            val wrong = listOf<Pair<String, () -> BulkOptions>>(
                "plan" to { BulkOptions(bootpay.bulk(table(listOf("r-2"))).plan()) },
                "cap" to { BulkOptions(plan).cap(-1) },
                "bulk.rate" to { BulkOptions(plan).perSecond(Double.NaN) },
                "bulk.most_in_flight" to { BulkOptions(plan).mostInFlight(-1) },
                "bulk.between_rounds" to { BulkOptions(plan).betweenRounds(Duration.ofSeconds(-1)) },
            )
            for ((field, options) in wrong) {
                val error = assertThrows(BootpayException.InvalidInput::class.java) { bulk.run(options()) }
                assertEquals(field, error.field)
            }
        }
        assertEquals(0, sandbox.requests().size)
    }

    @Test
    fun `a run that was stopped in the middle is taken up where it stood`() {
        val receipts = List(80) { sandbox.add(1_000) }
        val file = table(receipts)
        val options = inAFile()
        sandbox.blockingClient(options).use { bootpay ->
            val bulk = bootpay.bulk(file)
            val stop = BulkStop()
            val report = bulk.run(slow(bulk.plan()), stop) { if (it.sum.cancelled.rows >= 2) stop.stop() }
            assertTrue(stop.isStopped)
            assertEquals("asked", report.stopped?.kind)
            assertFalse(report.sum.isComplete)
            assertEquals(0, report.sum.unknown.rows)
            assertTrue(report.sum.cancelled.rows >= 2 && report.sum.remaining.rows >= 1, "${report.sum}")
            assertEquals(report.sum.cancelled.rows, sandbox.ledger().size.toLong())
        }
        sandbox.blockingClient(options).use { bootpay ->
            val bulk = bootpay.bulk(file)
            val before = bulk.status().cancelled.rows
            assertEquals(sandbox.ledger().size.toLong(), before)
            val report = bulk.run(fast(bulk.plan()))
            assertEquals(null to 80L, report.stopped to report.sum.cancelled.rows)
            assertTrue(report.sum.isComplete)
        }
        assertEquals(receipts.sorted(), moved())
        assertEquals(80, sandbox.count("cancel"))
    }

    @Test
    fun `a coroutine that is cancelled stops its run, and what is on its way ends`() {
        val receipts = List(80) { sandbox.add(1_000) }
        sandbox.fault("""{"on": "cancel", "times": 200, "when": "after_money", "latency_ms": 1000}""")
        val begun = CountDownLatch(1)
        sandbox.client().use { bootpay ->
            runBlocking {
                val bulk = bootpay.bulk(table(receipts))
                val run = async(Dispatchers.Default) {
                    bulk.run(slow(bulk.plan())) { if (it.inFlight > 0) begun.countDown() }
                }
                assertTrue(begun.await(60, TimeUnit.SECONDS))
                run.cancelAndJoin()
                assertThrows(CancellationException::class.java) { runBlocking { run.await() } }
                eventually { isQuiet() && bulk.status().inFlight == 0L }
                val sum = bulk.status()
                assertTrue(sum.cancelled.rows >= 1 && sum.remaining.rows >= 1, "$sum")
                assertEquals(80L, sum.cancelled.rows + sum.remaining.rows, "$sum")
                assertEquals(sum.cancelled.rows, sandbox.ledger().size.toLong())
            }
        }
        assertEquals(moved().distinct(), moved())
    }

    /** Nothing new is begun: at the slow rate, four rows would have been meanwhile. */
    private fun isQuiet(): Boolean {
        val before = sandbox.count("cancel")
        Thread.sleep(2_000)
        return sandbox.count("cancel") == before
    }

    private inline fun eventually(holds: () -> Boolean) {
        val giveUpAt = System.nanoTime() + 60_000_000_000
        while (!holds()) {
            assertTrue(System.nanoTime() < giveUpAt, "it never came")
            Thread.sleep(20)
        }
    }

    @Test
    fun `a cancelled future stops its run`() {
        val receipts = List(80) { sandbox.add(1_000) }
        val begun = CountDownLatch(1)
        sandbox.futureClient().use { bootpay ->
            val bulk = bootpay.bulk(table(receipts)).join()
            val run = bulk.run(slow(bulk.plan())) { if (it.sum.cancelled.rows >= 1) begun.countDown() }
            assertTrue(begun.await(60, TimeUnit.SECONDS))
            assertTrue(run.cancel(true))
            eventually { isQuiet() && bulk.status().join().inFlight == 0L }
            assertTrue(bulk.status().join().remaining.rows >= 1)
            assertEquals(bulk.status().join().cancelled.rows, sandbox.ledger().size.toLong())
        }
    }

    @Test
    fun `a listener that throws is told nothing more, and the bulk goes on`() {
        val receipts = List(30) { sandbox.add(1_000) }
        val calls = AtomicInteger()
        sandbox.blockingClient().use { bootpay ->
            val bulk = bootpay.bulk(table(receipts))
            val report = bulk.run(fast(bulk.plan())) {
                calls.incrementAndGet()
                error("canary")
            }
            assertEquals(30L, report.sum.cancelled.rows)
            val lookups = AtomicInteger()
            val lookup = bulk.lookUp(500.0, null) { _, _ -> error("canary ${lookups.incrementAndGet()}") }
            assertEquals(30L to "already_cancelled", lookup.count to lookup.findings.map { it.kind }.distinct().single())
            assertEquals(1, lookups.get())
        }
        assertEquals(1, calls.get())
        assertEquals(receipts.sorted(), moved())
    }

    @Test
    fun `a listener may ask the client something, and close nothing off by that`() {
        val receipts = List(30) { sandbox.add(1_000) }
        val seen = ConcurrentLinkedQueue<Long>()
        sandbox.blockingClient().use { bootpay ->
            val bulk = bootpay.bulk(table(receipts))
            val report = bulk.run(fast(bulk.plan())) { seen.add(bulk.status().planned.rows) }
            assertEquals(30L, report.sum.cancelled.rows)
        }
        assertEquals(setOf(30L), seen.toSet())
    }

    @Test
    fun `a look-up holds the rows against the ledger and sends no cancel`() {
        val (good, cancelled) = sandbox.add(10_000) to sandbox.add("""{"price": 5000}""")
        val told = ConcurrentLinkedQueue<Pair<Long, Long>>()
        sandbox.blockingClient().use { bootpay ->
            bootpay.cancel(cancelled)
            val file = "receipt_id,amount,cancel_id\n$good,12000,refund-1\n$cancelled,full,\nnothing,full,\n".toByteArray()
            val lookup = bootpay.bulk(file).lookUp(100.0) { receipts, of -> told.add(receipts to of) }
            assertEquals(listOf(3L, 3L, 0L), listOf(lookup.receipts, lookup.of, lookup.wouldMove))
            val kinds = listOf("more_than_remains", "already_cancelled", "not_found")
            assertEquals(listOf(2L, 3L, 4L) to kinds, lookup.findings.map { it.line } to lookup.findings.map { it.kind })
            assertEquals(12_000L to 10_000L, lookup.findings[0].asked to lookup.findings[0].remaining)
            eventually { told.lastOrNull() == (3L to 3L) }
            val stopped = bootpay.bulk(file).lookUp(stop = BulkStop().apply { stop() })
            assertEquals(0L to 3L, stopped.receipts to stopped.of)
        }
        assertEquals(1, sandbox.count("cancel"))
    }

    @Test
    fun `the table is exported as bytes and as a new file`() {
        val receipts = List(30) { sandbox.add(1_000) }
        val refused = sandbox.add("""{"price": 1000, "refuse_with": "phone_month"}""")
        sandbox.client().use { bootpay ->
            runBlocking {
                val bulk = bootpay.bulk(table(receipts + refused))
                bulk.run(fast(bulk.plan()))
                val place = folder.resolve("result.csv")
                val bytes = bulk.export()
                assertEquals(bytes.size.toLong(), bulk.exportTo(place))
                assertArrayEquals(bytes, Files.readAllBytes(place))
                val lines = bytes.toString(Charsets.UTF_8).trimEnd().split("\r\n")
                assertTrue(lines[0].startsWith("\uFEFF줄,영수증,구분,금액"), lines[0])
                assertEquals(30, lines.count { "취소됨" in it })
                assertEquals(receipts + refused, lines.drop(1).map { it.split(",")[1].removePrefix("'") })
                assertTrue("refused" in bulk.export(Language.ENGLISH).toString(Charsets.UTF_8))
                val again = assertThrows(BootpayException.InvalidInput::class.java) { runBlocking { bulk.exportTo(place) } }
                assertEquals("path", again.field)
            }
        }
    }

    @Test
    fun `secrets of a file are shown nowhere`() {
        val shown = mutableListOf<Any?>()
        val receiptId = sandbox.add("""{"price": 10000, "virtual_account": true, "method": "vbank"}""")
        val row = "$receiptId,full,004,66569112432134,카나리아,canary-reason"
        val head = "receipt_id,amount,bank,account,holder,reason\n"
        sandbox.blockingClient().use { bootpay ->
            val wrong = "$head${row.replace("full", "canary-amount")}\n".toByteArray()
            val refused = assertThrows(BootpayException.WrongBulkFile::class.java) { bootpay.bulk(wrong) }
            shown.addAll(listOf(refused, refused.problems))
            val bulk = bootpay.bulk("$head$row\n".toByteArray())
            val options = fast(bulk.plan())
            shown.addAll(listOf(bulk, bulk.plan(), options, BulkStop()))
            shown += bulk.lookUp()
            shown += bulk.run(options) { progress -> synchronized(shown) { shown += progress } }
            shown.addAll(listOf(bulk.status(), bulk.export().toString(Charsets.UTF_8)))
            assertEquals(1, bulk.status().cancelled.rows)
        }
        val texts = synchronized(shown) { shown.map(::printed) }
        for (secret in listOf("canary", "66569112432134", "카나리아", sandbox.privateKey)) {
            assertEquals(emptyList<String>(), texts.filter { secret in it })
        }
    }

    private fun printed(value: Any?): String =
        if (value is Throwable) StringWriter().also { value.printStackTrace(PrintWriter(it)) }.toString() else "$value"

    @Test
    fun `a closed client runs no bulk`() {
        val bootpay = sandbox.blockingClient()
        val bulk = bootpay.bulk(table(listOf("r-1")))
        bootpay.close()
        val error = assertThrows(BootpayException.NotSent::class.java) { bulk.run(BulkOptions(bulk.plan())) }
        assertEquals("not_sent.closed", error.kind)
    }
}
