#if os(Linux) || os(macOS)
    public import BootpayCancel
    import Foundation

    /// A Bootpay on your own machine, for tests: the `bootpay sandbox` program, started and spoken to.
    ///
    /// ```swift
    /// let sandbox = try Sandbox.start()
    /// let receiptID = try await sandbox.add(10_000)
    /// let outcome = try await sandbox.client().cancel(receiptID)
    /// #expect(try await sandbox.ledger(receiptID).map(\.amount) == [10_000])
    /// ```
    ///
    /// It is a fake: no money, no network beyond this machine. The program is looked for in `BOOTPAY_SANDBOX_BIN` and, as
    /// `bootpay`, on `PATH`. It ends with ``stop()``, or when nobody holds the sandbox any more.
    public final class Sandbox: Sendable {
        /// Where it listens.
        public let baseURL: String
        /// The keys that it knows.
        public let applicationID: String
        /// The keys that it knows.
        public let privateKey: String
        /// The keys that it knows, for v2.
        public let clientKey: String
        /// The keys that it knows, for v2.
        public let secretKey: String
        private let process: Running

        private init(_ process: Running, greeting: Greeting) {
            self.process = process
            baseURL = greeting.baseURL
            applicationID = greeting.environment.applicationID
            privateKey = greeting.environment.privateKey
            clientKey = greeting.basic.clientKey
            secretKey = greeting.basic.secretKey
        }

        deinit {
            stop()
        }

        /// Starts one on a free port.
        public static func start(program: String? = nil) throws -> Sandbox {
            let (process, line) = try Running.start(program: program ?? found())
            do {
                return Sandbox(process, greeting: try JSONDecoder().decode(Greeting.self, from: line))
            } catch {
                process.stop()
                throw SandboxError("the sandbox did not greet: \(String(decoding: line, as: UTF8.self))")
            }
        }

        /// Ends it.
        public func stop() {
            process.stop()
        }

        /// A client of it, with a journal that forgets unless told.
        public func client(options: Bootpay.Options = Bootpay.Options()) throws -> Bootpay {
            var options = options
            options.journal = options.journal ?? .memory
            options.environment = .custom(baseURL: baseURL)
            return try Bootpay(applicationID: applicationID, privateKey: privateKey, options: options)
        }

        /// Adds a payment, and gives its receipt id. `members` are the sandbox's own: `pg`, `refuse_with` and so on.
        public func add(_ price: Int, _ members: [String: JSONValue] = [:]) async throws -> String {
            let payment = members.merging(["price": .integer(price)]) { _, price in price }
            guard let id = try await control("POST", "receipts", .object(payment))["receipt_id"]?.string else {
                throw SandboxError("the sandbox named no receipt")
            }
            return id
        }

        /// Puts a fault in the queue: `fault(["on": "cancel", "when": "after_money", "delivery": "reset"])`.
        public func fault(_ fault: [String: JSONValue]) async throws {
            _ = try await control("POST", "faults", .object(fault))
        }

        /// Every movement of money that really happened, of one receipt or of all.
        public func ledger(_ receiptID: String? = nil) async throws -> [Movement] {
            let query = receiptID.map { "?receipt_id=\($0)" } ?? ""
            return try JSONDecoder().decode([Movement].self, from: try await send("GET", "ledger\(query)", nil))
        }

        /// The requests as they came over the wire.
        public func requests() async throws -> [JSONValue] {
            try await control("GET", "requests").array ?? []
        }

        /// Makes everything as at the start.
        public func reset() async throws {
            _ = try await control("POST", "reset")
        }

        /// Any other control call: `control("PATCH", "settings", ["guard": true])`.
        @discardableResult
        public func control(_ method: String, _ path: String, _ body: JSONValue? = nil) async throws -> JSONValue {
            let answer = try await send(method, path, body)
            return answer.isEmpty ? .null : try JSONDecoder().decode(JSONValue.self, from: answer)
        }

        private static func found() throws -> String {
            let environment = ProcessInfo.processInfo.environment
            if let program = environment["BOOTPAY_SANDBOX_BIN"] { return program }
            let folders = (environment["PATH"] ?? "").split(separator: ":")
            let programs = folders.map { "\($0)/bootpay" }
            guard let program = programs.first(where: FileManager.default.isExecutableFile(atPath:)) else {
                throw SandboxError("no `bootpay` program: put it on PATH, or name it in BOOTPAY_SANDBOX_BIN")
            }
            return program
        }

        private func send(_ method: String, _ path: String, _ body: JSONValue?) async throws -> Data {
            let (status, answer) = try await exchange(
                method, "\(baseURL)/_sandbox/\(path)", try body.map(JSONEncoder().encode))
            guard (200..<300).contains(status) else {
                throw SandboxError("the sandbox refused \(method) \(path): \(String(decoding: answer, as: UTF8.self))")
            }
            return answer
        }
    }

    /// One movement of money that really happened.
    public struct Movement: Decodable, Hashable, Sendable {
        /// The receipt whose money moved.
        public let receiptID: String
        /// The `cancel_id` that the caller sent, if any.
        public let cancelID: String?
        /// How much moved, in won.
        public let amount: Int
        /// The tax-free part of it, in won.
        public let taxFree: Int
        /// Who moved it: `api`, `console`, `pg_console`, `pg_sweep`.
        public let by: String
        /// Whether it was sent to a bank account.
        public let toAccount: Bool

        private enum CodingKeys: String, CodingKey {
            case receiptID = "receipt_id"
            case cancelID = "cancel_id"
            case amount
            case taxFree = "tax_free"
            case by
            case toAccount = "to_account"
        }
    }

    /// The sandbox could not be started, or did not do what it was told.
    public struct SandboxError: Error, LocalizedError, CustomStringConvertible {
        /// Why.
        public let description: String
        /// The same: what `localizedDescription` shows.
        public var errorDescription: String? { description }

        init(_ description: String) {
            self.description = description
        }
    }

    private struct Greeting: Decodable {
        let baseURL: String
        let environment: Environment
        let basic: Basic

        struct Environment: Decodable {
            let applicationID: String
            let privateKey: String

            enum CodingKeys: String, CodingKey {
                case applicationID = "BOOTPAY_APPLICATION_ID"
                case privateKey = "BOOTPAY_PRIVATE_KEY"
            }
        }

        struct Basic: Decodable {
            let clientKey: String
            let secretKey: String

            enum CodingKeys: String, CodingKey {
                case clientKey = "client_key"
                case secretKey = "secret_key"
            }
        }

        enum CodingKeys: String, CodingKey {
            case baseURL = "base_url"
            case environment
            case basic
        }
    }
#endif
