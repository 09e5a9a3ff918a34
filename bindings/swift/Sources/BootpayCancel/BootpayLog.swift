internal import BootpayInternal
import Foundation

#if canImport(os)
    import os
#endif

/// The library's log, without secrets: what happens to cancels at `info`, every step at `debug`.
///
/// ```swift
/// BootpayLog.handler = { record in print(record.level, record.label, record.text) }
/// ```
///
/// On Apple's platforms it goes to the unified log, under the subsystem `kr.co.bootpay.cancel`, unless another handler is
/// set. On Linux nothing is logged until one is.
///
/// A handler is called on a thread of its own, never by a call that is under way: it can't hold up a refund.
public enum BootpayLog {
    /// One record.
    public struct Record: Hashable, Sendable {
        /// How grave it is.
        public let level: Level
        /// The part of the library, as a logger's label: `bootpay.cancel`, `bootpay.token` …
        public let label: String
        /// What happened.
        public let text: String
        /// When.
        public let at: Date
    }

    /// How grave a record is.
    public enum Level: String, CaseIterable, Comparable, Sendable {
        /// Every step.
        case debug
        /// What happens to cancels and tokens.
        case info
        /// Something is not as it should be.
        case warning
        /// Something failed that needs a person.
        case error

        /// Whether a record of one level is less grave than one of the other.
        public static func < (one: Level, other: Level) -> Bool {
            allCases.firstIndex(of: one)! < allCases.firstIndex(of: other)!
        }
    }

    /// Takes the records, in order. `nil`: they are given up.
    public static var handler: (@Sendable (Record) -> Void)? {
        get { listener.handler }
        set {
            listener.set(newValue)
            if newValue != nil { listener.listen() }
        }
    }

    /// To be called before the first client is made.
    static func prepare() {
        if handler != nil { listener.listen() }
    }

    /// Waits until what was logged has been handed on. To be called once the library is shut down.
    static func finish() {
        listener.finish()
    }

    private static let listener = Listener()
}

/// The thread that fetches what the library logs.
private final class Listener: @unchecked Sendable {
    // Everything below is guarded by the lock.
    private let lock = NSLock()
    private var current = usual
    private var isListening = false
    private let finished = DispatchSemaphore(value: 0)

    var handler: (@Sendable (BootpayLog.Record) -> Void)? { lock.withLock { current } }

    func set(_ handler: (@Sendable (BootpayLog.Record) -> Void)?) {
        lock.withLock { current = handler }
    }

    func listen() {
        let isFirst = lock.withLock {
            defer { isListening = true }
            return !isListening
        }
        guard isFirst else { return }
        // The first fetch turns the log on, so that nothing is missed until the thread runs.
        handOn(takeLogs(patience: 0))
        let thread = Thread { [self] in
            while true {
                let batch = takeLogs(patience: 3_600)
                handOn(batch)
                if batch.closed { break }
            }
            finished.signal()
        }
        thread.name = "bootpay-logs"
        thread.start()
    }

    func finish() {
        guard lock.withLock({ isListening }) else { return }
        _ = finished.wait(timeout: .now() + 2)
    }

    private func handOn(_ batch: LogBatch) {
        guard let handler else { return }
        for record in batch.records {
            handler(BootpayLog.Record(record))
        }
        if batch.lost > 0 {
            let text = "\(batch.lost) records were lost: they came too fast"
            handler(BootpayLog.Record(level: .warning, label: "bootpay", text: text, at: Date()))
        }
    }
}

extension BootpayLog.Record {
    fileprivate init(_ native: LogRecord) {
        level =
            switch native.level {
            case .error: .error
            case .warn: .warning
            case .info: .info
            case .debug: .debug
            }
        label = native.target.replacingOccurrences(of: "::", with: ".")
        text = native.text
        at = native.at
    }
}

#if canImport(os)
    private let usual: (@Sendable (BootpayLog.Record) -> Void)? = { record in
        let level: OSLogType =
            switch record.level {
            case .debug: .debug
            case .info: .info
            case .warning: .default
            case .error: .error
            }
        Logger(subsystem: "kr.co.bootpay.cancel", category: record.label).log(
            level: level, "\(record.text, privacy: .public)")
    }
#else
    private let usual: (@Sendable (BootpayLog.Record) -> Void)? = nil
#endif
