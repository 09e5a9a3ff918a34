// The calls that shops make all day, as one array of bytes there and one back: crates/bootpay-ffi/src/plain.rs.
package kr.co.bootpay.cancel

import com.sun.jna.Native
import java.nio.ByteBuffer
import kr.co.bootpay.cancel.internal.CancelOutcome as NativeOutcome
import kr.co.bootpay.cancel.internal.CancelRequest as NativeRequest
import kr.co.bootpay.cancel.internal.FfiConverter
import kr.co.bootpay.cancel.internal.FfiConverterString
import kr.co.bootpay.cancel.internal.FfiConverterTypeBootpayError
import kr.co.bootpay.cancel.internal.FfiConverterTypeCancelOutcome
import kr.co.bootpay.cancel.internal.FfiConverterTypeCancelRequest
import kr.co.bootpay.cancel.internal.FfiConverterTypeIntent
import kr.co.bootpay.cancel.internal.FfiConverterTypePreview
import kr.co.bootpay.cancel.internal.FfiConverterTypeReceipt
import kr.co.bootpay.cancel.internal.Intent as NativeIntent
import kr.co.bootpay.cancel.internal.InternalException as NativeInternal
import kr.co.bootpay.cancel.internal.Preview as NativePreview
import kr.co.bootpay.cancel.internal.Receipt as NativeReceipt

/** One of these calls: its number, and how what goes in and what comes out is written. */
internal class Operation<A, T>(
    val number: Int,
    private val request: FfiConverter<A, *>,
    private val answer: FfiConverter<T, *>,
) {
    /** From its first byte to its position. */
    fun lower(value: A): ByteBuffer =
        ByteBuffer.allocate(request.allocationSize(value).toInt()).also { request.write(value, it) }

    fun lift(bytes: ByteBuffer): T {
        if (!bytes.hasRemaining()) throw NativeInternal("no answer")
        val failed = bytes.get() != DONE
        if (failed) throw FfiConverterTypeBootpayError.read(bytes)
        // What is left over was written by somebody who means something else.
        return answer.read(bytes).also { if (bytes.hasRemaining()) throw NativeInternal("an answer too long") }
    }

    companion object {
        private const val DONE: Byte = 0

        val CANCEL = Operation<NativeRequest, NativeOutcome>(0, FfiConverterTypeCancelRequest, FfiConverterTypeCancelOutcome)
        val PREVIEW = Operation<NativeRequest, NativePreview>(1, FfiConverterTypeCancelRequest, FfiConverterTypePreview)
        val RECEIPT = Operation<String, NativeReceipt>(2, FfiConverterString, FfiConverterTypeReceipt)
        val RECONCILE = Operation<String, NativeOutcome>(3, FfiConverterString, FfiConverterTypeCancelOutcome)
        val INTENT = Operation<String, NativeIntent>(4, FfiConverterString, FfiConverterTypeIntent)
    }
}

/** The library's plain functions. Numbers and arrays alone: JNA makes no structure for them. */
@Suppress("FunctionName")
internal object Plain {
    /** Enough for nearly every answer. */
    private const val ROOM = 2 * 1024

    init {
        // By the name and in the way that the generated code uses, so that it is the same library.
        val name = System.getProperty("uniffi.component.bootpay.libraryOverride") ?: "bootpay_ffi"
        Native.register(Plain::class.java, name)
    }

    @JvmStatic
    external fun bootpay_plain_call(
        client: Long,
        operation: Int,
        request: ByteArray,
        length: Int,
        room: ByteArray,
        size: Int,
    ): Long

    @JvmStatic
    external fun bootpay_plain_fetch(number: Long, room: ByteArray, size: Int): Long

    @JvmStatic
    external fun bootpay_plain_begin(client: Long, operation: Int, number: Long, request: ByteArray, length: Int)

    @JvmStatic
    external fun bootpay_plain_leave(number: Long)

    @JvmStatic
    external fun bootpay_plain_ended(room: ByteBuffer, size: Int, patienceMs: Long): Long

    /** Makes a call, and waits for its end on this thread. */
    fun <A, T> call(client: Long, operation: Operation<A, T>, value: A): T {
        val request = operation.lower(value)
        var room = ByteArray(ROOM)
        var length =
            bootpay_plain_call(client, operation.number, request.array(), request.position(), room, room.size)
        if (length < 0) {
            val number = -length
            room = ByteArray(bootpay_plain_fetch(number, room, 0).toInt())
            length = bootpay_plain_fetch(number, room, room.size)
        }
        return operation.lift(ByteBuffer.wrap(room, 0, length.toInt()))
    }
}
