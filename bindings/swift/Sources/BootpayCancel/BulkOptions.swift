internal import BootpayInternal

/// How a bulk is run. What is money's has no default: which plan is carried out must be said. What is `nil` is as usual.
///
/// ```swift
/// BulkOptions(plan: bulk.plan().id, cap: 5_000_000)
/// ```
public struct BulkOptions: Hashable, Sendable {
    /// The plan that is to be carried out, by its ``BulkPlan/id``. Another file, other keys or another Bootpay have another
    /// one, and are refused.
    public var plan: String
    /// The most won that this bulk may move. What moved, what may have moved and what is on its way are counted before
    /// another row is begun, so that one process never exceeds it. Full rows are looked up first.
    public var cap: Int?
    /// Tries again what was refused in this bulk.
    public var retryRefused: Bool
    /// How many rows are begun per second at first: 5.
    public var perSecond: Double?
    /// The least rows per second, however many answers fail: 0.5.
    public var leastPerSecond: Double?
    /// The most rows per second, however well it goes: 50.
    public var mostPerSecond: Double?
    /// By how many rows per second the rate rises every second while answers come: 1.
    public var rise: Double?
    /// The most rows on their way at a time: 64.
    public var mostInFlight: Int?
    /// Stops where more than this percentage of the last answers is unknown: 2.
    public var unknownPercent: Double?
    /// And at least so many of them: 5.
    public var unknownLeast: Int?
    /// How many of the last answers are looked at for that: 200.
    public var unknownWindow: Int?
    /// How long to wait between two partial cancels of one receipt: 11 s. Bootpay's own guard lasts ten seconds.
    public var betweenPartials: Duration?
    /// How often unknown rows are looked up at the end: 2.
    public var reconcileRounds: Int?
    /// How long to wait between two of those rounds, since ledgers lag: 10 s.
    public var betweenRounds: Duration?
    /// How often progress is told: every 250 ms.
    public var tellEvery: Duration?

    /// The usual way to carry this plan out, but for what is given.
    public init(
        plan: String, cap: Int? = nil, retryRefused: Bool = false, perSecond: Double? = nil,
        leastPerSecond: Double? = nil, mostPerSecond: Double? = nil, rise: Double? = nil, mostInFlight: Int? = nil,
        unknownPercent: Double? = nil, unknownLeast: Int? = nil, unknownWindow: Int? = nil,
        betweenPartials: Duration? = nil, reconcileRounds: Int? = nil, betweenRounds: Duration? = nil,
        tellEvery: Duration? = nil
    ) {
        self.plan = plan
        self.cap = cap
        self.retryRefused = retryRefused
        self.perSecond = perSecond
        self.leastPerSecond = leastPerSecond
        self.mostPerSecond = mostPerSecond
        self.rise = rise
        self.mostInFlight = mostInFlight
        self.unknownPercent = unknownPercent
        self.unknownLeast = unknownLeast
        self.unknownWindow = unknownWindow
        self.betweenPartials = betweenPartials
        self.reconcileRounds = reconcileRounds
        self.betweenRounds = betweenRounds
        self.tellEvery = tellEvery
    }
}

/// In which language a table is written.
public enum Language: String, CaseIterable, Sendable {
    /// Korean.
    case korean
    /// English.
    case english
}

// MARK: - To the generated layer

extension BulkOptions {
    func lowered() throws -> BootpayInternal.BulkOptions {
        BootpayInternal.BulkOptions(
            plan: plan,
            cap: cap.map(Int64.init),
            retryRefused: retryRefused,
            perSecond: perSecond,
            leastPerSecond: leastPerSecond,
            mostPerSecond: mostPerSecond,
            rise: rise,
            mostInFlight: try count("bulk.most_in_flight", mostInFlight),
            unknownPercent: unknownPercent,
            unknownLeast: try count("bulk.unknown_least", unknownLeast),
            unknownWindow: try count("bulk.unknown_window", unknownWindow),
            betweenPartials: try length("bulk.between_partials", betweenPartials),
            reconcileRounds: try count("bulk.reconcile_rounds", reconcileRounds),
            betweenRounds: try length("bulk.between_rounds", betweenRounds),
            tellEvery: try length("bulk.tell_every", tellEvery))
    }
}

extension Language {
    var lowered: BootpayInternal.Language {
        switch self {
        case .korean: .korean
        case .english: .english
        }
    }
}
