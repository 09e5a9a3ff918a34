package kr.co.bootpay.cancel

/** What a bulk would do, by its file alone. */
public class BulkPlan internal constructor(
    /** Its identity: what [BulkOptions] must say for it to be run. Another file, other keys or another Bootpay have another. */
    public val id: String,
    /** Which Bootpay: the base address's origin. */
    public val environment: String,
    /** How the file was encoded. */
    public val encoding: BulkEncoding,
    /** Headings that mean nothing to a bulk. A guard that was meant by one of them is not there. */
    public val ignoredColumns: List<String>,
    /** All rows, and their won as far as the file states them. */
    public val rows: BulkPart,
    /** The full cancels among them. Those that state no `expected_remaining` have no won. */
    public val full: BulkPart,
    /** The partial cancels among them. */
    public val partial: BulkPart,
    /** How many receipts they are on. */
    public val receipts: Long,
    /** How many receipts have more than one row: cancelled in the file's order, partial ones 11 s apart. */
    public val receiptsWithSeveral: Long,
    /** How many receipts have partial rows and a full one after them, which gives back what is left by then. */
    public val fullAfterPartial: Long,
    /** How many rows go to a refund account. */
    public val toAccount: Long,
    /** The most rows of one receipt: with 11 s between them, so long the bulk takes at least. */
    public val mostOfOneReceipt: Long,
) : Value() {
    @get:JvmSynthetic
    override val members: List<Pair<String, Any?>>
        get() = listOf(
            "id" to id,
            "environment" to environment,
            "encoding" to encoding,
            "ignoredColumns" to ignoredColumns,
            "rows" to rows,
            "full" to full,
            "partial" to partial,
            "receipts" to receipts,
            "receiptsWithSeveral" to receiptsWithSeveral,
            "fullAfterPartial" to fullAfterPartial,
            "toAccount" to toAccount,
            "mostOfOneReceipt" to mostOfOneReceipt,
        )
}

/** What the ledger says about the receipts of a bulk. */
public class BulkLookup internal constructor(
    /** How many receipts were looked up. */
    public val receipts: Long,
    /** How many receipts there are. Where a stop came first, it is more. */
    public val of: Long,
    /** What would be moved as the ledgers are now, in won, without the rows that a finding stands against. */
    public val wouldMove: Long,
    /** The first hundred, in the file's order. */
    public val findings: List<BulkFinding>,
    /** How many there are in all. */
    public val count: Long,
) : Value() {
    @get:JvmSynthetic
    override val members: List<Pair<String, Any?>>
        get() = listOf(
            "receipts" to receipts,
            "of" to of,
            "wouldMove" to wouldMove,
            "findings" to findings,
            "count" to count,
        )
}

/** What stands against a row of a bulk, or makes it doubtful. */
public class BulkFinding internal constructor(
    /** The row's line in the file, counted from 1. */
    public val line: Long,
    /** The receipt. */
    public val receiptId: String,
    /**
     * A stable name for programs: `not_found`, `already_cancelled`, `not_paid`, `more_than_remains`, `not_as_expected`,
     * `partial_unsupported`, `no_refund_account`, `unfinished` or `not_looked_up`.
     */
    public val kind: String,
    /** What it means, in Korean. */
    public val korean: String,
    /** The same in English. */
    public val english: String,
    /** What the receipt's rows up to this one ask for, in won, where that is more than remains. */
    public val asked: Long?,
    /** What a full row expects to remain, in won, where something else does. */
    public val expected: Long?,
    /** What remains, in won, in both cases. */
    public val remaining: Long?,
) : Value() {
    @get:JvmSynthetic
    override val members: List<Pair<String, Any?>>
        get() = listOf(
            "line" to line,
            "receiptId" to receiptId,
            "kind" to kind,
            "korean" to korean,
            "english" to english,
            "asked" to asked,
            "expected" to expected,
            "remaining" to remaining,
        )
}

/** How the file of a bulk was encoded. */
public enum class BulkEncoding {
    /** UTF-8, with or without its mark. */
    UTF8,

    /** Windows' code page 949, as Korean Excel saves a CSV. */
    CP949,
}
