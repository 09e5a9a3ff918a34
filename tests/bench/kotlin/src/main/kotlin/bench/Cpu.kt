package bench

import com.sun.jna.Native
import com.sun.jna.Platform

/** What this process has used, user and system together. The JVM's own figure counts in hundredths of a second. */
object Cpu {
    private val PROCESS_CPU_TIME = if (Platform.isMac()) 12 else 2

    init {
        Native.register(Cpu::class.java, Platform.C_LIBRARY_NAME)
    }

    @JvmStatic
    private external fun clock_gettime(clock: Int, time: LongArray): Int

    fun seconds(): Double {
        val time = LongArray(2)
        check(clock_gettime(PROCESS_CPU_TIME, time) == 0)
        return time[0] + time[1] / 1e9
    }
}
