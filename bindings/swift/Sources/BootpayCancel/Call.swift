internal import BootpayInternal

// How a call gets across and back: with a signal that a cancelled task gives, and with errors in this package's own types.

/// Waits for a call that ends at once when the task is cancelled. The library sees to the rest: it ends a read, and goes
/// on with a refund.
func waiting<Answer: Sendable>(
    _ call: @Sendable (StopSignal) async throws -> Answer
) async throws -> Answer {
    // A task that was cancelled before sends nothing.
    try Task.checkCancellation()
    let stop = StopSignal()
    do {
        return try await withTaskCancellationHandler {
            try await call(stop)
        } onCancel: {
            stop.stop()
        }
    } catch {
        throw lifted(error)
    }
}

/// What the call gives, or its error in the package's own types.
func lifting<Answer>(_ call: () throws -> Answer) throws -> Answer {
    do {
        return try call()
    } catch {
        throw lifted(error)
    }
}
