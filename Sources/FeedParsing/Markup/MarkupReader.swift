internal import CLibxml2
internal import Syndication

/// The door to libxml2: repaired XML in, elements to a `FeedBuilder`. No pointer of the library is
/// seen beyond the `Markup*` files that import it.
struct MarkupReader: ~Copyable {
  private let context: xmlParserCtxtPtr?
  private let state: UnsafeMutablePointer<MarkupState>

  /// `input` is the document that stretches refer to; it has to outlive the reader.
  init(_ builder: FeedBuilder, _ input: ByteScan) {
    state = .allocate(capacity: 1)
    state.initialize(to: MarkupState(builder, input))
    var handler = MarkupReader.callbacks()
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
    state.deinitialize(count: 1)
    state.deallocate()
  }

  /// What was read so far.
  var builder: FeedBuilder {
    _read { yield state.pointee.builder }
    nonmutating _modify { yield &state.pointee.builder }
  }

  /// Reads a stretch of the document and begins the next one in its place.
  func read(_ stretch: inout LiftedStretch) {
    stretch.end()
    let markup = stretch.takeMarkup()
    swap(&stretch, &state.pointee.stretch)
    markup.withUnsafeBytes { push($0, isLast: false) }
    swap(&stretch, &state.pointee.stretch)
    stretch.begin(reusing: markup)
  }

  /// Tells the parser that nothing follows; returns whether it found the tags well-formed.
  func finish() -> Bool {
    guard let context else { return false }
    push(UnsafeRawBufferPointer(start: nil, count: 0), isLast: true)
    return context.pointee.wellFormed != 0 && context.pointee.nsWellFormed != 0
  }

  private func push(_ markup: UnsafeRawBufferPointer, isLast: Bool) {
    guard let context else { return }
    var rest = markup.bindMemory(to: CChar.self)[...]
    repeat {
      let chunk = UnsafeBufferPointer(rebasing: rest.prefix(MarkupReader.chunkByteLimit))
      rest = rest.dropFirst(chunk.count)
      xmlParseChunk(context, chunk.baseAddress, Int32(chunk.count), isLast ? 1 : 0)
    } while !rest.isEmpty
  }

  /// Bytes that the parser is given at once.
  private static let chunkByteLimit = 1 << 18

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
