import BootpayCancel
import Foundation
import Testing

/// Fails with what came instead.
func fail(_ value: Any, _ location: SourceLocation = #_sourceLocation) {
    Issue.record("came instead: \(value)", sourceLocation: location)
}

/// The error that comes out of a call.
func thrown<Failure: Error>(
    _ kind: Failure.Type = BootpayError.self, at location: SourceLocation = #_sourceLocation,
    by call: () async throws -> Any
) async throws -> Failure {
    do {
        let value = try await call()
        Issue.record("came instead: \(value)", sourceLocation: location)
    } catch let error as Failure {
        return error
    }
    throw CancellationError()
}

/// A folder of this test's own, which goes away with it.
final class Folder: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("bootpay-\(UUID())").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }
}

/// What a test collects from another thread.
final class Collected<Element: Sendable>: @unchecked Sendable {
    private let lock = NSLock()
    private var elements: [Element] = []

    var all: [Element] { lock.withLock { elements } }

    func add(_ element: Element) {
        lock.withLock { elements.append(element) }
    }
}

/// Asks again until it holds, for a minute.
func eventually(_ holds: () async throws -> Bool) async throws -> Bool {
    for _ in 0..<6_000 {
        if try await holds() { return true }
        try await Task.sleep(for: .milliseconds(10))
    }
    return false
}
