package import Syndication

/// A document's bytes to a feed.
///
/// The route: decode to UTF-8, repair in one linear pass, parse, map. Time is linear in the bytes,
/// memory a small multiple of them, and no bytes crash it.
package enum FeedParser {
  /// Reads a feed of any format; the format is what the root says, not what HTTP says.
  ///
  /// Throws what the bytes are when they are no feed.
  package static func parse(
    _ bytes: [UInt8], _ request: ParseRequest
  ) throws(FeedParsingError) -> ParsedFeed {
    if let error = NotAFeed.error(of: bytes) { throw error }
    let document = DocumentText(bytes, contentType: request.contentType)
    var feed =
      if JSONFeed.claims(document.bytes) {
        try JSONFeed.read(document, request)
      } else {
        try markup(document, request)
      }
    feed.defects.insert(contentsOf: document.defects, at: 0)
    return feed
  }

  private static func markup(
    _ document: DocumentText, _ request: ParseRequest
  ) throws(FeedParsingError) -> ParsedFeed {
    var builder = FeedBuilder(request)
    let repair = try repaired(document.bytes, request.limits)
    let isWellFormed = MarkupReader.read(repair.output, into: &builder)
    guard var feed = builder.finish(encoding: document.encoding) else {
      throw FeedParsingError(.xml, "XML without a feed's root")
    }
    feed.defects.insert(contentsOf: repair.defects, at: 0)
    if !isWellFormed, feed.defects.isEmpty {
      feed.defects.append(ParseDefect(.malformed, "names or namespaces that are not well-formed"))
    }
    return feed
  }

  private static func repaired(
    _ bytes: [UInt8], _ limits: ParseLimits
  ) throws(FeedParsingError) -> (output: LiftedDocument, defects: [ParseDefect]) {
    let result: Result<(LiftedDocument, [ParseDefect]), FeedParsingError> =
      bytes.withUnsafeBufferPointer {
        buffer in
        let input = ByteScan(bytes: buffer)
        do throws(FeedParsingError) {
          let prolog = try DocumentProlog(input)
          var repair = MarkupRepair(
            input, root: prolog.root, entities: prolog.entities, limits: limits)
          repair.run()
          return .success((repair.output, prolog.defects + repair.tally.defects))
        } catch {
          return .failure(error)
        }
      }
    return try result.get()
  }
}
