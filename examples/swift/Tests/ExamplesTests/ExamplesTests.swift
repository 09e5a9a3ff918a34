import BootpaySandbox
import Foundation
import Testing

@Suite struct ExamplesTests {
    let sandbox = try! Sandbox.start()
    let journal = FileManager.default.temporaryDirectory.appendingPathComponent("staff-\(UUID()).sqlite3").path

    /// Runs one of the programs, as a person would, and gives what it printed and how it ended.
    func run(_ program: String, _ arguments: String..., typed: String = "") async throws -> (
        status: Int32, text: String
    ) {
        let process = Process()
        let folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        process.executableURL = folder.appendingPathComponent(program)
        process.arguments = arguments
        process.environment = [
            "BOOTPAY_APPLICATION_ID": sandbox.applicationID, "BOOTPAY_PRIVATE_KEY": sandbox.privateKey,
            "BOOTPAY_BASE_URL": sandbox.baseURL, "BOOTPAY_JOURNAL": journal,
        ]
        let (input, output) = (Pipe(), Pipe())
        (process.standardInput, process.standardOutput) = (input, output)
        try process.run()
        try input.fileHandleForWriting.write(contentsOf: Data(typed.utf8))
        try input.fileHandleForWriting.close()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, text)
    }

    @Test("the page's example cancels in full, in part, and into a refund account")
    func page() async throws {
        let full = try await sandbox.add(10_000)
        #expect(try await run("page", full) == (0, "취소되었습니다: 총 10000원, 남은 금액 0원\n"))
        let part = try await sandbox.add(10_000)
        #expect(try await run("page", part, "1000") == (0, "취소되었습니다: 총 1000원, 남은 금액 9000원\n"))
        let account = try await sandbox.add(50_000, ["virtual_account": true, "method": "vbank"])
        let transfer = try await run("page", account, "account")
        #expect(transfer.text.contains("은행이 환불 계좌로 송금할 예정입니다"))
        let amounts = try await [full, part, account].asyncMap { try await sandbox.ledger($0).map(\.amount) }
        #expect(amounts == [[10_000], [1_000], [50_000]])
        let refused = try await run("page", try await sandbox.add(10_000, ["refuse_with": "limit"]))
        #expect(refused.status == 1)
        #expect(refused.text.hasPrefix("취소되지 않았습니다: refused"))
    }

    @Test("staff looks, is asked, and cancels what was seen")
    func staffCancels() async throws {
        let receiptID = try await sandbox.add(30_000)
        let declined = try await run("staff", "cancel", receiptID, typed: "n\n")
        #expect(declined.status == 3)
        #expect(declined.text.contains("남은 전액 30,000원을 취소할까요?"))
        #expect(try await sandbox.ledger(receiptID).isEmpty)
        let part = try await run(
            "staff", "cancel", receiptID, "--price", "3000", "--cancel-id", "refund-1", typed: "y\n")
        #expect(part.status == 0)
        #expect(part.text.contains("취소되었습니다: 총 3,000원, 남은 금액 27,000원 (refund-1)"))
        let garbled = try await run("staff", "cancel", receiptID, "--price", "삼천원", "--yes")
        #expect(garbled.status == 64)
        let rest = try await run("staff", "cancel", receiptID, "--yes")
        #expect(rest.status == 0)
        #expect(try await sandbox.ledger(receiptID).map(\.amount) == [3_000, 27_000])
        let looked = try await run("staff", "receipt", receiptID)
        #expect(looked.text.contains("결제 30,000원, 취소 30,000원, 남은 금액 0원"))
        #expect(looked.text.contains("refund-1: 영수증 \(receiptID), 3,000원, 취소됨"))
        #expect(try await run("staff", "open") == (0, "열려 있는 취소가 없습니다.\n"))
    }

    @Test("an unknown cancel is listed, settles while staff watches, and is never sent again")
    func staffWatches() async throws {
        let receiptID = try await sandbox.add(10_000)
        // The answer is lost, and the ledger lags behind.
        try await sandbox.control("PATCH", "settings", ["lookup_lag_ms": 3_000])
        try await sandbox.fault(["on": "cancel", "when": "after_money", "delivery": "reset"])
        let cancelled = try await run("staff", "cancel", receiptID, "--cancel-id", "refund-1", "--yes")
        #expect(cancelled.status == 2)
        #expect(cancelled.text.contains("staff watch refund-1"))
        let open = try await run("staff", "open")
        #expect(open.status == 2)
        #expect(open.text == "refund-1: 영수증 \(receiptID), 전액, 알 수 없음\n")
        let watched = try await run("staff", "watch", "refund-1", "--for", "30")
        #expect(watched.status == 0)
        #expect(watched.text.contains("아직 알 수 없습니다."))
        #expect(watched.text.contains("취소되었습니다: 총 10,000원"))
        #expect(try await sandbox.ledger(receiptID).map(\.amount) == [10_000])
    }

    @Test("a person's decision is recorded, and asking at a prompt is the same")
    func staffResolves() async throws {
        let receiptID = try await sandbox.add(10_000)
        try await sandbox.fault(["on": "cancel", "when": "before_money", "delivery": "reset"])
        let lost = try await run("staff", "cancel", receiptID, "--price", "2000", "--cancel-id", "refund-1", "--yes")
        #expect(lost.status == 2)
        let typed =
            "resolve refund-1 --as not-cancelled --by 홍길동\nresolve refund-1 --as cancelled --by 홍길동\nopen\nexit\n"
        let asked = try await run("staff", typed: typed)
        #expect(asked.status == 0)
        #expect(asked.text.contains("하지 못했습니다: nothing was sent: a late request could still arrive"))
        #expect(asked.text.contains("기록했습니다: refund-1: 영수증 \(receiptID), 2,000원, 취소됨"))
        #expect(asked.text.contains("열려 있는 취소가 없습니다."))
    }

    @Test("help is printed where nothing else can be done")
    func usage() async throws {
        let help = try await run("staff", "help")
        #expect(help.status == 64)
        #expect(help.text.contains("staff resolve CANCEL_ID"))
    }
}

extension Array where Element: Sendable {
    func asyncMap<Value>(_ transform: (Element) async throws -> Value) async throws -> [Value] {
        var values: [Value] = []
        for element in self { values.append(try await transform(element)) }
        return values
    }
}
