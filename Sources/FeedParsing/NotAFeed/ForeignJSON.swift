internal import Syndication

/// What JSON of another kind than a feed is.
enum ForeignJSON {
  /// What begins like JSON and is no object.
  static func error(ofNoObject bytes: [UInt8]) -> FeedParsingError {
    let start = bytes.lazy.filter { !$0.isASCIISpace }.prefix(2).map { $0 }
    let isList =
      start.first == UInt8(ascii: "[")
      && start.last.map { "{[]\"-0123456789".utf8.contains($0) } == true
    return isList
      ? FeedParsingError(.json, "a JSON list, not a feed")
      : FeedParsingError(.text, "text that begins like JSON and is none")
  }

  /// What an object is.
  static func error(of root: JSONValue) -> FeedParsingError {
    if let message = message(in: root, depth: 0).map(PlainText.line(ofText:)) {
      return FeedParsingError(.json, "a JSON error message, “\(message.prefix(120))”, not a feed")
    }
    if let type = root["type"]?.text.map(PlainText.line(ofText:)), root["@context"] != nil {
      return FeedParsingError(
        .json, "an ActivityPub document of type \(type.prefix(40)), not a feed")
    }
    return FeedParsingError(.json, "JSON, not a feed: it has no items")
  }

  /// Where services put what went wrong (RFC 9457 among them).
  private static let messageKeys = [
    "error_description", "error_message", "errorMessage", "message", "error", "detail", "errors",
    "reason", "msg", "description", "title",
  ]
  private static let errorKeys = [
    "error", "errors", "error_description", "errorMessage", "message", "detail",
  ]

  private static func message(in value: JSONValue, depth: Int) -> String? {
    if depth == 0 {
      let isError =
        errorKeys.contains { value[$0] != nil } || (value["status"] ?? value["code"]) != nil
      guard isError else { return nil }
    }
    guard depth < 4 else { return nil }
    for key in messageKeys {
      guard let member = value[key] else { continue }
      if let text = member.text { return text }
      let inner = member.elements.first ?? member
      if let text = inner.text ?? message(in: inner, depth: depth + 1) { return text }
    }
    return nil
  }
}
