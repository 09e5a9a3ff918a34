import BootpayCancel
import BootpaySandbox
import Foundation
import Testing

@Suite struct CancellationTests {
    let sandbox = try! Sandbox.start()

    @Test("a cancelled task stops waiting for a refund at once, and the refund goes on, once")
    func refundGoesOn() async throws {
        let receiptID = try await sandbox.add(10_000)
        let bootpay = try sandbox.client()
        try await sandbox.fault(["on": "cancel", "latency_ms": 6_000])
        let refund = Task { try await bootpay.cancel(receiptID) }
        #expect(try await eventually { try await sandbox.requests().contains { $0["operation"] == "cancel" } })
        refund.cancel()
        await #expect(throws: CancellationError.self) { try await refund.value }

        // It is still under way: found in the journal, by its receipt, and asking again attaches to it.
        let intent = try #require(try await bootpay.intents(receiptID: receiptID).first)
        #expect(intent.state == .sending)
        let outcome = try await bootpay.cancel(receiptID)
        guard case .cancelled(let cancelled) = outcome else { return fail(outcome) }
        #expect(cancelled.cancelID == intent.cancelID)
        #expect(try await bootpay.intent(intent.cancelID).state == .cancelled)
        #expect(try await sandbox.ledger(receiptID).map(\.amount) == [10_000])
        #expect(try await sandbox.requests().filter { $0["operation"] == "cancel" }.count == 1)
    }

    @Test("a cancelled task really aborts a read")
    func readIsAborted() async throws {
        let receiptID = try await sandbox.add(10_000)
        let bootpay = try sandbox.client()
        try await sandbox.fault(["on": "lookup", "latency_ms": 14_000])
        let read = Task { try await bootpay.receipt(receiptID) }
        #expect(try await eventually { try await sandbox.requests().contains { $0["operation"] == "lookup" } })
        let started = ContinuousClock.now
        read.cancel()
        await #expect(throws: CancellationError.self) { try await read.value }
        #expect(ContinuousClock.now - started < .seconds(10))
        // Aborted, and not only forgotten: a read that failed would be tried again.
        try await Task.sleep(for: .milliseconds(300))
        #expect(try await sandbox.requests().filter { $0["operation"] == "lookup" }.count == 1)
    }

    @Test("a task that was cancelled before it calls sends nothing")
    func cancelledBefore() async throws {
        let receiptID = try await sandbox.add(10_000)
        let bootpay = try sandbox.client()
        let refund = Task {
            while !Task.isCancelled { await Task.yield() }
            return try await bootpay.cancel(receiptID)
        }
        refund.cancel()
        await #expect(throws: CancellationError.self) { try await refund.value }
        #expect(try await bootpay.intents(receiptID: receiptID).isEmpty)
        #expect(try await sandbox.requests().isEmpty)
    }

    @Test("a time-out of the caller's own, made with a task group, detaches too")
    func callersTimeOut() async throws {
        let receiptID = try await sandbox.add(10_000)
        let bootpay = try sandbox.client()
        try await sandbox.fault(["on": "token", "latency_ms": 5_000])
        let answer = try await withThrowingTaskGroup(of: CancelOutcome?.self) { group in
            group.addTask { try await bootpay.cancel(receiptID) }
            group.addTask {
                try await Task.sleep(for: .milliseconds(200))
                return nil
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
        #expect(answer == nil)
        #expect(try await eventually { try await bootpay.intents(receiptID: receiptID).first?.state == .cancelled })
        #expect(try await sandbox.ledger(receiptID).map(\.amount) == [10_000])
    }
}
