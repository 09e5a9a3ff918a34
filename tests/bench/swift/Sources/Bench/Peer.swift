import Foundation

struct Failed: Error, CustomStringConvertible {
    let description: String
}

func ensure(_ truth: Bool, _ text: @autoclosure () -> String) throws {
    if !truth { throw Failed(description: text()) }
}

/// The common server, in a process of its own: see tests/bench/README.md.
final class Peer {
    struct Addresses: Decodable {
        let plain, tls, delayed, delayed_tls, ca, application_id, private_key: String

        func address(_ transport: String) -> String {
            switch transport {
            case "tls": tls
            case "delayed": delayed
            default: plain
            }
        }
    }

    struct Ledger: Decodable, Equatable {
        var cancelled_won, movements, cancel_requests, lookups: Int
    }

    private struct Made: Decodable { let receipts: [String] }
    private struct Nothing: Decodable {}

    private let process = Process()
    private let orders = Pipe()
    private let answers = Pipe()
    private var read = Data()
    let addresses: Addresses

    init(_ program: String) throws {
        process.executableURL = URL(fileURLWithPath: program)
        process.standardInput = orders
        process.standardOutput = answers
        try process.run()
        addresses = try JSONDecoder().decode(Addresses.self, from: Self.line(answers, &read))
    }

    func receipts(_ count: Int, _ won: Int) throws -> [String] {
        let made: Made = try ask("receipts \(count) \(won)")
        try ensure(made.receipts.count == count, "\(count) receipts asked for, \(made.receipts.count) made")
        return made.receipts
    }

    func ledger() throws -> Ledger { try ask("ledger") }

    func forget() throws {
        let _: Nothing = try ask("forget")
    }

    /// It ends when nobody can order any more.
    func end() throws {
        try orders.fileHandleForWriting.close()
        process.waitUntilExit()
    }

    private func ask<Answer: Decodable>(_ order: String) throws -> Answer {
        try orders.fileHandleForWriting.write(contentsOf: Data("\(order)\n".utf8))
        return try JSONDecoder().decode(Answer.self, from: Self.line(answers, &read))
    }

    private static func line(_ pipe: Pipe, _ read: inout Data) throws -> Data {
        while true {
            if let end = read.firstIndex(of: UInt8(ascii: "\n")) {
                defer { read = Data(read[read.index(after: end)...]) }
                return Data(read[..<end])
            }
            let more = pipe.fileHandleForReading.availableData
            try ensure(!more.isEmpty, "the peer has gone")
            read += more
        }
    }
}
