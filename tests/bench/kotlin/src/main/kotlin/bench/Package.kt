// The package, from threads and from coroutines.
package bench

import java.nio.file.Path
import kr.co.bootpay.cancel.BlockingBootpay
import kr.co.bootpay.cancel.Bootpay
import kr.co.bootpay.cancel.CancelOutcome
import kr.co.bootpay.cancel.Options

/** On the journal in memory where there is no path. */
fun options(peer: Peer, transport: String, journal: Path?): Options = Options {
    baseUrl(peer.address(transport))
    if (transport.endsWith("tls")) caBundle(peer.ca)
    if (journal == null) memoryJournal() else journal(journal)
}

private fun journalName(journal: Path?) = if (journal == null) "memory" else "SQLite"

private fun confirm(outcome: CancelOutcome, receipt: String) {
    check(outcome is CancelOutcome.Cancelled && !outcome.repeated && outcome.mismatches.isEmpty()) { "$outcome" }
    check(outcome.receiptId == receipt && outcome.cancellation.requestCancelPrice == 10_000L)
}

class OnThreads(peer: Peer, transport: String, journal: Path?) : Subject {
    override val name = "bootpay-cancel, threads, ${journalName(journal)}"
    override val slowness = if (journal == null || transport == "delayed") 1 else 10
    private val bootpay = BlockingBootpay(peer.applicationId, peer.privateKey, options(peer, transport, journal))

    override fun cancel(receipts: List<String>, callers: Int) =
        onThreads(receipts, callers) { confirm(bootpay.cancel(it), it) }

    override fun close() = bootpay.close()
}

class InCoroutines(peer: Peer, transport: String, journal: Path?) : Subject {
    override val name = "bootpay-cancel, coroutines, ${journalName(journal)}"
    override val slowness = if (journal == null || transport == "delayed") 1 else 10
    private val bootpay = Bootpay(peer.applicationId, peer.privateKey, options(peer, transport, journal))

    override fun cancel(receipts: List<String>, callers: Int) =
        inCoroutines(receipts, callers) { confirm(bootpay.cancel(it), it) }

    override fun close() = bootpay.close()
}
