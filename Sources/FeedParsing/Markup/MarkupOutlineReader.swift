internal import CLibxml2

/// The door to libxml2 for outlines: repaired XML in, the attributes of its nested elements out.
enum MarkupOutlineReader {
  /// A start tag's attributes by their names in small letters.
  typealias Attributes = [String: String]

  enum Event {
    case start(name: String, Attributes)
    case end(name: String)
  }

  /// The start and end tags of `markup`, which `MarkupRepair` wrote, in their order.
  static func read(_ markup: [UInt8], _ body: (Event) -> Void) {
    withoutActuallyEscaping(body) { body in
      var receiver = Receiver(body: body)
      withUnsafeMutablePointer(to: &receiver) { state in
        let parser = MarkupParser(callbacks(), state)
        markup.withUnsafeBytes { parser.push($0) }
        _ = parser.finish()
      }
    }
  }

  private struct Receiver {
    var body: (Event) -> Void

    static func at(_ pointer: UnsafeMutableRawPointer) -> UnsafeMutablePointer<Receiver> {
      pointer.assumingMemoryBound(to: Receiver.self)
    }
  }

  private static func callbacks() -> xmlSAXHandler {
    var handler = xmlSAXHandler()
    handler.initialized = XML_SAX2_MAGIC
    handler.startElementNs = { state, name, _, _, _, _, count, _, values in
      guard let state, let name else { return }
      let values = UnsafeBufferPointer(start: values, count: Int(count) * 5)
      Receiver.at(state).pointee.body(
        .start(name: MarkupName.text(name).lowercased(), MarkupOutlineReader.attributes(values)))
    }
    handler.endElementNs = { state, name, _, _ in
      guard let state, let name else { return }
      Receiver.at(state).pointee.body(.end(name: MarkupName.text(name).lowercased()))
    }
    return handler
  }

  /// `values` holds five pointers an attribute: name, prefix, namespace, start and end of the value.
  private static func attributes(
    _ values: UnsafeBufferPointer<UnsafePointer<xmlChar>?>
  ) -> Attributes {
    var attributes: Attributes = [:]
    for place in stride(from: 0, to: values.count, by: 5) {
      guard let name = values[place], let start = values[place + 3], let end = values[place + 4]
      else { continue }
      MarkupName.withUnescaped(start, end) { value in
        let name = MarkupName.text(name).lowercased()
        if attributes[name] == nil { attributes[name] = String(decoding: value, as: UTF8.self) }
      }
    }
    return attributes
  }
}
