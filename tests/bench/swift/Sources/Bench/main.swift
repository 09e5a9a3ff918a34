// Cancels per second and CPU per cancel, beside URLSession: `make bench-swift`.
import BootpayCancel
import Foundation

struct Case {
    let name, transport: String
    let callers, cancels: Int
}

let cases = [
    Case(name: "full cancel, 32 callers", transport: "plain", callers: 32, cancels: 3_200),
    Case(name: "full cancel, one caller", transport: "plain", callers: 1, cancels: 1_500),
    Case(name: "full cancel, 32 callers", transport: "tls", callers: 32, cancels: 3_200),
    Case(name: "full cancel, one caller", transport: "tls", callers: 1, cancels: 1_000),
    Case(name: "full cancel, 32 callers", transport: "delayed", callers: 32, cancels: 960),
    Case(name: "full cancel, one caller", transport: "delayed", callers: 1, cancels: 40),
]
let (program, directory) = (CommandLine.arguments[1], CommandLine.arguments[2])
let only = CommandLine.arguments.count > 3 ? CommandLine.arguments[3] : ""
let told = ProcessInfo.processInfo.environment
let rounds = Int(told["BOOTPAY_BENCH_ROUNDS"] ?? "") ?? 9
let subject = told["BOOTPAY_BENCH_SUBJECT"] ?? ""
let work = "\(directory)/swift-\(ProcessInfo.processInfo.processIdentifier)"

/// The callers share receipts out, each a task that cancels one after the other.
func share(_ receipts: [String], _ callers: Int, _ subject: any Subject) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
        for caller in 0..<callers {
            group.addTask {
                for index in stride(from: caller, to: receipts.count, by: callers) {
                    try await subject.cancel(receipts[index])
                }
            }
        }
        try await group.waitForAll()
    }
}

/// The timed work was done, all of it, once.
func witness(_ peer: Peer, _ cancels: Int) throws {
    let (ledger, wanted) = (
        try peer.ledger(),
        Peer.Ledger(cancelled_won: cancels * paid, movements: cancels, cancel_requests: cancels, lookups: 0)
    )
    try ensure(ledger == wanted, "what was timed did not happen: the ledger says \(ledger), and not \(wanted)")
}

/// One block, with its connections opened before, and the ledger asked after.
func timed(_ peer: Peer, _ one: Case, _ cancels: Int, _ subject: any Subject) async throws -> Cost {
    try await share(peer.receipts(one.callers * 4, paid), one.callers, subject)
    try peer.forget()
    let receipts = try peer.receipts(cancels, paid)
    let cost = try await Cost.of { try await share(receipts, one.callers, subject) }
    try witness(peer, cancels)
    return cost
}

/// Every subject once in a round, in an order drawn anew. One round more comes first, and is thrown away.
func measure(_ peer: Peer) async throws {
    let wanted = cases.enumerated().filter { only.isEmpty || "\($1.name), \($1.transport)".contains(only) }
    if wanted.isEmpty { return }
    let samples = try Samples("\(directory)/swift.jsonl")
    for (index, one) in wanted {
        print("\(one.name), \(one.transport): \(one.cancels) cancels x \(rounds) rounds …")
        // Foundation on Linux trusts the system's authorities alone, and so not the peer's.
        let byHand: [any Subject] = one.transport == "tls" ? [] : [try await ByHand(peer.addresses, one.transport)]
        let all: [any Subject] =
            byHand + [
                try Package(peer.addresses, one.transport, journal: nil),
                try Package(peer.addresses, one.transport, journal: "\(work)/\(index).sqlite3"),
            ]
        let subjects = all.filter { subject.isEmpty || $0.name.contains(subject) }
        for round in 0...rounds {
            for subject in subjects.shuffled() {
                let cancels = max(one.cancels / subject.slowness, one.callers)
                let cost = try await timed(peer, one, cancels, subject)
                if round == 0 { continue }
                try samples.add(
                    Sample(
                        suite: "swift", case: one.name, transport: one.transport, subject: subject.name,
                        baseline: subject.isBaseline, round: round, cancels: cancels, seconds: cost.seconds,
                        cpu_seconds: cost.cpuSeconds))
            }
        }
    }
}

/// What a call costs by itself: the way into the library and back, with records as they are, and no request.
func measureCalls(_ peer: Peer) async throws {
    guard only.isEmpty || only == "calls" else { return }
    let samples = try Samples("\(directory)/swift-calls.jsonl")
    let bootpay = try Package(peer.addresses, "plain", journal: nil).bootpay
    let receipt = try peer.receipts(1, paid)[0]
    let cancelID = try await bootpay.cancel(receipt).cancelID
    try peer.forget()
    let many = 5_000
    let calls: [(String, () async throws -> Void)] = [
        (
            "the same cancel again",
            {
                guard case .cancelled(let cancelled) = try await bootpay.cancel(receipt), cancelled.repeated else {
                    throw Failed(description: "it was not found")
                }
            }
        ),
        (
            "an intent",
            {
                let intent = try await bootpay.intent(cancelID)
                try ensure(intent.receiptID == receipt, "\(intent)")
            }
        ),
        (
            "an invalid request",
            {
                do {
                    _ = try await bootpay.cancel(
                        .partial(receipt, price: -1, cancelID: "order-1042/refund-1", reason: "고객 요청"))
                } catch BootpayError.invalidInput {
                    return
                }
                throw Failed(description: "a refund of less than nothing was not refused")
            }
        ),
    ]
    print("calls without a request: \(many) x \(rounds) rounds …")
    for round in 0...rounds {
        for (name, call) in calls {
            let cost = try await Cost.of { for _ in 0..<many { try await call() } }
            try witness(peer, 0)
            if round == 0 { continue }
            try samples.add(
                Sample(
                    suite: "swift-calls", case: name, transport: "no request", subject: "async", baseline: true,
                    round: round, cancels: many, seconds: cost.seconds, cpu_seconds: cost.cpuSeconds))
        }
    }
}

var status: Int32 = 0
do {
    try FileManager.default.createDirectory(atPath: work, withIntermediateDirectories: true)
    let peer = try Peer(program)
    try await measure(peer)
    try await measureCalls(peer)
    try peer.end()
} catch {
    FileHandle.standardError.write(Data("\(error)\n".utf8))
    status = 1
}
try? FileManager.default.removeItem(atPath: work)
exit(status)
