package kr.co.bootpay.cancel

import java.nio.file.Path
import java.time.Duration
import kr.co.bootpay.cancel.internal.Config as NativeConfig
import kr.co.bootpay.cancel.internal.Dialect as NativeDialect
import kr.co.bootpay.cancel.internal.Environment as NativeEnvironment
import kr.co.bootpay.cancel.internal.JournalPlace as NativePlace
import kr.co.bootpay.cancel.internal.Proxy as NativeProxy

/** Which Bootpay to talk to. */
public enum class Environment {
    /** Where money is real. */
    PRODUCTION,

    /** Bootpay's development host. */
    DEVELOPMENT,

    /** Bootpay's test host. */
    TEST,

    /** Bootpay's stage host. */
    STAGE,
}

/** Which of Bootpay's two dialects to speak. */
public enum class Dialect {
    /** The page's: `POST /cancel.json`. */
    V1,

    /** What Bootpay sells today, under `/v2`. */
    V2,
}

/**
 * How a client is set up. What is left out has a sensible default.
 *
 * Kotlin: `Options { journal("/var/lib/shop/bootpay.sqlite3") }`.
 * Java: `Options.builder().journal("/var/lib/shop/bootpay.sqlite3").build()`.
 */
public class Options private constructor(
    @get:JvmSynthetic internal val native: NativeConfig,
    private val shown: List<String>,
) {
    override fun toString(): String = shown.joinToString(", ", "Options(", ")")

    /** Collects options. Every call gives the same builder back. */
    public class Builder internal constructor() {
        private var config = NativeConfig()
        private val shown = linkedMapOf<String, Any>()

        /** Which Bootpay to talk to: production unless told. */
        public fun environment(environment: Environment): Builder = set("environment", environment) {
            copy(
                environment = when (environment) {
                    Environment.PRODUCTION -> NativeEnvironment.Production
                    Environment.DEVELOPMENT -> NativeEnvironment.Development
                    Environment.TEST -> NativeEnvironment.Test
                    Environment.STAGE -> NativeEnvironment.Stage
                },
            )
        }

        /** Another base address instead, such as the sandbox's. Plain http goes only to this machine. */
        public fun baseUrl(baseUrl: String): Builder =
            set("environment", "[given]") { copy(environment = NativeEnvironment.Custom(baseUrl)) }

        /** Which dialect to speak: v1, the page's, unless told. */
        public fun dialect(dialect: Dialect): Builder =
            set("dialect", dialect) { copy(dialect = NativeDialect.valueOf(dialect.name)) }

        /**
         * Where intents are kept: an SQLite file on a local disk, which all share who cancel the same receipts. In the
         * user's data directory unless told.
         */
        public fun journal(path: String): Builder = set("journal", path) { copy(journal = NativePlace.Sqlite(path)) }

        /** Where intents are kept: an SQLite file on a local disk. */
        public fun journal(path: Path): Builder = journal(path.toString())

        /**
         * Where intents are kept: a PostgreSQL database that many hosts share,
         * `postgresql://user:password@host:5432/database`, or `sqlite:` and a path.
         */
        public fun journalUrl(url: String): Builder = journalUrl(Secret(url))

        /** The same for an address that is kept as a secret, since it may hold a password. */
        public fun journalUrl(url: Secret): Builder =
            set("journal", "[redacted]") { copy(journal = NativePlace.Url(url.native)) }

        /** A journal that forgets everything when the process ends. For tests. */
        public fun memoryJournal(): Builder = set("journal", "memory") { copy(journal = NativePlace.Memory) }

        /** To connect, TLS included: 5 seconds. */
        public fun connectTimeout(timeout: Duration): Builder =
            set("connectTimeout", timeout) { copy(connectTimeout = length("timeouts.connect", timeout)) }

        /** For a cancel's whole answer: 60 seconds. A short one manufactures unknowns. */
        public fun cancelTimeout(timeout: Duration): Builder =
            set("cancelTimeout", timeout) { copy(cancelTimeout = length("timeouts.cancel", timeout)) }

        /** For a lookup, each try: 15 seconds. */
        public fun lookupTimeout(timeout: Duration): Builder =
            set("lookupTimeout", timeout) { copy(lookupTimeout = length("timeouts.lookup", timeout)) }

        /** For an access token, from Bootpay or from a [TokenSource]: 10 seconds. */
        public fun tokenTimeout(timeout: Duration): Builder =
            set("tokenTimeout", timeout) { copy(tokenTimeout = length("timeouts.token", timeout)) }

        /** How long an unused connection is kept: 10 seconds. */
        public fun idleTimeout(timeout: Duration): Builder =
            set("idleTimeout", timeout) { copy(idleTimeout = length("timeouts.idle", timeout)) }

        /** How long a call waits for another process that is cancelling the same receipt: 90 seconds. */
        public fun waitForOthers(patience: Duration): Builder =
            set("waitForOthers", patience) { copy(waitForOthers = length("timeouts.wait_for_others", patience)) }

        /**
         * Declares that nobody else cancels this merchant's receipts: no console, no other system. A wrong declaration
         * costs money.
         */
        public fun nobodyElseCancels(declared: Boolean): Builder =
            set("nobodyElseCancels", declared) { copy(nobodyElseCancels = declared) }

        /** Declares that the server honours `cancel_id` for this long. A wrong declaration costs money. */
        public fun serverHonoursCancelIdFor(retention: Duration): Builder =
            set("serverHonoursCancelIdFor", retention) { copy(serverHonoursCancelIdFor = length("server_honours_cancel_id_for", retention)) }

        /**
         * Looks a receipt up before each partial cancel: yes, unless told. Without it, every unknown one waits for a
         * person.
         */
        public fun lookBeforePartial(look: Boolean): Builder =
            set("lookBeforePartial", look) { copy(lookBeforePartial = look) }

        /** The proxy to use, `http://proxy.example:3128`, instead of the environment's. */
        public fun proxy(url: String): Builder = proxy(Secret(url))

        /** The same for a proxy whose address holds a password. */
        public fun proxy(url: Secret): Builder =
            set("proxy", "[redacted]") { copy(proxy = NativeProxy.Url(url.native)) }

        /** No proxy at all, whatever the environment says. */
        public fun withoutProxy(): Builder = set("proxy", "none") { copy(proxy = NativeProxy.Off) }

        /** Certificates to trust besides the system's, in PEM. */
        public fun caBundle(pem: ByteArray): Builder =
            set("caBundle", "[${pem.size} bytes]") { copy(caBundle = pem.copyOf()) }

        /** The options as they stand. They are checked where a client is made from them. */
        public fun build(): Options = Options(config, shown.map { (name, value) -> "$name=$value" })

        private inline fun set(name: String, value: Any, change: NativeConfig.() -> NativeConfig): Builder {
            config = config.change()
            shown[name] = value
            return this
        }
    }

    public companion object {
        /** Everything as it is unless told. */
        @JvmField
        public val DEFAULT: Options = Builder().build()

        /** Options to be filled in. */
        @JvmStatic
        public fun builder(): Builder = Builder()

        /** Options, filled in by a block: `Options { dialect(Dialect.V2) }`. */
        @JvmSynthetic
        public operator fun invoke(fill: Builder.() -> Unit): Options = builder().apply(fill).build()
    }
}
