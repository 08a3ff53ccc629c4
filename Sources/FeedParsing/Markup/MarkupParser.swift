internal import CLibxml2

/// libxml2's push parser, the way mark-up of strangers is given to it.
struct MarkupParser: ~Copyable {
  /// Bytes that the parser is given at once.
  private static let chunkByteLimit = 1 << 18

  /// Nil where there is no memory for it.
  private let context: xmlParserCtxtPtr?

  /// What it finds is told to `handler` along with `state`, which has to outlive the parser.
  init(_ handler: consuming xmlSAXHandler, _ state: UnsafeMutableRawPointer) {
    context = xmlCreatePushParserCtxt(&handler, state, nil, 0, nil)
    // No network, no messages on standard error, no stop at the first error. Never NOENT, HUGE,
    // DTDLOAD, DTDATTR or XINCLUDE: each makes libxml2 fetch or grow what a stranger names.
    let options =
      XML_PARSE_NONET.rawValue | XML_PARSE_RECOVER.rawValue | XML_PARSE_NOERROR.rawValue
      | XML_PARSE_NOWARNING.rawValue
    if let context { xmlCtxtUseOptions(context, Int32(options)) }
  }

  deinit {
    if let context { xmlFreeParserCtxt(context) }
  }

  /// Reads on in `markup`.
  func push(_ markup: UnsafeRawBufferPointer) {
    guard let context else { return }
    var rest = markup.bindMemory(to: CChar.self)[...]
    while !rest.isEmpty {
      let chunk = UnsafeBufferPointer(rebasing: rest.prefix(Self.chunkByteLimit))
      rest = rest.dropFirst(chunk.count)
      xmlParseChunk(context, chunk.baseAddress, Int32(chunk.count), 0)
    }
  }

  /// Tells the parser that nothing follows; returns whether it found the tags well-formed.
  func finish() -> Bool {
    guard let context else { return false }
    xmlParseChunk(context, nil, 0, 1)
    return context.pointee.wellFormed != 0 && context.pointee.nsWellFormed != 0
  }
}
