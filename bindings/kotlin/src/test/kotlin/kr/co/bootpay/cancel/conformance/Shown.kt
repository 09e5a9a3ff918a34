package kr.co.bootpay.cancel.conformance

import java.io.PrintWriter
import java.io.StringWriter
import java.util.concurrent.ConcurrentLinkedQueue
import kr.co.bootpay.cancel.Log

/** Every text that the runner could have shown, since it started. */
class Shown {
    private val texts = ConcurrentLinkedQueue<String>()

    init {
        Log.sendTo { add(it) }
    }

    fun add(value: Any) {
        texts.add(value.toString())
        if (value is Throwable) {
            texts.add(StringWriter().also { value.printStackTrace(PrintWriter(it)) }.toString())
        }
    }

    fun among(canaries: List<String>): List<String> {
        // What was logged just now is still on its way.
        Thread.sleep(300)
        return canaries.filter { canary -> texts.any { canary in it } }
    }
}
