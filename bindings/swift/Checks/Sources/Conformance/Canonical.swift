import BootpayCancel

/// Canonical JSON (RFC 8785): members sorted by their names' UTF-16, no spaces, only the escapes that JSON demands. All
/// numbers are whole.
func canonical(_ value: JSONValue) -> String {
    switch value {
    case .null: "null"
    case .bool(let bool): bool ? "true" : "false"
    case .integer(let integer): String(integer)
    case .number(let number): fatalError("\(number) is not whole")
    case .string(let string): quoted(string)
    case .array(let array): "[" + array.map(canonical).joined(separator: ",") + "]"
    case .object(let members):
        "{"
            + members.sorted { $0.key.utf16.lexicographicallyPrecedes($1.key.utf16) }
            .map { quoted($0.key) + ":" + canonical($0.value) }
            .joined(separator: ",") + "}"
    }
}

private func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"": quoted += "\\\""
        case "\\": quoted += "\\\\"
        case "\u{8}": quoted += "\\b"
        case "\t": quoted += "\\t"
        case "\n": quoted += "\\n"
        case "\u{c}": quoted += "\\f"
        case "\r": quoted += "\\r"
        case _ where scalar.value < 0x20:
            let digits = String(scalar.value, radix: 16)
            quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        default: quoted.unicodeScalars.append(scalar)
        }
    }
    return quoted + "\""
}

/// An object, without the members that are absent.
func object(_ members: KeyValuePairs<String, JSONValue?>) -> JSONValue {
    var present: [String: JSONValue] = [:]
    for (name, value) in members { present[name] = value }
    return .object(present)
}
