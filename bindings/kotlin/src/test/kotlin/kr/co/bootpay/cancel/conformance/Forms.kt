package kr.co.bootpay.cancel.conformance

import com.fasterxml.jackson.databind.JsonNode
import java.util.concurrent.CompletableFuture
import java.util.concurrent.CompletionException
import java.util.concurrent.Executors
import java.util.concurrent.TimeUnit
import java.util.concurrent.TimeoutException
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Deferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.async
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeoutOrNull
import kr.co.bootpay.cancel.BlockingBootpay
import kr.co.bootpay.cancel.Bootpay
import kr.co.bootpay.cancel.FutureBootpay
import kr.co.bootpay.cancel.Options
import kr.co.bootpay.cancel.TokenSource

/** One way to call: opening clients, and starting calls that somebody waits for, or goes away from. */
interface Form {
    fun keyPair(applicationId: String, privateKey: String, options: Options): AutoCloseable
    fun basicPair(clientKey: String, secretKey: String, options: Options): AutoCloseable
    fun tokenSource(source: TokenSource, scope: String, options: Options): AutoCloseable

    fun start(client: AutoCloseable, told: JsonNode, shown: Shown): Started

    companion object {
        fun named(name: String): Form = when (name) {
            "suspend" -> SuspendForm()
            "blocking" -> BlockingForm()
            "future" -> FutureForm()
            else -> error("there is no form `$name`: suspend, blocking or future")
        }
    }
}

/** A call that was started. */
interface Started {
    /** What it gives; it throws what the call throws. */
    fun answer(): Any

    /** What it gives within that time, or `null`; then its caller goes away. */
    fun abandonAfter(millis: Long): Any?
}

class SuspendForm : Form {
    private val scope = CoroutineScope(SupervisorJob() + Dispatchers.Default)

    override fun keyPair(applicationId: String, privateKey: String, options: Options) =
        Bootpay(applicationId, privateKey, options)

    override fun basicPair(clientKey: String, secretKey: String, options: Options) =
        Bootpay.withBasicPair(clientKey, secretKey, options)

    override fun tokenSource(source: TokenSource, scope: String, options: Options) =
        Bootpay.withTokenSource(source, scope, options)

    override fun start(client: AutoCloseable, told: JsonNode, shown: Shown): Started {
        val call: Deferred<Any> = scope.async { make(client as Bootpay, told, shown) }
        return object : Started {
            override fun answer(): Any = runBlocking { call.await() }

            override fun abandonAfter(millis: Long): Any? =
                runBlocking { withTimeoutOrNull(millis) { call.await() } }.also { call.cancel() }
        }
    }

    private suspend fun make(client: Bootpay, told: JsonNode, shown: Shown): Any = when (told.text("do")) {
        "cancel" -> client.cancel(request(told, shown))
        "preview" -> client.preview(request(told, shown))
        "receipt" -> client.receipt(told.text("receipt_id"))
        "token" -> client.token()
        "warm_up" -> client.warmUp()
        "reconcile" -> client.reconcile(told.text("cancel_id"))
        "recover" -> client.recover()
        "resolve" -> client.resolve(told.text("cancel_id"), decision(told), told.text("actor"))
        "intents" -> client.intents(query(told, shown))
        "intent" -> client.intent(told.text("cancel_id"))
        "journal_place" -> client.journalPlace()
        else -> error("there is no such call: $told")
    }
}

class BlockingForm : Form {
    private val threads = Executors.newCachedThreadPool { Thread(it).apply { isDaemon = true } }

    override fun keyPair(applicationId: String, privateKey: String, options: Options) =
        BlockingBootpay(applicationId, privateKey, options)

    override fun basicPair(clientKey: String, secretKey: String, options: Options) =
        BlockingBootpay.withBasicPair(clientKey, secretKey, options)

    override fun tokenSource(source: TokenSource, scope: String, options: Options) =
        BlockingBootpay.withTokenSource(source, scope, options)

    override fun start(client: AutoCloseable, told: JsonNode, shown: Shown): Started =
        Waiting(CompletableFuture.supplyAsync({ make(client as BlockingBootpay, told, shown) }, threads))

    private fun make(client: BlockingBootpay, told: JsonNode, shown: Shown): Any = when (told.text("do")) {
        "cancel" -> client.cancel(request(told, shown))
        "preview" -> client.preview(request(told, shown))
        "receipt" -> client.receipt(told.text("receipt_id"))
        "token" -> client.token()
        "warm_up" -> client.warmUp()
        "reconcile" -> client.reconcile(told.text("cancel_id"))
        "recover" -> client.recover()
        "resolve" -> client.resolve(told.text("cancel_id"), decision(told), told.text("actor"))
        "intents" -> client.intents(query(told, shown))
        "intent" -> client.intent(told.text("cancel_id"))
        "journal_place" -> client.journalPlace()
        else -> error("there is no such call: $told")
    }
}

class FutureForm : Form {
    override fun keyPair(applicationId: String, privateKey: String, options: Options) =
        FutureBootpay(applicationId, privateKey, options)

    override fun basicPair(clientKey: String, secretKey: String, options: Options) =
        FutureBootpay.withBasicPair(clientKey, secretKey, options)

    override fun tokenSource(source: TokenSource, scope: String, options: Options) =
        FutureBootpay.withTokenSource(source, scope, options)

    override fun start(client: AutoCloseable, told: JsonNode, shown: Shown): Started =
        Waiting(make(client as FutureBootpay, told, shown))

    private fun make(client: FutureBootpay, told: JsonNode, shown: Shown): CompletableFuture<out Any> =
        when (told.text("do")) {
            "cancel" -> client.cancel(request(told, shown))
            "preview" -> client.preview(request(told, shown))
            "receipt" -> client.receipt(told.text("receipt_id"))
            "token" -> client.token()
            "warm_up" -> client.warmUp().thenApply { }
            "reconcile" -> client.reconcile(told.text("cancel_id"))
            "recover" -> client.recover()
            "resolve" -> client.resolve(told.text("cancel_id"), decision(told), told.text("actor"))
            "intents" -> client.intents(query(told, shown))
            "intent" -> client.intent(told.text("cancel_id"))
            "journal_place" -> client.journalPlace()
            else -> error("there is no such call: $told")
        }
}

/** A future that is waited for as Java does. Cancelling the future of a blocking call only stops waiting for its thread. */
private class Waiting(private val call: CompletableFuture<out Any>) : Started {
    override fun answer(): Any = try {
        call.join()
    } catch (failure: CompletionException) {
        throw failure.cause ?: failure
    }

    override fun abandonAfter(millis: Long): Any? {
        try {
            call.get(millis, TimeUnit.MILLISECONDS)
        } catch (_: TimeoutException) {
            call.cancel(true)
            return null
        } catch (_: java.util.concurrent.ExecutionException) {
            // `answer` throws it.
        }
        return answer()
    }
}
