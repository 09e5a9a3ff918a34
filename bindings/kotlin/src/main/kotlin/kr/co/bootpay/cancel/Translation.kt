// From the generated errors to the package's own. What is not known to have moved no money is no BootpayException.
package kr.co.bootpay.cancel

import java.nio.charset.CharacterCodingException
import java.time.Duration
import kr.co.bootpay.cancel.internal.BootpayException as NativeException
// Servers only: see bindings/phone.sh.
import kr.co.bootpay.cancel.internal.BulkFileException as NativeFileException
// Servers and phones.
import kr.co.bootpay.cancel.internal.Facts as NativeFacts
import kr.co.bootpay.cancel.internal.InternalException as NativeInternal

/** What the call gives, or its error in the package's own types. */
internal inline fun <T> translated(call: () -> T): T = try {
    call()
} catch (error: NativeException) {
    throw error.lift()
} catch (_: CharacterCodingException) {
    // Before anything was sent: half of a surrogate pair is no text that can cross.
    throw invalidInput("text", BAD_CHARACTER, "Unicode text", "올바른 유니코드 문자열을 넣어 주세요.")
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

// Servers only: see bindings/phone.sh.
@JvmSynthetic
internal fun NativeFileException.Wrong.lift(): BootpayException.WrongBulkFile {
    val named = problems.lifted { BulkProblem(it.line.toLong(), it.field, it.korean, it.english) }
    val facts = BootpayException.Facts(
        message = text,
        kind = "bulk_file",
        hint = named.joinToString("\n") { "${it.line}번째 줄${it.field?.let { field -> ", $field" }.orEmpty()}: ${it.korean}" },
        hintEnglish = text,
        field = named.firstOrNull()?.field,
    )
    return BootpayException.WrongBulkFile(facts, named, count.toLong())
}

// Servers and phones.
private fun NativeFacts.lift(shown: String) = BootpayException.Facts(
    message = shown,
    kind = kind,
    hint = hintKorean,
    hintEnglish = hintEnglish,
    code = code,
    field = `field`,
    retryAfter = retryAfter,
)

private const val BAD_CHARACTER = "has a character that does not belong there"

/** A text that can cross: a reason that was cut in the middle of an emoji cannot. */
@JvmSynthetic
internal fun wellFormed(field: String, text: String): String {
    if (!Charsets.UTF_8.newEncoder().canEncode(text)) {
        throw invalidInput(field, BAD_CHARACTER, "Unicode text", "올바른 유니코드 문자열을 넣어 주세요.")
    }
    return text
}

/** A length of time that can cross. */
@JvmSynthetic
internal fun length(field: String, time: Duration): Duration {
    if (time.isNegative) {
        throw invalidInput(field, "is no length of time", "a time, not below 0", "0 이상의 시간을 넣어 주세요.")
    }
    return time
}

/** A number of things that can cross. */
@JvmSynthetic
internal fun count(field: String, number: Int): UInt {
    if (number < 0) {
        throw invalidInput(field, "is no count", "a whole number, not below 0", "0 이상의 정수를 넣어 주세요.")
    }
    return number.toUInt()
}

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
