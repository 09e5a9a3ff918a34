package kr.co.bootpay.cancel

import org.slf4j.LoggerFactory

/** Hands records to SLF4J. Loaded only where SLF4J is on the class path. */
internal class Slf4jSink private constructor() : LogSink {
    override fun log(record: LogRecord) {
        val logger = LoggerFactory.getLogger(record.logger)
        when (record.level) {
            LogLevel.ERROR -> logger.error(record.text)
            LogLevel.WARN -> logger.warn(record.text)
            LogLevel.INFO -> logger.info(record.text)
            LogLevel.DEBUG -> logger.debug(record.text)
        }
    }

    internal companion object {
        fun orNull(): LogSink? = try {
            Class.forName("org.slf4j.LoggerFactory")
            Slf4jSink()
        } catch (_: ClassNotFoundException) {
            null
        } catch (_: LinkageError) {
            // One that does not work is no reason to hold up a refund.
            null
        }
    }
}
