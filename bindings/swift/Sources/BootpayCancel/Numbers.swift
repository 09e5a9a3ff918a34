import Foundation

// Numbers and times on their way across. What does not fit is refused by name: the generated layer would trap.

/// How many at most.
func count(_ field: String, _ value: Int?) throws -> UInt32? {
    guard let value else { return nil }
    guard let count = UInt32(exactly: value) else {
        throw BootpayError.invalid(
            field, "is no count", expected: "a whole number, not below 0", korean: "0 이상의 정수를 넣어 주세요.")
    }
    return count
}

/// A length of time.
func length(_ field: String, _ value: Duration?) throws -> TimeInterval? {
    guard let value else { return nil }
    // More than a thousand years is a mistake, and might not fit.
    guard value >= .zero, value < .seconds(36_500_000_000) else {
        throw BootpayError.invalid(
            field, "is no length of time", expected: "a time that is not below 0, and not above 1,000 years",
            korean: "0 이상의 시간을 넣어 주세요.")
    }
    let (seconds, attoseconds) = value.components
    return TimeInterval(seconds) + TimeInterval(attoseconds) / 1e18
}

extension Duration {
    /// A length of time from the core, to the nanosecond. A server may say anything: no number is too large.
    init(interval: TimeInterval) {
        let whole = min(interval.rounded(.down), 1e15)
        self = .seconds(Int64(whole)) + .nanoseconds(Int64(min((interval - whole) * 1e9, 1e9).rounded()))
    }
}

/// An amount from the core, in won.
func won(_ amount: Int64?) -> Int? {
    amount.map { Int(clamping: $0) }
}
