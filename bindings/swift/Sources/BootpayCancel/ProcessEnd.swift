internal import BootpayInternal
import Foundation

/// What happens when the process ends: it waits up to ten seconds for cancels that are under way. What is not done by
/// then is in the journal, and the next run's ``Bootpay/recover()`` takes it up.
enum ProcessEnd {
    /// To be called before the first client is made.
    static func prepare() {
        _ = registered
    }

    private static let registered: Void = {
        atexit {
            shutdown(patience: 10)
            BootpayLog.finish()
        }
    }()
}
