internal import BootpayInternal
import Foundation

extension Bootpay {
    /// How a client is set up. What is left out has a sensible default.
    ///
    /// ```swift
    /// Bootpay.Options(journal: .sqlite(path: "/var/lib/shop/bootpay.sqlite3"), lookupTimeout: .seconds(5))
    /// ```
    public struct Options: Sendable {
        /// Which Bootpay to talk to.
        public var environment: Environment
        /// Which of Bootpay's two dialects to speak: unless told, v1, the page's, and v2 with a Basic pair.
        public var dialect: Dialect?
        /// Where intents are kept: an SQLite file in the user's data directory unless told.
        public var journal: Journal?
        /// To connect, TLS included: 5 seconds.
        public var connectTimeout: Duration?
        /// For a cancel's whole answer: 60 seconds. A short one manufactures unknowns.
        public var cancelTimeout: Duration?
        /// For a lookup, each try: 15 seconds.
        public var lookupTimeout: Duration?
        /// For an access token, from Bootpay or from the caller's own source: 10 seconds.
        public var tokenTimeout: Duration?
        /// How long an unused connection is kept: 10 seconds.
        public var idleTimeout: Duration?
        /// How long a call waits for another process that is cancelling the same receipt: 90 seconds.
        public var waitForOthers: Duration?
        /// Declares that nobody else cancels this merchant's receipts: no console, no other system. A wrong declaration
        /// costs money.
        public var nobodyElseCancels: Bool
        /// Declares that the server honours `cancel_id` for this long. A wrong declaration costs money.
        public var serverHonoursCancelIDFor: Duration?
        /// Looks a receipt up before each partial cancel. Without it, every unknown one waits for a person.
        public var lookBeforePartial: Bool
        /// Which proxy requests go through.
        public var proxy: Proxy
        /// Certificates to trust besides the system's, in PEM.
        public var caBundle: Data?

        /// The defaults, but for what is given.
        public init(
            environment: Environment = .production, dialect: Dialect? = nil, journal: Journal? = nil,
            connectTimeout: Duration? = nil, cancelTimeout: Duration? = nil, lookupTimeout: Duration? = nil,
            tokenTimeout: Duration? = nil, idleTimeout: Duration? = nil, waitForOthers: Duration? = nil,
            nobodyElseCancels: Bool = false, serverHonoursCancelIDFor: Duration? = nil, lookBeforePartial: Bool = true,
            proxy: Proxy = .environment, caBundle: Data? = nil
        ) {
            self.environment = environment
            self.dialect = dialect
            self.journal = journal
            self.connectTimeout = connectTimeout
            self.cancelTimeout = cancelTimeout
            self.lookupTimeout = lookupTimeout
            self.tokenTimeout = tokenTimeout
            self.idleTimeout = idleTimeout
            self.waitForOthers = waitForOthers
            self.nobodyElseCancels = nobodyElseCancels
            self.serverHonoursCancelIDFor = serverHonoursCancelIDFor
            self.lookBeforePartial = lookBeforePartial
            self.proxy = proxy
            self.caBundle = caBundle
        }
    }

    /// Which Bootpay to talk to.
    public enum Environment: Hashable, Sendable {
        /// Where money is real.
        case production
        /// Bootpay's development host.
        case development
        /// Bootpay's test host.
        case test
        /// Bootpay's stage host.
        case stage
        /// Another base address, such as the sandbox's. Plain http goes only to this machine.
        case custom(baseURL: String)
    }

    /// Which of Bootpay's two dialects to speak.
    public enum Dialect: String, CaseIterable, Sendable {
        /// The page's: `POST /cancel.json`.
        case v1
        /// What Bootpay sells today, under `/v2`.
        case v2
    }

    /// Where intents are kept. All who cancel the same receipts share one durable journal.
    public enum Journal: Sendable {
        /// An SQLite file in the user's data directory.
        case userData
        /// An SQLite file on a local disk.
        case sqlite(path: String)
        /// What a URL names: a PostgreSQL database that many hosts share, `postgresql://user:password@host:5432/database`,
        /// or `sqlite:` and a path. A secret, since it may carry a password.
        case url(Secret)
        /// Nowhere: everything is forgotten when the process ends. For tests.
        case memory
    }

    /// Which proxy requests go through. None is ever used to this machine itself.
    public enum Proxy: Sendable {
        /// The one that the environment names: `HTTPS_PROXY`, `NO_PROXY`.
        case environment
        /// None at all.
        case off
        /// This one: `http://user:password@proxy.example:3128`. A secret, since it may carry a password.
        case url(Secret)
    }
}

// MARK: - To the generated layer

extension Bootpay.Options {
    func lowered() throws -> Config {
        Config(
            environment: environment.lowered,
            dialect: dialect?.lowered,
            journal: journal?.lowered,
            connectTimeout: try length("timeouts.connect", connectTimeout),
            cancelTimeout: try length("timeouts.cancel", cancelTimeout),
            lookupTimeout: try length("timeouts.lookup", lookupTimeout),
            tokenTimeout: try length("timeouts.token", tokenTimeout),
            idleTimeout: try length("timeouts.idle", idleTimeout),
            waitForOthers: try length("timeouts.wait_for_others", waitForOthers),
            nobodyElseCancels: nobodyElseCancels,
            serverHonoursCancelIdFor: try length("server_honours_cancel_id_for", serverHonoursCancelIDFor),
            lookBeforePartial: lookBeforePartial,
            proxy: proxy.lowered,
            caBundle: caBundle)
    }
}

extension Bootpay.Environment: CustomStringConvertible, CustomReflectable {
    /// Its name. An address may have come with a password in it: it is refused, but perhaps printed before.
    public var description: String {
        switch self {
        case .production: "production"
        case .development: "development"
        case .test: "test"
        case .stage: "stage"
        case .custom(let baseURL) where baseURL.contains(where: "@?#".contains): "custom([redacted])"
        case .custom(let baseURL): "custom(\(baseURL))"
        }
    }

    /// The same, for `dump` and whoever else looks inside.
    public var customMirror: Mirror { Mirror(self, children: [], displayStyle: .enum) }
}

extension Bootpay.Environment {
    fileprivate var lowered: BootpayInternal.Environment {
        switch self {
        case .production: .production
        case .development: .development
        case .test: .test
        case .stage: .stage
        case .custom(let baseURL): .custom(baseUrl: baseURL)
        }
    }
}

extension Bootpay.Dialect {
    fileprivate var lowered: BootpayInternal.Dialect {
        switch self {
        case .v1: .v1
        case .v2: .v2
        }
    }
}

extension Bootpay.Journal {
    fileprivate var lowered: JournalPlace {
        switch self {
        case .userData: .userData
        case .sqlite(let path): .sqlite(path: path)
        case .url(let url): .url(url: url.native)
        case .memory: .memory
        }
    }
}

extension Bootpay.Proxy {
    fileprivate var lowered: BootpayInternal.Proxy {
        switch self {
        case .environment: .environment
        case .off: .off
        case .url(let url): .url(url: url.native)
        }
    }
}
