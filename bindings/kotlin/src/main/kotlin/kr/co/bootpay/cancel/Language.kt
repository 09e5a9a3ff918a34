package kr.co.bootpay.cancel

/** In which language a table is written. */
public enum class Language {
    /** Korean. */
    KOREAN,

    /** English. */
    ENGLISH,
}
