import BootpayCancel
import BootpaySandbox
import Foundation
import Testing

@Suite struct SecretTests {
    let sandbox = try! Sandbox.start()

    /// Every way in which Swift prints a value without its doing.
    func printed(_ value: Any) -> String {
        var dumped = ""
        dump(value, to: &dumped)
        return "\(value) \(String(reflecting: value)) \(dumped) \(Mirror(reflecting: value).children.map { "\($0)" })"
    }

    @Test("secrets are shown nowhere")
    func canaries() async throws {
        let logged = Collected<BootpayLog.Record>()
        BootpayLog.handler = { logged.add($0) }
        var shown: [Any] = []
        let bootpay = try sandbox.client()
        let account = try RefundAccount(bank: "004", account: "66569112432134", holder: "카나리아")
        let token = try await bootpay.token()
        shown += [
            bootpay, account, token, SuppliedToken(token), SuppliedToken("canary-token"), Secret("canary-secret"),
        ]
        let receiptID = try await sandbox.add(10_000, ["virtual_account": true, "method": "vbank"])
        let request = CancelRequest.full(receiptID, refundAccount: account)
        shown += [request, try await bootpay.preview(request)]
        shown.append(try await bootpay.cancel(request))
        shown.append(try await bootpay.intents())
        let options = Bootpay.Options(
            environment: .custom(baseURL: sandbox.baseURL), journal: .memory,
            proxy: .url(Secret("http://user:canary-password@127.0.0.1:1")))
        let wrong = try Bootpay(applicationID: "app", privateKey: Secret("canary-private-key"), options: options)
        shown += [options, wrong]
        shown.append(try await thrown { try await wrong.cancel(receiptID) })
        shown.append(try await thrown { try Bootpay(applicationID: "app", privateKey: "canary private key") })
        shown.append(try await thrown { try RefundAccount(bank: "004", account: "canary-account", holder: "홍길동") })
        let leaky = try Bootpay.withTokenSource(scope: "shop", options: options) { _ in
            throw Leaky(text: "canary-vault")
        }
        shown += [leaky, try await thrown { try await leaky.token() }]

        #expect(try await eventually { logged.all.contains { $0.text.contains("answered") } })
        #expect(Set(logged.all.map(\.label)).contains("bootpay.cancel"))
        let texts = (shown + [logged.all]).map(printed)
        for secret in ["canary", "66569112432134", "카나리아", token.expose(), sandbox.privateKey] {
            #expect(!texts.contains { $0.contains(secret) }, "\(secret)")
        }
        #expect(Secret("canary-secret").expose() == "canary-secret")
        #expect(printed(Secret("canary-secret")).contains("[redacted]"))
    }

    @Test("what else a server sent is not printed, since it can hold personal data")
    func extraMembers() async throws {
        let receiptID = try await sandbox.add(10_000)
        let receipt = try await sandbox.client().receipt(receiptID)
        let extra = receipt.extra
        #expect(extra.names == extra.members.keys.sorted())
        for (name, value) in extra.members where value.string.map({ $0.count > 3 }) == true {
            #expect(!printed(receipt).contains(value.string!), "\(name)")
        }
    }

    @Test("a token source is called on a thread of its own, is told what was refused, and may fail in words")
    func tokenSource() async throws {
        let keys = try sandbox.client()
        let good = try await keys.token()
        let asked = Collected<String?>()
        let threads = Collected<Bool>()
        let options = Bootpay.Options(environment: .custom(baseURL: sandbox.baseURL), journal: .memory)
        let bootpay = try Bootpay.withTokenSource(scope: "shop-1", options: options) { refused in
            asked.add(refused?.expose())
            threads.add(Thread.isMainThread)
            return asked.all.count == 1 ? SuppliedToken("stale-token") : SuppliedToken(good, lifetime: .seconds(600))
        }
        let receiptID = try await sandbox.add(10_000)
        guard case .cancelled = try await bootpay.cancel(receiptID) else { return fail("not cancelled") }
        #expect(asked.all == [nil, "stale-token"])
        #expect(threads.all == [false, false])

        struct Unlucky: Error {}
        let mute = try Bootpay.withTokenSource(scope: "shop-2", options: options) { _ in throw Unlucky() }
        let unlucky = try await thrown { try await mute.cancel(receiptID) }
        guard case .tokenUnavailable = unlucky else { return fail(unlucky) }
        #expect(unlucky.localizedDescription.contains("the token source threw Unlucky"))
        let plain = try Bootpay.withTokenSource(scope: "shop-3", options: options) { _ in
            throw TokenSourceError("the vault is sealed")
        }
        #expect(try await thrown { try await plain.token() }.localizedDescription.contains("the vault is sealed"))
        let negative = try Bootpay.withTokenSource(scope: "shop-4", options: options) { _ in
            SuppliedToken(good, lifetime: .seconds(-1))
        }
        guard case .tokenUnavailable = try await thrown(by: { try await negative.token() }) else {
            return fail("another error")
        }
    }
}

private struct Leaky: Error, CustomStringConvertible {
    let text: String
    var description: String { text }
}
