package kr.co.bootpay.cancel.sandbox

import java.io.File
import java.io.FileNotFoundException
import java.net.Socket
import java.net.URI
import java.net.URLEncoder
import kr.co.bootpay.cancel.BlockingBootpay
import kr.co.bootpay.cancel.Bootpay
import kr.co.bootpay.cancel.FutureBootpay
import kr.co.bootpay.cancel.Options

/**
 * A Bootpay on your own machine, for tests: the `bootpay sandbox` program, started and spoken to.
 *
 * ```
 * Sandbox.start().use { sandbox ->
 *     val receiptId = sandbox.add(10_000)
 *     sandbox.blockingClient().use { bootpay -> check(bootpay.cancel(receiptId) is CancelOutcome.Cancelled) }
 *     check(sandbox.ledger(receiptId).map { it.amount } == listOf(10_000L))
 * }
 * ```
 *
 * It is a fake: no money, no network beyond this machine. What it can be told is in its own README, as JSON; the calls
 * here take that JSON.
 */
public class Sandbox private constructor(private val process: Process, greeting: Map<*, *>) : AutoCloseable {
    /** Where it listens: the base address of the v1 dialect, and of v2 too. */
    public val baseUrl: String = greeting["base_url"] as String

    /** The application id that it knows. */
    public val applicationId: String = (greeting["environment"] as Map<*, *>)["BOOTPAY_APPLICATION_ID"] as String

    /** The private key that belongs to it. */
    public val privateKey: String = (greeting["environment"] as Map<*, *>)["BOOTPAY_PRIVATE_KEY"] as String

    /** The client key of the Basic pair, for v2. */
    public val clientKey: String = (greeting["basic"] as Map<*, *>)["client_key"] as String

    /** The secret key of the Basic pair. */
    public val secretKey: String = (greeting["basic"] as Map<*, *>)["secret_key"] as String

    /** Options for a client of it: its address, and a journal that forgets. */
    public fun options(): Options.Builder = Options.builder().baseUrl(baseUrl).memoryJournal()

    /** A client of it, for coroutines. */
    @JvmOverloads
    public fun client(options: Options = options().build()): Bootpay = Bootpay(applicationId, privateKey, options)

    /** A client of it, for blocking code. */
    @JvmOverloads
    public fun blockingClient(options: Options = options().build()): BlockingBootpay =
        BlockingBootpay(applicationId, privateKey, options)

    /** A client of it, with futures. */
    @JvmOverloads
    public fun futureClient(options: Options = options().build()): FutureBootpay =
        FutureBootpay(applicationId, privateKey, options)

    /** Adds a payment of so many won, and gives its receipt id. */
    public fun add(price: Long): String = add("""{"price": $price}""")

    /** Adds a payment, and gives its receipt id: `{"price": 10000, "pg": "danal", "refuse_with": "settlement"}`. */
    public fun add(receipt: String): String = (control("POST", "receipts", receipt) as Map<*, *>)["receipt_id"] as String

    /** Puts a fault in the queue: `{"on": "cancel", "when": "after_money", "delivery": "reset"}`. */
    public fun fault(fault: String) {
        control("POST", "faults", fault)
    }

    /** Every movement of money that really happened. */
    public fun ledger(): List<Movement> = movements("ledger")

    /** Every movement of money that really happened to one receipt. */
    public fun ledger(receiptId: String): List<Movement> =
        movements("ledger?receipt_id=" + URLEncoder.encode(receiptId, "UTF-8"))

    private fun movements(path: String) = list(control("GET", path)).map { Movement(it as Map<*, *>) }

    /** The requests as they came over the wire, each as the members that the sandbox names. */
    public fun requests(): List<Map<String, Any?>> {
        @Suppress("UNCHECKED_CAST")
        return list(control("GET", "requests")) as List<Map<String, Any?>>
    }

    /** How many requests of one kind came: `token`, `cancel` or `lookup`. */
    public fun count(operation: String): Int = requests().count { it["operation"] == operation }

    private fun list(answer: Any?): List<*> =
        if (answer is Map<*, *>) answer.values.single() as List<*> else answer as List<*>

    /** Makes everything as at the start. */
    public fun reset() {
        control("POST", "reset")
    }

    /**
     * Any other control call, such as `control("PATCH", "settings", "{\"guard\": true}")`. Gives what it answers: maps,
     * lists, texts, numbers (`Long`), booleans.
     */
    @JvmOverloads
    public fun control(method: String, path: String, body: String? = null): Any? {
        val sent = body.orEmpty().toByteArray()
        val address = URI(baseUrl)
        // By hand, since Java's own client knows no PATCH, and since no proxy has any business here.
        val answer = Socket(address.host, address.port).use { socket ->
            socket.soTimeout = 10_000
            val head = "$method /_sandbox/$path HTTP/1.1\r\nHost: ${address.host}:${address.port}\r\n" +
                "Content-Length: ${sent.size}\r\nConnection: close\r\n\r\n"
            socket.getOutputStream().apply { write(head.toByteArray() + sent) }.flush()
            socket.getInputStream().readBytes().toString(Charsets.UTF_8)
        }
        val status = answer.substringAfter(' ', "").take(3)
        val content = answer.substringAfter("\r\n\r\n", "")
        require(status.startsWith("2")) { "the sandbox refused $method $path: $status $content" }
        return if (content.isBlank()) null else Json.read(content)
    }

    /** Ends it. */
    override fun close() {
        process.destroy()
        process.waitFor()
        process.inputStream.close()
    }

    override fun toString(): String = "Sandbox($baseUrl)"

    public companion object {
        /** Starts one on a free port. The program is looked for in `BOOTPAY_SANDBOX_BIN` and, as `bootpay`, on `PATH`. */
        @JvmStatic
        public fun start(): Sandbox = start(
            System.getenv("BOOTPAY_SANDBOX_BIN")
                ?: onPath("bootpay")
                ?: throw FileNotFoundException("no `bootpay` program: put it on PATH, or name it in BOOTPAY_SANDBOX_BIN"),
        )

        /** Starts the one that this program has in it. */
        @JvmStatic
        public fun start(program: String): Sandbox {
            val process = ProcessBuilder(program, "sandbox", "--json", "--port", "0")
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start()
            process.outputStream.close()
            val greeting = process.inputStream.bufferedReader().readLine()
                ?: throw IllegalStateException("the sandbox ended at once, with status ${process.waitFor()}")
            // Where the tests end without closing it, it ends with them.
            Runtime.getRuntime().addShutdownHook(Thread { process.destroy() })
            return Sandbox(process, Json.read(greeting) as Map<*, *>)
        }

        private fun onPath(name: String): String? = System.getenv("PATH").orEmpty().split(File.pathSeparator)
            .map { File(it, name) }
            .firstOrNull { it.canExecute() }
            ?.path
    }
}

/** One movement of money in the sandbox's ledger. */
public class Movement internal constructor(members: Map<*, *>) {
    /** The receipt. */
    public val receiptId: String = members["receipt_id"] as String

    /** The `cancel_id` that the request had, if any. */
    public val cancelId: String? = members["cancel_id"] as String?

    /** The amount, in won. */
    public val amount: Long = members["amount"] as Long

    /** The tax-free part of it, in won. */
    public val taxFree: Long = members["tax_free"] as Long

    /** By whom: `api`, `console`, `pg_console` or `pg_sweep`. */
    public val by: String = members["by"] as String

    override fun toString(): String = "Movement(receiptId=$receiptId, cancelId=$cancelId, amount=$amount, by=$by)"
}
