package kr.co.bootpay.cancel.conformance

import com.fasterxml.jackson.databind.JsonNode
import com.fasterxml.jackson.databind.node.JsonNodeFactory
import java.io.FileDescriptor
import java.io.FileOutputStream
import java.io.PrintStream
import kr.co.bootpay.cancel.Bank

/**
 * The Kotlin runner of the conformance cases, as `tests/vectors/README.md` describes it. It reads calls, one JSON object
 * a line, makes them through the public package in one form, and answers each with a line.
 */
class Runner(private val form: Form) {
    private val shown = Shown()
    private val clients = mutableMapOf<String, AutoCloseable>()

    fun answer(told: JsonNode): Map<String, Any?> = when (told.text("do")) {
        "open" -> attempt { open(told) }
        "close" -> {
            client(told).close()
            mapOf("closed" to true)
        }
        "banks" -> attempt { report(Bank.all()) }
        "find_bank" -> attempt { report(Bank.find(told.text("bank"))) }
        "together" -> mapOf("together" to told["calls"].map(::start).map { it() })
        "abandon" -> abandon(told)
        // A JVM can't fork.
        "in_child" -> answer(told["call"])
        "shown" -> mapOf("shown" to shown.among(told["canaries"].map { it.textValue() }))
        else -> start(told)()
    }

    private fun start(told: JsonNode): () -> Map<String, Any?> {
        if (told.text("do") !in CALLS) return { answer(told) }
        val started = try {
            form.start(client(told), told, shown)
        } catch (thrown: Exception) {
            return { attempt { throw thrown } }
        }
        return { attempt { report(started.answer().also(shown::add)) } }
    }

    private fun abandon(told: JsonNode): Map<String, Any?> = attempt {
        val started = form.start(client(told["call"]), told["call"], shown)
        when (val answer = started.abandonAfter(told["after_ms"].longValue())) {
            null -> mapOf("abandoned" to true)
            else -> report(answer.also(shown::add))
        }
    }

    private fun open(told: JsonNode): Map<String, Any?> {
        val options = options(told, shown)
        val client = when {
            told.has("key_pair") ->
                told["key_pair"].let { form.keyPair(it.text("application_id"), it.text("private_key"), options) }
            told.has("basic_pair") ->
                told["basic_pair"].let { form.basicPair(it.text("client_key"), it.text("secret_key"), options) }
            else ->
                told["token_source"].let { form.tokenSource(tokenSource(it["gives"], shown), it.text("scope"), options) }
        }
        clients[told.text("client")] = client.also(shown::add)
        return mapOf("opened" to true)
    }

    private fun client(told: JsonNode): AutoCloseable =
        clients[told.text("client")] ?: error("there is no such client: $told")

    private fun attempt(call: () -> Map<String, Any?>): Map<String, Any?> = try {
        call()
    } catch (inexpressible: Inexpressible) {
        mapOf("inexpressible" to inexpressible.message)
    } catch (thrown: Throwable) {
        shown.add(thrown)
        report(thrown)
    }

    private companion object {
        val CALLS = setOf(
            "cancel", "preview", "receipt", "token", "warm_up", "reconcile", "recover", "resolve", "intents", "intent",
            "journal_place",
        )
    }
}

fun main(arguments: Array<String>) {
    val runner = Runner(Form.named(arguments.single()))
    val output = PrintStream(FileOutputStream(FileDescriptor.out), true, "UTF-8")
    System.`in`.bufferedReader(Charsets.UTF_8).forEachLine { line ->
        val told = if (line.isBlank()) JsonNodeFactory.instance.missingNode() else JSON.readTree(line)
        if (!told.isMissingNode) {
            output.print(canonical(runner.answer(told)) + "\n")
            output.flush()
        }
    }
}
