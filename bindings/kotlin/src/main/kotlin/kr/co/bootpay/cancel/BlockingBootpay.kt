package kr.co.bootpay.cancel

import java.io.IOException
import java.nio.file.Files
import java.nio.file.Path
import kr.co.bootpay.cancel.internal.Decision as NativeDecision

/**
 * A client of one merchant at one Bootpay, for blocking code. Threads may share it.
 *
 * ```java
 * try (BlockingBootpay bootpay = new BlockingBootpay("application id", "private key")) {
 *     CancelOutcome outcome = bootpay.cancel("612df0250d681b001de61de6");
 * }
 * ```
 *
 * An interrupt does not end a call: it waits until the call has ended, so that none is left in the dark, and the thread's
 * flag stays set. On virtual threads prefer [FutureBootpay] with `join()`: a call that blocks here holds its carrier.
 *
 * A private key can empty a merchant's account: it belongs on a server, never in an app.
 */
public class BlockingBootpay private constructor(private val client: Client) : AutoCloseable {
    /** With an application id and its private key, from Bootpay's console. Nothing is sent yet. */
    @JvmOverloads
    public constructor(applicationId: String, privateKey: String, options: Options = Options.DEFAULT) :
        this(Client.withKeyPair(applicationId, privateKey, options))

    /** Cancels a payment in full: all that remains on it. */
    public fun cancel(receiptId: String): CancelOutcome = cancel(CancelRequest.full(receiptId))

    /**
     * Cancels a payment, in full or in part.
     *
     * @throws BootpayException where this call moved no money. A refund whose end is not known is no error: it is
     *   [CancelOutcome.Unknown].
     */
    public fun cancel(request: CancelRequest): CancelOutcome = client.plainly(Operation.CANCEL, request.native).lift()

    /** Says what a cancel would send and what the ledger says, and sends no cancel. */
    public fun preview(request: CancelRequest): Preview = client.plainly(Operation.PREVIEW, request.native).lift()

    /** Looks a receipt up. */
    public fun receipt(receiptId: String): Receipt = client.plainly(Operation.RECEIPT, receiptId).lift()

    /** An access token: the cached one, or a fresh one. */
    public fun token(): Secret = client.call { Secret(it.tokenBlocking()) }

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
    public fun warmUp(): Unit = client.call { it.warmUpBlocking() }

    /**
     * Settles an intent whose outcome is unknown, as far as the evidence goes. It is looked up, and repeated only under
     * the declaration that the server honours `cancel_id`.
     */
    public fun reconcile(cancelId: String): CancelOutcome = client.plainly(Operation.RECONCILE, cancelId).lift()

    /** Takes up everything that an earlier run left open. Call it once at the start of a service. */
    public fun recover(): Recovery = client.call { it.recoverBlocking().lift() }

    /**
     * Records what a person, the [actor], decides about an intent that stays unknown, or about a receipt that is held.
     * *Not cancelled* is refused until 15 minutes after the send's deadline.
     */
    public fun resolve(cancelId: String, decision: Decision, actor: String): Intent =
        client.call { it.resolveBlocking(cancelId, NativeDecision.valueOf(decision.name), actor).lift() }

    /** Lists intents of this environment, oldest first: every one unless told. */
    @JvmOverloads
    public fun intents(query: IntentQuery = IntentQuery()): List<Intent> {
        val asked = query.lower()
        return client.call { native -> native.intentsBlocking(asked).lifted { it.lift() } }
    }

    /** The newest intent with a `cancel_id`. */
    public fun intent(cancelId: String): Intent = client.plainly(Operation.INTENT, cancelId).lift()

    // Servers only: see bindings/phone.sh.
    /**
     * A file of cancels: a CSV (UTF-8, or CP949 as Korean Excel writes it) or JSON Lines. Nothing is sent yet.
     *
     * @throws BootpayException.WrongBulkFile where a row is wrong: nothing of such a file is ever sent.
     * @throws IOException where the file cannot be read.
     */
    @Throws(IOException::class)
    public fun bulk(file: Path): BlockingBulk = bulk(Files.readAllBytes(file))

    /** The same for the bytes of a file. */
    public fun bulk(file: ByteArray): BlockingBulk = client.call { BlockingBulk(client, it.bulk(file)) }
    // Servers and phones.

    /** Where the journal is. */
    public fun journalPlace(): String = client.call { it.journalPlaceBlocking() }

    /** Lets go of connections and journal, once what is under way is done. The client can't be used afterwards. */
    override fun close(): Unit = client.close()

    override fun toString(): String = client.shown("BlockingBootpay")

    public companion object {
        /** A client with a client key and its secret key, which the v2 dialect knows. */
        @JvmStatic
        @JvmOverloads
        public fun withBasicPair(
            clientKey: String,
            secretKey: String,
            options: Options = Options.DEFAULT,
        ): BlockingBootpay = BlockingBootpay(Client.withBasicPair(clientKey, secretKey, options))

        /**
         * A client whose tokens come from somewhere else. [scope] names the merchant that they belong to: always the
         * same for the same merchant, different for every other.
         */
        @JvmStatic
        @JvmOverloads
        public fun withTokenSource(
            source: TokenSource,
            scope: String,
            options: Options = Options.DEFAULT,
        ): BlockingBootpay = BlockingBootpay(Client.withTokenSource(source, scope, options))
    }
}
