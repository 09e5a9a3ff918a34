internal import BootpayInternal

/// A text that must not be shown, such as a private key or an access token.
///
/// It prints as redacted in every way that Swift prints, and is read with ``expose()``, the one word to look for in a
/// review. It is wiped from the library's memory when it is let go.
public struct Secret: Sendable {
    let native: BootpayInternal.Secret

    /// Takes a secret over.
    public init(_ text: String) {
        native = BootpayInternal.Secret(text: text)
    }

    init(native: BootpayInternal.Secret) {
        self.native = native
    }

    /// The secret itself.
    public func expose() -> String {
        native.expose()
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// `[redacted]`.
    public var description: String { "[redacted]" }
    /// `Secret([redacted])`.
    public var debugDescription: String { "Secret([redacted])" }
    /// Nothing, for `dump` and whoever else looks inside.
    public var customMirror: Mirror { Mirror(self, children: [], displayStyle: .struct) }
}

/// A token from a ``TokenSource``.
public struct SuppliedToken: Sendable {
    /// The token, bare: without `Bearer` before it.
    public let token: Secret
    /// How long it still lives. Where that is not known, it is used until Bootpay refuses it.
    public let lifetime: Duration?

    /// A token as text.
    public init(_ token: String, lifetime: Duration? = nil) {
        self.init(Secret(token), lifetime: lifetime)
    }

    /// A token that was kept as a ``Secret``.
    public init(_ token: Secret, lifetime: Duration? = nil) {
        self.token = token
        self.lifetime = lifetime
    }
}

/// Hands out access tokens that somebody else obtained.
///
/// It is called on a thread of its own and may block, for as long as the token time-out. Its argument is the token that
/// Bootpay has just turned away, so that a cache does not hand out the same one again. What it throws becomes
/// ``BootpayError/tokenUnavailable(_:)``, and is told by its type alone, since its text may hold a secret; a
/// ``TokenSourceError`` is told in its own words.
public typealias TokenSource = @Sendable (_ refused: Secret?) throws -> SuppliedToken

/// Why a token source has no token, in words that may be shown.
public struct TokenSourceError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The words, without secrets: they end up in an error's text.
    public let description: String

    /// The words, without secrets: they end up in an error's text.
    public init(_ description: String) {
        self.description = description
    }
}

/// A token source as the library calls it.
final class ForeignSource: BootpayInternal.TokenSource {
    private let source: BootpayCancel.TokenSource

    init(source: @escaping BootpayCancel.TokenSource) {
        self.source = source
    }

    /// Asks the source, and turns whatever goes wrong into the one error that can cross.
    func token(refused: BootpayInternal.Secret?) throws -> BootpayInternal.SuppliedToken {
        do {
            let supplied = try source(refused.map(Secret.init(native:)))
            return BootpayInternal.SuppliedToken(
                token: supplied.token.native, lifetime: try length("lifetime", supplied.lifetime))
        } catch let error as TokenSourceError {
            throw BootpayInternal.TokenSourceError.Failed(detail: error.description)
        } catch {
            throw BootpayInternal.TokenSourceError.Failed(detail: "the token source threw \(type(of: error))")
        }
    }
}
