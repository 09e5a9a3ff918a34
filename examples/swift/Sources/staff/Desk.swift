import BootpayCancel
import Foundation

/// What staff can do. Each command gives the status that the program ends with.
struct Desk {
    static let done: Int32 = 0
    static let failed: Int32 = 1
    static let stillOpen: Int32 = 2
    static let declined: Int32 = 3
    static let misused: Int32 = 64

    let bootpay: Bootpay

    /// Whose desk it is, says the environment.
    static func ofEnvironment() throws -> Desk {
        let environment = ProcessInfo.processInfo.environment
        guard let id = environment["BOOTPAY_APPLICATION_ID"], let key = environment["BOOTPAY_PRIVATE_KEY"] else {
            throw Usage("BOOTPAY_APPLICATION_ID와 BOOTPAY_PRIVATE_KEY를 설정해 주세요.\n\n\(Usage.commands)")
        }
        var options = Bootpay.Options()
        if let baseURL = environment["BOOTPAY_BASE_URL"] { options.environment = .custom(baseURL: baseURL) }
        if let journal = environment["BOOTPAY_JOURNAL"] { options.journal = .sqlite(path: journal) }
        return Desk(bootpay: try Bootpay(applicationID: id, privateKey: key, options: options))
    }

    /// Carries one command out, or asks for commands until there are no more.
    func serve(_ words: [String]) async throws -> Int32 {
        guard !words.isEmpty else { return try await ask() }
        let command = try Command(words)
        switch command.name {
        case "open": return try await listOpen()
        case "receipt": return try await look(try command.argument("영수증 id"))
        case "cancel": return try await cancel(command)
        case "watch": return try await watch(try command.argument("cancel_id"), for: try command.number("for") ?? 60)
        case "resolve": return try await resolve(command)
        default: throw Usage(Usage.commands)
        }
    }

    private func ask() async throws -> Int32 {
        print(Usage.commands)
        while let line = prompt("staff> ") {
            let words = line.split(separator: " ").map(String.init)
            if words.isEmpty { continue }
            if words == ["exit"] { break }
            do {
                _ = try await serve(words)
            } catch let error as BootpayError {
                print("하지 못했습니다: \(error.localizedDescription)")
            } catch let error as Usage {
                print(error.text)
            }
        }
        return Desk.done
    }

    private func listOpen() async throws -> Int32 {
        let intents = try await bootpay.intents(open: true)
        if intents.isEmpty { print("열려 있는 취소가 없습니다.") }
        for intent in intents { print(described(intent)) }
        return intents.isEmpty ? Desk.done : Desk.stillOpen
    }

    private func look(_ receiptID: String) async throws -> Int32 {
        print(described(try await bootpay.receipt(receiptID)))
        for intent in try await bootpay.intents(receiptID: receiptID) { print("  \(described(intent))") }
        return Desk.done
    }

    /// Looks first, asks, and then cancels exactly what was seen.
    private func cancel(_ command: Command) async throws -> Int32 {
        let receiptID = try command.argument("영수증 id")
        let price = try command.number("price")
        if price != nil, command.options["cancel-id"] == nil {
            throw Usage("일부 취소에는 --cancel-id가 필요합니다. 같은 ID는 몇 번을 요청해도 한 번만 환불됩니다.")
        }
        func request(expecting remaining: Int?) throws -> CancelRequest {
            var request: CancelRequest =
                if let price {
                    .partial(receiptID, price: price, taxFree: try command.number("tax-free"))
                } else {
                    .full(receiptID, expectedRemaining: remaining)
                }
            (request.cancelID, request.canceller) = (command.options["cancel-id"], command.options["by"])
            request.reason = command.options["reason"]
            return request
        }

        let preview = try await bootpay.preview(try request(expecting: nil))
        let remaining = preview.receipt.totals.remaining
        print(described(preview.receipt))
        for intent in preview.open { print("  열려 있음: \(described(intent))") }
        if let objection = preview.objection { print("  거절될 것으로 보입니다: \(objection.serverMessage)") }
        let amount = price.map(won) ?? "남은 전액 \(won(remaining))"
        if command.options["yes"] == nil {
            guard prompt("\(amount)을 취소할까요? 되돌릴 수 없습니다. [y/N] ")?.lowercased() == "y" else {
                print("취소하지 않았습니다.")
                return Desk.declined
            }
        }
        return tell(try await bootpay.cancel(try request(expecting: remaining)))
    }

    /// Asks again until an unknown one is settled, at growing intervals.
    private func watch(_ cancelID: String, for seconds: Int) async throws -> Int32 {
        let end = ContinuousClock.now + .seconds(seconds)
        var pause = Duration.milliseconds(500)
        while true {
            let outcome = try await bootpay.reconcile(cancelID)
            guard case .unknown = outcome, ContinuousClock.now + pause < end else { return tell(outcome) }
            print("아직 알 수 없습니다. \(pause) 뒤에 다시 조회합니다 …")
            try await Task.sleep(for: pause)
            pause = min(pause * 2, .seconds(10))
        }
    }

    private func resolve(_ command: Command) async throws -> Int32 {
        let cancelID = try command.argument("cancel_id")
        let decision: Decision
        switch command.options["as"] {
        case "cancelled": decision = .cancelled
        case "not-cancelled": decision = .notCancelled
        default: throw Usage("--as cancelled 또는 --as not-cancelled를 넣어 주세요.")
        }
        guard let actor = command.options["by"] else { throw Usage("--by 결정하는 사람을 넣어 주세요.") }
        print("기록했습니다: \(described(try await bootpay.resolve(cancelID, as: decision, actor: actor)))")
        return Desk.done
    }

    private func tell(_ outcome: CancelOutcome) -> Int32 {
        print(described(outcome))
        if case .unknown = outcome { return Desk.stillOpen }
        return Desk.done
    }

    private func prompt(_ text: String) -> String? {
        print(text, terminator: "")
        fflush(nil)
        return readLine()
    }
}
