package bench

import kr.co.bootpay.pg.Bootpay
import kr.co.bootpay.pg.model.request.Cancel

/** Bootpay's own SDK for Java, with its token in hand. It speaks v2, and opens a connection for every call. */
class Sdk(peer: Peer, transport: String) : Subject {
    override val name = "official SDK 3.1.0, threads"
    override val slowness = if (transport == "delayed") 1 else 10
    private val bootpay = Bootpay(peer.applicationId, peer.privateKey).apply {
        baseUrl = peer.address(transport) + "/v2/"
        // It keeps the token that it gets.
        accessToken
    }

    override fun cancel(receipts: List<String>, callers: Int) = onThreads(receipts, callers) { receipt ->
        val cancel = Cancel().apply { receiptId = receipt }
        val answer = bootpay.receiptCancel(cancel)
        check(answer["http_status"] == 200 && answer["receipt_id"] == receipt) { "$answer" }
    }
}
