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
        let title = attributes.title
        if let address = attributes["xmlurl"]?.nonBlank {
          subscriptions.append(
            OPMLSubscription(
              address: address, title: title, groups: open.prefix(depthLimit).compactMap { $0 }))
        }
        open.append(title)
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
    while let next = input.firstPlace(of: UInt8(ascii: "<"), from: place, before: input.count) {
      if input.matchesIgnoringCase("<opml", at: next) {
        var repair = MarkupRepair(
          input, root: next, entities: DeclaredEntities(), limits: ParseLimits())
        while !repair.isDone { repair.run(byteCount: input.count) }
        repair.output.end()
        return (repair.output.takeMarkup(), repair.tally.defects)
      }
      place = next + 1
    }
    return nil
  }
}

extension MarkupOutlineReader.Attributes {
  fileprivate var title: String? {
    [self["title"], self["text"]].lazy.compactMap { $0.map(PlainText.line(ofText:))?.nonBlank }
      .first
  }
}
