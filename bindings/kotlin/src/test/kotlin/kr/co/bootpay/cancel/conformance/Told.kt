package kr.co.bootpay.cancel.conformance

import com.fasterxml.jackson.databind.JsonNode
import java.time.Duration
import java.util.concurrent.atomic.AtomicInteger
import kr.co.bootpay.cancel.CancelRequest
import kr.co.bootpay.cancel.Decision
import kr.co.bootpay.cancel.Dialect
import kr.co.bootpay.cancel.Environment
import kr.co.bootpay.cancel.IntentQuery
import kr.co.bootpay.cancel.Options
import kr.co.bootpay.cancel.RefundAccount
import kr.co.bootpay.cancel.SuppliedToken
import kr.co.bootpay.cancel.TokenSource
import kr.co.bootpay.cancel.TokenSourceException

// What a runner is told, in the package's own types. Members that are not there are left out of the call.

fun JsonNode.text(name: String): String = path(name).textValue() ?: error("`$name` is missing: $this")

private fun <T> JsonNode.ifGiven(name: String, take: (JsonNode) -> T): T? = get(name)?.let(take)

private fun JsonNode.duration() = Duration.ofMillis(longValue())

fun options(told: JsonNode, shown: Shown): Options = Options {
    told.ifGiven("base_url") { baseUrl(it.textValue()) }
    told.ifGiven("environment") { environment(Environment.valueOf(it.textValue().uppercase())) }
    told.ifGiven("dialect") { dialect(Dialect.valueOf(it.textValue().uppercase())) }
    told.ifGiven("journal") { if (it.textValue() == "memory") memoryJournal() else journal(it.textValue()) }
    told.ifGiven("connect_timeout_ms") { connectTimeout(it.duration()) }
    told.ifGiven("cancel_timeout_ms") { cancelTimeout(it.duration()) }
    told.ifGiven("lookup_timeout_ms") { lookupTimeout(it.duration()) }
    told.ifGiven("token_timeout_ms") { tokenTimeout(it.duration()) }
    told.ifGiven("idle_timeout_ms") { idleTimeout(it.duration()) }
    told.ifGiven("wait_for_others_ms") { waitForOthers(it.duration()) }
    told.ifGiven("nobody_else_cancels") { nobodyElseCancels(it.booleanValue()) }
    told.ifGiven("server_honours_cancel_id_for_ms") { serverHonoursCancelIdFor(it.duration()) }
    told.ifGiven("look_before_partial") { lookBeforePartial(it.booleanValue()) }
    told.ifGiven("proxy") { if (it.textValue() == "none") withoutProxy() else proxy(it.textValue()) }
    told.ifGiven("ca_bundle") { caBundle(it.textValue().toByteArray()) }
}.also(shown::add)

/** What the package's types cannot express: there is no such call to make. */
class Inexpressible(field: String) : Exception(field)

private fun JsonNode.won(name: String): Long? =
    ifGiven(name) { if (it.isIntegralNumber && it.canConvertToLong()) it.longValue() else throw Inexpressible(name) }

fun request(told: JsonNode, shown: Shown): CancelRequest {
    val receiptId = told.text("receipt_id")
    var request: CancelRequest = if (told.has("price")) {
        if (told.has("expected_remaining")) throw Inexpressible("expected_remaining")
        val partial = CancelRequest.partial(receiptId, told.won("price")!!)
        told.won("tax_free")?.let(partial::taxFree) ?: partial
    } else {
        if (told.has("tax_free")) throw Inexpressible("tax_free")
        val full = CancelRequest.full(receiptId)
        told.won("expected_remaining")?.let(full::expectedRemaining) ?: full
    }
    told.ifGiven("cancel_id") { request = request.cancelId(it.textValue()) }
    told.ifGiven("canceller") { request = request.canceller(it.textValue()) }
    told.ifGiven("reason") { request = request.reason(it.textValue()) }
    told.ifGiven("refund_account") { request = request.refundAccount(refundAccount(it).also(shown::add)) }
    return request.also(shown::add)
}

private fun refundAccount(told: JsonNode): RefundAccount = if (told.has("code")) {
    RefundAccount.withRawCode(told.text("code"), told.text("account"), told.text("holder"))
} else {
    RefundAccount(told.text("bank"), told.text("account"), told.text("holder"))
}

fun query(told: JsonNode, shown: Shown): IntentQuery {
    var query = IntentQuery()
    told.ifGiven("receipt_id") { query = query.receiptId(it.textValue()) }
    told.ifGiven("cancel_id") { query = query.cancelId(it.textValue()) }
    told.ifGiven("open") { if (it.booleanValue()) query = query.open() }
    told.ifGiven("limit") { query = query.limit(it.intValue()) }
    return query.also(shown::add)
}

fun decision(told: JsonNode): Decision = Decision.valueOf(told.text("decision").uppercase())

/** The n-th call gets the n-th of what it gives, and the last stays. */
fun tokenSource(gives: JsonNode, shown: Shown): TokenSource {
    val calls = AtomicInteger()
    return TokenSource { refused ->
        refused?.let(shown::add)
        val given = gives[minOf(calls.getAndIncrement(), gives.size() - 1)]
        given.ifGiven("fails") { throw TokenSourceException(it.textValue()) }
        val token = SuppliedToken(given.text("token"))
        (given.ifGiven("lifetime_ms") { token.lifetime(it.duration()) } ?: token).also(shown::add)
    }
}
