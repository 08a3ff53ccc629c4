internal import FoundationEssentials
internal import Syndication

/// The one line of JSON that a value becomes on standard output.
enum JSONLine {
  /// `value` consists of strings, finite numbers and truth values, which always encode.
  static func text(of value: some Encodable) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(value) else { return "{}" }
    return String(decoding: data, as: UTF8.self).jsonEscapingHidden
  }
}
