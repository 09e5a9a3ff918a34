package kr.co.bootpay.cancel

import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.DelicateCoroutinesApi
import kotlinx.coroutines.GlobalScope
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking

/** A program of one cancel, which it waits for or leaves behind. */
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
        else -> error(form)
    }
}
