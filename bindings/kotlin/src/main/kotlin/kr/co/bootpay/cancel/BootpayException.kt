package kr.co.bootpay.cancel

import java.time.Duration

/**
 * A call that did not do what was asked, **and moved no money**.
 *
 * [message] says what happened, and on the lines under it what to do about it, in Korean. The types are shaped by what
 * the caller does next.
 */
public sealed class BootpayException private constructor(facts: Facts) : RuntimeException(facts.message) {
    /** A stable name for programs: `invalid_input`, `refused.settlement`, `conflict.open_intent` … */
    public val kind: String = facts.kind

    /** What to do about it, in Korean, where the library knows. */
    public val hint: String? = facts.hint

    /** The same in English. */
    public val hintEnglish: String? = facts.hintEnglish

    /** The server's own code, word for word, where a server answered. */
    public val code: String? = facts.code

    /** The field that is wrong, for invalid input. */
    public val field: String? = facts.field

    /** How long to wait before trying again, where somebody said so. */
    public val retryAfter: Duration? = facts.retryAfter

    /** The call itself is wrong, and nothing was sent. Mend the field that [field] names. */
    public class InvalidInput internal constructor(
        facts: Facts,
        /** The closest right values, best first, for a field that takes one of a list. */
        public val suggestions: List<String>,
    ) : BootpayException(facts)

    // Servers only: see bindings/phone.sh.
    /** Rows of a bulk's file are wrong, or it is no such file. Nothing of it is sent. */
    public class WrongBulkFile internal constructor(
        facts: Facts,
        /** What is wrong, by line: the first hundred. */
        public val problems: List<BulkProblem>,
        /** How many there are in all. */
        public val count: Long,
    ) : BootpayException(facts)
    // Servers and phones.

    /** An earlier intent stands in the way, and nothing was sent. */
    public class Conflict internal constructor(
        facts: Facts,
        /** The intent that stands in the way, with its state. */
        public val intent: IntentRef,
    ) : BootpayException(facts)

    /** Bootpay, or the payment gateway behind it, said no. */
    public class Refused internal constructor(
        facts: Facts,
        /** The refusal, with the server's own words kept. */
        public val refusal: Refusal,
    ) : BootpayException(facts)

    /** The request provably never reached Bootpay. The same call may be made again. */
    public class NotSent internal constructor(facts: Facts) : BootpayException(facts)

    /** No access token could be had, so nothing was sent. */
    public class TokenUnavailable internal constructor(facts: Facts) : BootpayException(facts)

    /** A lookup was not answered, or not in a form that can be read. A read moves no money; ask again. */
    public class LookupFailed internal constructor(facts: Facts) : BootpayException(facts)

    /** The journal could not be opened, read or written, so nothing was sent. */
    public class JournalFailed internal constructor(facts: Facts) : BootpayException(facts)

    /** The library broke one of its own rules. Nothing was sent; please report it. */
    public class Internal internal constructor(facts: Facts) : BootpayException(facts)

    /** What every error has. */
    internal class Facts(
        val message: String,
        val kind: String,
        val hint: String? = null,
        val hintEnglish: String? = null,
        val code: String? = null,
        val field: String? = null,
        val retryAfter: Duration? = null,
    )
}

/**
 * The call's end was lost, since the process is ending. **It proves nothing**, and is no [BootpayException].
 *
 * The money may or may not have moved. The intent is in the journal: `intents` shows it, `recover` takes it up.
 */
public class CallLostException internal constructor(message: String) : RuntimeException(message)
