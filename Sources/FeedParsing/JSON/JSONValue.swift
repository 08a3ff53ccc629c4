internal import Syndication

/// A JSON value (RFC 8259) as a publisher wrote it: numbers keep their spelling, the first of two
/// equal keys counts.
package enum JSONValue {
  case null
  case bool(Bool)
  case number(String)
  case string(String)
  case array([JSONValue])
  case object([String: JSONValue])

  /// The value of an object's member.
  package subscript(key: String) -> JSONValue? {
    if case .object(let members) = self { members[key] } else { nil }
  }

  /// A string's or a number's text, not blank.
  package var text: String? {
    switch self {
    case .string(let text): text.nonBlank
    case .number(let text): text
    default: nil
    }
  }

  /// A Boolean's value.
  package var bool: Bool? {
    if case .bool(let value) = self { value } else { nil }
  }

  /// An array's elements; none of anything else.
  package var elements: [JSONValue] {
    if case .array(let elements) = self { elements } else { [] }
  }

  package var isObject: Bool {
    if case .object = self { true } else { false }
  }
}
