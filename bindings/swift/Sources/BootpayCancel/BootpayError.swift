internal import BootpayInternal
import Foundation

/// A call that did not do what was asked, **and moved no money**. Shaped by what the caller does next.
///
/// ```swift
/// do {
///     let outcome = try await bootpay.cancel(receiptID)
/// } catch let error as BootpayError {
///     print(error.localizedDescription)  // what happened, and what to do about it
/// }
/// ```
///
/// What is not known to have moved no money is no `BootpayError`: `CancellationError`, ``CallLost``.
public enum BootpayError: Error, Hashable, Sendable {
    /// The call itself is wrong, and nothing was sent. Mend the field that ``field`` names. `suggestions` are the closest
    /// right values, best first, for a field that takes one of a list.
    case invalidInput(Facts, suggestions: [String])
    // Servers only: see bindings/phone.sh.
    /// Rows of a bulk's file are wrong, or it is no such file. Nothing of it is sent. `problems` are the first hundred, by
    /// line; `count` is how many there are in all.
    case wrongBulkFile(Facts, problems: [BulkProblem], count: Int)
    // Servers and phones.
    /// An earlier intent stands in the way, and nothing was sent.
    case conflict(Facts, intent: IntentRef)
    /// Bootpay, or the payment gateway behind it, said no.
    case refused(Facts, refusal: Refusal)
    /// The request provably never reached Bootpay. The same call may be made again.
    case notSent(Facts)
    /// No access token could be had, so nothing was sent.
    case tokenUnavailable(Facts)
    /// A lookup was not answered, or not in a form that can be read. A read moves no money; ask again.
    case lookupFailed(Facts)
    /// The journal could not be opened, read or written, so nothing was sent.
    case journalFailed(Facts)
    /// The library broke one of its own rules. Nothing was sent; please report it.
    case internalError(Facts)

    /// What every error has.
    public struct Facts: Hashable, Sendable {
        /// What happened, in English, without secrets.
        public let text: String
        /// A stable, snake-case name of the kind, for programs: `invalid_input`, `refused.settlement` …
        public let kind: String
        /// What to do about it, in Korean, where the library knows.
        public let hint: String?
        /// The same in English.
        public let hintEnglish: String?
        /// The server's own code, word for word, where a server answered.
        public let code: String?
        /// The field that is wrong, for invalid input.
        public let field: String?
        /// How long to wait before trying again, where somebody said so.
        public let retryAfter: Duration?
        /// What is shown.
        let display: String
    }

    /// What every error has.
    public var facts: Facts {
        switch self {
        case .invalidInput(let facts, _), .conflict(let facts, _), .refused(let facts, _), .notSent(let facts),
            .tokenUnavailable(let facts), .lookupFailed(let facts), .journalFailed(let facts),
            .internalError(let facts):
            facts
        // Servers only: see bindings/phone.sh.
        case .wrongBulkFile(let facts, _, _):
            facts
        // Servers and phones.
        }
    }

    /// A stable, snake-case name of the kind, for programs: `invalid_input`, `refused.settlement` …
    public var kind: String { facts.kind }
    /// What to do about it, in Korean, where the library knows.
    public var hint: String? { facts.hint }
    /// The same in English.
    public var hintEnglish: String? { facts.hintEnglish }
    /// The server's own code, word for word, where a server answered.
    public var code: String? { facts.code }
    /// The field that is wrong, for invalid input.
    public var field: String? { facts.field }
    /// How long to wait before trying again, where somebody said so.
    public var retryAfter: Duration? { facts.retryAfter }

    /// The closest right values, best first; empty but for invalid input.
    public var suggestions: [String] {
        if case .invalidInput(_, let suggestions) = self { suggestions } else { [] }
    }

    /// The intent that stands in the way of a conflict, or that was refused.
    public var intent: IntentRef? {
        switch self {
        case .conflict(_, let intent): intent
        case .refused(_, let refusal): refusal.intent
        default: nil
        }
    }

    /// The refusal, with the server's own words kept.
    public var refusal: Refusal? {
        if case .refused(_, let refusal) = self { refusal } else { nil }
    }
}

extension BootpayError: LocalizedError, CustomStringConvertible {
    /// What happened, in English, and under it what to do about it, in Korean. Without secrets.
    public var description: String { facts.display }
    /// The same: what `localizedDescription` shows.
    public var errorDescription: String? { facts.display }
    /// What to do about it, in Korean.
    public var recoverySuggestion: String? { hint }
}

/// A refusal, with the server's own words kept.
public struct Refusal: Hashable, Sendable {
    /// The stable name that the error's own kind ends with: `settlement`, `not_found` …
    public let kind: String
    /// The HTTP status; none where the library itself refused because of what the ledger says.
    public let httpStatus: Int?
    /// Bootpay's code, word for word: a negative number in v1, a symbol in v2.
    public let code: String?
    /// Bootpay's message, word for word.
    public let serverMessage: String
    /// The payment gateway's own result code.
    public let pgCode: String?
    /// The payment gateway's own message.
    public let pgMessage: String?
    /// The intent that was refused, where there was one. It moved no money.
    public let intent: IntentRef?
    /// What Bootpay's ledger says, where it was asked.
    public let ledger: Totals?
    /// An earlier intent of the receipt that may have moved money, where there is one.
    public let earlier: IntentRef?
}

/// An earlier intent that stands in the way, as a preview foresees it: a cancel would throw it as a conflict.
public struct ConflictNote: Hashable, Sendable {
    /// The stable name that the error's own kind would end with: `open_intent`, `held` …
    public let kind: String
    /// What stands in the way, in English.
    public let text: String
    /// What to do about it, in Korean.
    public let hint: String
    /// What to do about it, in English.
    public let hintEnglish: String
    /// The intent that stands in the way.
    public let intent: IntentRef
    /// How long to wait before trying again, where that helps.
    public let retryAfter: Duration?
}

/// The call's end was lost, since the process is ending. **It proves nothing**, and is no ``BootpayError``.
///
/// The money may or may not have moved. The intent is in the journal: ``Bootpay/intents(receiptID:cancelID:open:limit:)``
/// shows it, ``Bootpay/recover()`` takes it up.
public struct CallLost: Error, Hashable, Sendable, LocalizedError, CustomStringConvertible {
    /// What is known, in English.
    public let description: String
    /// The same: what `localizedDescription` shows.
    public var errorDescription: String? { description }
}

// MARK: - From the generated layer

/// The error in the package's own types. What is not known to have moved no money is no `BootpayError`.
func lifted(_ error: any Error) -> any Error {
    switch error {
    case let error as BootpayInternal.BootpayError:
        lifted(native: error)
    // Servers only: see bindings/phone.sh.
    case BulkFileError.Wrong(let text, let problems, let count):
        BootpayError.wrong(text, problems.map(BulkProblem.init), count: Int(clamping: count))
    // Servers and phones.
    case is BootpayError, is CancellationError:
        error
    default:
        // The generated layer's own error: a panic, or a broken build. Its text is nobody's to see.
        CallLost(
            description: "the call broke inside the library, which proves nothing: look into the journal with `intents`"
        )
    }
}

private func lifted(native error: BootpayInternal.BootpayError) -> any Error {
    func facts(_ native: BootpayInternal.Facts) -> BootpayError.Facts {
        BootpayError.Facts(native, display: error.display())
    }
    return switch error {
    case .InvalidInput(let native, let suggestions): BootpayError.invalidInput(facts(native), suggestions: suggestions)
    case .Conflict(let native, let intent): BootpayError.conflict(facts(native), intent: IntentRef(intent))
    case .Refused(let native, let refusal): BootpayError.refused(facts(native), refusal: Refusal(refusal))
    case .NotSent(let native): BootpayError.notSent(facts(native))
    case .Token(let native): BootpayError.tokenUnavailable(facts(native))
    case .Lookup(let native): BootpayError.lookupFailed(facts(native))
    case .Journal(let native): BootpayError.journalFailed(facts(native))
    case .Internal(let native): BootpayError.internalError(facts(native))
    case .Lost(let native) where native.kind == "lost.stopped": CancellationError()
    case .Lost(let native): CallLost(description: native.text)
    }
}

extension BootpayError {
    // Servers only: see bindings/phone.sh.
    fileprivate static func wrong(_ text: String, _ problems: [BulkProblem], count: Int) -> BootpayError {
        let lines = problems.map { "\($0.line)번째 줄\($0.field.map { ", \($0)" } ?? ""): \($0.korean)" }
        let facts = Facts(
            text: text, kind: "bulk_file", hint: lines.joined(separator: "\n"), hintEnglish: text, code: nil,
            field: problems.first?.field, retryAfter: nil, display: text)
        return .wrongBulkFile(facts, problems: problems, count: count)
    }

    // Servers and phones.
    /// For what only this layer can see wrong: a number or a length of time that does not fit through.
    static func invalid(_ field: String, _ problem: String, expected: String, korean: String) -> BootpayError {
        let text = "`\(field)` \(problem): \(expected)"
        let facts = Facts(
            text: text, kind: "invalid_input", hint: korean, hintEnglish: expected, code: nil, field: field,
            retryAfter: nil, display: "\(text)\n\(korean)")
        return .invalidInput(facts, suggestions: [])
    }
}

extension BootpayError.Facts {
    fileprivate init(_ native: BootpayInternal.Facts, display: String) {
        self.init(
            text: native.text, kind: native.kind, hint: native.hintKorean, hintEnglish: native.hintEnglish,
            code: native.code, field: native.field, retryAfter: native.retryAfter.map(Duration.init(interval:)),
            display: display)
    }
}

extension Refusal {
    init(_ native: BootpayInternal.Refusal) {
        self.init(
            kind: native.kind, httpStatus: native.httpStatus.map(Int.init), code: native.code,
            serverMessage: native.said,
            pgCode: native.pgCode, pgMessage: native.pgSaid, intent: native.intent.map(IntentRef.init),
            ledger: native.ledger.map(Totals.init), earlier: native.earlier.map(IntentRef.init))
    }
}

extension ConflictNote {
    init(_ native: BootpayInternal.ConflictNote) {
        self.init(
            kind: native.kind, text: native.text, hint: native.hintKorean, hintEnglish: native.hintEnglish,
            intent: IntentRef(native.intent), retryAfter: native.retryAfter.map(Duration.init(interval:)))
    }
}
