package example

import kr.co.bootpay.cancel.Dialect
import kr.co.bootpay.cancel.Options

/** The keys, from the environment. */
internal fun keys(): Pair<String, String> {
    fun named(name: String) = System.getenv(name) ?: usage("Set $name.")
    return named("BOOTPAY_APPLICATION_ID") to named("BOOTPAY_PRIVATE_KEY")
}

/** The rest, from the environment: `BOOTPAY_BASE_URL` (a sandbox's), `BOOTPAY_API` (`v1`, `v2`), `BOOTPAY_JOURNAL` (a file). */
internal fun options(): Options = Options {
    System.getenv("BOOTPAY_BASE_URL")?.let { baseUrl(it) }
    if (System.getenv("BOOTPAY_API") == "v2") dialect(Dialect.V2)
    System.getenv("BOOTPAY_JOURNAL")?.let { journal(it) }
}
