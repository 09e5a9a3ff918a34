package kr.co.bootpay.cancel.conformance

import com.fasterxml.jackson.databind.JsonNode
import com.fasterxml.jackson.databind.ObjectMapper
import java.time.Instant
import java.time.ZoneOffset
import java.time.format.DateTimeFormatter
import kr.co.bootpay.cancel.Attempt
import kr.co.bootpay.cancel.Bank
import kr.co.bootpay.cancel.BootpayException
import kr.co.bootpay.cancel.CancelAmount
import kr.co.bootpay.cancel.CancelOutcome
import kr.co.bootpay.cancel.Cancellation
import kr.co.bootpay.cancel.ConflictNote
import kr.co.bootpay.cancel.Intent
import kr.co.bootpay.cancel.IntentRef
import kr.co.bootpay.cancel.Mismatch
import kr.co.bootpay.cancel.NotRecovered
import kr.co.bootpay.cancel.Preview
import kr.co.bootpay.cancel.Receipt
import kr.co.bootpay.cancel.Recovery
import kr.co.bootpay.cancel.Refusal
import kr.co.bootpay.cancel.Secret
import kr.co.bootpay.cancel.Totals

/** What a call gave, as the protocol names it: an object with one member. */
fun report(value: Any): Map<String, Any?> = when (value) {
    is CancelOutcome -> outcome(value)
    is Preview -> mapOf("preview" to preview(value))
    is Receipt -> mapOf("receipt" to receipt(value))
    is Secret -> mapOf("token" to "received")
    is Unit -> mapOf("warmed_up" to true)
    is Recovery -> mapOf("recovery" to recovery(value))
    is Intent -> mapOf("intent" to intent(value))
    is Bank -> mapOf("bank" to bank(value))
    is String -> mapOf("place" to value)
    is List<*> -> when (value.firstOrNull()) {
        is Bank -> mapOf("banks" to value.map { bank(it as Bank) })
        else -> mapOf("intents" to value.map { intent(it as Intent) })
    }
    else -> error("${value.javaClass} is no answer")
}

/** What came out of a call instead. */
fun report(thrown: Throwable): Map<String, Any?> {
    if (thrown !is BootpayException) return mapOf("lost" to true)
    val shown = thrown.message.orEmpty().split("\n", limit = 2)
    val common = mapOf(
        "type" to when (thrown) {
            is BootpayException.InvalidInput -> "invalid_input"
            is BootpayException.WrongBulkFile -> "bulk_file"
            is BootpayException.Conflict -> "conflict"
            is BootpayException.Refused -> "refused"
            is BootpayException.NotSent -> "not_sent"
            is BootpayException.TokenUnavailable -> "token"
            is BootpayException.LookupFailed -> "lookup"
            is BootpayException.JournalFailed -> "journal"
            is BootpayException.Internal -> "internal"
        },
        "kind" to thrown.kind,
        "text" to shown[0],
        "hint" to shown.getOrNull(1),
        "hint_english" to thrown.hintEnglish,
        "code" to thrown.code,
        "field" to thrown.field,
        "retry_after_ms" to thrown.retryAfter?.toMillis(),
    )
    val own = when (thrown) {
        is BootpayException.InvalidInput -> mapOf("suggestions" to thrown.suggestions)
        is BootpayException.Conflict -> mapOf("intent" to ref(thrown.intent))
        is BootpayException.Refused -> mapOf("refusal" to refusal(thrown.refusal))
        else -> emptyMap()
    }
    return mapOf("error" to common + own)
}

fun outcome(outcome: CancelOutcome): Map<String, Any?> = when (outcome) {
    is CancelOutcome.Cancelled -> mapOf(
        "cancelled" to mapOf(
            "intent" to ref(outcome.intent),
            "cancellation" to cancellation(outcome.cancellation),
            "evidence" to word(outcome.evidence),
            "money_is_back" to word(outcome.moneyIsBack),
            "mismatches" to outcome.mismatches.map(::mismatch),
            "repeated" to outcome.repeated,
            "recorded" to outcome.recorded,
        ),
    )
    is CancelOutcome.AlreadyCancelled -> mapOf(
        "already_cancelled" to mapOf(
            "intent" to ref(outcome.intent),
            "ledger" to outcome.ledger?.let(::totals),
            "evidence" to word(outcome.evidence),
            "money_is_back" to word(outcome.moneyIsBack),
            "server_message" to outcome.serverMessage,
            "repeated" to outcome.repeated,
            "recorded" to outcome.recorded,
        ),
    )
    is CancelOutcome.Unknown -> mapOf("unknown" to unknown(outcome))
}

private fun unknown(outcome: CancelOutcome.Unknown) = mapOf(
    "intent" to ref(outcome.intent),
    "cause" to word(outcome.cause),
    "before" to outcome.before?.let(::totals),
    "after" to outcome.after?.let(::totals),
    "recorded" to outcome.recorded,
)

private fun recovery(recovery: Recovery) = mapOf(
    "settled" to recovery.settled.map(::outcome),
    "moved_nothing" to recovery.movedNothing.map(::ref),
    "unknown" to recovery.unknown.map(::unknown),
    "held" to recovery.held.map(::ref),
    "in_flight" to recovery.inFlight.map(::ref),
    "failed" to recovery.failed.map(::notRecovered),
    "of_other_merchants" to recovery.ofOtherMerchants,
)

private fun notRecovered(failed: NotRecovered) =
    mapOf("intent" to ref(failed.intent), "text" to failed.text, "kind" to failed.kind)

private fun ref(intent: IntentRef) = mapOf(
    "cancel_id" to intent.cancelId,
    "receipt_id" to intent.receiptId,
    "amount" to amount(intent.amount),
    "state" to word(intent.state),
    "created_at" to moment(intent.createdAt),
)

private fun intent(intent: Intent) = mapOf(
    "cancel_id" to intent.cancelId,
    "receipt_id" to intent.receiptId,
    "amount" to amount(intent.amount),
    "state" to word(intent.state),
    "generation" to intent.generation,
    "key" to intent.key,
    "environment" to intent.environment,
    "to_account" to intent.toAccount,
    "held" to intent.held,
    "totals_before" to intent.totalsBefore?.let(::totals),
    "totals_after" to intent.totalsAfter?.let(::totals),
    "unknown_cause" to intent.unknownCause?.let(::word),
    "evidence" to intent.evidence?.let(::word),
    "money_is_back" to intent.moneyIsBack?.let(::word),
    "cancellation" to intent.cancellation?.let(::cancellation),
    "mismatches" to intent.mismatches.map(::mismatch),
    "refusal" to intent.refusal?.let {
        mapOf("kind" to it.kind, "code" to it.code, "server_message" to it.serverMessage)
    },
    "decided_by" to intent.decidedBy,
    "attempts" to intent.attempts.map(::attempt),
    "deadline" to intent.deadline?.let(::moment),
    "answered_at" to intent.answeredAt?.let(::moment),
    "created_at" to moment(intent.createdAt),
    "updated_at" to moment(intent.updatedAt),
)

private fun attempt(attempt: Attempt) = mapOf(
    "started_at" to moment(attempt.startedAt),
    "progress" to word(attempt.progress),
    "http_status" to attempt.httpStatus,
    "code" to attempt.code,
)

private fun amount(amount: CancelAmount) = when (amount) {
    is CancelAmount.Full -> mapOf("full" to mapOf("expected_remaining" to amount.expectedRemaining))
    is CancelAmount.Partial -> mapOf("partial" to mapOf("price" to amount.price, "tax_free" to amount.taxFree))
}

private fun cancellation(figures: Cancellation) = mapOf(
    "receipt_id" to figures.receiptId,
    "request_cancel_price" to figures.requestCancelPrice,
    "remain_price" to figures.remainPrice,
    "remain_tax_free" to figures.remainTaxFree,
    "cancelled_price" to figures.cancelledPrice,
    "cancelled_tax_free" to figures.cancelledTaxFree,
    "revoked_at" to figures.revokedAt?.let(::moment),
    "tid" to figures.tid,
    "order_id" to figures.orderId,
    "cancel_id" to figures.cancelId,
    "price" to figures.price,
    "status" to figures.status,
    "extra" to names(figures.extraJson),
)

private fun totals(totals: Totals) = mapOf(
    "price" to totals.price,
    "remaining" to totals.remaining,
    "cancelled" to totals.cancelled,
    "status" to totals.status,
    "is_empty" to totals.isEmpty,
)

private fun mismatch(mismatch: Mismatch) =
    mapOf("field" to mismatch.field, "expected" to mismatch.expected, "answered" to mismatch.answered)

private fun receipt(receipt: Receipt) = mapOf(
    "receipt_id" to receipt.receiptId,
    "order_id" to receipt.orderId,
    "order_name" to receipt.orderName,
    "totals" to totals(receipt.totals),
    "tax_free" to receipt.taxFree,
    "remain_tax_free" to receipt.remainTaxFree,
    "cancelled_tax_free" to receipt.cancelledTaxFree,
    "pg" to receipt.pg,
    "method" to receipt.method,
    "pg_name" to receipt.pgName,
    "method_name" to receipt.methodName,
    "requested_at" to receipt.requestedAt?.let(::moment),
    "purchased_at" to receipt.purchasedAt?.let(::moment),
    "cancelled_at" to receipt.cancelledAt?.let(::moment),
    "receipt_url" to receipt.receiptUrl,
    "extra" to names(receipt.extraJson),
)

private fun preview(preview: Preview) = mapOf(
    "url" to preview.url,
    "members" to plain(JSON.readTree(preview.membersJson)),
    "receipt" to receipt(preview.receipt),
    "objection" to preview.objection?.let(::refusal),
    "conflict" to preview.conflict?.let(::conflict),
    "open" to preview.open.map(::intent),
)

private fun conflict(conflict: ConflictNote) = mapOf(
    "kind" to conflict.kind,
    "text" to conflict.text,
    "hint" to conflict.hint,
    "hint_english" to conflict.hintEnglish,
    "intent" to ref(conflict.intent),
    "retry_after_ms" to conflict.retryAfter?.toMillis(),
)

private fun refusal(refusal: Refusal) = mapOf(
    "kind" to refusal.kind,
    "http_status" to refusal.httpStatus,
    "code" to refusal.code,
    "server_message" to refusal.serverMessage,
    "pg_code" to refusal.pgCode,
    "pg_message" to refusal.pgMessage,
    "intent" to refusal.intent?.let(::ref),
    "ledger" to refusal.ledger?.let(::totals),
    "earlier" to refusal.earlier?.let(::ref),
)

private fun bank(bank: Bank) = mapOf(
    "code" to bank.code,
    "name" to bank.name,
    "english_name" to bank.englishName,
    "aliases" to bank.aliases,
    "source" to word(bank.source),
)

val JSON: ObjectMapper = ObjectMapper()

private fun names(extra: String) = JSON.readTree(extra).fieldNames().asSequence().sorted().toList()

private fun plain(node: JsonNode): Any? = when {
    node.isObject -> node.properties().associate { (name, member) -> name to plain(member) }
    node.isArray -> node.map(::plain)
    node.isTextual -> node.textValue()
    node.isIntegralNumber -> node.longValue()
    node.isBoolean -> node.booleanValue()
    else -> null
}

private fun word(name: Enum<*>) = name.name.lowercase()

private val KOREAN_TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSXXX")

private fun moment(at: Instant) = KOREAN_TIME.format(at.atOffset(ZoneOffset.ofHours(9)))
