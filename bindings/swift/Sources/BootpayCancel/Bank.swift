internal import BootpayInternal

/// A Korean bank, known by its three-digit code.
public struct Bank: Hashable, Sendable {
    /// What Bootpay is sent.
    public let code: String
    /// The Korean name.
    public let name: String
    /// The English name.
    public let englishName: String
    /// Other names that are understood.
    public let aliases: [String]
    /// Who says that the code is this bank's.
    public let source: Source

    /// Who says that a code is a bank's.
    public enum Source: String, CaseIterable, Sendable {
        /// Bootpay's official SDKs.
        case officialSDK = "official_sdk"
        /// Bootpay's newer notes.
        case bootpayNotes = "bootpay_notes"
        /// The general clearing codes of Korean banks: Bootpay may refuse it.
        case clearingCode = "clearing_code"
    }

    /// Every bank that is known, by code.
    public static var all: [Bank] { BootpayInternal.banks().map(Bank.init) }

    /// Finds a bank by its code, its Korean name, or a usual short or English name. Nothing is guessed: money sent to a
    /// wrong bank is lost.
    ///
    /// - Throws: ``BootpayError/invalidInput(_:suggestions:)``, with the closest names among its suggestions.
    public static func find(_ bank: String) throws -> Bank {
        try lifting { Bank(try BootpayInternal.findBank(bank: bank)) }
    }

    private init(_ native: BootpayInternal.Bank) {
        code = native.code
        name = native.name
        englishName = native.englishName
        aliases = native.aliases
        source =
            switch native.source {
            case .officialSdk: .officialSDK
            case .bootpayNotes: .bootpayNotes
            case .clearingCode: .clearingCode
            }
    }
}
