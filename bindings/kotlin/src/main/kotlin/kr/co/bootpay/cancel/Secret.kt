package kr.co.bootpay.cancel

import kr.co.bootpay.cancel.internal.Secret as NativeSecret

/**
 * A text that must not be shown, such as a private key or an access token. It prints as redacted, and is read with
 * [expose], the one word to look for in a review.
 */
public class Secret internal constructor(@get:JvmSynthetic internal val native: NativeSecret) {
    /** Takes a secret over. */
    public constructor(text: String) : this(newNative(text))

    /** The secret itself. */
    public fun expose(): String = native.expose()

    override fun toString(): String = "Secret([redacted])"

    private companion object {
        fun newNative(text: String): NativeSecret {
            Library.load()
            return NativeSecret(text)
        }
    }
}
