package kr.co.bootpay.cancel

import kr.co.bootpay.cancel.internal.banks
import kr.co.bootpay.cancel.internal.findBank

/** Who says that a code is a bank's. */
public enum class BankSource {
    /** Bootpay's official SDKs. */
    OFFICIAL_SDK,

    /** Bootpay's newer notes. */
    BOOTPAY_NOTES,

    /** The general clearing codes of Korean banks: Bootpay may refuse it. */
    CLEARING_CODE,
}

/** A Korean bank, known by its three-digit code. */
public class Bank internal constructor(
    /** What Bootpay is sent. */
    public val code: String,
    /** The Korean name. */
    public val name: String,
    /** The English name. */
    public val englishName: String,
    /** Other names that are understood. */
    public val aliases: List<String>,
    /** Who says that the code is this bank's. */
    public val source: BankSource,
) : Value() {
    @get:JvmSynthetic
    override val members: List<Pair<String, Any?>>
        get() = listOf(
            "code" to code,
            "name" to name,
            "englishName" to englishName,
            "aliases" to aliases,
            "source" to source,
        )

    public companion object {
        /** Every bank that is known, by code. */
        @JvmStatic
        public fun all(): List<Bank> {
            Library.load()
            return banks().map { it.lift() }
        }

        /**
         * Finds a bank by its code, its Korean name, or a usual short or English name. Nothing is guessed, since money
         * sent to a wrong bank is lost: [BootpayException.InvalidInput.suggestions] has the closest names.
         */
        @JvmStatic
        public fun find(bank: String): Bank {
            Library.load()
            return translated { findBank(bank).lift() }
        }
    }
}
