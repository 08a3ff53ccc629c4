internal import FeedFetching
internal import FoundationEssentials
internal import Syndication

/// Credentials that systemd hands to the service (systemd.exec(5), LoadCredential=): a file each, whose
/// first line is `USER:PASSWORD`, `basic USER:PASSWORD`, `digest USER:PASSWORD` or `bearer TOKEN`.
struct CredentialFolder: Sendable {
  let path: String?

  static var inForce: CredentialFolder {
    CredentialFolder(path: ProcessInfo.processInfo.environment["CREDENTIALS_DIRECTORY"])
  }

  /// What the file `name` says; nil when it is not there or cannot be understood. feeds.conf allows
  /// only plain file names.
  func credentials(_ name: String) -> Credentials? {
    guard let path, let bytes = try? InputFile(path: path + "/" + name).bytes() else { return nil }
    let line = String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    guard let text = line.nonBlank else { return nil }
    let parts = text.split(separator: " ", maxSplits: 1).map(String.init)
    switch (parts.first, parts.count) {
    case ("bearer", 2): return .bearer(token: parts[1])
    case ("digest", 2): return pair(parts[1]).map { .digest(user: $0, password: $1) }
    case ("basic", 2): return pair(parts[1]).map { .basic(user: $0, password: $1) }
    default: return pair(text).map { .basic(user: $0, password: $1) }
    }
  }

  private func pair(_ text: String) -> (String, String)? {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty else { return nil }
    return (String(parts[0]), String(parts[1]))
  }
}
