package kr.co.bootpay.cancel

import java.io.Serializable

/** What is known by its members: equal where they are equal, and printed with them. */
public abstract class Value internal constructor() : Serializable {
    @get:JvmSynthetic
    internal abstract val members: List<Pair<String, Any?>>

    final override fun equals(other: Any?): Boolean =
        other is Value && other.javaClass == javaClass && other.members == members

    final override fun hashCode(): Int = members.hashCode()

    final override fun toString(): String = members.joinToString(", ", "${javaClass.simpleName}(", ")") { (name, value) ->
        // What the server sent besides may hold personal data.
        if (name == "extraJson") "$name=[not shown]" else "$name=$value"
    }
}
