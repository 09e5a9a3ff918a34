internal import BootpayInternal
public import Foundation

/// A file of cancels at one merchant: hundreds of thousands of rows, each as safe as a single cancel.
///
/// ```swift
/// let bulk = try await bootpay.bulk(contentsOf: URL(fileURLWithPath: "refunds.csv"))
/// let plan = bulk.plan()
/// print("\(plan.rows.rows)건, \(plan.rows.won)원")
/// let report = try await bulk.run(BulkOptions(plan: plan.id, cap: 5_000_000)) { progress in
///     print(progress.sum.cancelled.won)
/// }
/// ```
///
/// The journal is the only state. Whatever ends a run (a stop, a crash, `kill -9`), the same file run again sends what is not
/// done, looks up what nobody knows, and asks for nothing twice. Several hosts may run one file on one journal at a time.
///
/// A task that is cancelled stops its run: nothing new is begun, what is on its way ends by itself, and the journal has every
/// row, which ``status()`` tells. For a run that ends early *with* its report, hand it a ``BulkStop``.
public final class Bulk: Sendable {
    private let native: BootpayInternal.Bulk

    init(native: BootpayInternal.Bulk) {
        self.native = native
    }

    /// What it would do, by its file alone. Nothing is looked up.
    public func plan() -> BulkPlan {
        BulkPlan(native.plan())
    }

    /// How its rows stand, by the journal as it is now. Nothing is sent.
    public func status() async throws -> BulkSum {
        let native = native
        return BulkSum(try await waiting { try await native.status(stop: $0) })
    }

    /// Looks every receipt up, and holds the rows against what the ledger says. No cancel is sent.
    ///
    /// - Parameters:
    ///   - perSecond: how many receipts are asked for per second, at most.
    ///   - stop: ends it early, with what was found by then.
    ///   - onProgress: hears how many receipts were looked up, and of how many, on a thread of its own.
    public func lookUp(
        perSecond: Double = 5, stop: BulkStop? = nil, onProgress: (@Sendable (Int, Int) -> Void)? = nil
    ) async throws -> BulkLookup {
        let native = native
        let (listener, asked) = (onProgress.map(LookupListener.init(hear:)), stop?.native)
        return BulkLookup(
            try await waiting {
                try await native.lookUp(perSecond: perSecond, listener: listener, bulkStop: asked, stop: $0)
            })
    }

    /// Carries it out: every row that is not done yet, in the file's order within each receipt.
    ///
    /// - Parameters:
    ///   - options: how, and which plan.
    ///   - stop: ends it early: what is on its way ends, nothing new is begun, and the report says so.
    ///   - onProgress: hears how it goes, a few times per second, one call at a time, on a thread of its own. It may block,
    ///     stop the run, or ask the client something. Where it is slow it misses figures, not rows.
    /// - Throws: a ``BootpayError`` where nothing was sent: the options are wrong or name another plan, or the journal cannot
    ///   be read. What happens later is told in the report.
    public func run(
        _ options: BulkOptions, stop: BulkStop? = nil, onProgress: (@Sendable (BulkProgress) -> Void)? = nil
    ) async throws -> BulkReport {
        let (native, asked) = (native, try options.lowered())
        let (listener, stopped) = (onProgress.map(ProgressListener.init(hear:)), stop?.native)
        return BulkReport(
            try await waiting {
                try await native.run(options: asked, listener: listener, bulkStop: stopped, stop: $0)
            })
    }

    /// Every row with how it stands, in the file's order: a CSV in UTF-8 that Excel opens. No account number, holder or
    /// reason is in it.
    public func export(in language: Language = .korean) async throws -> Data {
        let native = native
        return try await waiting { try await native.export(language: language.lowered, stop: $0) }
    }

    /// Writes that table to a new file, and gives its size in bytes. A file that is there already is left alone.
    @discardableResult
    public func export(to file: URL, in language: Language = .korean) async throws -> Int {
        let (native, path) = (native, file.path)
        return Int(
            clamping: try await waiting {
                try await native.exportTo(path: path, language: language.lowered, stop: $0)
            })
    }
}

extension Bulk: CustomStringConvertible, CustomReflectable {
    /// Its plan's id and how many rows it has.
    public var description: String {
        let plan = native.plan()
        return "Bulk(id: \(plan.id), rows: \(plan.rows.rows))"
    }

    /// The same for `dump`.
    public var customMirror: Mirror { Mirror(self, children: ["plan": plan()], displayStyle: .class) }
}

extension Bootpay {
    /// A file of cancels: a CSV (UTF-8, or CP949 as Korean Excel writes it) or JSON Lines. Nothing is sent yet.
    ///
    /// - Throws: ``BootpayError/wrongBulkFile(_:problems:count:)`` where a row is wrong: nothing of such a file is ever sent.
    ///   Foundation's error where the file cannot be read.
    public func bulk(contentsOf file: URL) async throws -> Bulk {
        try await bulk(Data(contentsOf: file))
    }

    /// The same for the bytes of a file.
    public func bulk(_ file: Data) async throws -> Bulk {
        try lifting { Bulk(native: try native.bulk(file: try BulkFile.read(bytes: file))) }
    }
}
