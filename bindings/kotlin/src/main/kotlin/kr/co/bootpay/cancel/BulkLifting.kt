// From the generated types of bulks to the package's own, and a file into a bulk.
package kr.co.bootpay.cancel

import java.util.Collections
import kr.co.bootpay.cancel.internal.Bootpay as NativeBootpay
import kr.co.bootpay.cancel.internal.Bulk as NativeBulk
import kr.co.bootpay.cancel.internal.BulkFile as NativeFile
import kr.co.bootpay.cancel.internal.BulkFileException as NativeFileException
import kr.co.bootpay.cancel.internal.BulkFinding as NativeFinding
import kr.co.bootpay.cancel.internal.BulkLookup as NativeLookup
import kr.co.bootpay.cancel.internal.BulkPart as NativePart
import kr.co.bootpay.cancel.internal.BulkPlan as NativePlan
import kr.co.bootpay.cancel.internal.BulkProgress as NativeProgress
import kr.co.bootpay.cancel.internal.BulkReport as NativeReport
import kr.co.bootpay.cancel.internal.BulkStopped as NativeStopped
import kr.co.bootpay.cancel.internal.BulkSum as NativeSum
import kr.co.bootpay.cancel.internal.Language as NativeLanguage

/** How many receipts a look-up asks for per second, unless told. */
internal const val USUAL_LOOKUPS: Double = 5.0

/** The bulk of a file's bytes. Everything is checked here. */
@JvmSynthetic
internal fun NativeBootpay.bulk(bytes: ByteArray): NativeBulk = try {
    NativeFile.read(bytes).use { bulk(it) }
} catch (wrong: NativeFileException.Wrong) {
    throw wrong.lift()
}

@JvmSynthetic
internal fun NativeBulk.shown(): String = plan().let { "Bulk(id=${it.id}, rows=${it.rows.rows})" }

@JvmSynthetic
internal fun Language.lower(): NativeLanguage = NativeLanguage.valueOf(name)

@JvmSynthetic
internal fun NativePlan.lift() = BulkPlan(
    id = id,
    environment = environment,
    encoding = BulkEncoding.valueOf(encoding.name),
    ignoredColumns = Collections.unmodifiableList(ignoredColumns),
    rows = rows.lift(),
    full = full.lift(),
    partial = partial.lift(),
    receipts = receipts.toLong(),
    receiptsWithSeveral = receiptsWithSeveral.toLong(),
    fullAfterPartial = fullAfterPartial.toLong(),
    toAccount = toAccount.toLong(),
    mostOfOneReceipt = mostOfOneReceipt.toLong(),
)

@JvmSynthetic
internal fun NativeLookup.lift() = BulkLookup(
    receipts = receipts.toLong(),
    of = of.toLong(),
    wouldMove = wouldMove,
    findings = findings.lifted { it.lift() },
    count = count.toLong(),
)

private fun NativeFinding.lift() = BulkFinding(
    line = line.toLong(),
    receiptId = receiptId,
    kind = kind,
    korean = korean,
    english = english,
    asked = asked,
    expected = expected,
    remaining = remaining,
)

@JvmSynthetic
internal fun NativeProgress.lift() = BulkProgress(
    phase = BulkPhase.valueOf(phase.name),
    sum = sum.lift(),
    inFlight = inFlight.toInt(),
    perSecond = perSecond,
    allowedPerSecond = allowedPerSecond,
    elapsed = elapsed,
    left = left,
    isStopping = stopping,
)

@JvmSynthetic
internal fun NativeReport.lift() = BulkReport(
    sum = sum.lift(),
    stopped = stopped?.lift(),
    unrecorded = unrecorded.lifted { it.lift() },
    elapsed = elapsed,
)

private fun NativeStopped.lift() = BulkStopped(
    kind = kind,
    korean = korean,
    english = english,
    hint = hintKorean,
    hintEnglish = hintEnglish,
    refusal = refusal?.lift(),
    errorKind = errorKind,
    cap = cap,
    counted = counted,
    next = next,
)

@JvmSynthetic
internal fun NativeSum.lift() = BulkSum(
    planned = planned.lift(),
    cancelled = cancelled.lift(),
    already = already.lift(),
    refused = refused.lift(),
    unknown = unknown.lift(),
    remaining = remaining.lift(),
    held = held.toLong(),
    inFlight = inFlight.toLong(),
)

private fun NativePart.lift() = BulkPart(rows = rows.toLong(), won = won, unpriced = unpriced.toLong())
