import BootpayCancel
import Foundation

// A tool for a merchant's staff. `staff help` lists what it does; without a command it asks.

do {
    exit(try await Desk.ofEnvironment().serve(Array(CommandLine.arguments.dropFirst())))
} catch let error as BootpayError {
    // This call moved no money.
    print("하지 못했습니다: \(error.localizedDescription)")
    exit(Desk.failed)
} catch let error as Usage {
    print(error.text)
    exit(Desk.misused)
} catch {
    // Proves nothing: the intent is in the journal.
    print("결과를 알 수 없습니다: \(error.localizedDescription)\n`staff open`으로 확인해 주세요.")
    exit(Desk.stillOpen)
}
