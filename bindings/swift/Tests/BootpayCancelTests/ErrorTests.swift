import BootpayCancel
import BootpaySandbox
import Foundation
import Testing

@Suite struct ErrorTests {
    let sandbox = try! Sandbox.start()

    @Test("a refusal shows the server's words and a hint, in every way that Swift shows an error")
    func texts() async throws {
        let receiptID = try await sandbox.add(20_000, ["refuse_with": "settlement"])
        let bootpay = try sandbox.client()
        let error = try await thrown { try await bootpay.cancel(receiptID) }
        let text = "refused (HTTP 500, code -90502, PG code SBX02): 정산예정 금액이 취소금액보다 작아 취소할 수 없습니다"
        let hint = try #require(error.hint)
        #expect(error.facts.text == text)
        #expect(hint.hasPrefix("정산 예정 금액이"))
        #expect(error.hintEnglish?.contains("settlement") == true)
        let anybody: any Error = error
        for shown in [error.localizedDescription, anybody.localizedDescription, "\(error)", "\(anybody)"] {
            #expect(shown == "\(text)\n\(hint)")
        }
        #expect((error as any LocalizedError).recoverySuggestion == hint)
        #expect(error.kind == "refused.settlement")
        #expect(error.code == "-90502")
        #expect(error.refusal?.pgCode == "SBX02")
        #expect(error.refusal?.httpStatus == 500)
        #expect(error.intent?.receiptID == receiptID)
        #expect(error.field == nil)
    }

    @Test("each kind of error is a case")
    func kinds() async throws {
        let bootpay = try sandbox.client(
            options: .init(lookupTimeout: .milliseconds(300)))
        let receiptID = try await sandbox.add(10_000)
        guard case .invalidInput(let facts, _) = try await thrown(by: { try await bootpay.cancel("") }) else {
            return fail("another error")
        }
        #expect(facts.field == "receipt_id")
        _ = try await bootpay.cancel(.partial(receiptID, price: 1_000))
        let conflict = try await thrown { try await bootpay.cancel(.partial(receiptID, price: 1_000)) }
        guard case .conflict(_, let intent) = conflict else { return fail(conflict) }
        #expect(intent.receiptID == receiptID)
        let missing = try await thrown { try await bootpay.receipt("nothing") }
        guard case .refused(_, let refusal) = missing else { return fail(missing) }
        #expect(missing.kind == "refused.not_found")
        #expect(refusal.httpStatus == 404)
        try await sandbox.fault(["on": "lookup", "times": 20, "says": ["status": ["code": 502, "body": "html"]]])
        guard case .lookupFailed = try await thrown(by: { try await bootpay.receipt(receiptID) }) else {
            return fail("another error")
        }
        let nowhere = try Bootpay(
            applicationID: "app", privateKey: "key",
            options: .init(environment: .custom(baseURL: "http://127.0.0.1:9"), journal: .memory))
        let unreachable = try await thrown { try await nowhere.cancel("612df0250d681b001de61de6") }
        #expect(unreachable.kind.hasSuffix(".connect"))
        // Told when the client is made.
        let journal = try await thrown {
            try sandbox.client(options: .init(journal: .sqlite(path: "/proc/no-such-folder/journal.sqlite3")))
        }
        guard case .journalFailed = journal else { return fail(journal) }
        #expect(try await sandbox.ledger(receiptID).map(\.amount) == [1_000])
    }

    @Test("a wrong amount is refused by name, and nothing is sent")
    func amounts() async throws {
        let receiptID = try await sandbox.add(10_000)
        let bootpay = try sandbox.client()
        for price in [0, -1, Int.min] {
            let error = try await thrown { try await bootpay.cancel(.partial(receiptID, price: price)) }
            #expect(error.field == "price")
            #expect(error.kind == "invalid_input")
        }
        #expect(try await sandbox.requests().isEmpty)
    }

    @Test("a length of time or a count that does not fit is refused by name, and is no trap")
    func lengths() async throws {
        for length in [Duration.milliseconds(-1), .seconds(Int64.max), .seconds(Int64.min)] {
            let error = try await thrown {
                try Bootpay(applicationID: "app", privateKey: "key", options: .init(connectTimeout: length))
            }
            #expect(error.field == "timeouts.connect")
            #expect(error.hint == "0 이상의 시간을 넣어 주세요.")
            #expect(
                error.localizedDescription == """
                    `timeouts.connect` is no length of time: a time that is not below 0, and not above 1,000 years
                    0 이상의 시간을 넣어 주세요.
                    """)
        }
        let bootpay = try sandbox.client()
        let error = try await thrown { try await bootpay.intents(limit: -1) }
        #expect(error.field == "limit")
    }

    @Test("a server's wish to be left alone is passed on")
    func retryAfter() async throws {
        let bootpay = try sandbox.client()
        try await sandbox.fault([
            "on": "cancel", "retry_after_s": 7,
            "says": ["status": ["code": 429, "body": ["envelope": ["code": -90507, "message": "잠시 후"]]]],
        ])
        let error = try await thrown { try await bootpay.cancel(try await sandbox.add(10_000)) }
        #expect(error.retryAfter == .seconds(7))
    }
}
