package import Syndication

/// A document's bytes to a feed.
///
/// The route: decode to UTF-8, then window by window repair in one linear pass, parse, map. Time is
/// linear in the bytes; beside them memory holds one window, one entry and what was not taken yet. No
/// bytes crash it.
package enum FeedParser {
  /// Input that is repaired before the parser reads what came of it. What is made of a window stays
  /// in the processor's cache; the result does not depend on its size.
  package static let windowByteCount = 1 << 16

  /// Reads a feed of any format; the format is what the root says, not what HTTP says.
  ///
  /// Throws what the bytes are when they are no feed.
  package static func parse(
    _ bytes: [UInt8], _ request: ParseRequest
  ) throws(FeedParsingError) -> ParsedFeed {
    var feed = try read(bytes, request, windowByteCount) { _ in }.get()
    feed.orderAsListed()
    return feed
  }

  /// Reads a feed and hands each entry to `receive` as soon as it was read, in document order; the
  /// feed that is returned has none.
  ///
  /// A document that is no feed is a value, and has given no entry; what is thrown is what `receive`
  /// threw, and ends the reading.
  package static func parse<Failure: Error>(
    _ bytes: [UInt8], _ request: ParseRequest, windowByteCount: Int = windowByteCount,
    receive: (Entry) throws(Failure) -> Void
  ) throws(Failure) -> Result<ParsedFeed, FeedParsingError> {
    try read(bytes, request, max(windowByteCount, 1)) { entries throws(Failure) in
      for entry in entries { try receive(entry) }
      entries.removeAll(keepingCapacity: true)
    }
  }

  /// `drain` is called now and then and takes what entries it likes; the feed has the others.
  private static func read<Failure: Error>(
    _ bytes: [UInt8], _ request: ParseRequest, _ window: Int,
    _ drain: (inout [Entry]) throws(Failure) -> Void
  ) throws(Failure) -> Result<ParsedFeed, FeedParsingError> {
    if let error = NotAFeed.error(of: bytes) { return .failure(error) }
    let document = DocumentText(bytes, contentType: request.contentType)
    let feed =
      try JSONFeed.claims(document.bytes)
      ? JSONFeed.read(document, request, drain) : markup(document, request, window, drain)
    return feed.map { feed in
      var feed = feed
      feed.defects.insert(contentsOf: document.defects, at: 0)
      return feed
    }
  }

  private static func markup<Failure: Error>(
    _ document: DocumentText, _ request: ParseRequest, _ window: Int,
    _ drain: (inout [Entry]) throws(Failure) -> Void
  ) throws(Failure) -> Result<ParsedFeed, FeedParsingError> {
    try document.bytes.withUnsafeBufferPointer { buffer throws(Failure) in
      let input = ByteScan(bytes: buffer)
      let prolog: DocumentProlog
      do throws(FeedParsingError) {
        prolog = try DocumentProlog(input, isWhole: request.isWhole)
      } catch {
        return .failure(error)
      }
      var repair = MarkupRepair(
        input, root: prolog.root, entities: prolog.entities, limits: request.limits)
      let reader = MarkupReader(
        FeedBuilder(request, documentByteCount: input.count), input)
      repeat {
        repair.run(byteCount: window)
        reader.read(&repair.output)
        try drain(&reader.builder.entries)
      } while !repair.isDone && !reader.builder.isFull
      let isWellFormed = reader.finish()
      guard var feed = reader.builder.finish(encoding: document.encoding) else {
        return .failure(NotAFeed.error(ofRootAt: prolog.root, in: input))
      }
      try drain(&reader.builder.entries)
      feed.entries = reader.builder.entries
      feed.defects.insert(contentsOf: prolog.defects + repair.tally.defects, at: 0)
      if !isWellFormed, feed.defects.isEmpty {
        feed.defects.append(ParseDefect(.malformed, "names or namespaces that are not well-formed"))
      }
      return .success(feed)
    }
  }
}
