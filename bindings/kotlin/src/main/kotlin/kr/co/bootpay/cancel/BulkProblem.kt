package kr.co.bootpay.cancel

/** One thing that is wrong with a bulk's file. It never repeats what a cell holds: that may be an account number. */
public class BulkProblem internal constructor(
    /** The line of the file, counted from 1; a record of several lines counts by its first. */
    public val line: Long,
    /** The column's English name, where one is concerned: `amount`, `cancel_id` … */
    public val field: String?,
    /** What is wrong and what would be right, in Korean. */
    public val korean: String,
    /** The same in English. */
    public val english: String,
) : Value() {
    @get:JvmSynthetic
    override val members: List<Pair<String, Any?>>
        get() = listOf("line" to line, "field" to this.field, "korean" to korean, "english" to english)
}
