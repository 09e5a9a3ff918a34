//! The edge itself: what the host calls by name. All that is not checked by the compiler is here: that an address which
//! comes with a length has that many bytes, and stays there while the call lasts.
#![allow(unsafe_code, reason = "an array of another language is an address and a length")]
#![allow(unreachable_pub, reason = "they are found by name")]

use std::time::Duration;

/// Makes a call and waits for its end on this thread. See [`put`](super::put) for what it gives.
///
/// # Safety
/// `request` has `length` readable bytes, and `room` `size` writable ones that nobody else uses meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bootpay_plain_call(
    client: u64,
    operation: i32,
    request: *const u8,
    length: i32,
    room: *mut u8,
    size: i32,
) -> i64 {
    // SAFETY: the caller's promise.
    let (request, room) = unsafe { (bytes(request, length), bytes_mut(room, size)) };
    super::put(super::call(client, operation, request), room)
}

/// Fetches an answer that there was no room for.
///
/// # Safety
/// `room` has `size` writable bytes that nobody else uses meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bootpay_plain_fetch(number: u64, room: *mut u8, size: i32) -> i64 {
    // SAFETY: the caller's promise.
    super::fetch(number, unsafe { bytes_mut(room, size) })
}

/// Begins a call. Its end comes out of `bootpay_plain_ended`, under `number`.
///
/// # Safety
/// `request` has `length` readable bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bootpay_plain_begin(
    client: u64,
    operation: i32,
    number: u64,
    request: *const u8,
    length: i32,
) {
    // SAFETY: the caller's promise.
    super::begin(client, operation, number, unsafe { bytes(request, length) });
}

/// Goes away before a call's end.
#[unsafe(no_mangle)]
pub extern "C" fn bootpay_plain_leave(number: u64) {
    super::leave(number);
}

/// Waits for calls that have ended. See [`ended`](super::ended).
///
/// # Safety
/// `room` has `size` writable bytes that nobody else uses meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bootpay_plain_ended(room: *mut u8, size: i32, patience_ms: u64) -> i64 {
    // SAFETY: the caller's promise.
    super::ended(unsafe { bytes_mut(room, size) }, Duration::from_millis(patience_ms))
}

/// # Safety
/// As many bytes as said, for as long as the call lasts.
unsafe fn bytes<'a>(address: *const u8, length: i32) -> &'a [u8] {
    match usize::try_from(length) {
        // SAFETY: the caller's promise.
        Ok(length) if !address.is_null() => unsafe { std::slice::from_raw_parts(address, length) },
        _ => &[],
    }
}

/// # Safety
/// As many bytes as said, for as long as the call lasts, and for nobody else.
unsafe fn bytes_mut<'a>(address: *mut u8, length: i32) -> &'a mut [u8] {
    match usize::try_from(length) {
        // SAFETY: the caller's promise.
        Ok(length) if !address.is_null() => unsafe { std::slice::from_raw_parts_mut(address, length) },
        _ => &mut [],
    }
}
