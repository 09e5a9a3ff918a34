import BootpayCancel
import BootpaySandbox
import Foundation
import Testing

/// The programs of `Checks`, built by test.sh.
private let program = ProcessInfo.processInfo.environment["BOOTPAY_ENDING_BIN"]
private let runs = ProcessInfo.processInfo.environment["BOOTPAY_EXIT_PROGRAMS"].flatMap { Int($0) } ?? 50

@Suite(.enabled(if: program != nil, "BOOTPAY_ENDING_BIN names no program")) struct EndingTests {
    let sandbox = try! Sandbox.start()
    let folder = try! Folder()

    /// Runs the program to its end, and gives its status and what it said; a signal's number comes as a negative one.
    func end(_ arguments: String...) throws -> (status: Int32, said: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program!)
        process.arguments = arguments
        process.environment = [
            "BOOTPAY_APPLICATION_ID": sandbox.applicationID, "BOOTPAY_PRIVATE_KEY": sandbox.privateKey,
            "BOOTPAY_BASE_URL": sandbox.baseURL, "BOOTPAY_JOURNAL": "\(folder.path)/journal.sqlite3",
        ]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        let status = process.terminationStatus
        return (process.terminationReason == .exit ? status : -status, said)
    }

    @Test("a program that ends right after a cancel ends cleanly, every time, on a loaded machine")
    func after() async throws {
        // Something else to do for every core, and more.
        let load = (0..<4).map { _ in
            let thread = Thread { while !Thread.current.isCancelled {} }
            thread.start()
            return thread
        }
        defer { load.forEach { $0.cancel() } }
        for run in 1...runs {
            let receiptID = try await sandbox.add(10_000)
            #expect(try end("after", receiptID).status == 0, "run \(run)")
            #expect(try await sandbox.ledger(receiptID).map(\.amount) == [10_000])
        }
    }

    @Test("a program that ends while a cancel is under way carries it out, once")
    func during() async throws {
        for run in 1...10 {
            let receiptID = try await sandbox.add(10_000)
            try await sandbox.fault(["on": "cancel", "latency_ms": 500])
            let started = ContinuousClock.now
            #expect(try end("during", receiptID) == (0, "cancelled\n"), "run \(run)")
            #expect(ContinuousClock.now - started > .milliseconds(500))
            #expect(try await sandbox.ledger(receiptID).map(\.amount) == [10_000])
            // The outcome is in the journal, for whoever comes next.
            let next = try sandbox.client(options: .init(journal: .sqlite(path: "\(folder.path)/journal.sqlite3")))
            #expect(try await next.intents(receiptID: receiptID).map(\.state) == [.cancelled])
        }
        #expect(try await sandbox.requests().filter { $0["operation"] == "cancel" }.count == 10)
    }
    @Test("what outlasts the patience of an ending program is lost, which is no BootpayError, and stays in the journal")
    func impatient() async throws {
        let receiptID = try await sandbox.add(10_000)
        try await sandbox.fault(["on": "cancel", "latency_ms": 20_000])
        let started = ContinuousClock.now
        let (status, said) = try end("during", receiptID)
        #expect(status == 0)
        #expect(said.hasPrefix("CallLost: the call's end was lost, which proves nothing"), "\(said)")
        #expect(ContinuousClock.now - started > .seconds(10))
        let next = try sandbox.client(options: .init(journal: .sqlite(path: "\(folder.path)/journal.sqlite3")))
        #expect(try await next.intents(open: true).map(\.state) == [.sending])
    }
}
