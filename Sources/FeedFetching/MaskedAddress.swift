/// An address as it may appear in a log: without passwords and tokens.
package struct MaskedAddress: Hashable, Sendable, CustomStringConvertible {
  package let description: String

  /// Masks user information and the values of query fields whose names speak of secrets. Takes any
  /// text, also what is no address.
  package init(_ text: some StringProtocol) {
    let parts = text.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    let front = MaskedAddress.withoutUser(parts.first.map { String($0) } ?? "")
    description = parts.count == 2 ? front + "?" + MaskedAddress.masked(query: parts[1]) : front
  }

  private static let mask = "***"
  private static let secretWords = [
    "token", "key", "secret", "password", "passwd", "pwd", "auth", "sig", "session", "sid", "hash",
    "credential",
  ]

  /// What stands between the slashes and the last “@” of the authority.
  private static func withoutUser(_ text: String) -> String {
    guard let slashes = text.firstRange(of: "//") else { return text }
    let rest = text[slashes.upperBound...]
    let end = rest.firstIndex { $0 == "/" || $0 == "#" } ?? rest.endIndex
    guard let at = rest[..<end].lastIndex(of: "@") else { return text }
    return text[..<slashes.upperBound] + mask + text[at...]
  }

  private static func masked(query: some StringProtocol) -> String {
    query.split(separator: "&", omittingEmptySubsequences: false).map { field in
      guard let equals = field.firstIndex(of: "=") else { return String(field) }
      let name = field[..<equals].lowercased()
      guard secretWords.contains(where: { name.contains($0) }) else { return String(field) }
      return field[..<equals] + "=" + mask
    }.joined(separator: "&")
  }
}
