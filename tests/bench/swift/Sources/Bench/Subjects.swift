import BootpayCancel
import Foundation

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

let paid = 10_000

/// Somebody who cancels a receipt in full.
protocol Subject: Sendable {
    var name: String { get }
    var isBaseline: Bool { get }
    /// In a timed block it gets only one of so many cancels: for those who would take too long.
    var slowness: Int { get }
    func cancel(_ receiptID: String) async throws
}

/// URLSession, as one would use it by hand: one session, one token, the same bytes on the wire.
struct ByHand: Subject {
    struct Envelope<Body: Decodable>: Decodable {
        let status, code: Int
        let data: Body
    }
    struct Token: Decodable { let token: String }
    struct Cancelled: Decodable {
        let receipt_id: String
        let request_cancel_price: Int
    }
    struct Keys: Encodable { let application_id, private_key: String }
    struct Cancel: Encodable { let receipt_id, cancel_id: String }

    let name = "URLSession"
    let isBaseline = true
    let slowness = 1
    private let session: URLSession
    private let base: URL
    private let token: String

    init(_ addresses: Peer.Addresses, _ transport: String) async throws {
        let settings = URLSessionConfiguration.ephemeral
        settings.httpMaximumConnectionsPerHost = 32
        settings.timeoutIntervalForRequest = 60
        settings.httpCookieStorage = nil
        settings.urlCache = nil
        session = URLSession(configuration: settings)
        base = URL(string: addresses.address(transport))!
        let keys = try JSONEncoder().encode(
            Keys(application_id: addresses.application_id, private_key: addresses.private_key))
        let (answer, _) = try await session.data(for: Self.post(base, "/request/token.json", keys))
        token = try JSONDecoder().decode(Envelope<Token>.self, from: answer).data.token
    }

    private static func post(_ base: URL, _ path: String, _ body: Data) -> URLRequest {
        var request = URLRequest(url: base.appendingPathComponent(path))
        request.httpMethod = "POST"
        request.httpBody = body
        request.setValue("application/json", forHTTPHeaderField: "Accept")
        request.setValue("application/json", forHTTPHeaderField: "Content-Type")
        request.setValue("bootpay-cancel/0.1.0", forHTTPHeaderField: "User-Agent")
        return request
    }

    func cancel(_ receiptID: String) async throws {
        // As long as the package's own.
        let body = Cancel(receipt_id: receiptID, cancel_id: "by-hand-\(receiptID)---")
        var request = Self.post(base, "/cancel.json", try JSONEncoder().encode(body))
        request.setValue(token, forHTTPHeaderField: "Authorization")
        let (answer, response) = try await session.data(for: request)
        try ensure((response as? HTTPURLResponse)?.statusCode == 200, "\(response)")
        let said = try JSONDecoder().decode(Envelope<Cancelled>.self, from: answer)
        try ensure(said.status == 200 && said.code == 0, "\(said)")
        try ensure(said.data.receipt_id == receiptID && said.data.request_cancel_price == paid, "\(said)")
    }
}

/// The package. On the journal in memory where there is no path.
struct Package: Subject {
    let name: String
    let isBaseline = false
    let slowness: Int
    let bootpay: Bootpay

    init(_ addresses: Peer.Addresses, _ transport: String, journal: String?) throws {
        name = "bootpay-cancel, \(journal == nil ? "memory" : "SQLite")"
        slowness = journal == nil || transport == "delayed" ? 1 : 10
        let pem = transport == "tls" ? try Data(contentsOf: URL(fileURLWithPath: addresses.ca)) : nil
        bootpay = try Bootpay(
            applicationID: addresses.application_id, privateKey: addresses.private_key,
            options: .init(
                environment: .custom(baseURL: addresses.address(transport)),
                journal: journal.map { .sqlite(path: $0) } ?? .memory, caBundle: pem))
    }

    func cancel(_ receiptID: String) async throws {
        let outcome = try await bootpay.cancel(receiptID)
        guard case .cancelled(let cancelled) = outcome else { throw Failed(description: "\(outcome)") }
        try ensure(!cancelled.repeated && cancelled.mismatches.isEmpty, "\(outcome)")
        try ensure(cancelled.cancellation.requestCancelPrice == paid, "\(outcome)")
    }
}
