internal import CLibxml2
internal import Syndication

/// The door to libxml2: repaired XML in, elements to a `FeedBuilder`. No pointer of the library is
/// seen beyond the `Markup*` files that import it.
enum MarkupReader {
  /// Bytes that the parser is given at once.
  static let chunkByteLimit = 1 << 18

  /// Reads `document`; returns whether the parser found its tags well-formed.
  static func read(_ document: LiftedDocument, into builder: inout FeedBuilder) -> Bool {
    var state = MarkupState(builder, document)
    defer { builder = state.builder }
    return withUnsafeMutablePointer(to: &state) { state in
      var handler = callbacks()
      guard let context = xmlCreatePushParserCtxt(&handler, state, nil, 0, nil) else {
        return false
      }
      defer { xmlFreeParserCtxt(context) }
      // No network, no messages on standard error, no stop at the first error. Never NOENT, HUGE,
      // DTDLOAD, DTDATTR or XINCLUDE: each makes libxml2 fetch or grow what a stranger names.
      let options =
        XML_PARSE_NONET.rawValue | XML_PARSE_RECOVER.rawValue | XML_PARSE_NOERROR.rawValue
        | XML_PARSE_NOWARNING.rawValue
      xmlCtxtUseOptions(context, Int32(options))
      feed(document.markup, to: context)
      return context.pointee.wellFormed != 0 && context.pointee.nsWellFormed != 0
    }
  }

  private static func feed(_ document: [UInt8], to context: xmlParserCtxtPtr) {
    document.withUnsafeBytes { bytes in
      let chars = bytes.bindMemory(to: CChar.self)
      var place = 0
      while place < chars.count {
        let end = min(place + chunkByteLimit, chars.count)
        let chunk = UnsafeBufferPointer(rebasing: chars[place..<end])
        xmlParseChunk(context, chunk.baseAddress, Int32(chunk.count), 0)
        place = end
      }
    }
    xmlParseChunk(context, nil, 0, 1)
  }

  /// Only what carries content: no entity, declaration or DTD callback exists, so that nothing of a
  /// document type is ever acted on.
  private static func callbacks() -> xmlSAXHandler {
    var handler = xmlSAXHandler()
    handler.initialized = XML_SAX2_MAGIC
    handler.startElementNs = { state, name, prefix, uri, declarations, declared, count, _, values in
      guard let state, let name else { return }
      let namespaces = UnsafeBufferPointer(start: declared, count: Int(declarations) * 2)
      let attributes = UnsafeBufferPointer(start: values, count: Int(count) * 5)
      MarkupState.at(state).pointee.start(name, prefix, uri, namespaces, attributes)
    }
    handler.endElementNs = { state, name, _, _ in
      guard let state, let name else { return }
      MarkupState.at(state).pointee.end(name)
    }
    handler.characters = { state, text, length in
      guard let state else { return }
      let text = UnsafeBufferPointer(start: text, count: Int(length))
      MarkupState.at(state).pointee.characters(text)
    }
    return handler
  }
}
