internal import StorySearch
internal import Syndication

/// A story that was found, for a person: what it is, where, and the words that were looked for.
struct FoundStoryText {
  let matcher: StoryMatcher
  let paint: Paint

  /// Of the text around what was found, in bytes: as much before it, and in all.
  private static let leadByteCount = 60
  private static let excerptByteCount = 240

  /// Wrapped where they are wider than `columns`.
  func lines(of story: Story, columns: Int?) -> [String] {
    let title = story.title.isEmpty ? "(no title)" : story.title
    let about = "\(story.seen.minuteText)  \(story.source.showingHidden)  \(story.id.hexadecimal)"
    return [
      styled(title, .title, in: 0..<title.utf8.count, .bold), StyledText(about, .dim),
      story.link.map { StyledText($0.showingHidden) }, excerpt(of: story),
    ].compactMap(\.self).flatMap { $0.lines(columns: columns, paint) }
  }

  /// The words around the first that was found in the text or, if none was, in the summary.
  private func excerpt(of story: Story) -> StyledText? {
    for text in [story.text, story.summary ?? ""] {
      guard let first = matcher.places(in: text, .text).first else { continue }
      let start = text.wordStart(near: first.lowerBound - Self.leadByteCount)
      let end = text.wordStart(near: min(start + Self.excerptByteCount, text.utf8.count))
      let range = start..<max(end, first.upperBound)
      var line = styled(
        text, .text, in: range, nil, after: range.lowerBound > 0 ? "… " : "")
      if range.upperBound < text.utf8.count { line.append(" …") }
      return line
    }
    return nil
  }

  /// A part of a text as one line, what was found in it in red.
  private func styled(
    _ text: String, _ field: TextField, in range: Range<Int>, _ rest: Paint.Color?,
    after lead: String = ""
  ) -> StyledText {
    var line = StyledText(lead)
    var place = range.lowerBound
    for found in matcher.places(in: text, field) where found.overlaps(range) {
      let start = max(place, found.lowerBound)
      let end = min(found.upperBound, range.upperBound)
      line.append(text.line(place..<start), rest)
      line.append(text.line(start..<end), .red)
      place = end
    }
    line.append(text.line(place..<range.upperBound), rest)
    return line
  }
}

extension String {
  /// The bytes of a range as part of one line.
  fileprivate func line(_ range: Range<Int>) -> String {
    let part = String(decoding: Array(utf8)[range], as: UTF8.self)
    return String(part.map { $0.isWhitespace ? " " : $0 }).showingHidden
  }

  /// Where a word begins at or before a byte; the byte's character where no blank is near.
  fileprivate func wordStart(near byte: Int) -> Int {
    guard byte > 0, byte < utf8.count else { return max(0, min(byte, utf8.count)) }
    let bytes = Array(utf8)
    let near = max(0, byte - 24)..<byte
    if let blank = bytes[near].lastIndex(where: { $0 == 0x20 || $0 == 0x0A }) { return blank + 1 }
    var start = byte
    while start > 0, bytes[start] & 0xC0 == 0x80 { start -= 1 }
    return start
  }
}

extension Timestamp {
  /// `2026-11-21 17:03`, in UTC.
  fileprivate var minuteText: String {
    String(rfc3339.prefix(16).map { $0 == "T" ? " " : $0 })
  }
}
