import BootpayCancel
import BootpaySandbox
import Testing

/// Getting ready while the caller still prepares: the cancel is then one request over the connection that is there.
@Suite struct WarmUpTests {
    let sandbox = try! Sandbox.start()

    @Test("after a warm-up a cancel is one request over the connection that is there")
    func oneRequest() async throws {
        let receiptID = try await sandbox.add(10_000)
        let bootpay = try sandbox.client()
        try await bootpay.warmUp()
        #expect(try await sandbox.requests().map { $0["operation"] } == ["token"])
        #expect(try await sandbox.ledger(receiptID).isEmpty)
        // All is ready: nothing is sent.
        try await bootpay.warmUp()
        let outcome = try await bootpay.cancel(receiptID)
        guard case .cancelled = outcome else { return fail(outcome) }
        let requests = try await sandbox.requests()
        #expect(requests.map { $0["operation"] } == ["token", "cancel"])
        #expect(Set(requests.map { $0["connection"] }).count == 1)
    }

    @Test("with wrong keys it throws what the token's own call throws")
    func wrongKeys() async throws {
        func client() throws -> Bootpay {
            try Bootpay(
                applicationID: sandbox.applicationID, privateKey: "wrong",
                options: .init(environment: .custom(baseURL: sandbox.baseURL), journal: .memory))
        }
        let expected = try await thrown { try await client().token() }
        let error = try await thrown { try await client().warmUp() }
        guard case .refused = error else { return fail(error) }
        #expect(error.kind == "refused.unauthorized")
        #expect(error == expected)
    }
}
