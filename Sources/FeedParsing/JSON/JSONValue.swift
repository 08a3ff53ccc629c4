internal import Syndication

/// A JSON value (RFC 8259) as a publisher wrote it: numbers keep their spelling, the first of two
/// equal keys counts.
enum JSONValue {
  case null
  case bool(Bool)
  case number(String)
  case string(String)
  case array([JSONValue])
  case object([String: JSONValue])

  subscript(key: String) -> JSONValue? {
    if case .object(let members) = self { members[key] } else { nil }
  }

  /// A string's or a number's text, not blank.
  var text: String? {
    switch self {
    case .string(let text): text.nonBlank
    case .number(let text): text
    default: nil
    }
  }

  var bool: Bool? {
    if case .bool(let value) = self { value } else { nil }
  }

  var elements: [JSONValue] {
    if case .array(let elements) = self { elements } else { [] }
  }

  var isObject: Bool {
    if case .object = self { true } else { false }
  }
}
