package bench

import com.fasterxml.jackson.databind.JsonNode
import java.io.Writer
import kotlin.random.Random

/** What is measured: so many cancels, by so many callers. */
class Case(val name: String, val transport: String, val callers: Int, val cancels: Int) {
    val paid: Long get() = 10_000
}

/** Somebody who cancels each of these receipts once and in full, with so many callers. */
interface Subject : AutoCloseable {
    val name: String
    val isBaseline: Boolean get() = false

    /** In a timed block it gets only one of so many cancels: for those who would take too long. */
    val slowness: Int get() = 1

    fun cancel(receipts: List<String>, callers: Int)

    override fun close() = Unit
}

/**
 * The runner: every subject once in a round, so that whatever else the machine does meets all alike. The order is drawn anew
 * for each: whoever comes after the official SDK finds what its hundreds of connections left to clear away.
 */
class Rounds(private val peer: Peer, private val samples: Writer) {
    /** So many rounds come before, and are thrown away: what is compiled on the way is compiled then. */
    fun run(case: Case, rounds: Int, warmUps: Int, subjects: List<Subject>) {
        System.err.println("${case.name}, ${case.transport}: ${case.cancels} cancels x $rounds rounds …")
        for (round in 1 - warmUps..rounds) {
            for (subject in subjects.shuffled(Random("${case.name}, ${case.transport}, $round".hashCode()))) {
                val cancels = maxOf(case.cancels / subject.slowness, case.callers)
                try {
                    val cost = timed(case, cancels, subject)
                    if (round > 0) write(case, cancels, subject, round, cost)
                } catch (failed: Exception) {
                    throw IllegalStateException("${subject.name} (${case.name}, ${case.transport})", failed)
                }
            }
        }
    }

    /** One block, with its connections opened before, and the ledger asked after. */
    private fun timed(case: Case, cancels: Int, subject: Subject): Cost {
        warmUp(case, subject)
        peer.forget()
        val receipts = peer.receipts(cancels, case.paid)
        // What others left behind is not this one's to clear away.
        System.gc()
        val cost = cost { subject.cancel(receipts, case.callers) }
        witness(peer.ledger(), cancels, cancels * case.paid)
        return cost
    }

    /** A connection that lay idle while others had their turn may be closed just when it is used again: then once more. */
    private fun warmUp(case: Case, subject: Subject) {
        repeat(2) {
            try {
                return subject.cancel(peer.receipts(case.callers * 4, case.paid), case.callers)
            } catch (closed: Exception) {
                System.err.println("${subject.name}, warming up: $closed")
            }
        }
        subject.cancel(peer.receipts(case.callers * 4, case.paid), case.callers)
    }

    private fun write(case: Case, cancels: Int, subject: Subject, round: Int, cost: Cost) {
        val sample = JSON.createObjectNode()
        sample.put("suite", "kotlin").put("case", case.name).put("transport", case.transport)
        sample.put("subject", subject.name)
        if (subject.isBaseline) sample.put("baseline", true)
        sample.put("round", round).put("cancels", cancels).put("seconds", cost.seconds).put("cpu_seconds", cost.cpuSeconds)
        samples.line(sample)
    }
}

class Cost(val seconds: Double, val cpuSeconds: Double)

inline fun cost(work: () -> Unit): Cost {
    val (cpu, start) = Cpu.seconds() to System.nanoTime()
    work()
    return Cost((System.nanoTime() - start) / 1e9, Cpu.seconds() - cpu)
}

/** The timed work was done, all of it, once. */
fun witness(ledger: JsonNode, cancels: Int, won: Long) {
    val figures = listOf("cancelled_won", "movements", "cancel_requests", "lookups").map { ledger[it].longValue() }
    check(figures == listOf(won, cancels.toLong(), cancels.toLong(), 0)) {
        "what was timed did not happen: the ledger says $ledger after $cancels cancels of $won won"
    }
}

fun Writer.line(sample: JsonNode) {
    write("$sample\n")
    flush()
}
