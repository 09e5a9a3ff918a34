internal import BootpayInternal

/// How a run of a bulk goes.
public struct BulkProgress: Hashable, Sendable {
    /// What the run does now. The last progress of a run has ``BulkPhase/finished``.
    public let phase: BulkPhase
    /// How the rows stand.
    public let sum: BulkSum
    /// Rows of this process that are on their way.
    public let inFlight: Int
    /// Rows answered per second, over the last ten seconds.
    public let perSecond: Double
    /// The rate at which rows may be begun.
    public let allowedPerSecond: Double
    /// How long this run has taken.
    public let elapsed: Duration
    /// How long the remaining rows take at the present rate, as far as that can be told.
    public let left: Duration?
    /// Whether nothing new is begun any more.
    public let isStopping: Bool
}

/// What a run of a bulk does.
public enum BulkPhase: String, CaseIterable, Sendable {
    /// Reads in the journal what earlier runs did.
    case listing
    /// Cancels.
    case cancelling
    /// Waits for rows that others hold, or for the time between two partial cancels of a receipt.
    case waiting
    /// Looks unknown rows up.
    case reconciling
    /// Sums up.
    case summing
    /// Is over.
    case finished
}

/// How a run of a bulk ended. What is unknown or remains is not done: run the bulk again.
public struct BulkReport: Hashable, Sendable {
    /// How the rows stand, by the journal as it is after the run.
    public let sum: BulkSum
    /// Why it ended before its rows did; `nil` where it did all that it could.
    public let stopped: BulkStopped?
    /// Cancels that were answered and could not be recorded: keep these. The journal calls them unknown.
    public let unrecorded: [IntentRef]
    /// How long it took.
    public let elapsed: Duration
}

/// Why a run of a bulk began no more rows. What was on its way has ended all the same.
public struct BulkStopped: Hashable, Sendable {
    /// A stable name for programs: `asked`, `too_many_unknown`, `cap`, `merchant`, `unreachable` or `failed`.
    public let kind: String
    /// What happened, in Korean.
    public let korean: String
    /// The same in English.
    public let english: String
    /// What to do about it, in Korean, where there is more to say than "run it again".
    public let hint: String?
    /// The same in English.
    public let hintEnglish: String?
    /// The refusal that concerns the whole merchant.
    public let refusal: Refusal?
    /// The error's kind, where nothing gets there any more or the journal failed.
    public let errorKind: String?
    /// The cap, in won, where it was reached.
    public let cap: Int?
    /// What has moved, may have moved, or was on its way by then, in won.
    public let counted: Int?
    /// The next row's amount, in won; `nil` where nobody can tell it.
    public let next: Int?
}

// MARK: - From the generated layer

extension BulkProgress {
    init(_ native: BootpayInternal.BulkProgress) {
        self.init(
            phase: BulkPhase(native.phase), sum: BulkSum(native.sum), inFlight: Int(native.inFlight),
            perSecond: native.perSecond, allowedPerSecond: native.allowedPerSecond,
            elapsed: Duration(interval: native.elapsed), left: native.left.map(Duration.init(interval:)),
            isStopping: native.stopping)
    }
}

extension BulkPhase {
    fileprivate init(_ native: BootpayInternal.BulkPhase) {
        self =
            switch native {
            case .listing: .listing
            case .cancelling: .cancelling
            case .waiting: .waiting
            case .reconciling: .reconciling
            case .summing: .summing
            case .finished: .finished
            }
    }
}

extension BulkReport {
    init(_ native: BootpayInternal.BulkReport) {
        self.init(
            sum: BulkSum(native.sum), stopped: native.stopped.map(BulkStopped.init),
            unrecorded: native.unrecorded.map(IntentRef.init), elapsed: Duration(interval: native.elapsed))
    }
}

extension BulkStopped {
    fileprivate init(_ native: BootpayInternal.BulkStopped) {
        self.init(
            kind: native.kind, korean: native.korean, english: native.english, hint: native.hintKorean,
            hintEnglish: native.hintEnglish, refusal: native.refusal.map(Refusal.init), errorKind: native.errorKind,
            cap: won(native.cap), counted: won(native.counted), next: won(native.next))
    }
}
