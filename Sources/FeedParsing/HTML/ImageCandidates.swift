/// The value of `srcset`: addresses with a width or a density (HTML standard, section 4.8.4.2.1).
enum ImageCandidates {
  /// Further candidates are left out.
  private static let limit = 64

  /// The same list with every address replaced by what `resolve` makes of it; candidates without an
  /// address are left out.
  static func resolve(_ list: [UInt8], with resolve: (String) -> String?) -> [UInt8] {
    var candidates: [String] = []
    var rest = list[...]
    while candidates.count < limit {
      rest = rest.drop { $0.isHTMLSpace || $0 == UInt8(ascii: ",") }
      guard !rest.isEmpty else { break }
      var address = rest.prefix { !$0.isHTMLSpace }
      rest = rest[address.endIndex...]
      var descriptor: ArraySlice<UInt8> = []
      if address.last == UInt8(ascii: ",") {
        while address.last == UInt8(ascii: ",") { address = address.dropLast() }
      } else {
        descriptor = rest.prefix { $0 != UInt8(ascii: ",") }
        rest = rest[descriptor.endIndex...]
      }
      guard let resolved = resolve(String(decoding: address, as: UTF8.self)) else { continue }
      candidates.append(escapingCommas(resolved) + tidy(descriptor))
    }
    return Array(candidates.joined(separator: ", ").utf8)
  }

  /// A comma at either end of an address would be read as the list's own. In lower case, as a host is
  /// written.
  private static func escapingCommas(_ address: String) -> String {
    guard address.utf8.first == UInt8(ascii: ",") || address.utf8.last == UInt8(ascii: ",") else {
      return address
    }
    let parts = address.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
    return parts.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "%2c")
  }

  private static func tidy(_ descriptor: ArraySlice<UInt8>) -> String {
    let words = descriptor.split(whereSeparator: \.isHTMLSpace)
    guard words.count == 1, let word = words.first, let unit = word.last,
      unit == UInt8(ascii: "w") || unit == UInt8(ascii: "x"),
      word.dropLast().allSatisfy({ $0.isASCIIAlphanumeric || $0 == UInt8(ascii: ".") })
    else { return "" }
    return " " + String(decoding: word, as: UTF8.self)
  }
}
