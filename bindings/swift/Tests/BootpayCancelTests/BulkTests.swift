import BootpayCancel
import BootpaySandbox
import Foundation
import Testing

@Suite struct BulkTests {
    let sandbox = try! Sandbox.start()
    let folder = try! Folder()

    var inAFile: Bootpay.Options { .init(journal: .sqlite(path: "\(folder.path)/journal.sqlite3")) }

    /// So many payments.
    func payments(_ count: Int, of price: Int = 1_000) async throws -> [String] {
        var receipts: [String] = []
        for _ in 0..<count { receipts.append(try await sandbox.add(price)) }
        return receipts
    }

    /// A file of full cancels, one for each receipt.
    func table(_ receipts: [String]) -> Data {
        Data((["receipt_id,amount,reason"] + receipts.map { "\($0),full,고객 요청" }).joined(separator: "\n").utf8)
    }

    /// What a client moved: the sandbox begins with payments that others have cancelled.
    func movements() async throws -> [Movement] {
        try await sandbox.ledger().filter { $0.by == "api" }
    }

    func moved() async throws -> [String] {
        try await movements().map(\.receiptID).sorted()
    }

    func cancels() async throws -> Int {
        try await sandbox.requests().filter { $0["operation"] == "cancel" }.count
    }

    /// So fast that a test need not wait.
    func fast(_ plan: BulkPlan) -> BulkOptions {
        BulkOptions(plan: plan.id, perSecond: 200, tellEvery: .milliseconds(20))
    }

    /// So slow that a test can get in between.
    func slow(_ plan: BulkPlan) -> BulkOptions {
        BulkOptions(plan: plan.id, perSecond: 2, mostPerSecond: 2, tellEvery: .milliseconds(20))
    }

    @Test("some dozens of rows are carried out, and progress is told")
    func run() async throws {
        let receipts = try await payments(40)
        let file = URL(fileURLWithPath: "\(folder.path)/refunds.csv")
        try table(receipts).write(to: file)
        let bulk = try await sandbox.client().bulk(contentsOf: file)
        let plan = bulk.plan()
        #expect((plan.rows.rows, plan.rows.won, plan.rows.unpriced) == (40, 0, 40))
        #expect((plan.full.rows, plan.partial.rows, plan.receipts) == (40, 0, 40))
        #expect(plan.encoding == .utf8 && plan.environment == sandbox.baseURL)
        #expect(try await bulk.status().remaining.rows == 40)

        let heard = Collected<BulkProgress>()
        let report = try await bulk.run(fast(plan)) { heard.add($0) }
        #expect(report.stopped == nil && report.unrecorded.isEmpty)
        #expect((report.sum.cancelled.rows, report.sum.cancelled.won) == (40, 40_000))
        #expect(report.sum.planned == report.sum.cancelled)
        #expect(try await bulk.status() == report.sum)
        #expect(try await moved() == receipts.sorted())
        #expect(heard.all.count >= 2 && heard.all.contains { $0.phase == .cancelling })
        #expect(heard.all.last?.phase == .finished && heard.all.last?.sum == report.sum)
        for sum in heard.all.map(\.sum) {
            let parts = [sum.cancelled, sum.already, sum.refused, sum.unknown, sum.remaining]
            #expect(parts.map(\.rows).reduce(0, +) == sum.planned.rows)
        }
    }

    @Test("partial rows keep their keys, and a cap is kept")
    func cap() async throws {
        let receipts = try await payments(3, of: 10_000)
        let rows = receipts.enumerated().map { "\($1),3000,환불-\($0)" }
        let file = Data((["영수증,금액,취소 ID"] + rows).joined(separator: "\r\n").utf8)
        let bulk = try await sandbox.client(options: inAFile).bulk(file)
        var options = fast(bulk.plan())
        options.cap = 6_000
        let capped = try await bulk.run(options)
        let stopped = try #require(capped.stopped)
        #expect(stopped.kind == "cap")
        #expect((stopped.cap, stopped.counted, stopped.next) == (6_000, 6_000, 3_000))
        #expect(stopped.korean.contains("6,000원") && stopped.english.contains("cap"))
        #expect((capped.sum.cancelled.won, capped.sum.remaining.won) == (6_000, 3_000))
        options.cap = 9_000
        #expect(try await bulk.run(options).sum.cancelled.won == 9_000)
        #expect(try await movements().compactMap(\.cancelID).sorted() == ["환불-0", "환불-1", "환불-2"])
    }

    @Test("wrong rows are named by line and field, in both languages, and nothing is sent")
    func wrongBulkFile() async throws {
        let file = Data("receipt_id,amount,cancel_id\nr-1,3천,refund-1\nr-2,,\nr-3,3000,\n".utf8)
        let bootpay = try sandbox.client()
        let error = try await thrown { try await bootpay.bulk(file) }
        guard case .wrongBulkFile(_, let problems, let count) = error else { return fail(error) }
        #expect(count == 3)
        #expect(problems.map(\.line) == [2, 3, 4])
        #expect(problems.map(\.field) == ["amount", "amount", "cancel_id"])
        #expect(problems.first?.korean == "원 단위의 금액이어야 합니다 (예: 3000, 3,000)")
        #expect(error.localizedDescription.hasPrefix("line 2, amount: not an amount in won"))
        #expect(error.hint?.hasPrefix("2번째 줄, amount: 원 단위의 금액이어야 합니다") == true)
        #expect(error.kind == "bulk_file" && error.field == "amount")
        let missing = URL(fileURLWithPath: "\(folder.path)/none.csv")
        await #expect(throws: CocoaError.self) { try await bootpay.bulk(contentsOf: missing) }
        #expect(try await sandbox.requests().isEmpty)
    }

    @Test("options that are wrong, or name another plan, are refused by name, and nothing is sent")
    func wrongOptions() async throws {
        let bootpay = try sandbox.client()
        let bulk = try await bootpay.bulk(table(["r-1"]))
        let (plan, other) = (bulk.plan().id, try await bootpay.bulk(table(["r-2"])).plan().id)
        let wrong: [(String, BulkOptions)] = [
            ("plan", BulkOptions(plan: other)), ("cap", BulkOptions(plan: plan, cap: -1)),
            ("bulk.rate", BulkOptions(plan: plan, perSecond: .nan)),
            ("bulk.most_in_flight", BulkOptions(plan: plan, mostInFlight: -1)),
            ("bulk.between_rounds", BulkOptions(plan: plan, betweenRounds: .seconds(-1))),
        ]
        for (field, options) in wrong {
            #expect(try await thrown { try await bulk.run(options) }.field == field)
        }
        #expect(try await sandbox.requests().isEmpty)
    }

    @Test("a run that was stopped in the middle is taken up where it stood")
    func stopAndResume() async throws {
        let receipts = try await payments(80)
        do {
            let bulk = try await sandbox.client(options: inAFile).bulk(table(receipts))
            let stop = BulkStop()
            let report = try await bulk.run(slow(bulk.plan()), stop: stop) { progress in
                if progress.sum.cancelled.rows >= 2 { stop.stop() }
            }
            #expect(stop.isStopped)
            #expect(report.stopped?.kind == "asked" && !report.sum.isComplete)
            #expect(report.sum.unknown.rows == 0)
            #expect(report.sum.cancelled.rows >= 2 && report.sum.remaining.rows >= 1)
            #expect(try await movements().count == report.sum.cancelled.rows)
        }
        let bulk = try await sandbox.client(options: inAFile).bulk(table(receipts))
        let before = try await movements().count
        #expect(try await bulk.status().cancelled.rows == before)
        let report = try await bulk.run(fast(bulk.plan()))
        #expect(report.stopped == nil && report.sum.cancelled.rows == 80 && report.sum.isComplete)
        #expect(try await moved() == receipts.sorted())
        #expect(try await cancels() == 80)
    }

    @Test("a task that is cancelled stops its run, and what is on its way ends")
    func cancelledTask() async throws {
        let receipts = try await payments(80)
        try await sandbox.fault(["on": "cancel", "times": 200, "when": "after_money", "latency_ms": 1_000])
        let bulk = try await sandbox.client().bulk(table(receipts))
        let heard = Collected<BulkProgress>()
        let options = slow(bulk.plan())
        let run = Task { try await bulk.run(options) { heard.add($0) } }
        #expect(try await eventually { heard.all.contains { $0.inFlight > 0 } })
        run.cancel()
        await #expect(throws: CancellationError.self) { try await run.value }
        #expect(
            try await eventually {
                // Nothing new is begun: at this rate, four rows would have been meanwhile.
                let before = try await cancels()
                try await Task.sleep(for: .seconds(2))
                let (after, sum) = (try await cancels(), try await bulk.status())
                return after == before && sum.inFlight == 0
            })
        let sum = try await bulk.status()
        #expect(sum.cancelled.rows >= 1 && sum.remaining.rows >= 1)
        #expect(sum.cancelled.rows + sum.remaining.rows == 80)
        #expect(try await movements().count == sum.cancelled.rows)
    }

    @Test("a closure that is slow, and asks the client something, holds nothing up")
    func slowListener() async throws {
        let receipts = try await payments(30)
        let bulk = try await sandbox.client().bulk(table(receipts))
        let asked = Collected<Int>()
        let report = try await bulk.run(fast(bulk.plan())) { _ in
            let answered = DispatchSemaphore(value: 0)
            Task {
                if let sum = try? await bulk.status() { asked.add(sum.planned.rows) }
                answered.signal()
            }
            answered.wait()
        }
        #expect(report.sum.cancelled.rows == 30)
        #expect(Set(asked.all) == [30])
    }

    @Test("a look-up holds the rows against the ledger and sends no cancel")
    func lookUp() async throws {
        let (good, cancelled) = (try await sandbox.add(10_000), try await sandbox.add(5_000))
        let bootpay = try sandbox.client()
        _ = try await bootpay.cancel(cancelled)
        let file = Data("receipt_id,amount,cancel_id\n\(good),12000,refund-1\n\(cancelled),full,\nnothing,full,\n".utf8)
        let told = Collected<[Int]>()
        let lookup = try await bootpay.bulk(file).lookUp(perSecond: 100) { told.add([$0, $1]) }
        #expect((lookup.receipts, lookup.of, lookup.wouldMove, lookup.count) == (3, 3, 0, 3))
        #expect(lookup.findings.map(\.line) == [2, 3, 4])
        #expect(lookup.findings.map(\.kind) == ["more_than_remains", "already_cancelled", "not_found"])
        #expect(lookup.findings.first?.asked == 12_000 && lookup.findings.first?.remaining == 10_000)
        #expect(try await eventually { told.all.last == [3, 3] })
        let stop = BulkStop()
        stop.stop()
        #expect(try await bootpay.bulk(file).lookUp(stop: stop).receipts == 0)
        #expect(try await cancels() == 1)
    }

    @Test("the table is exported as bytes and as a new file")
    func export() async throws {
        let refused = try await sandbox.add(1_000, ["refuse_with": "phone_month"])
        let receipts = try await payments(30) + [refused]
        let bulk = try await sandbox.client().bulk(table(receipts))
        let report = try await bulk.run(fast(bulk.plan()))
        #expect((report.sum.cancelled.rows, report.sum.refused.rows) == (30, 1))
        let place = URL(fileURLWithPath: "\(folder.path)/result.csv")
        let bytes = try await bulk.export()
        #expect(try await bulk.export(to: place) == bytes.count)
        #expect(try Data(contentsOf: place) == bytes)
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\r\n")
        #expect(lines.first?.hasPrefix("\u{FEFF}줄,영수증,구분,금액") == true)
        #expect(lines.count == 32 && lines.filter { $0.contains("취소됨") }.count == 30)
        let english = String(decoding: try await bulk.export(in: .english), as: UTF8.self)
        #expect(english.contains(",refused,"))
        #expect(try await thrown { try await bulk.export(to: place) }.field == "path")
    }

    @Test("secrets of a file are shown nowhere")
    func canaries() async throws {
        let receiptID = try await sandbox.add(10_000, ["virtual_account": true, "method": "vbank"])
        let head = "receipt_id,amount,bank,account,holder,reason\n\(receiptID),"
        let row = ",004,66569112432134,카나리아,canary-reason\n"
        let bootpay = try sandbox.client()
        let progress = Collected<BulkProgress>()
        var shown: [Any] = []
        shown.append(try await thrown { try await bootpay.bulk(Data("\(head)canary-amount\(row)".utf8)) })
        let bulk = try await bootpay.bulk(Data("\(head)full\(row)".utf8))
        let options = fast(bulk.plan())
        shown += [bulk, bulk.plan(), options, BulkStop(), try await bulk.lookUp()]
        shown.append(try await bulk.run(options) { progress.add($0) })
        shown += [try await bulk.status(), progress.all, String(decoding: try await bulk.export(), as: UTF8.self)]
        #expect(try await bulk.status().cancelled.rows == 1)
        for value in shown {
            var dumped = ""
            dump(value, to: &dumped)
            let text = "\(value) \(String(reflecting: value)) \(dumped)"
            for secret in ["canary", "66569112432134", "카나리아", sandbox.privateKey] {
                #expect(!text.contains(secret), "\(secret)")
            }
        }
    }
}
