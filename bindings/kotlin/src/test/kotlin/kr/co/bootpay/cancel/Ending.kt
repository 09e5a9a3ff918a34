package kr.co.bootpay.cancel

import java.time.Duration
import java.util.concurrent.CountDownLatch
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.DelicateCoroutinesApi
import kotlinx.coroutines.GlobalScope
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking

/** A program of one cancel, which it waits for or leaves behind, or of a bulk that it leaves behind. */
@OptIn(DelicateCoroutinesApi::class)
fun main(arguments: Array<String>) {
    val (form, baseUrl, applicationId, privateKey, receiptId) = arguments
    val options = Options { baseUrl(baseUrl).memoryJournal() }
    when (form) {
        "blocking" -> check(BlockingBootpay(applicationId, privateKey, options).cancel(receiptId) is CancelOutcome.Cancelled)
        "suspend" -> runBlocking {
            check(Bootpay(applicationId, privateKey, options).cancel(receiptId) is CancelOutcome.Cancelled)
        }
        "left future", "left future, with a log" -> {
            if ("log" in form) Log.sendTo { println("${it.level} ${it.logger} ${it.text.substringBefore(' ')}") }
            FutureBootpay(applicationId, privateKey, options).cancel(receiptId)
        }
        "left coroutine" -> {
            val bootpay = Bootpay(applicationId, privateKey, options)
            GlobalScope.launch(start = CoroutineStart.UNDISPATCHED) { bootpay.cancel(receiptId) }
        }
        "left bulk" -> {
            val begun = CountDownLatch(1)
            val file = receiptId.split(',').joinToString("\n", "receipt_id,amount\n") { "$it,full" }
            FutureBootpay(applicationId, privateKey, options).bulk(file.toByteArray()).thenCompose { bulk ->
                // 40 seconds, if nobody left it behind.
                bulk.run(BulkOptions(bulk.plan()).perSecond(2.0).mostPerSecond(2.0).tellEvery(Duration.ofMillis(1))) {
                    if (it.sum.cancelled.rows >= 1) begun.countDown()
                }
            }
            begun.await()
        }
        else -> error(form)
    }
}
