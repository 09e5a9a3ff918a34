package example

import kotlin.system.exitProcess
import kotlinx.coroutines.delay
import kotlinx.coroutines.runBlocking
import kr.co.bootpay.cancel.Bootpay
import kr.co.bootpay.cancel.BootpayException
import kr.co.bootpay.cancel.CancelOutcome
import kr.co.bootpay.cancel.CancelRequest
import kr.co.bootpay.cancel.Decision
import kr.co.bootpay.cancel.IntentQuery
import kr.co.bootpay.cancel.Receipt

/**
 * A terminal tool for a merchant's staff: look a payment up, cancel it, and settle what stayed unknown.
 *
 * `java example.StaffKt` shows a menu, `java example.StaffKt cancel RECEIPT_ID --price 3000 --cancel-id refund-1` does one
 * thing. Keys come from `BOOTPAY_APPLICATION_ID` and `BOOTPAY_PRIVATE_KEY`; `BOOTPAY_API`, `BOOTPAY_JOURNAL` and
 * `BOOTPAY_BASE_URL` are as in the `bootpay` command. All who cancel the same payments must name the same journal.
 *
 * It ends with 0 where all is done, 1 where an error moved no money, 2 where it was called wrongly, 3 where an outcome is
 * unknown, and 4 where a payment had been cancelled before.
 */
fun main(line: Array<String>) {
    if ("--help" in line) return println(HELP)
    val (applicationId, privateKey) = keys()
    val status = Bootpay(applicationId, privateKey, options()).use { bootpay ->
        runBlocking { Staff(bootpay).run { if (line.isEmpty()) menu() else run(line.toList()) } }
    }
    exitProcess(status)
}

private const val DONE = 0
private const val ERROR = 1
private const val WRONG = 2
private const val UNKNOWN = 3
private const val ALREADY = 4

private class Staff(private val bootpay: Bootpay) {
    /** Carries a command out. An error moved no money. */
    suspend fun run(line: List<String>): Int = try {
        val given = Arguments(line)
        when (given.command) {
            "open" -> open()
            "receipt" -> receipt(given)
            "cancel" -> cancel(given)
            "watch" -> watch(given)
            else -> resolve(given)
        }
    } catch (wrong: Wrong) {
        System.err.println(wrong.message)
        WRONG
    } catch (error: BootpayException) {
        System.err.println("안 되었습니다. 이 요청으로 환불된 돈은 없습니다.\n${error.message}")
        ERROR
    }

    /** Lists what still waits for evidence or for a person. */
    private suspend fun open(): Int {
        val intents = bootpay.intents(IntentQuery().open())
        if (intents.isEmpty()) println("확인이 필요한 취소 건이 없습니다.")
        for (intent in intents) {
            val cause = intent.unknownCause?.let { ", ${words(it)}" }.orEmpty()
            val held = if (intent.held) ", 금액이 맞지 않아 담당자 확인이 필요합니다" else ""
            println("${korean(intent.createdAt)}  ${words(intent.state)}  ${words(intent.amount)}$cause$held")
            println("    영수증 ${intent.receiptId}  취소 ID ${intent.cancelId}")
        }
        return if (intents.isEmpty()) DONE else UNKNOWN
    }

    /** Looks a payment up, with what the journal knows about it. */
    private suspend fun receipt(given: Arguments): Int {
        show(bootpay.receipt(given.word(0)))
        for (intent in bootpay.intents(IntentQuery().receiptId(given.word(0)))) {
            println("    ${korean(intent.createdAt)}  ${words(intent.amount)}  ${words(intent.state)}  ${intent.cancelId}")
        }
        return DONE
    }

    private fun show(receipt: Receipt) {
        val totals = receipt.totals
        val how = "${receipt.pgName ?: receipt.pg} ${receipt.methodName ?: receipt.method}"
        println("${receipt.orderName ?: "(상품명 없음)"}  $how")
        println("    결제 ${won(totals.price)}  취소 ${won(totals.cancelled)}  남은 금액 ${won(totals.remaining)}")
    }

    /** Cancels a payment, in full or in part, once somebody has seen what it is and said yes. */
    private suspend fun cancel(given: Arguments): Int {
        val receiptId = given.word(0)
        val price = given.won("--price")
        if (price != null && given.text("--cancel-id") == null) {
            throw Wrong("일부 취소에는 --cancel-id가 필요합니다. 같은 번호는 몇 번을 요청해도 한 번만 환불됩니다.")
        }
        if (price == null && given.text("--tax-free") != null) throw Wrong("--tax-free에는 --price가 필요합니다.")
        val receipt = bootpay.receipt(receiptId)
        show(receipt)
        val remaining = receipt.totals.remaining
        if (!confirmed(given, "${won(price ?: remaining)}을 취소합니다")) return ERROR
        var request: CancelRequest = if (price == null) {
            // What was shown is what is cancelled: where somebody else was faster, nothing is sent.
            val full = CancelRequest.full(receiptId)
            if (remaining == null || remaining == 0L) full else full.expectedRemaining(remaining)
        } else {
            val partial = CancelRequest.partial(receiptId, price)
            given.won("--tax-free")?.let(partial::taxFree) ?: partial
        }
        request = request.canceller(given.by)
        given.text("--cancel-id")?.let { request = request.cancelId(it) }
        given.text("--reason")?.let { request = request.reason(it) }
        return told(bootpay.cancel(request))
    }

    /** Asks again and again how an unknown cancel stands, until it is settled. */
    private suspend fun watch(given: Arguments): Int {
        val every = given.seconds("--every", 10.0)
        val giveUpAt = System.nanoTime() + given.seconds("--for", 600.0) * 1e9
        while (true) {
            val status = try {
                told(bootpay.reconcile(given.word(0)))
            } catch (error: BootpayException.LookupFailed) {
                println("조회하지 못했습니다. ${error.hint ?: error.message}")
                UNKNOWN
            }
            if (status != UNKNOWN || System.nanoTime() + every * 1e9 > giveUpAt) return status
            delay((every * 1000).toLong())
        }
    }

    /** Records what somebody saw in Bootpay's and the payment gateway's consoles. */
    private suspend fun resolve(given: Arguments): Int {
        val decision = when (given.word(1)) {
            "cancelled" -> Decision.CANCELLED
            "not-cancelled" -> Decision.NOT_CANCELLED
            else -> throw Wrong(HELP)
        }
        val intent = bootpay.intent(given.word(0))
        val words = if (decision == Decision.CANCELLED) "취소되었다" else "취소되지 않았다"
        val question = "${intent.receiptId} ${words(intent.amount)} 건을 '$words'로 기록합니다. 되돌릴 수 없습니다"
        if (!confirmed(given, question)) return ERROR
        val settled = bootpay.resolve(given.word(0), decision, given.by)
        println("기록했습니다: ${words(settled.state)} (${settled.decidedBy})")
        return DONE
    }

    /** Says how a cancel ended, and gives the exit status. */
    private fun told(outcome: CancelOutcome): Int = when (outcome) {
        is CancelOutcome.Cancelled -> {
            val figures = outcome.cancellation
            val again = if (outcome.repeated) " (앞서 요청한 것과 같은 취소입니다)" else ""
            println("취소 완료: ${words(outcome.moneyIsBack)}.$again")
            println("    취소 누계 ${won(figures.cancelledPrice)}  남은 금액 ${won(figures.remainPrice)}")
            for (each in outcome.mismatches) {
                println("    확인 필요: ${each.field}이(가) ${won(each.expected)}이 아니라 ${won(each.answered)}입니다.")
            }
            DONE
        }
        is CancelOutcome.AlreadyCancelled -> {
            println("이미 취소된 결제입니다: ${words(outcome.moneyIsBack)}.")
            ALREADY
        }
        is CancelOutcome.Unknown -> {
            println("아직 알 수 없습니다: ${words(outcome.cause)}. 다시 취소하지 말고 결과를 확인해 주세요.")
            println("    취소 ID ${outcome.cancelId}")
            UNKNOWN
        }
    }

    /** Asks before money moves. Nobody there to answer is a no. */
    private fun confirmed(given: Arguments, question: String): Boolean {
        if (given.yes) return true
        if (isYes(ask("$question. 계속할까요? [예/아니요] "))) return true
        println("그만두었습니다. 아무것도 보내지 않았습니다.")
        return false
    }

    /** Asks what to do until somebody has enough. */
    suspend fun menu(): Int {
        val recovery = bootpay.recover()
        println("결과가 확인된 취소 ${recovery.settled.size}건, 아직 모르는 취소 ${recovery.unknown.size}건")
        while (true) {
            println(MENU)
            when (ask("> ")) {
                "1" -> run(listOf("open"))
                "2" -> run(listOf("receipt", ask("영수증 ID: ").orEmpty()))
                "3" -> run(listOf("cancel", ask("영수증 ID: ").orEmpty()))
                "4" -> {
                    val receiptId = ask("영수증 ID: ").orEmpty()
                    val price = ask("취소할 금액(원): ").orEmpty().replace(",", "")
                    run(listOf("cancel", receiptId, "--price", price, "--cancel-id", ask("환불 번호: ").orEmpty()))
                }
                "5" -> run(listOf("watch", ask("취소 ID: ").orEmpty()))
                "6" -> {
                    val cancelId = ask("취소 ID: ").orEmpty()
                    val seen = if (isYes(ask("취소되었습니까? [예/아니요] "))) "cancelled" else "not-cancelled"
                    run(listOf("resolve", cancelId, seen))
                }
                "0", null -> return DONE
            }
        }
    }

    private fun ask(question: String): String? {
        print(question)
        System.out.flush()
        return readlnOrNull()?.trim()
    }

    private fun isYes(answer: String?) = answer in setOf("예", "네", "y", "yes")

    private companion object {
        const val MENU = """
1. 확인이 필요한 취소 건   2. 영수증 조회   3. 전액 취소   4. 일부 취소
5. 결과 지켜보기           6. 결과 기록     0. 끝내기"""
    }
}
