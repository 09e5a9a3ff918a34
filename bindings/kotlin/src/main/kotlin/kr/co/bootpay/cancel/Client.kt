package kr.co.bootpay.cancel

import kr.co.bootpay.cancel.internal.Bootpay as Native

/** What the three forms of a client have in common: their set-up and their end. */
internal class Client private constructor(private val name: String, make: () -> Native) {
    private val native: Native

    /** By which it goes where calls are plain. */
    val number: Long

    init {
        Library.load()
        native = translated(make)
        number = native.plainNumber().toLong()
    }

    private var users = 0
    private var closed = false

    /** What the call gives, or its error in the package's own types. What it uses is not let go of meanwhile. */
    inline fun <T> call(use: (Native) -> T): T {
        val native = enter()
        try {
            return translated { use(native) }
        } finally {
            leave()
        }
    }

    /** One of the calls that shops make all day, waited for on this thread. */
    fun <A, T> plainly(operation: Operation<A, T>, value: A): T = call { Plain.call(number, operation, value) }

    @Synchronized
    fun enter(): Native {
        if (closed) {
            throw BootpayException.NotSent(
                BootpayException.Facts("nothing was sent: the client is closed", "not_sent.closed"),
            )
        }
        Log.listen()
        users += 1
        return native
    }

    @Synchronized
    fun leave() {
        users -= 1
        if (closed && users == 0) native.close()
    }

    @Synchronized
    fun close() {
        if (!closed && users == 0) native.close()
        closed = true
    }

    @Synchronized
    fun shown(form: String): String = "$form($name${if (closed) ", closed" else ""})"

    companion object {
        fun withKeyPair(applicationId: String, privateKey: String, options: Options): Client =
            Client(applicationId) { Native.withKeyPair(applicationId, privateKey, options.native) }

        fun withBasicPair(clientKey: String, secretKey: String, options: Options): Client = Client(clientKey) {
            Native.withBasicPair(clientKey, secretKey, options.native)
        }

        fun withTokenSource(source: TokenSource, scope: String, options: Options): Client =
            Client(scope) { Native.withTokenSource(ForeignSource(source), scope, options.native) }
    }
}
