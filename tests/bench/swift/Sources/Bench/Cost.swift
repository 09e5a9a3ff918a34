import Foundation

struct Cost {
    let seconds, cpuSeconds: Double

    static func of(_ work: () async throws -> Void) async throws -> Cost {
        let (cpu, clock) = (cpuTime(), ContinuousClock())
        let time = try await clock.measure(work).components
        return Cost(seconds: Double(time.seconds) + Double(time.attoseconds) / 1e18, cpuSeconds: cpuTime() - cpu)
    }
}

/// What this process has used, user and system together.
private func cpuTime() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

/// One timed block, as every language writes it.
struct Sample: Encodable {
    let suite, `case`, transport, subject: String
    let baseline: Bool
    let round, cancels: Int
    let seconds, cpu_seconds: Double
}

/// Writes a suite's samples, anew.
final class Samples {
    private let file: FileHandle

    init(_ path: String) throws {
        try ensure(FileManager.default.createFile(atPath: path, contents: nil), "\(path) cannot be written")
        file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    }

    func add(_ sample: Sample) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        try file.write(contentsOf: encoder.encode(sample) + Data("\n".utf8))
    }
}
