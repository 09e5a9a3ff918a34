// From the generated types to the package's own, one function each.
package kr.co.bootpay.cancel

import java.util.Collections
import kr.co.bootpay.cancel.internal.AlreadyCancelled as NativeAlreadyCancelled
import kr.co.bootpay.cancel.internal.Attempt as NativeAttempt
import kr.co.bootpay.cancel.internal.Bank as NativeBank
import kr.co.bootpay.cancel.internal.CancelAmount as NativeAmount
import kr.co.bootpay.cancel.internal.CancelOutcome as NativeOutcome
import kr.co.bootpay.cancel.internal.Cancellation as NativeCancellation
import kr.co.bootpay.cancel.internal.Cancelled as NativeCancelled
import kr.co.bootpay.cancel.internal.ConflictNote as NativeConflict
import kr.co.bootpay.cancel.internal.Failure as NativeFailure
import kr.co.bootpay.cancel.internal.Intent as NativeIntent
import kr.co.bootpay.cancel.internal.IntentRef as NativeRef
import kr.co.bootpay.cancel.internal.Mismatch as NativeMismatch
import kr.co.bootpay.cancel.internal.Preview as NativePreview
import kr.co.bootpay.cancel.internal.Receipt as NativeReceipt
import kr.co.bootpay.cancel.internal.Recovery as NativeRecovery
import kr.co.bootpay.cancel.internal.Refusal as NativeRefusal
import kr.co.bootpay.cancel.internal.Totals as NativeTotals
import kr.co.bootpay.cancel.internal.Unknown as NativeUnknown

@JvmSynthetic
internal fun NativeOutcome.lift(): CancelOutcome = when (this) {
    is NativeOutcome.Cancelled -> outcome.lift()
    is NativeOutcome.AlreadyCancelled -> outcome.lift()
    is NativeOutcome.Unknown -> outcome.lift()
}

private fun NativeCancelled.lift() = CancelOutcome.Cancelled(
    intent = intent.lift(),
    cancellation = cancellation.lift(),
    evidence = Evidence.valueOf(evidence.name),
    moneyIsBack = MoneyIsBack.valueOf(moneyIsBack.name),
    mismatches = mismatches.lifted { it.lift() },
    repeated = repeated,
    recorded = recorded,
)

private fun NativeAlreadyCancelled.lift() = CancelOutcome.AlreadyCancelled(
    intent = intent.lift(),
    ledger = ledger?.lift(),
    evidence = Evidence.valueOf(evidence.name),
    moneyIsBack = MoneyIsBack.valueOf(moneyIsBack.name),
    serverMessage = said,
    repeated = repeated,
    recorded = recorded,
)

private fun NativeUnknown.lift() = CancelOutcome.Unknown(
    intent = intent.lift(),
    cause = UnknownCause.valueOf(cause.name),
    before = before?.lift(),
    after = after?.lift(),
    recorded = recorded,
)

@JvmSynthetic
internal fun NativeCancellation.lift() = Cancellation(
    receiptId = receiptId,
    requestCancelPrice = requestCancelPrice,
    remainPrice = remainPrice,
    remainTaxFree = remainTaxFree,
    cancelledPrice = cancelledPrice,
    cancelledTaxFree = cancelledTaxFree,
    revokedAt = revokedAt,
    tid = tid,
    orderId = orderId,
    cancelId = cancelId,
    price = price,
    status = status,
    extraJson = extraJson,
)

private fun NativeMismatch.lift() = Mismatch(`field`, expected, answered)

@JvmSynthetic
internal fun NativeRecovery.lift() = Recovery(
    settled = settled.lifted { it.lift() },
    movedNothing = movedNothing.lifted { it.lift() },
    unknown = unknown.lifted { it.lift() },
    held = held.lifted { it.lift() },
    inFlight = inFlight.lifted { it.lift() },
    failed = failed.lifted { it.lift() },
    ofOtherMerchants = ofOtherMerchants.toLong(),
)

private fun NativeFailure.lift() = NotRecovered(intent.lift(), text, kind)

@JvmSynthetic
internal fun NativeReceipt.lift() = Receipt(
    receiptId = receiptId,
    totals = totals.lift(),
    orderId = orderId,
    orderName = orderName,
    taxFree = taxFree,
    remainTaxFree = remainTaxFree,
    cancelledTaxFree = cancelledTaxFree,
    pg = pg,
    method = method,
    pgName = pgName,
    methodName = methodName,
    requestedAt = requestedAt,
    purchasedAt = purchasedAt,
    cancelledAt = cancelledAt,
    receiptUrl = receiptUrl,
    extraJson = extraJson,
)

@JvmSynthetic
internal fun NativeTotals.lift() = Totals(price, remaining, cancelled, status, isEmpty)

@JvmSynthetic
internal fun NativePreview.lift() = Preview(
    url = url,
    membersJson = membersJson,
    receipt = receipt.lift(),
    objection = objection?.lift(),
    conflict = conflict?.lift(),
    open = open.lifted { it.lift() },
)

@JvmSynthetic
internal fun NativeRefusal.lift() = Refusal(
    kind = kind,
    httpStatus = httpStatus?.toInt(),
    code = code,
    serverMessage = said,
    pgCode = pgCode,
    pgMessage = pgSaid,
    intent = intent?.lift(),
    ledger = ledger?.lift(),
    earlier = earlier?.lift(),
)

private fun NativeConflict.lift() = ConflictNote(kind, text, hintKorean, hintEnglish, intent.lift(), retryAfter)

@JvmSynthetic
internal fun NativeIntent.lift() = Intent(
    cancelId = cancelId,
    receiptId = receiptId,
    amount = amount.lift(),
    state = IntentState.valueOf(state.name),
    generation = generation.toInt(),
    key = key,
    environment = environment,
    toAccount = toAccount,
    held = held,
    totalsBefore = totalsBefore?.lift(),
    totalsAfter = totalsAfter?.lift(),
    unknownCause = unknownCause?.let { UnknownCause.valueOf(it.name) },
    evidence = evidence?.let { Evidence.valueOf(it.name) },
    moneyIsBack = moneyIsBack?.let { MoneyIsBack.valueOf(it.name) },
    cancellation = cancellation?.lift(),
    mismatches = mismatches.lifted { it.lift() },
    refusal = refusal?.let { RefusalNote(it.kind, it.code, it.said) },
    decidedBy = decidedBy,
    attempts = attempts.lifted { it.lift() },
    deadline = deadline,
    answeredAt = answeredAt,
    createdAt = createdAt,
    updatedAt = updatedAt,
)

private fun NativeAttempt.lift() = Attempt(startedAt, Progress.valueOf(progress.name), httpStatus?.toInt(), code)

@JvmSynthetic
internal fun NativeRef.lift() = IntentRef(cancelId, receiptId, amount.lift(), IntentState.valueOf(state.name), createdAt)

@JvmSynthetic
internal fun NativeAmount.lift(): CancelAmount = when (this) {
    is NativeAmount.Full -> CancelAmount.Full(expectedRemaining)
    is NativeAmount.Partial -> CancelAmount.Partial(price, taxFree)
}

@JvmSynthetic
internal fun NativeBank.lift() =
    Bank(code, name, englishName, Collections.unmodifiableList(aliases), BankSource.valueOf(source.name))

/** A list that Java can't change either. */
@JvmSynthetic
internal inline fun <T, R> List<T>.lifted(lift: (T) -> R): List<R> = Collections.unmodifiableList(map(lift))
