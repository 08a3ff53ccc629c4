/// A JSON document that is an object with one long list, as exports are.
package enum JSONListing {
  /// Calls `body` with each whole element of the first list under the key `list`, without a tree of them
  /// all.
  ///
  /// - Returns: Why the document ends before its end, nil for a whole one, and the object's other members;
  ///   nil where it is no object with such a list, and `body` was not called.
  package static func read(
    _ bytes: [UInt8], list name: String, _ body: (JSONValue) -> Void
  ) -> (problem: String?, members: [String: JSONValue])? {
    decoded(bytes).withUnsafeBufferPointer { bytes in
      var reader = JSONReader(bytes)
      guard let outline = reader.outline(list: name), let list = outline.list else { return nil }
      reader.enter(list)
      var dropped = 0
      while let element = reader.nextElement(of: list) {
        switch element {
        case .whole(let value): body(value)
        case .open: break
        case .tooLarge: dropped += 1
        }
      }
      let problem = outline.end.problem ?? (dropped == 0 ? nil : "elements too large: \(dropped)")
      return (problem, outline.members)
    }
  }

  /// `bytes` in UTF-8 where a mark or zeros at their beginning prove another encoding (RFC 4627
  /// section 3), as files have that were written by PowerShell.
  package static func decoded(_ bytes: [UInt8]) -> [UInt8] {
    ByteOrderMark(bytes) == nil ? bytes : DocumentText(bytes, contentType: nil).bytes
  }
}

extension JSONReader.End {
  fileprivate var problem: String? {
    switch self {
    case .whole: nil
    case .cut: "it ends inside a value"
    case .broken(let place): "what follows byte \(place) is no JSON"
    }
  }
}
