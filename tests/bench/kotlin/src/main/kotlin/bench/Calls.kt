// What a call costs by itself: the way into the library and back, with records as they are, and no request.
package bench

import java.io.Writer
import kotlinx.coroutines.runBlocking
import kr.co.bootpay.cancel.BlockingBootpay
import kr.co.bootpay.cancel.Bootpay
import kr.co.bootpay.cancel.BootpayException
import kr.co.bootpay.cancel.CancelOutcome
import kr.co.bootpay.cancel.CancelRequest

private class Call(val case: String, val subject: String, val many: (Int) -> Unit)

/** Each is made this often in a timed block. */
private const val MANY = 5_000

/** Samples as those of cancels; `cancels` counts calls. */
fun calls(peer: Peer, samples: Writer, rounds: Int) {
    val options = options(peer, "plain", null)
    val blocking = BlockingBootpay(peer.applicationId, peer.privateKey, options)
    val suspending = Bootpay(peer.applicationId, peer.privateKey, options)
    val (one, other) = peer.receipts(2, 10_000)
    val (mine, theirs) = blocking.cancel(one).cancelId to runBlocking { suspending.cancel(other).cancelId }
    peer.forget()

    // Amounts above what can be paid are refused before anything is opened or sent.
    val wrong = CancelRequest.partial(one, -1).cancelId("order-1042/refund-1").canceller("관리자").reason("고객 요청")
    val again = { outcome: CancelOutcome -> check(outcome is CancelOutcome.Cancelled && outcome.repeated) }
    val calls = listOf(
        Call("the same cancel again", "threads") { n -> repeat(n) { again(blocking.cancel(one)) } },
        Call("the same cancel again", "coroutines") { n -> runBlocking { repeat(n) { again(suspending.cancel(other)) } } },
        Call("an intent", "threads") { n -> repeat(n) { check(blocking.intent(mine).receiptId == one) } },
        Call("an intent", "coroutines") { n -> runBlocking { repeat(n) { check(suspending.intent(theirs).receiptId == other) } } },
        Call("an invalid request", "threads") { n -> repeat(n) { refused { blocking.cancel(wrong) } } },
        Call("an invalid request", "coroutines") { n -> runBlocking { repeat(n) { refused { suspending.cancel(wrong) } } } },
    )
    System.err.println("calls without a request: $MANY x $rounds rounds …")
    for (round in -4..rounds) {
        for (turn in calls.indices) {
            val call = calls[Math.floorMod(round + turn, calls.size)]
            System.gc()
            val cost = cost { call.many(MANY) }
            witness(peer.ledger(), 0, 0)
            if (round <= 0) continue
            val sample = JSON.createObjectNode().put("suite", "kotlin-calls").put("case", call.case)
            sample.put("transport", "no request").put("subject", call.subject)
            if (call.subject == "threads") sample.put("baseline", true)
            sample.put("round", round).put("cancels", MANY).put("seconds", cost.seconds).put("cpu_seconds", cost.cpuSeconds)
            samples.line(sample)
        }
    }
    blocking.close()
    suspending.close()
}

private inline fun refused(call: () -> Unit) {
    try {
        call()
    } catch (_: BootpayException.InvalidInput) {
        return
    }
    error("a refund of less than nothing was not refused")
}
