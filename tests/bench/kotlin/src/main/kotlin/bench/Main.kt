// Cancels per second and CPU per cancel, beside what one would use instead: `make bench-kotlin`.
package bench

import java.io.Writer
import java.nio.file.Files
import java.nio.file.Path
import kotlin.system.exitProcess

private val CASES = listOf(
    Case("full cancel, 32 callers", "plain", 32, 6_000),
    Case("full cancel, one caller", "plain", 1, 3_000),
    Case("full cancel, 32 callers", "tls", 32, 5_000),
    Case("full cancel, one caller", "tls", 1, 2_000),
    Case("full cancel, 32 callers", "delayed", 32, 960),
    Case("full cancel, one caller", "delayed", 1, 40),
)

fun main(args: Array<String>) {
    val (program, directory) = args
    val only = args.getOrElse(2) { "" }
    val rounds = System.getenv("ROUNDS")?.toInt() ?: 9
    // As long as the package keeps its own: a server that closes an older one fails the next request.
    System.setProperty("jdk.httpclient.keepalive.timeout", "10")
    val work = Files.createTempDirectory(Path.of(directory), "kotlin-")
    // Every failure ends the process: threads that were left behind must not keep it.
    val status = try {
        Peer(program).use { peer ->
            peer.trust(work)
            val cases = CASES.filter { only in "${it.name}, ${it.transport}" }
            if (cases.isNotEmpty()) samples(directory, "kotlin").use { cancels(peer, it, cases, rounds, work) }
            if (only in "calls") samples(directory, "kotlin-calls").use { calls(peer, it, rounds) }
        }
        0
    } catch (failed: Throwable) {
        failed.printStackTrace()
        1
    }
    work.toFile().deleteRecursively()
    exitProcess(status)
}

private fun samples(directory: String, suite: String): Writer =
    Files.newBufferedWriter(Path.of(directory, "$suite.jsonl"))

private fun cancels(peer: Peer, samples: Writer, cases: List<Case>, rounds: Int, work: Path) {
    val runner = Rounds(peer, samples)
    for ((index, case) in cases.withIndex()) {
        val (hand, transport) = JavaHttp(peer, case.transport) to case.transport
        val subjects = listOf(
            hand.blocking(),
            hand.suspending(),
            OkHttp(peer, transport),
            Sdk(peer, transport),
            OnThreads(peer, transport, null),
            InCoroutines(peer, transport, null),
            OnThreads(peer, transport, work.resolve("threads-$index.sqlite3")),
            InCoroutines(peer, transport, work.resolve("coroutines-$index.sqlite3")),
        ).filter { System.getenv("SUBJECT").orEmpty() in it.name }
        // The first case is where most is compiled.
        runner.run(case, rounds, if (index == 0) 5 else 2, subjects)
        subjects.forEach(Subject::close)
    }
}
