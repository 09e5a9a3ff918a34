package bench

import com.fasterxml.jackson.databind.JsonNode
import com.fasterxml.jackson.databind.ObjectMapper
import java.nio.file.Files
import java.nio.file.Path
import java.security.KeyStore
import java.security.cert.CertificateFactory

val JSON: ObjectMapper = ObjectMapper()

/** The common server, in a process of its own: see tests/bench/README.md. */
class Peer(program: String) : AutoCloseable {
    private val process = ProcessBuilder(program).redirectError(ProcessBuilder.Redirect.INHERIT).start()
    private val orders = process.outputStream.bufferedWriter()
    private val answers = process.inputStream.bufferedReader()
    private val addresses = read()

    val applicationId: String = addresses["application_id"].textValue()
    val privateKey: String = addresses["private_key"].textValue()
    val ca: ByteArray = Files.readAllBytes(Path.of(addresses["ca"].textValue()))

    fun address(transport: String): String = addresses[transport].textValue()

    fun receipts(count: Int, won: Long): List<String> =
        ask("receipts $count $won")["receipts"].map(JsonNode::textValue).also { check(it.size == count) }

    fun ledger(): JsonNode = ask("ledger")

    fun forget() {
        ask("forget")
    }

    private fun ask(order: String): JsonNode {
        orders.write("$order\n")
        orders.flush()
        return read().also { check("error" !in it.fieldNames().asSequence()) { "after `$order` the peer said $it" } }
    }

    private fun read(): JsonNode = JSON.readTree(checkNotNull(answers.readLine()) { "the peer has gone" })

    /** Makes its certificate the one that this process trusts where a library asks Java whom to trust. */
    fun trust(directory: Path) {
        val store = KeyStore.getInstance("PKCS12").apply { load(null, null) }
        store.setCertificateEntry("peer", CertificateFactory.getInstance("X.509").generateCertificate(ca.inputStream()))
        val file = directory.resolve("trusted.p12")
        Files.newOutputStream(file).use { store.store(it, PASSWORD.toCharArray()) }
        System.setProperty("javax.net.ssl.trustStore", file.toString())
        System.setProperty("javax.net.ssl.trustStorePassword", PASSWORD)
        System.setProperty("javax.net.ssl.trustStoreType", "PKCS12")
    }

    override fun close() {
        // It ends when nobody can order any more.
        orders.close()
        process.waitFor()
    }

    private companion object {
        const val PASSWORD = "a bench's"
    }
}
