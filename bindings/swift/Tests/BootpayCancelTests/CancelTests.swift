import BootpayCancel
import BootpaySandbox
import Foundation
import Testing

@Suite struct CancelTests {
    let sandbox = try! Sandbox.start()

    @Test("one line cancels a payment in full")
    func full() async throws {
        let receiptID = try await sandbox.add(10_000, ["tax_free": 500])
        let outcome = try await sandbox.client().cancel(receiptID)
        guard case .cancelled(let cancelled) = outcome else { return fail(outcome) }
        #expect(cancelled.cancellation.cancelledPrice == 10_000)
        #expect(cancelled.cancellation.cancelledTaxFree == 500)
        #expect(cancelled.cancellation.remainPrice == 0)
        #expect(cancelled.evidence == .answered)
        #expect(cancelled.moneyIsBack == .yes)
        #expect(cancelled.recorded && !cancelled.repeated)
        #expect(cancelled.cancellation.revokedAt.map { abs($0.timeIntervalSinceNow) < 60 } == true)
        #expect(outcome.receiptID == receiptID)
        #expect(try await sandbox.ledger(receiptID).map(\.amount) == [10_000])
    }

    @Test("a part is cancelled under the merchant's own key, and the same key is the same refund")
    func partial() async throws {
        let receiptID = try await sandbox.add(10_000, ["tax_free": 500])
        let bootpay = try sandbox.client()
        let request = CancelRequest.partial(
            receiptID, price: 3_000, taxFree: 500, cancelID: "order-1042/refund-1", canceller: "관리자", reason: "고객 요청")
        let first = try await bootpay.cancel(request)
        guard case .cancelled(let cancelled) = first else { return fail(first) }
        #expect(cancelled.cancelID == "order-1042/refund-1")
        #expect(cancelled.cancellation.remainPrice == 7_000)
        #expect(cancelled.intent.amount == .partial(price: 3_000, taxFree: 500))
        let again = try await bootpay.cancel(request)
        guard case .cancelled(let repeated) = again else { return fail(again) }
        #expect(repeated.repeated)
        let movements = try await sandbox.ledger(receiptID)
        #expect(movements.map(\.amount) == [3_000])
        #expect(movements.map(\.cancelID) == ["order-1042/refund-1"])
        let sent = try #require(try await sandbox.requests().last { $0["operation"] == "cancel" })
        #expect(sent["body"]?["name"] == "관리자")
        #expect(sent["body"]?["reason"] == "고객 요청")
    }

    @Test("a full cancel that expects another remainder sends nothing")
    func expectedRemaining() async throws {
        let receiptID = try await sandbox.add(10_000)
        let bootpay = try sandbox.client()
        let error = try await thrown { try await bootpay.cancel(.full(receiptID, expectedRemaining: 9_000)) }
        #expect(error.kind == "refused.more_than_remains")
        #expect(error.refusal?.httpStatus == nil)
        #expect(try await sandbox.ledger(receiptID).isEmpty)
        guard case .cancelled = try await bootpay.cancel(.full(receiptID, expectedRemaining: 10_000)) else {
            return fail("not cancelled")
        }
    }

    @Test("a lost answer is found by a lookup, and where that is not possible, it is unknown and no error")
    func lostAnswers() async throws {
        let bootpay = try sandbox.client(options: .init(lookupTimeout: .milliseconds(300)))
        let found = try await sandbox.add(10_000)
        try await sandbox.fault(["on": "cancel", "when": "after_money", "delivery": "reset"])
        guard case .cancelled(let cancelled) = try await bootpay.cancel(found) else { return fail("not cancelled") }
        #expect(cancelled.evidence == .inferred)

        let lost = try await sandbox.add(20_000)
        try await sandbox.fault(["on": "cancel", "when": "after_money", "delivery": "reset"])
        try await sandbox.fault(["on": "lookup", "times": 20, "says": ["status": ["code": 502, "body": "html"]]])
        let outcome = try await bootpay.cancel(lost)
        guard case .unknown(let unknown) = outcome else { return fail(outcome) }
        #expect(unknown.cause == .disconnected)
        #expect(try await bootpay.intents(open: true).map(\.cancelID) == [unknown.cancelID])

        try await sandbox.control("DELETE", "faults")
        guard case .cancelled(let settled) = try await bootpay.reconcile(unknown.cancelID) else {
            return fail("not settled")
        }
        #expect(settled.evidence == .inferred)
        #expect(try await sandbox.ledger(lost).map(\.amount) == [20_000])
    }

    @Test("what the gateway had cancelled before is already cancelled, and no success of this call")
    func alreadyCancelled() async throws {
        let receiptID = try await sandbox.add(10_000, ["cancelled_in_pg_console": true])
        let outcome = try await sandbox.client().cancel(receiptID)
        guard case .alreadyCancelled(let already) = outcome else { return fail(outcome) }
        #expect(already.moneyIsBack == .unconfirmed)
        #expect(already.serverMessage?.contains("기취소") == true)
        #expect(try await sandbox.ledger(receiptID).map(\.by) == ["pg_console"])
    }

    @Test("a virtual account is refunded by a transfer")
    func virtualAccount() async throws {
        let receiptID = try await sandbox.add(50_000, ["virtual_account": true, "method": "vbank"])
        let account = try RefundAccount(bank: "국민은행", account: "66569112432134", holder: "홍길동")
        #expect(account.bankCode == "004")
        let outcome = try await sandbox.client().cancel(.full(receiptID, refundAccount: account))
        guard case .cancelled(let cancelled) = outcome else { return fail(outcome) }
        #expect(cancelled.moneyIsBack == .acceptedForTransfer)
        #expect(try await sandbox.ledger(receiptID).map(\.toAccount) == [true])
    }

    @Test("a preview says what would be sent, and sends no cancel")
    func preview() async throws {
        let receiptID = try await sandbox.add(10_000)
        let preview = try await sandbox.client().preview(.partial(receiptID, price: 3_000, cancelID: "refund-1"))
        #expect(preview.members["price"] == 3_000)
        #expect(preview.members["cancel_id"] == "refund-1")
        #expect(preview.url == "\(sandbox.baseURL)/cancel.json")
        #expect(preview.receipt.totals.remaining == 10_000)
        #expect(preview.objection == nil)
        #expect(try await sandbox.requests().allSatisfy { $0["operation"] != "cancel" })
    }

    @Test("fifty calls at once ask for one token")
    func oneToken() async throws {
        let receiptID = try await sandbox.add(10_000)
        let bootpay = try sandbox.client()
        try await withThrowingTaskGroup(of: Int?.self) { group in
            for _ in 0..<50 {
                group.addTask { try await bootpay.receipt(receiptID).totals.remaining }
            }
            for try await remaining in group {
                #expect(remaining == 10_000)
            }
        }
        let requests = try await sandbox.requests()
        #expect(requests.filter { $0["operation"] == "token" }.count == 1)
        #expect(requests.filter { $0["operation"] == "lookup" }.count == 50)
    }

    @Test("both dialects, and every kind of credentials")
    func credentials() async throws {
        var options = Bootpay.Options(environment: .custom(baseURL: sandbox.baseURL), journal: .memory)
        let basic = try Bootpay.withBasicPair(
            clientKey: sandbox.clientKey, secretKey: sandbox.secretKey, options: options)
        guard case .cancelled(let first) = try await basic.cancel(try await sandbox.add(10_000)) else {
            return fail("not cancelled")
        }
        #expect(first.cancellation.price == 10_000)
        options.dialect = .v2
        let second = try Bootpay(
            applicationID: sandbox.applicationID, privateKey: Secret(sandbox.privateKey), options: options)
        guard case .cancelled = try await second.cancel(try await sandbox.add(10_000)) else {
            return fail("not cancelled")
        }
        #expect(try await sandbox.ledger().filter { $0.by == "api" }.count == 2)
    }

    @Test("banks are found by code and by name")
    func banks() async throws {
        #expect(try Bank.find("국민은행").code == "004")
        #expect(try Bank.find("004").name.contains("국민"))
        #expect(Bank.all.contains { $0.code == "004" && $0.source == .officialSDK })
        let error = try await thrown { try Bank.find("국민은헹") }
        #expect(error.suggestions.contains { $0.contains("국민") })
    }
}
