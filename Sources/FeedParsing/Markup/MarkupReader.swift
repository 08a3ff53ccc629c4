internal import CLibxml2
internal import Syndication

/// The door to libxml2: repaired XML in, elements to a `FeedBuilder`. No pointer of the library is
/// seen beyond the `Markup*` files that import it.
struct MarkupReader: ~Copyable {
  private let parser: MarkupParser
  private let state: UnsafeMutablePointer<MarkupState>

  /// `input` is the document that stretches refer to; it has to outlive the reader.
  init(_ builder: FeedBuilder, _ input: ByteScan) {
    state = .allocate(capacity: 1)
    state.initialize(to: MarkupState(builder, input))
    parser = MarkupParser(MarkupReader.callbacks(), state)
  }

  deinit {
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
    markup.withUnsafeBytes { parser.push($0) }
    swap(&stretch, &state.pointee.stretch)
    stretch.begin(reusing: markup)
  }

  /// Tells the parser that nothing follows; returns whether it found the tags well-formed.
  func finish() -> Bool { parser.finish() }

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
