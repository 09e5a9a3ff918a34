internal import BootpayInternal

/// A client of one merchant at one Bootpay. Tasks and threads may share it.
///
/// ```swift
/// let bootpay = try Bootpay(applicationID: "application id", privateKey: "private key")
/// let outcome = try await bootpay.cancel("612df0250d681b001de61de6")
/// ```
///
/// **A ``BootpayError`` means that this call moved no money.** Otherwise a cancel returns a ``CancelOutcome``. Anything
/// else that comes out of a call (`CancellationError`, ``CallLost``, a time-out of the caller's own) proves nothing. The
/// intent in the journal does: see ``intents(receiptID:cancelID:open:limit:)`` and ``recover()``.
///
/// This rests on four assumptions:
///
/// - (a) a 401, a 429 and a well-formed refusal are given *before* any work and answer the very request that was sent;
/// - (b) no proxy between us and Bootpay repeats requests, or else Bootpay honours `cancel_id` as declared;
/// - (c) the journal's disk keeps what it has synced, through a database's failover too;
/// - (d) all who cancel the same receipts through this library share one durable journal.
///
/// **A cancelled task never aborts a refund that is under way.** It stops waiting at once, with a `CancellationError`;
/// the refund is carried out to its end, and asking again finds the same one. A read is really aborted. A task that is
/// cancelled *before* it calls sends nothing.
public final class Bootpay: Sendable {
    let native: BootpayInternal.Bootpay
    /// The public part of the credentials.
    private let name: String

    private init(_ name: String, _ make: () throws -> BootpayInternal.Bootpay) throws {
        ProcessEnd.prepare()
        BootpayLog.prepare()
        self.name = name
        native = try lifting(make)
    }

    /// A client with an application id and its private key, from Bootpay's console. Nothing is sent yet.
    ///
    /// A private key can empty a merchant's account: it belongs on a server, never in an app.
    ///
    /// - Throws: ``BootpayError/invalidInput(_:suggestions:)`` for a value that can't be right.
    public convenience init(applicationID: String, privateKey: String, options: Options = Options()) throws {
        try self.init(applicationID) {
            try .withKeyPair(
                applicationId: applicationID, privateKey: privateKey, config: options.lowered())
        }
    }

    /// The same, with a key that was kept as a ``Secret``.
    public convenience init(applicationID: String, privateKey: Secret, options: Options = Options()) throws {
        try self.init(applicationID: applicationID, privateKey: privateKey.expose(), options: options)
    }

    /// A client with a client key and its secret key, which the v2 dialect knows.
    ///
    /// - Throws: ``BootpayError/invalidInput(_:suggestions:)`` for a value that can't be right.
    public static func withBasicPair(
        clientKey: String, secretKey: String, options: Options = Options()
    ) throws -> Bootpay {
        try Bootpay(clientKey) {
            try .withBasicPair(clientKey: clientKey, secretKey: secretKey, config: options.lowered())
        }
    }

    /// A client whose tokens come from somewhere else: another service holds the keys. See ``TokenSource``.
    ///
    /// - Parameter scope: names the merchant that the tokens belong to: always the same for the same merchant, different
    ///   for every other.
    /// - Throws: ``BootpayError/invalidInput(_:suggestions:)`` for a value that can't be right.
    public static func withTokenSource(
        scope: String, options: Options = Options(), _ source: @escaping TokenSource
    ) throws -> Bootpay {
        try Bootpay(scope) {
            try .withTokenSource(
                source: ForeignSource(source: source), scope: scope, config: options.lowered())
        }
    }

    /// Cancels a payment in full: all that remains on the receipt.
    ///
    /// - Returns: how it ended. An end that is not known is no error: it is ``CancelOutcome/unknown(_:)``.
    /// - Throws: a ``BootpayError`` where this call moved no money.
    public func cancel(_ receiptID: String) async throws -> CancelOutcome {
        try await cancel(.full(receiptID))
    }

    /// Cancels a payment, in full or in part.
    ///
    /// ```swift
    /// let outcome = try await bootpay.cancel(
    ///     .partial("612df0250d681b001de61de6", price: 3_000, cancelID: "order-1042/refund-1", reason: "고객 요청"))
    /// ```
    ///
    /// - Returns: how it ended. An end that is not known is no error: it is ``CancelOutcome/unknown(_:)``.
    /// - Throws: a ``BootpayError`` where this call moved no money.
    public func cancel(_ request: CancelRequest) async throws -> CancelOutcome {
        let (native, asked) = (native, request.lowered)
        return CancelOutcome(try await waiting { try await native.cancel(request: asked, stop: $0) })
    }

    /// Says what a cancel would send and what the ledger says, and sends no cancel.
    public func preview(_ request: CancelRequest) async throws -> Preview {
        let (native, asked) = (native, request.lowered)
        return try Preview(await waiting { try await native.preview(request: asked, stop: $0) })
    }

    /// Looks a receipt up.
    public func receipt(_ receiptID: String) async throws -> Receipt {
        let native = native
        return try Receipt(await waiting { try await native.receipt(receiptId: receiptID, stop: $0) })
    }

    /// An access token: the cached one, or a fresh one.
    public func token() async throws -> Secret {
        let native = native
        return Secret(native: try await waiting { try await native.token(stop: $0) })
    }

    /// Gets ready for a cancel while the caller still prepares, such as a page with a button on it.
    ///
    /// Fetches an access token where none is at hand, and with it opens a connection, so that a cancel within the next
    /// seconds (``Options/idleTimeout``) needs one round trip and not four. Where both are ready nothing is sent. No
    /// money moves, and nothing that fails here stands in the way of a cancel.
    ///
    /// With a Basic pair, and with a token source, it opens no connection: look the receipt up, which does.
    ///
    /// - Throws: ``BootpayError/refused(_:refusal:)`` for wrong keys, ``BootpayError/tokenUnavailable(_:)`` where no
    ///   token is to be had. Whoever only wants to be fast ignores both: the cancel will say the same.
    public func warmUp() async throws {
        let native = native
        try await waiting { try await native.warmUp(stop: $0) }
    }

    /// Settles an intent whose outcome is unknown, as far as the evidence goes. It is looked up, and repeated only under
    /// the declaration that the server honours `cancel_id`.
    public func reconcile(_ cancelID: String) async throws -> CancelOutcome {
        let native = native
        return CancelOutcome(try await waiting { try await native.reconcile(cancelId: cancelID, stop: $0) })
    }

    /// Takes up everything that an earlier run left open. Call it once at the start of a service.
    public func recover() async throws -> Recovery {
        let native = native
        return Recovery(try await waiting { try await native.recover(stop: $0) })
    }

    /// Records what a person decides about an intent that stays unknown, or about a receipt that is held.
    ///
    /// - Parameters:
    ///   - decision: *not cancelled* is refused until 15 minutes after the send's deadline.
    ///   - actor: who decides.
    public func resolve(_ cancelID: String, as decision: Decision, actor: String) async throws -> Intent {
        let (native, decided) = (native, decision.lowered)
        return Intent(
            try await waiting {
                try await native.resolve(cancelId: cancelID, decision: decided, actor: actor, stop: $0)
            })
    }

    /// Lists intents of this environment, oldest first; every condition that is given must hold.
    ///
    /// - Parameters:
    ///   - open: only those that still wait for evidence or for a person.
    ///   - limit: at most this many, the newest of them.
    public func intents(
        receiptID: String? = nil, cancelID: String? = nil, open: Bool = false, limit: Int? = nil
    ) async throws -> [Intent] {
        let native = native
        let query = IntentQuery(
            cancelId: cancelID, receiptId: receiptID, open: open, limit: try count("limit", limit))
        return try await waiting { try await native.intents(query: query, stop: $0) }.map(Intent.init)
    }

    /// The newest intent with a `cancel_id`.
    public func intent(_ cancelID: String) async throws -> Intent {
        let native = native
        return Intent(try await waiting { try await native.intent(cancelId: cancelID, stop: $0) })
    }

    /// Where the journal is.
    public func journalPlace() async throws -> String {
        let native = native
        return try await waiting { try await native.journalPlace(stop: $0) }
    }
}

extension Bootpay: CustomStringConvertible, CustomReflectable {
    /// The client by the public part of its credentials.
    public var description: String { "Bootpay(\(name))" }

    /// The same for `dump`.
    public var customMirror: Mirror { Mirror(self, children: ["name": name], displayStyle: .class) }
}
