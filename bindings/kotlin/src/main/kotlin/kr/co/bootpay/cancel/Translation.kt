// From the generated errors to the package's own. What is not known to have moved no money is no BootpayException.
package kr.co.bootpay.cancel

import kr.co.bootpay.cancel.internal.BootpayException as NativeException
import kr.co.bootpay.cancel.internal.Facts as NativeFacts
import kr.co.bootpay.cancel.internal.InternalException as NativeInternal

/** What the call gives, or its error in the package's own types. */
internal inline fun <T> translated(call: () -> T): T = try {
    call()
} catch (error: NativeException) {
    throw error.lift()
} catch (_: NativeInternal) {
    // The generated layer's own error: a panic, or a broken build. Its text is nobody's to see.
    throw CallLostException(
        "the call broke inside the library, which proves nothing: look into the journal with `intents`",
    )
}

@JvmSynthetic
internal fun NativeException.lift(): RuntimeException = when (this) {
    is NativeException.InvalidInput -> BootpayException.InvalidInput(facts.lift(display()), suggestions.lifted { it })
    is NativeException.Conflict -> BootpayException.Conflict(facts.lift(display()), intent.lift())
    is NativeException.Refused -> BootpayException.Refused(facts.lift(display()), refusal.lift())
    is NativeException.NotSent -> BootpayException.NotSent(facts.lift(display()))
    is NativeException.Token -> BootpayException.TokenUnavailable(facts.lift(display()))
    is NativeException.Lookup -> BootpayException.LookupFailed(facts.lift(display()))
    is NativeException.Journal -> BootpayException.JournalFailed(facts.lift(display()))
    is NativeException.Internal -> BootpayException.Internal(facts.lift(display()))
    is NativeException.Lost -> CallLostException(facts.text)
}

private fun NativeFacts.lift(shown: String) = BootpayException.Facts(
    message = shown,
    kind = kind,
    hint = hintKorean,
    hintEnglish = hintEnglish,
    code = code,
    field = `field`,
    retryAfter = retryAfter,
)

/** For what only this layer can get wrong. */
@JvmSynthetic
internal fun invalidInput(field: String, problem: String, expected: String, korean: String) = BootpayException.InvalidInput(
    BootpayException.Facts(
        message = "`$field` $problem: $expected\n$korean",
        kind = "invalid_input",
        hint = korean,
        hintEnglish = expected,
        field = field,
    ),
    emptyList(),
)
