package example

import kotlin.system.exitProcess
import kotlinx.coroutines.runBlocking
import kr.co.bootpay.cancel.Bootpay
import kr.co.bootpay.cancel.BootpayException
import kr.co.bootpay.cancel.CancelOutcome
import kr.co.bootpay.cancel.CancelRequest

/**
 * The page's example ("결제 취소하기") in Kotlin.
 *
 * `BOOTPAY_APPLICATION_ID=… BOOTPAY_PRIVATE_KEY=… java example.PageKt RECEIPT_ID`; with `BOOTPAY_BASE_URL` it talks to a
 * sandbox.
 */
fun main(arguments: Array<String>) {
    val receiptId = arguments.singleOrNull() ?: usage("Page RECEIPT_ID")
    val (applicationId, privateKey) = keys()
    Bootpay(applicationId, privateKey, options()).use { bootpay ->
        runBlocking {
            // What a crash left behind is found on the next start.
            bootpay.recover()
            cancel(bootpay, receiptId)
        }
    }
}

private suspend fun cancel(bootpay: Bootpay, receiptId: String) {
    val request = CancelRequest.full(receiptId).canceller("관리자").reason("테스트 결제")
    try {
        when (val outcome = bootpay.cancel(request)) {
            is CancelOutcome.Cancelled -> {
                val figures = outcome.cancellation
                println("취소되었습니다: ${figures.cancelledPrice}원, 남은 금액 ${figures.remainPrice}원")
            }
            is CancelOutcome.AlreadyCancelled -> println("이미 취소된 결제입니다: ${outcome.serverMessage}")
            is CancelOutcome.Unknown ->
                println("아직 알 수 없습니다. 다시 요청하지 말고 나중에 reconcile: ${outcome.cancelId}")
        }
    } catch (error: BootpayException) {
        // This call moved no money. The text says what to do.
        println(error.message)
    }
}

internal fun usage(text: String): Nothing {
    System.err.println(text)
    exitProcess(2)
}
