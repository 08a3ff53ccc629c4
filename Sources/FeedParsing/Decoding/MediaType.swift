internal import Syndication

/// A Content-Type field (RFC 9110 section 8.3).
struct MediaType {
  /// `type/subtype` in lower case, without parameters.
  var essence: String
  var charset: String?

  init?(_ field: String) {
    let parts = field.split(separator: ";", omittingEmptySubsequences: false)
    guard let essence = parts.first.map({ String($0).lowercased().nonBlank ?? "" }) else {
      return nil
    }
    self.essence = essence
    for part in parts.dropFirst() {
      let pair = part.split(separator: "=", maxSplits: 1)
      guard pair.count == 2, String(pair[0]).nonBlank?.lowercased() == "charset" else { continue }
      // A field sent twice is joined with a comma (RFC 9110 section 5.3).
      let value = pair[1].prefix { $0 != "," }.filter { $0 != "\"" && $0 != "'" }
      charset = String(value).nonBlank
      break
    }
  }
}
