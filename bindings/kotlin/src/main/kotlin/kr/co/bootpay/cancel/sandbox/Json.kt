package kr.co.bootpay.cancel.sandbox

/** Reads the JSON that the sandbox writes: maps, lists, texts, whole numbers, booleans and `null`. */
internal class Json private constructor(private val text: String) {
    private var at = 0

    private fun value(): Any? = when (val next = peek()) {
        '{' -> members()
        '[' -> items()
        '"' -> string()
        't' -> word("true", true)
        'f' -> word("false", false)
        'n' -> word("null", null)
        else -> if (next == '-' || next.isDigit()) number() else wrong()
    }

    private fun members(): Map<String, Any?> {
        val members = linkedMapOf<String, Any?>()
        each('}') {
            val name = string()
            expect(':')
            members[name] = value()
        }
        return members
    }

    private fun items(): List<Any?> {
        val items = mutableListOf<Any?>()
        each(']') { items.add(value()) }
        return items
    }

    private inline fun each(end: Char, read: () -> Unit) {
        at += 1
        if (peek() != end) {
            do {
                read()
                val more = peek() == ','
                if (more) at += 1
            } while (more)
        }
        expect(end)
    }

    private fun string(): String {
        expect('"')
        return buildString {
            while (true) {
                when (val next = text.getOrElse(at++) { wrong() }) {
                    '"' -> return@buildString
                    '\\' -> append(escaped())
                    else -> append(next)
                }
            }
        }
    }

    private fun escaped(): Char = when (val kind = text.getOrElse(at++) { wrong() }) {
        'b' -> '\b'
        'f' -> '\u000C'
        'n' -> '\n'
        'r' -> '\r'
        't' -> '\t'
        'u' -> {
            at += 4
            if (at > text.length) wrong()
            text.substring(at - 4, at).toInt(16).toChar()
        }
        else -> kind
    }

    private fun number(): Any {
        val start = at
        while (at < text.length && text[at] in "-+.eE0123456789") at += 1
        val digits = text.substring(start, at)
        return digits.toLongOrNull() ?: digits.toDoubleOrNull() ?: wrong()
    }

    private fun word(word: String, value: Any?): Any? {
        if (!text.startsWith(word, at)) wrong()
        at += word.length
        return value
    }

    private fun peek(): Char {
        while (at < text.length && text[at].isWhitespace()) at += 1
        return text.getOrElse(at) { wrong() }
    }

    private fun expect(char: Char) {
        if (peek() != char) wrong()
        at += 1
    }

    private fun wrong(): Nothing = throw IllegalArgumentException("this is no JSON, at $at: $text")

    companion object {
        fun read(text: String): Any? = Json(text).value()
    }
}
