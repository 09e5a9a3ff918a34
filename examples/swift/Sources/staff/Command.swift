/// One line of what staff asks for: `cancel RECEIPT_ID --price 3000 --yes`.
struct Command {
    let name: String
    private let arguments: [String]
    let options: [String: String]

    private static let flags: Set = ["yes"]
    private static let known: Set = ["price", "tax-free", "cancel-id", "by", "reason", "for", "as", "yes"]

    init(_ words: [String]) throws {
        var words = words[...]
        name = words.removeFirst()
        var arguments: [String] = [], options: [String: String] = [:]
        while let word = words.popFirst() {
            guard word.hasPrefix("--") else {
                arguments.append(word)
                continue
            }
            let option = String(word.dropFirst(2))
            guard Command.known.contains(option) else { throw Usage("\(word)는 모르는 옵션입니다.\n\n\(Usage.commands)") }
            if Command.flags.contains(option) {
                options[option] = ""
            } else if let value = words.popFirst() {
                options[option] = value
            } else {
                throw Usage("\(word)에 값이 없습니다.")
            }
        }
        (self.arguments, self.options) = (arguments, options)
    }

    /// The one thing that the command is about.
    func argument(_ what: String) throws -> String {
        guard arguments.count == 1 else { throw Usage("\(name)에는 \(what) 하나를 넣어 주세요.\n\n\(Usage.commands)") }
        return arguments[0]
    }

    /// A whole number, or an error: an amount that can't be read must not turn a part into everything.
    func number(_ option: String) throws -> Int? {
        guard let text = options[option] else { return nil }
        guard let number = Int(text) else { throw Usage("--\(option) \(text)은 정수가 아닙니다.") }
        return number
    }
}

/// What was asked for in a way that nobody understands.
struct Usage: Error {
    let text: String

    init(_ text: String) {
        self.text = text
    }

    static let commands = """
        staff open                                        결과를 기다리는 취소
        staff receipt 영수증                              영수증 조회
        staff cancel 영수증 [--price 원] [--tax-free 원] [--cancel-id ID] [--by 이름] [--reason 사유] [--yes]
                                                          취소: 금액을 넣지 않으면 남은 전액
        staff watch CANCEL_ID [--for 초]                  결과가 나올 때까지 다시 조회
        staff resolve CANCEL_ID --as cancelled|not-cancelled --by 이름
                                                          사람이 확인한 결과를 기록
        """
}
