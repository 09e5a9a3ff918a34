package kr.co.bootpay.cancel.conformance

/** Canonical JSON (RFC 8785) of maps, lists, texts, booleans and whole numbers. Members that are `null` are left out. */
fun canonical(value: Any?): String = StringBuilder().apply { write(value) }.toString()

private fun StringBuilder.write(value: Any?) {
    when (value) {
        is Map<*, *> -> writeMembers(value)
        is Iterable<*> -> {
            append('[')
            value.forEachIndexed { index, item ->
                if (index > 0) append(',')
                write(item)
            }
            append(']')
        }
        is String -> writeText(value)
        is Boolean, is Int, is Long -> append(value)
        null -> append("null")
        else -> error("${value.javaClass} has no canonical form here")
    }
}

private fun StringBuilder.writeMembers(members: Map<*, *>) {
    append('{')
    // By UTF-16 units, which is how the JVM compares texts.
    members.entries.filter { it.value != null }.sortedBy { it.key as String }.forEachIndexed { index, (name, value) ->
        if (index > 0) append(',')
        writeText(name as String)
        append(':')
        write(value)
    }
    append('}')
}

private fun StringBuilder.writeText(text: String) {
    append('"')
    for (char in text) {
        when (char) {
            '"' -> append("\\\"")
            '\\' -> append("\\\\")
            '\b' -> append("\\b")
            '\t' -> append("\\t")
            '\n' -> append("\\n")
            '\u000C' -> append("\\f")
            '\r' -> append("\\r")
            else -> if (char < ' ') append("\\u%04x".format(char.code)) else append(char)
        }
    }
    append('"')
}
