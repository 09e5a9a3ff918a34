import BootpayCancel
import Foundation

/// Every text that the runner could have shown since it started.
final class Shown: @unchecked Sendable {
    private let lock = NSLock()
    // Guarded by the lock.
    private var texts: [String] = []

    /// A log record.
    func add(_ text: String) {
        lock.withLock { texts.append(text) }
    }

    /// A value, in every form in which Swift prints one.
    func add(printed value: Any) {
        var dumped = ""
        dump(value, to: &dumped)
        var text = "\(value)\n\(String(reflecting: value))\n\(dumped)"
        if let error = value as? any Error { text += "\n\(error.localizedDescription)" }
        add(text)
    }

    /// Those of the canaries that occur in any of them.
    func found(among canaries: [String]) -> [String] {
        lock.withLock { canaries.filter { canary in texts.contains { $0.contains(canary) } } }
    }
}
