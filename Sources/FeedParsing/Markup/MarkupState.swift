internal import CLibxml2

/// What stands behind libxml2's user-data pointer. A struct: a class costs a fifth of the parse in
/// exclusivity checks and retains.
struct MarkupState {
  var builder: FeedBuilder
  var stretch = LiftedStretch(byteCount: 0)
  private let input: ByteScan
  private var elements = MarkupNames<Field>()
  private var names = MarkupNames<AttributeName?>()
  private var attributes = MarkupAttributes()

  init(_ builder: FeedBuilder, _ input: ByteScan) {
    self.builder = builder
    self.input = input
  }

  static func at(_ pointer: UnsafeMutableRawPointer) -> UnsafeMutablePointer<MarkupState> {
    pointer.assumingMemoryBound(to: MarkupState.self)
  }

  /// `declared` holds two pointers a namespace: prefix and address; `values` five an attribute: name,
  /// prefix, namespace, start and end of the value.
  mutating func start(
    _ name: UnsafePointer<xmlChar>, _ prefix: UnsafePointer<xmlChar>?,
    _ uri: UnsafePointer<xmlChar>?, _ declared: UnsafeBufferPointer<UnsafePointer<xmlChar>?>,
    _ values: UnsafeBufferPointer<UnsafePointer<xmlChar>?>
  ) {
    if builder.isSkipping { return builder.skip() }
    let field = elements.value(name, prefix, uri) {
      let (prefix, name) = MarkupName.split(name, prefix)
      return Field(Vocabulary(uri: uri.map(MarkupName.text), prefix: prefix), name)
    }
    if builder.takesMarkup(field) {
      MarkupSerializer.start(name, values, into: &builder)
      return
    }
    collect(values)
    builder.open(field, attributes)
    if builder.isUndecided {
      builder.root(
        uri: uri.map(MarkupName.text), defaultURI: MarkupState.defaultURI(declared), attributes)
    }
  }

  private static func defaultURI(
    _ declared: UnsafeBufferPointer<UnsafePointer<xmlChar>?>
  ) -> String? {
    for place in stride(from: 0, to: declared.count, by: 2) where declared[place] == nil {
      return declared[place + 1].map(MarkupName.text)
    }
    return nil
  }

  mutating func end(_ name: UnsafePointer<xmlChar>) {
    if builder.isCapturing {
      MarkupSerializer.end(name, into: &builder)
    } else {
      builder.close()
    }
  }

  /// Characters are tokens for runs of text.
  mutating func characters(_ tokens: UnsafeBufferPointer<xmlChar>) {
    for token in tokens {
      stretch.read(token: token, of: input) { builder.characters($0) }
    }
  }

  private mutating func collect(_ values: UnsafeBufferPointer<UnsafePointer<xmlChar>?>) {
    attributes.removeAll()
    for place in stride(from: 0, to: values.count, by: 5) {
      guard let name = values[place], let start = values[place + 3], let end = values[place + 4]
      else { continue }
      let known = names.value(name, values[place + 1], values[place + 2]) {
        let (prefix, local) = MarkupName.split(name, values[place + 1])
        let uri = values[place + 2].map(MarkupName.text)
        return MarkupState.attributeName(local, prefix: prefix, uri: uri)
      }
      guard let known else { continue }
      MarkupName.withUnescaped(start, end) { attributes.append(known, $0) }
    }
    if attributes.isMended { builder.noteWrongPage() }
  }

  /// Attributes of foreign namespaces say nothing about the element.
  private static func attributeName(
    _ local: String, prefix: String?, uri: String?
  ) -> AttributeName? {
    if let prefix, prefix != "xml", uri?.lowercased() != "http://www.w3.org/1999/xlink",
      uri != nil || prefix.lowercased() != "xlink",
      Vocabulary(uri: uri, prefix: prefix) == .foreign
    {
      return nil
    }
    return AttributeName.bySpelling[local.lowercased()]
  }
}
