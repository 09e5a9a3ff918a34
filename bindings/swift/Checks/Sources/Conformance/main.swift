import BootpayCancel
import Foundation

// Reads calls from standard input, one JSON object a line, makes them through the public package, and answers each with
// one line of canonical JSON. It knows nothing of cases or expectations: see tests/vectors/README.md.

guard CommandLine.arguments.dropFirst() == ["async"] else {
    FileHandle.standardError.write(Data("usage: Conformance async\n".utf8))
    exit(64)
}

let shown = Shown()
BootpayLog.handler = { shown.add("\($0.label) \($0.text)") }
let caller = Caller(shown: shown)

while let line = readLine() {
    let call = try JSONDecoder().decode(JSONValue.self, from: Data(line.utf8))
    let answer = await caller.answer(to: call)
    FileHandle.standardOutput.write(Data((canonical(answer) + "\n").utf8))
}
