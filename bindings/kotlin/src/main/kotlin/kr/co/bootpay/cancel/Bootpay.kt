package kr.co.bootpay.cancel

import java.io.IOException
import java.nio.file.Files
import java.nio.file.Path
import kotlinx.coroutines.CoroutineStart
import kr.co.bootpay.cancel.internal.Bootpay as Native
import kr.co.bootpay.cancel.internal.Decision as NativeDecision

/**
 * A client of one merchant at one Bootpay, for coroutines. Everything may share it.
 *
 * ```
 * Bootpay("application id", "private key").use { bootpay ->
 *     val outcome = bootpay.cancel("612df0250d681b001de61de6")
 * }
 * ```
 *
 * A coroutine that is cancelled (`withTimeout`, a client that hangs up) detaches from its [cancel]: the refund is carried
 * out to its end, and the journal has the intent. So a `CancellationException` proves nothing; asking again with the
 * same receipt (full) or `cancelId` (partial) finds the same refund. A read is really aborted. Nothing runs on the
 * caller's dispatcher but the hand-over.
 *
 * A private key can empty a merchant's account: it belongs on a server, never in an app.
 */
public class Bootpay private constructor(private val client: Client) : AutoCloseable {
    /** With an application id and its private key, from Bootpay's console. Nothing is sent yet. */
    @JvmOverloads
    public constructor(applicationId: String, privateKey: String, options: Options = Options.DEFAULT) :
        this(Client.withKeyPair(applicationId, privateKey, options))

    /** Cancels a payment in full: all that remains on it. */
    public suspend fun cancel(receiptId: String): CancelOutcome = cancel(CancelRequest.full(receiptId))

    /**
     * Cancels a payment, in full or in part.
     *
     * @throws BootpayException where this call moved no money. A refund whose end is not known is no error: it is
     *   [CancelOutcome.Unknown].
     */
    public suspend fun cancel(request: CancelRequest): CancelOutcome = client.plain(Operation.CANCEL, request.native).lift()

    /** Says what a cancel would send and what the ledger says, and sends no cancel. */
    public suspend fun preview(request: CancelRequest): Preview = client.plain(Operation.PREVIEW, request.native).lift()

    /** Looks a receipt up. */
    public suspend fun receipt(receiptId: String): Receipt = client.plain(Operation.RECEIPT, receiptId).lift()

    /** An access token: the cached one, or a fresh one. */
    public suspend fun token(): Secret = call { Secret(it.token()) }

    /**
     * Gets ready for a cancel while the caller still prepares, such as a page with a button on it.
     *
     * Fetches an access token where none is at hand, and with it opens a connection, so that a cancel within the next
     * seconds ([Options.Builder.idleTimeout]) needs one round trip and not four. Where both are ready nothing is sent.
     * No money moves, and nothing that fails here stands in the way of a cancel.
     *
     * With a Basic pair, and with a token source, it opens no connection: look the receipt up, which does.
     *
     * @throws BootpayException.Refused for wrong keys.
     * @throws BootpayException.TokenUnavailable where no token is to be had. Whoever only wants to be fast ignores
     *   both: the cancel will say the same.
     */
    public suspend fun warmUp(): Unit = call { it.warmUp() }

    /**
     * Settles an intent whose outcome is unknown, as far as the evidence goes. It is looked up, and repeated only under
     * the declaration that the server honours `cancel_id`.
     */
    public suspend fun reconcile(cancelId: String): CancelOutcome = client.plain(Operation.RECONCILE, cancelId).lift()

    /** Takes up everything that an earlier run left open. Call it once at the start of a service. */
    public suspend fun recover(): Recovery = call { it.recover().lift() }

    /**
     * Records what a person, the [actor], decides about an intent that stays unknown, or about a receipt that is held.
     * *Not cancelled* is refused until 15 minutes after the send's deadline.
     */
    public suspend fun resolve(cancelId: String, decision: Decision, actor: String): Intent =
        call { it.resolve(cancelId, NativeDecision.valueOf(decision.name), actor).lift() }

    /** Lists every intent of this environment, oldest first. */
    public suspend fun intents(): List<Intent> = intents(IntentQuery())

    /** Lists intents of this environment, oldest first. */
    public suspend fun intents(query: IntentQuery): List<Intent> {
        val asked = query.lower()
        return call { native -> native.intents(asked).lifted { it.lift() } }
    }

    /** The newest intent with a `cancel_id`. */
    public suspend fun intent(cancelId: String): Intent = client.plain(Operation.INTENT, cancelId).lift()

    // Servers only: see bindings/phone.sh.
    /**
     * A file of cancels: a CSV (UTF-8, or CP949 as Korean Excel writes it) or JSON Lines. Nothing is sent yet.
     *
     * @throws BootpayException.WrongBulkFile where a row is wrong: nothing of such a file is ever sent.
     * @throws IOException where the file cannot be read.
     */
    public suspend fun bulk(file: Path): Bulk = read { Files.readAllBytes(file) }

    /** The same for the bytes of a file. */
    public suspend fun bulk(file: ByteArray): Bulk = read { file }

    private suspend fun read(file: () -> ByteArray): Bulk =
        client.detached(CoroutineStart.DEFAULT) { Bulk(client, it.bulk(file())) }
    // Servers and phones.

    /** Where the journal is. */
    public suspend fun journalPlace(): String = call { it.journalPlace() }

    /** Lets go of connections and journal, once what is under way is done. The client can't be used afterwards. */
    override fun close(): Unit = client.close()

    override fun toString(): String = client.shown("Bootpay")

    private suspend fun <T> call(use: suspend (Native) -> T): T = client.detached(use = use)

    public companion object {
        /** A client with a client key and its secret key, which the v2 dialect knows. */
        @JvmStatic
        @JvmOverloads
        public fun withBasicPair(clientKey: String, secretKey: String, options: Options = Options.DEFAULT): Bootpay =
            Bootpay(Client.withBasicPair(clientKey, secretKey, options))

        /**
         * A client whose tokens come from somewhere else. [scope] names the merchant that they belong to: always the
         * same for the same merchant, different for every other.
         */
        @JvmStatic
        @JvmOverloads
        public fun withTokenSource(source: TokenSource, scope: String, options: Options = Options.DEFAULT): Bootpay =
            Bootpay(Client.withTokenSource(source, scope, options))
    }
}
