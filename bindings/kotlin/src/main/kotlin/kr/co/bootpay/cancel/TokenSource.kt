package kr.co.bootpay.cancel

import java.time.Duration
import kr.co.bootpay.cancel.internal.Secret as NativeSecret
import kr.co.bootpay.cancel.internal.SuppliedToken as NativeToken
import kr.co.bootpay.cancel.internal.TokenSource as NativeSource
import kr.co.bootpay.cancel.internal.TokenSourceException as NativeException

/**
 * Hands out access tokens that somebody else obtained.
 *
 * It is called on a thread of its own and may block, for as long as [Options.Builder.tokenTimeout]. What it throws
 * becomes [BootpayException.TokenUnavailable]: a [TokenSourceException] with its words, anything else by its type alone,
 * since its text may hold a secret.
 */
public fun interface TokenSource {
    /**
     * A token that works now. [refused] is the one that Bootpay has just turned away, so that a source with a cache does
     * not hand out the same one again.
     */
    public fun token(refused: Secret?): SuppliedToken
}

/** A token from a [TokenSource]. */
public class SuppliedToken private constructor(
    @get:JvmSynthetic internal val token: Secret,
    /** How long it still lives. Where that is `null`, it is used until Bootpay refuses it. */
    public val lifetime: Duration?,
) {
    /** A token, bare: without `Bearer` before it. It is used until Bootpay refuses it. */
    public constructor(token: String) : this(Secret(token), null)

    /** A token, bare: without `Bearer` before it. It is used until Bootpay refuses it. */
    public constructor(token: Secret) : this(token, null)

    /** The same token, which lives for so long. */
    public fun lifetime(lifetime: Duration): SuppliedToken = SuppliedToken(token, lifetime)

    override fun toString(): String = "SuppliedToken([redacted], lifetime=$lifetime)"
}

/** Why a [TokenSource] has no token, in words without secrets: they end up in an error's text. */
public class TokenSourceException(message: String) : RuntimeException(message)

/** A token source as the library calls it. */
internal class ForeignSource(private val source: TokenSource) : NativeSource {
    override fun token(refused: NativeSecret?): NativeToken = try {
        val supplied = source.token(refused?.let(::Secret))
        NativeToken(supplied.token.native, supplied.lifetime)
    } catch (failure: TokenSourceException) {
        throw NativeException.Failed(failure.message.orEmpty())
    } catch (failure: Throwable) {
        // Its text may hold a secret.
        throw NativeException.Failed("the token source threw ${failure.javaClass.name}")
    }
}
