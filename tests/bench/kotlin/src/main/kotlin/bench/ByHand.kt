// What one would write instead: one client, one token in hand, and the same bytes on the wire as the package sends.
package bench

import com.fasterxml.jackson.databind.JsonNode
import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.net.http.HttpResponse.BodyHandlers
import java.time.Duration
import java.util.concurrent.TimeUnit
import kotlinx.coroutines.future.await
import okhttp3.ConnectionPool
import okhttp3.MediaType.Companion.toMediaType
import okhttp3.OkHttpClient
import okhttp3.Request
import okhttp3.RequestBody.Companion.toRequestBody

private const val AGENT = "bootpay-cancel/0.1.0"

/** As long as the package's own. */
private fun body(receiptId: String): ByteArray {
    val cancel = JSON.createObjectNode().put("receipt_id", receiptId).put("cancel_id", "by-hand-$receiptId---")
    return JSON.writeValueAsBytes(cancel)
}

private fun confirm(status: Int, answer: ByteArray, receiptId: String) {
    val said = JSON.readTree(answer)
    val data: JsonNode = said["data"]
    check(status == 200 && said["status"].intValue() == 200 && said["code"].intValue() == 0)
    check(data["receipt_id"].textValue() == receiptId && data["request_cancel_price"].longValue() == 10_000L)
}

private fun token(peer: Peer, post: (path: String, body: ByteArray) -> ByteArray): String {
    val keys = JSON.createObjectNode().put("application_id", peer.applicationId).put("private_key", peer.privateKey)
    return JSON.readTree(post("/request/token.json", JSON.writeValueAsBytes(keys)))["data"]["token"].textValue()
}

/** `java.net.http`, HTTP/1.1. */
class JavaHttp(peer: Peer, transport: String) {
    private val client: HttpClient =
        HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(Duration.ofSeconds(5)).build()
    private val base = peer.address(transport)
    private val token: String = token(peer) { path, body ->
        client.send(post(path, body).build(), BodyHandlers.ofByteArray()).body()
    }

    private fun post(path: String, body: ByteArray) = HttpRequest.newBuilder(URI.create(base + path))
        .timeout(Duration.ofSeconds(60))
        .header("Accept", "application/json")
        .header("Content-Type", "application/json")
        .header("User-Agent", AGENT)
        .POST(HttpRequest.BodyPublishers.ofByteArray(body))

    private fun request(receiptId: String) = post("/cancel.json", body(receiptId)).header("Authorization", token).build()

    /** `send`, on threads. */
    fun blocking(): Subject = object : Subject {
        override val name = "java.net.http, threads"
        override val isBaseline = true

        override fun cancel(receipts: List<String>, callers: Int) = onThreads(receipts, callers) { receipt ->
            val answer = client.send(request(receipt), BodyHandlers.ofByteArray())
            confirm(answer.statusCode(), answer.body(), receipt)
        }
    }

    /** `sendAsync`, from coroutines. */
    fun suspending(): Subject = object : Subject {
        override val name = "java.net.http, coroutines"

        override fun cancel(receipts: List<String>, callers: Int) = inCoroutines(receipts, callers) { receipt ->
            val answer = client.sendAsync(request(receipt), BodyHandlers.ofByteArray()).await()
            confirm(answer.statusCode(), answer.body(), receipt)
        }
    }
}

/** OkHttp, on threads, with a pool that keeps every caller's connection. */
class OkHttp(peer: Peer, transport: String) : Subject {
    override val name = "OkHttp, threads"
    private val client = OkHttpClient.Builder()
        .connectionPool(ConnectionPool(32, 10, TimeUnit.SECONDS))
        .connectTimeout(Duration.ofSeconds(5))
        .readTimeout(Duration.ofSeconds(60))
        .build()
    private val base = peer.address(transport)
    private val json = "application/json".toMediaType()
    private val token = token(peer) { path, body -> client.newCall(post(path, body).build()).execute().body.bytes() }

    private fun post(path: String, body: ByteArray) = Request.Builder().url(base + path)
        .header("Accept", "application/json")
        .header("User-Agent", AGENT)
        .post(body.toRequestBody(json))

    override fun cancel(receipts: List<String>, callers: Int) = onThreads(receipts, callers) { receipt ->
        val request = post("/cancel.json", body(receipt)).header("Authorization", token).build()
        client.newCall(request).execute().use { confirm(it.code, it.body.bytes(), receipt) }
    }

    override fun close() {
        client.connectionPool.evictAll()
        client.dispatcher.executorService.shutdown()
    }
}
