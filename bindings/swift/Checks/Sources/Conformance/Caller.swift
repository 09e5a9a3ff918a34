import BootpayCancel
import Foundation

/// Makes the calls that it is told to make.
actor Caller {
    private let shown: Shown
    private var clients: [String: Bootpay] = [:]

    init(shown: Shown) {
        self.shown = shown
    }

    /// What came of a call.
    nonisolated func answer(to call: JSONValue) async -> JSONValue {
        do {
            return try await made(call)
        } catch let error as BootpayError {
            shown.add(printed: error)
            return ["error": report(error)]
        } catch {
            shown.add(printed: error)
            return ["lost": true]
        }
    }

    private nonisolated func made(_ call: JSONValue) async throws -> JSONValue {
        switch call["do"]?.string {
        case "open":
            let options = try options(from: call)
            shown.add(printed: options)
            let client = try client(from: call, options: options)
            shown.add(printed: client)
            await keep(client, as: call.text("client"))
            return ["opened": true]
        case "close":
            await keep(nil, as: call.text("client"))
            return ["closed": true]
        case "together":
            return ["together": .array(await together(call["calls"]?.array ?? []))]
        case "abandon":
            return await abandoned(call["call"] ?? .null, after: .milliseconds(call["after_ms"]?.integer ?? 0))
        case "in_child":
            // Swift does not fork.
            return await answer(to: call["call"] ?? .null)
        case "shown":
            // What was logged last is on its way.
            try await Task.sleep(for: .milliseconds(200))
            let found = shown.found(among: call["canaries"]?.array?.compactMap(\.string) ?? [])
            return ["shown": .array(found.map(JSONValue.string))]
        case "banks":
            return ["banks": .array(Bank.all.map(report))]
        case "find_bank":
            return ["bank": report(try Bank.find(call.text("bank")))]
        default:
            return try await asked(call, of: await kept(call.text("client")))
        }
    }

    private nonisolated func asked(_ call: JSONValue, of client: Bootpay) async throws -> JSONValue {
        func showing<Value>(_ value: Value) -> Value {
            shown.add(printed: value)
            return value
        }
        switch call.text("do") {
        case "cancel":
            return report(showing(try await client.cancel(showing(try request(from: call)))))
        case "preview":
            return ["preview": report(showing(try await client.preview(showing(try request(from: call)))))]
        case "receipt":
            return ["receipt": report(showing(try await client.receipt(call.text("receipt_id"))))]
        case "token":
            _ = showing(try await client.token())
            return ["token": "received"]
        case "warm_up":
            try await client.warmUp()
            return ["warmed_up": true]
        case "reconcile":
            return report(showing(try await client.reconcile(call.text("cancel_id"))))
        case "recover":
            return ["recovery": report(showing(try await client.recover()))]
        case "resolve":
            let decision = Decision(rawValue: call.text("decision"))!
            let intent = try await client.resolve(call.text("cancel_id"), as: decision, actor: call.text("actor"))
            return ["intent": report(showing(intent))]
        case "intents":
            let intents = try await client.intents(
                receiptID: call["receipt_id"]?.string, cancelID: call["cancel_id"]?.string, open: call["open"] == true,
                limit: call["limit"]?.integer)
            return ["intents": .array(showing(intents).map(report))]
        case "intent":
            return ["intent": report(showing(try await client.intent(call.text("cancel_id"))))]
        case "journal_place":
            return ["place": .string(try await client.journalPlace())]
        default:
            fatalError("no such call: \(call.text("do"))")
        }
    }

    private nonisolated func together(_ calls: [JSONValue]) async -> [JSONValue] {
        await withTaskGroup(of: (Int, JSONValue).self) { group in
            for (place, call) in calls.enumerated() {
                group.addTask { (place, await self.answer(to: call)) }
            }
            var answers = [JSONValue](repeating: .null, count: calls.count)
            for await (place, answer) in group { answers[place] = answer }
            return answers
        }
    }

    private nonisolated func abandoned(_ call: JSONValue, after patience: Duration) async -> JSONValue {
        let task = Task { try await made(call) }
        let timer = Task {
            try? await Task.sleep(for: patience)
            task.cancel()
        }
        defer { timer.cancel() }
        switch await task.result {
        case .success(let answer): return answer
        case .failure(is CancellationError): return ["abandoned": true]
        case .failure(let error as BootpayError):
            shown.add(printed: error)
            return ["error": report(error)]
        case .failure(let error):
            shown.add(printed: error)
            return ["lost": true]
        }
    }

    private func keep(_ client: Bootpay?, as name: String) {
        clients[name] = client
    }

    private func kept(_ name: String) -> Bootpay {
        clients[name]!
    }
}
