/// An address as it may appear in a log: without passwords and tokens.
package struct MaskedAddress: Hashable, Sendable, CustomStringConvertible {
  package let description: String

  /// Masks user information and the values of query and fragment fields whose names speak of secrets.
  /// Takes any text, also what is no address.
  package init(_ text: some StringProtocol) {
    // Bytes, since a combining character makes one character of itself and the slash before it.
    let bytes = Array(text.utf8)
    let front = bytes.prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
    let masked = MaskedAddress.withoutUser(front) + MaskedAddress.masked(bytes[front.endIndex...])
    description = String(decoding: masked, as: UTF8.self)
  }

  private static let mask = Array("***".utf8)
  private static let separators = Array("#&".utf8)
  private static let secretWords = [
    "token", "key", "secret", "password", "passwd", "pwd", "auth", "sig", "session", "sid", "hash",
    "credential",
  ]

  /// What stands between the slashes and the last “@” of the authority.
  private static func withoutUser(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    guard
      let second = bytes.indices.dropFirst().first(where: {
        isSlash(bytes[$0 - 1]) && isSlash(bytes[$0])
      })
    else { return Array(bytes) }
    let start = second + 1
    let authority = bytes[start...].prefix { $0 != UInt8(ascii: "/") }
    guard let at = authority.lastIndex(of: UInt8(ascii: "@")) else { return Array(bytes) }
    return bytes[..<start] + mask + bytes[at...]
  }

  private static func isSlash(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "/") || byte == UInt8(ascii: "\\")
  }

  /// Of a query and a fragment, with the mark that begins them.
  private static func masked(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    var masked: [UInt8] = []
    var rest = bytes
    while let mark = rest.popFirst() {
      let field = rest.prefix { !separators.contains($0) }
      rest = rest[field.endIndex...]
      masked.append(mark)
      masked += withoutSecret(field)
    }
    return masked
  }

  private static func withoutSecret(_ field: ArraySlice<UInt8>) -> [UInt8] {
    guard let equals = field.firstIndex(of: UInt8(ascii: "=")) else { return Array(field) }
    let name = String(decoding: field[..<equals], as: UTF8.self).lowercased()
    guard secretWords.contains(where: { name.contains($0) }) else { return Array(field) }
    return field[...equals] + mask
  }
}
