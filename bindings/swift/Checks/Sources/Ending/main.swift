import BootpayCancel
import Foundation

// `Ending after RECEIPT`: ends as soon as the cancel has.
// `Ending during RECEIPT`: ends while the cancel is under way, and says what came of it.
// The sandbox's address and keys, and the journal's place, come from the environment.

let arguments = CommandLine.arguments
let environment = ProcessInfo.processInfo.environment
BootpayLog.handler = { _ in }
// Runs after the library's own, since it is registered before: whoever still waited for a call can say how it ended.
if arguments[1] == "during" { atexit { usleep(300_000) } }
let bootpay = try Bootpay(
    applicationID: environment["BOOTPAY_APPLICATION_ID"]!, privateKey: environment["BOOTPAY_PRIVATE_KEY"]!,
    options: .init(
        environment: .custom(baseURL: environment["BOOTPAY_BASE_URL"]!),
        journal: .sqlite(path: environment["BOOTPAY_JOURNAL"]!)))

switch arguments[1] {
case "after":
    guard case .cancelled = try await bootpay.cancel(arguments[2]) else { exit(3) }
case "during":
    // Not on the main thread, which will be busy ending.
    Task.detached {
        func say(_ text: String) { FileHandle.standardOutput.write(Data("\(text)\n".utf8)) }
        do {
            if case .cancelled = try await bootpay.cancel(arguments[2]) { say("cancelled") }
        } catch is BootpayError {
            say("BootpayError")
        } catch {
            say("\(type(of: error)): \(error.localizedDescription)")
        }
    }
    // Until a request is on its way, or, on a machine that is busy elsewhere, has come back already.
    var state: IntentState?
    while state == nil || state == .reserved {
        try await Task.sleep(for: .milliseconds(5))
        state = try await bootpay.intents(receiptID: arguments[2]).first?.state
    }
    exit(0)
default:
    exit(64)
}
