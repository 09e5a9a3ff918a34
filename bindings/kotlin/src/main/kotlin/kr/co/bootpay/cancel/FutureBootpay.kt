package kr.co.bootpay.cancel

import java.nio.file.Path
import java.util.concurrent.CompletableFuture

/**
 * A client of one merchant at one Bootpay, whose calls give a [CompletableFuture]. Threads may share it.
 *
 * ```java
 * FutureBootpay bootpay = new FutureBootpay("application id", "private key");
 * bootpay.cancel("612df0250d681b001de61de6").thenAccept(outcome -> …);
 * ```
 *
 * Cancelling the future of a cancel detaches from it: the refund is carried out to its end, and the journal has the
 * intent. The future of a read aborts it. A call's error is the cause of the `CompletionException`.
 *
 * What hangs on a future runs on a thread of this package's own, and may block. A cancel has begun when its future is
 * handed out.
 *
 * A private key can empty a merchant's account: it belongs on a server, never in an app.
 */
public class FutureBootpay private constructor(private val bootpay: Bootpay) : AutoCloseable {
    /** With an application id and its private key, from Bootpay's console. Nothing is sent yet. */
    @JvmOverloads
    public constructor(applicationId: String, privateKey: String, options: Options = Options.DEFAULT) :
        this(Bootpay(applicationId, privateKey, options))

    /** Cancels a payment in full: all that remains on it. */
    public fun cancel(receiptId: String): CompletableFuture<CancelOutcome> = cancel(CancelRequest.full(receiptId))

    /**
     * Cancels a payment, in full or in part.
     *
     * It fails with a [BootpayException] where this call moved no money. A refund whose end is not known is no failure:
     * it is [CancelOutcome.Unknown].
     */
    public fun cancel(request: CancelRequest): CompletableFuture<CancelOutcome> = future { bootpay.cancel(request) }

    /** Says what a cancel would send and what the ledger says, and sends no cancel. */
    public fun preview(request: CancelRequest): CompletableFuture<Preview> = future { bootpay.preview(request) }

    /** Looks a receipt up. */
    public fun receipt(receiptId: String): CompletableFuture<Receipt> = future { bootpay.receipt(receiptId) }

    /** An access token: the cached one, or a fresh one. */
    public fun token(): CompletableFuture<Secret> = future { bootpay.token() }

    /**
     * Gets ready for a cancel while the caller still prepares, such as a page with a button on it.
     *
     * Fetches an access token where none is at hand, and with it opens a connection, so that a cancel within the next
     * seconds ([Options.Builder.idleTimeout]) needs one round trip and not four. Where both are ready nothing is sent.
     * No money moves, and nothing that fails here stands in the way of a cancel.
     *
     * With a Basic pair, and with a token source, it opens no connection: look the receipt up, which does.
     *
     * It fails with a [BootpayException.Refused] for wrong keys, and with a [BootpayException.TokenUnavailable] where
     * no token is to be had. Whoever only wants to be fast ignores both: the cancel will say the same.
     */
    public fun warmUp(): CompletableFuture<Void?> = future {
        bootpay.warmUp()
        // Java's own nothing: it knows no Unit.
        null
    }

    /**
     * Settles an intent whose outcome is unknown, as far as the evidence goes. It is looked up, and repeated only under
     * the declaration that the server honours `cancel_id`.
     */
    public fun reconcile(cancelId: String): CompletableFuture<CancelOutcome> = future { bootpay.reconcile(cancelId) }

    /** Takes up everything that an earlier run left open. Call it once at the start of a service. */
    public fun recover(): CompletableFuture<Recovery> = future { bootpay.recover() }

    /**
     * Records what a person, the [actor], decides about an intent that stays unknown, or about a receipt that is held.
     * *Not cancelled* is refused until 15 minutes after the send's deadline.
     */
    public fun resolve(cancelId: String, decision: Decision, actor: String): CompletableFuture<Intent> =
        future { bootpay.resolve(cancelId, decision, actor) }

    /** Lists intents of this environment, oldest first: every one unless told. */
    @JvmOverloads
    public fun intents(query: IntentQuery = IntentQuery()): CompletableFuture<List<Intent>> =
        future { bootpay.intents(query) }

    /** The newest intent with a `cancel_id`. */
    public fun intent(cancelId: String): CompletableFuture<Intent> = future { bootpay.intent(cancelId) }

    // Servers only: see bindings/phone.sh.
    /**
     * A file of cancels: a CSV (UTF-8, or CP949 as Korean Excel writes it) or JSON Lines. Nothing is sent yet.
     *
     * It fails with a [BootpayException.WrongBulkFile] where a row is wrong: nothing of such a file is ever sent. And with an
     * `IOException` where the file cannot be read.
     */
    public fun bulk(file: Path): CompletableFuture<FutureBulk> = future { FutureBulk(bootpay.bulk(file)) }

    /** The same for the bytes of a file. */
    public fun bulk(file: ByteArray): CompletableFuture<FutureBulk> = future { FutureBulk(bootpay.bulk(file)) }
    // Servers and phones.

    /** Where the journal is. */
    public fun journalPlace(): CompletableFuture<String> = future { bootpay.journalPlace() }

    /** Lets go of connections and journal, once what is under way is done. The client can't be used afterwards. */
    override fun close(): Unit = bootpay.close()

    override fun toString(): String = "Future$bootpay"

    public companion object {
        /** A client with a client key and its secret key, which the v2 dialect knows. */
        @JvmStatic
        @JvmOverloads
        public fun withBasicPair(
            clientKey: String,
            secretKey: String,
            options: Options = Options.DEFAULT,
        ): FutureBootpay = FutureBootpay(Bootpay.withBasicPair(clientKey, secretKey, options))

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
        ): FutureBootpay = FutureBootpay(Bootpay.withTokenSource(source, scope, options))
    }
}
