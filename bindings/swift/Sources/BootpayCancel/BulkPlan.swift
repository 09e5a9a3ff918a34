internal import BootpayInternal

/// What a bulk would do, by its file alone.
public struct BulkPlan: Hashable, Sendable {
    /// Its identity: what ``BulkOptions`` must say for it to be run. Another file, other keys or another Bootpay have another.
    public let id: String
    /// Which Bootpay: the base address's origin.
    public let environment: String
    /// How the file was encoded.
    public let encoding: BulkEncoding
    /// Headings that mean nothing to a bulk. A guard that was meant by one of them is not there.
    public let ignoredColumns: [String]
    /// All rows, and their won as far as the file states them.
    public let rows: BulkPart
    /// The full cancels among them. Those that state no `expected_remaining` have no won.
    public let full: BulkPart
    /// The partial cancels among them.
    public let partial: BulkPart
    /// How many receipts they are on.
    public let receipts: Int
    /// How many receipts have more than one row: cancelled in the file's order, partial ones 11 s apart.
    public let receiptsWithSeveral: Int
    /// How many receipts have partial rows and a full one after them, which gives back what is left by then.
    public let fullAfterPartial: Int
    /// How many rows go to a refund account.
    public let toAccount: Int
    /// The most rows of one receipt: with 11 s between them, so long the bulk takes at least.
    public let mostOfOneReceipt: Int
}

/// How the file of a bulk was encoded.
public enum BulkEncoding: String, CaseIterable, Sendable {
    /// UTF-8, with or without its mark.
    case utf8
    /// Windows' code page 949, as Korean Excel saves a CSV.
    case cp949
}

/// What the ledger says about the receipts of a bulk.
public struct BulkLookup: Hashable, Sendable {
    /// How many receipts were looked up.
    public let receipts: Int
    /// How many receipts there are. Where a stop came first, it is more.
    public let of: Int
    /// What would be moved as the ledgers are now, in won, without the rows that a finding stands against.
    public let wouldMove: Int
    /// The first hundred, in the file's order.
    public let findings: [BulkFinding]
    /// How many there are in all.
    public let count: Int
}

/// What stands against a row of a bulk, or makes it doubtful.
public struct BulkFinding: Hashable, Sendable {
    /// The row's line in the file, counted from 1.
    public let line: Int
    /// The receipt.
    public let receiptID: String
    /// A stable name for programs: `not_found`, `already_cancelled`, `not_paid`, `more_than_remains`, `not_as_expected`,
    /// `partial_unsupported`, `no_refund_account`, `unfinished` or `not_looked_up`.
    public let kind: String
    /// What it means, in Korean.
    public let korean: String
    /// The same in English.
    public let english: String
    /// What the receipt's rows up to this one ask for, in won, where that is more than remains.
    public let asked: Int?
    /// What a full row expects to remain, in won, where something else does.
    public let expected: Int?
    /// What remains, in won, in both cases.
    public let remaining: Int?
}

/// One thing that is wrong with a bulk's file. It never repeats what a cell holds: that may be an account number.
public struct BulkProblem: Hashable, Sendable {
    /// The line of the file, counted from 1; a record of several lines counts by its first.
    public let line: Int
    /// The column's English name, where one is concerned: `amount`, `cancel_id` …
    public let field: String?
    /// What is wrong and what would be right, in Korean.
    public let korean: String
    /// The same in English.
    public let english: String
}

// MARK: - From the generated layer

extension BulkPlan {
    init(_ native: BootpayInternal.BulkPlan) {
        self.init(
            id: native.id, environment: native.environment, encoding: BulkEncoding(native.encoding),
            ignoredColumns: native.ignoredColumns, rows: BulkPart(native.rows), full: BulkPart(native.full),
            partial: BulkPart(native.partial), receipts: Int(clamping: native.receipts),
            receiptsWithSeveral: Int(clamping: native.receiptsWithSeveral),
            fullAfterPartial: Int(clamping: native.fullAfterPartial), toAccount: Int(clamping: native.toAccount),
            mostOfOneReceipt: Int(clamping: native.mostOfOneReceipt))
    }
}

extension BulkEncoding {
    fileprivate init(_ native: BootpayInternal.BulkEncoding) {
        self =
            switch native {
            case .utf8: .utf8
            case .cp949: .cp949
            }
    }
}

extension BulkLookup {
    init(_ native: BootpayInternal.BulkLookup) {
        self.init(
            receipts: Int(clamping: native.receipts), of: Int(clamping: native.of),
            wouldMove: Int(clamping: native.wouldMove), findings: native.findings.map(BulkFinding.init),
            count: Int(clamping: native.count))
    }
}

extension BulkFinding {
    fileprivate init(_ native: BootpayInternal.BulkFinding) {
        self.init(
            line: Int(clamping: native.line), receiptID: native.receiptId, kind: native.kind, korean: native.korean,
            english: native.english, asked: won(native.asked), expected: won(native.expected),
            remaining: won(native.remaining))
    }
}

extension BulkProblem {
    init(_ native: BootpayInternal.BulkProblem) {
        self.init(
            line: Int(clamping: native.line), field: native.field, korean: native.korean, english: native.english)
    }
}
