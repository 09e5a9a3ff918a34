internal import BootpayInternal

/// Stops a run or a look-up of a bulk that it was handed to: what is on its way ends, and nothing new is begun. The call
/// then ends as ever, with its report.
public struct BulkStop: Sendable {
    let native: BootpayInternal.BulkStop

    /// One that has not been used.
    public init() {
        native = BootpayInternal.BulkStop()
    }

    /// Stops it, for good. May be called at any time, on any thread, more than once, and by a progress closure too.
    public func stop() {
        native.stop()
    }

    /// Whether ``stop()`` was called.
    public var isStopped: Bool { native.isStopped() }
}

/// Hears how a run goes, as the library calls it. A closure that does not throw never fails.
final class ProgressListener: BootpayInternal.BulkListener {
    private let hear: @Sendable (BulkProgress) -> Void

    init(hear: @escaping @Sendable (BulkProgress) -> Void) {
        self.hear = hear
    }

    func progress(progress: BootpayInternal.BulkProgress) throws {
        hear(BulkProgress(progress))
    }
}

/// Hears how far a look-up is: how many receipts, and of how many.
final class LookupListener: BootpayInternal.BulkLookupListener {
    private let hear: @Sendable (Int, Int) -> Void

    init(hear: @escaping @Sendable (Int, Int) -> Void) {
        self.hear = hear
    }

    func lookedUp(receipts: UInt64, of: UInt64) throws {
        hear(Int(clamping: receipts), Int(clamping: of))
    }
}
