package import Syndication

/// What of a story its records keep, whatever else stands in them: long words are cut, and only with what is
/// kept can a document be compared later.
extension Story {
  /// The most bytes of JSON that every record has room for of a text. All other fields together leave more.
  package static let recordedTextByteLimit = 512 << 10

  /// Whether a record may keep less of title, link, summary or text.
  var mayBeCut: Bool {
    title.mayBeCut(RecordEncoder.fieldByteLimit)
      || link?.mayBeCut(RecordEncoder.fieldByteLimit) ?? false
      || summary?.mayBeCut(RecordEncoder.summaryByteLimit) ?? false
      || text.mayBeCut(Self.recordedTextByteLimit)
  }

  /// Whether its text is longer than what is compared of it.
  package var hasUncomparedText: Bool {
    text.mayBeCut(Self.recordedTextByteLimit)
      && text.cut(Self.recordedTextByteLimit).utf8.count < text.utf8.count
  }

  /// The story with as much of title, link, summary and text as any record of it keeps.
  package var recorded: Story {
    guard mayBeCut else { return self }
    var story = self
    story.title = title.cut(RecordEncoder.fieldByteLimit)
    story.link = link?.cut(RecordEncoder.fieldByteLimit)
    story.summary = summary?.cut(RecordEncoder.summaryByteLimit)
    story.text = text.cut(Self.recordedTextByteLimit)
    return story
  }
}

extension String {
  fileprivate func mayBeCut(_ limit: Int) -> Bool {
    utf8.count * LineWriter.longestEscapeByteCount + 2 > limit
  }

  /// As `LineWriter` cuts it to `limit` bytes of JSON.
  fileprivate func cut(_ limit: Int) -> String {
    var json: [UInt8] = []
    guard mayBeCut(limit), !json.appendJSON(self, limit: limit) else { return self }
    return json.withUnsafeBufferPointer { bytes in
      var scanner = JSONScanner(bytes[...])
      return scanner.string() ?? self
    }
  }
}
