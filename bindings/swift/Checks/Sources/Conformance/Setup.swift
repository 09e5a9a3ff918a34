import BootpayCancel
import Foundation

// From what the runner is told to the package's own types. What is left out is left out of the call.

extension JSONValue {
    func text(_ name: String) -> String {
        guard let text = self[name]?.string else { fatalError("no \(name) in \(canonical(self))") }
        return text
    }

    fileprivate func duration(_ name: String) -> Duration? {
        self[name]?.integer.map { .milliseconds($0) }
    }
}

func options(from call: JSONValue) throws -> Bootpay.Options {
    var options = Bootpay.Options()
    switch call["environment"]?.string {
    case "production": options.environment = .production
    case "development": options.environment = .development
    case "test": options.environment = .test
    case "stage": options.environment = .stage
    default: break
    }
    if let baseURL = call["base_url"]?.string { options.environment = .custom(baseURL: baseURL) }
    options.dialect = call["dialect"]?.string.flatMap(Bootpay.Dialect.init(rawValue:))
    if let journal = call["journal"]?.string {
        options.journal = journal == "memory" ? .memory : .sqlite(path: journal)
    }
    options.connectTimeout = call.duration("connect_timeout_ms")
    options.cancelTimeout = call.duration("cancel_timeout_ms")
    options.lookupTimeout = call.duration("lookup_timeout_ms")
    options.tokenTimeout = call.duration("token_timeout_ms")
    options.idleTimeout = call.duration("idle_timeout_ms")
    options.waitForOthers = call.duration("wait_for_others_ms")
    options.serverHonoursCancelIDFor = call.duration("server_honours_cancel_id_for_ms")
    if let declared = call["nobody_else_cancels"] { options.nobodyElseCancels = declared == true }
    if let look = call["look_before_partial"] { options.lookBeforePartial = look == true }
    if let proxy = call["proxy"]?.string { options.proxy = proxy == "none" ? .off : .url(Secret(proxy)) }
    if let bundle = call["ca_bundle"]?.string { options.caBundle = Data(bundle.utf8) }
    return options
}

func client(from call: JSONValue, options: Bootpay.Options) throws -> Bootpay {
    if let pair = call["key_pair"] {
        return try Bootpay(
            applicationID: pair.text("application_id"), privateKey: pair.text("private_key"), options: options)
    }
    if let pair = call["basic_pair"] {
        return try .withBasicPair(
            clientKey: pair.text("client_key"), secretKey: pair.text("secret_key"), options: options)
    }
    guard let source = call["token_source"] else { fatalError("no credentials in \(canonical(call))") }
    let gifts = Gifts(source["gives"]?.array ?? [])
    return try .withTokenSource(scope: source.text("scope"), options: options) { refused in
        if let refused { shown.add(printed: refused) }
        let gift = gifts.next()
        if let failure = gift["fails"]?.string { throw TokenSourceError(failure) }
        let supplied = SuppliedToken(gift.text("token"), lifetime: gift.duration("lifetime_ms"))
        shown.add(printed: supplied)
        return supplied
    }
}

func request(from call: JSONValue) throws -> CancelRequest {
    let account = try call["refund_account"].map { told in
        if let code = told["code"]?.string {
            return try RefundAccount(rawCode: code, account: told.text("account"), holder: told.text("holder"))
        }
        return try RefundAccount(bank: told.text("bank"), account: told.text("account"), holder: told.text("holder"))
    }
    if let account { shown.add(printed: account) }
    var request: CancelRequest =
        if let price = call["price"]?.integer {
            .partial(call.text("receipt_id"), price: price, taxFree: call["tax_free"]?.integer)
        } else {
            .full(call.text("receipt_id"), expectedRemaining: call["expected_remaining"]?.integer)
        }
    request.cancelID = call["cancel_id"]?.string
    request.canceller = call["canceller"]?.string
    request.reason = call["reason"]?.string
    request.refundAccount = account
    return request
}

/// What a token source gives: the n-th call gets the n-th, and the last stays.
private final class Gifts: @unchecked Sendable {
    private let lock = NSLock()
    // Guarded by the lock.
    private var left: ArraySlice<JSONValue>

    init(_ gifts: [JSONValue]) {
        left = gifts[...]
    }

    func next() -> JSONValue {
        lock.withLock { left.count > 1 ? left.removeFirst() : left.first! }
    }
}
