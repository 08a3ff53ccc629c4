package import Syndication

/// Lists of subscriptions as other programs export them (opml.org/spec2.opml).
package enum OPMLParser {
  /// Groups inside each other beyond this are passed over.
  private static let depthLimit = 64

  /// The subscriptions of a list, in its order: outlines with an address, under the names of the
  /// outlines that they stand in.
  ///
  /// What is broken is mended as in feeds; nothing that an outline names is fetched or run.
  /// - Returns: The subscriptions, and where a list is nested too deeply what was passed over.
  /// - Throws: `FeedParsingError` for what is no OPML.
  package static func read(
    _ bytes: [UInt8]
  ) throws(FeedParsingError) -> (subscriptions: [OPMLSubscription], problem: String?) {
    let document = DocumentText(bytes, contentType: nil)
    let mended = document.bytes.withUnsafeBufferPointer { bytes in
      markup(of: ByteScan(bytes: bytes))
    }
    guard let (markup, defects) = mended else {
      throw FeedParsingError(.xml, "no OPML list of feeds")
    }
    var subscriptions: [OPMLSubscription] = []
    var open: [String?] = []
    MarkupOutlineReader.read(markup) { event in
      switch event {
      case .start("outline", let attributes):
        let names = attributes.names
        if let address = attributes["xmlurl"]?.nonBlank {
          subscriptions.append(
            OPMLSubscription(
              address: address, title: names.first { !$0.isAddress(address) },
              groups: open.prefix(depthLimit).compactMap { $0 }, tags: attributes.categories))
        }
        open.append(names.first)
      case .end("outline"): _ = open.popLast()
      case .start, .end: break
      }
    }
    return (subscriptions, defects.first { $0.kind == .limit }?.detail)
  }

  /// The subscriptions alone.
  package static func subscriptions(
    in bytes: [UInt8]
  ) throws(FeedParsingError) -> [OPMLSubscription] {
    try read(bytes).subscriptions
  }

  /// The document from its root on, mended; nil where no root is one of OPML.
  private static func markup(of input: ByteScan) -> ([UInt8], [ParseDefect])? {
    var place = 0
    var entities = DeclaredEntities()
    while let next = input.firstPlace(of: UInt8(ascii: "<"), from: place, before: input.count) {
      if input.matchesIgnoringCase("<opml", at: next) {
        var repair = MarkupRepair(
          input, root: next, entities: entities, limits: ParseLimits())
        while !repair.isDone { repair.run(byteCount: input.count) }
        repair.output.end()
        return (repair.output.takeMarkup(), repair.tally.defects)
      }
      place = next + 1
      if input.matchesIgnoringCase("<!doctype", at: next) {
        place = input.endOfDeclaration(at: next)
        entities = DeclaredEntities(input, in: next..<place)
      }
    }
    return nil
  }
}

extension MarkupOutlineReader.Attributes {
  /// What the outline is called, the better name first.
  fileprivate var names: [String] {
    [self["title"], self["text"]].compactMap { $0.map(PlainText.line(ofText:))?.nonBlank }
  }

  /// Names between commas; one that begins with a slash is a path of names.
  fileprivate var categories: [String] {
    (self["category"] ?? "").split(separator: ",").compactMap { category in
      let name = PlainText.line(ofText: String(category)).nonBlank
      return name.flatMap { ($0.hasPrefix("/") ? String($0.dropFirst()) : $0).nonBlank }
    }
  }
}

extension String {
  /// Whether it writes the same address, which says nothing of a name.
  fileprivate func isAddress(_ address: String) -> Bool {
    FeedAddress.key(of: self) == FeedAddress.key(of: address)
  }
}
