import BootpayCancel
import BootpaySandbox
import Foundation
import Testing

@Suite struct JournalTests {
    let sandbox = try! Sandbox.start()
    let folder = try! Folder()

    var options: Bootpay.Options {
        .init(journal: .sqlite(path: "\(folder.path)/journal.sqlite3"), lookupTimeout: .milliseconds(300))
    }

    @Test("a second client over the same file knows what the first one did, and sends nothing again")
    func secondClient() async throws {
        let receiptID = try await sandbox.add(10_000)
        do {
            let first = try sandbox.client(options: options)
            guard case .cancelled = try await first.cancel(receiptID) else { return fail("not cancelled") }
        }
        let second = try sandbox.client(options: options)
        #expect(try await second.journalPlace().hasSuffix("/journal.sqlite3"))
        let outcome = try await second.cancel(receiptID)
        guard case .cancelled(let cancelled) = outcome else { return fail(outcome) }
        #expect(cancelled.repeated)
        let intent = try #require(try await second.intents(receiptID: receiptID).first)
        #expect(intent.state == .cancelled)
        #expect(intent.generation == 1)
        #expect(intent.key == "receipt")
        #expect(intent.attempts.map(\.progress) == [.answered])
        #expect(intent.attempts.first?.httpStatus == 200)
        #expect(intent.cancellation?.cancelledPrice == 10_000)
        #expect(try await second.intent(intent.cancelID) == intent)
        #expect(try await sandbox.ledger(receiptID).count == 1)
    }

    @Test("recover takes up what an earlier run left open")
    func recover() async throws {
        let receiptID = try await sandbox.add(10_000)
        let cancelID: String
        do {
            let first = try sandbox.client(options: options)
            try await sandbox.fault(["on": "cancel", "when": "after_money", "delivery": "reset"])
            try await sandbox.fault(["on": "lookup", "times": 20, "says": ["status": ["code": 502, "body": "html"]]])
            let outcome = try await first.cancel(receiptID)
            guard case .unknown(let unknown) = outcome else { return fail(outcome) }
            cancelID = unknown.cancelID
        }
        try await sandbox.control("DELETE", "faults")
        let recovery = try await sandbox.client(options: options).recover()
        #expect(recovery.settled.map(\.cancelID) == [cancelID])
        guard case .cancelled = recovery.settled.first else { return fail(recovery) }
        #expect(recovery.unknown.isEmpty && recovery.failed.isEmpty && recovery.ofOtherMerchants == 0)
        #expect(try await sandbox.ledger(receiptID).count == 1)
    }

    @Test("a person settles what no evidence settles")
    func resolve() async throws {
        let receiptID = try await sandbox.add(10_000)
        let bootpay = try sandbox.client(options: options)
        try await sandbox.fault(["on": "cancel", "when": "before_money", "delivery": "no_answer"])
        try await sandbox.fault(["on": "lookup", "times": 20, "says": ["status": ["code": 502, "body": "html"]]])
        var hasty = options
        hasty.cancelTimeout = .milliseconds(500)
        let outcome = try await sandbox.client(options: hasty).cancel(
            .full(receiptID, cancelID: "refund-1"))
        guard case .unknown(let unknown) = outcome else { return fail(outcome) }
        try await sandbox.control("DELETE", "faults")
        let early = try await thrown { try await bootpay.resolve("refund-1", as: .notCancelled, actor: "홍길동") }
        #expect(early.kind == "conflict.too_early_to_decide")
        let intent = try await bootpay.resolve(unknown.cancelID, as: .cancelled, actor: "홍길동")
        #expect(intent.state == .cancelled)
        #expect(intent.decidedBy == "홍길동")
        #expect(intent.evidence == .declared)
        #expect(try await bootpay.intents(open: true).isEmpty)
    }

    @Test("a sandbox's client forgets, whatever else it is told")
    func forgets() async throws {
        let bootpay = try sandbox.client(options: .init(lookupTimeout: .seconds(1)))
        #expect(try await bootpay.journalPlace().hasPrefix("memory"))
    }
}
