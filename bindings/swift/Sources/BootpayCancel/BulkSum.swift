internal import BootpayInternal

/// Rows of a bulk and their won.
public struct BulkPart: Hashable, Sendable {
    /// How many rows.
    public let rows: Int
    /// The won of those rows whose amount is known.
    public let won: Int
    /// The rows whose amount is not known: full cancels that nobody has looked up or answered.
    public let unpriced: Int
}

/// How the rows of a bulk stand. Each row is in exactly one of five parts, so that this always holds, in rows and in won:
/// `planned` = `cancelled` + `already` + `refused` + `unknown` + `remaining`.
public struct BulkSum: Hashable, Sendable {
    /// All rows of the file.
    public let planned: BulkPart
    /// Cancelled by this bulk: the money that it moved.
    public let cancelled: BulkPart
    /// Cancelled before, or by somebody else.
    public let already: BulkPart
    /// Refused in this bulk: these moved no money, and are tried again only on request.
    public let refused: BulkPart
    /// May or may not have moved. A request that is on its way counts here.
    public let unknown: BulkPart
    /// Not done: sent when the bulk is run.
    public let remaining: BulkPart
    /// Of the cancelled ones, those whose answer did not add up: a person looks at them.
    public let held: Int
    /// Of the unknown and remaining ones, those that somebody is carrying out now.
    public let inFlight: Int

    /// Whether every row is cancelled, had been, or was refused.
    public var isComplete: Bool { unknown.rows == 0 && remaining.rows == 0 }
}

extension BulkPart {
    init(_ native: BootpayInternal.BulkPart) {
        self.init(
            rows: Int(clamping: native.rows), won: Int(clamping: native.won), unpriced: Int(clamping: native.unpriced))
    }
}

extension BulkSum {
    init(_ native: BootpayInternal.BulkSum) {
        self.init(
            planned: BulkPart(native.planned), cancelled: BulkPart(native.cancelled), already: BulkPart(native.already),
            refused: BulkPart(native.refused), unknown: BulkPart(native.unknown), remaining: BulkPart(native.remaining),
            held: Int(clamping: native.held), inFlight: Int(clamping: native.inFlight))
    }
}
