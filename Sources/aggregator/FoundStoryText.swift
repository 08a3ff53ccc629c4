internal import StorySearch
internal import Syndication

/// A story that was found, for a person: what it is, where, and the words that were looked for.
struct FoundStoryText {
  let matcher: StoryMatcher
  let paint: Paint

  /// Of the text around what was found, in bytes: as much before it, and in all.
  private static let leadByteCount = 60
  private static let excerptByteCount = 240

  func lines(of story: Story) -> [String] {
    let title = story.title.isEmpty ? "(no title)" : story.title
    let about = "\(story.seen.minuteText)  \(story.source.showingHidden)  \(story.id.hexadecimal)"
    return [
      painted(title, .title, in: 0..<title.utf8.count, .bold), paint(about, .dim),
      story.link?.showingHidden, excerpt(of: story),
    ].compactMap(\.self)
  }

  /// The words around the first that was found in the text or, if none was, in the summary.
  private func excerpt(of story: Story) -> String? {
    for text in [story.text, story.summary ?? ""] {
      guard let first = matcher.places(in: text, .text).first else { continue }
      let start = text.wordStart(near: first.lowerBound - Self.leadByteCount)
      let end = text.wordStart(near: min(start + Self.excerptByteCount, text.utf8.count))
      let range = start..<max(end, first.upperBound)
      return (range.lowerBound > 0 ? "… " : "") + painted(text, .text, in: range, nil)
        + (range.upperBound < text.utf8.count ? " …" : "")
    }
    return nil
  }

  /// A part of a text as one line, what was found in it in red.
  private func painted(
    _ text: String, _ field: TextField, in range: Range<Int>, _ rest: Paint.Color?
  ) -> String {
    var line = ""
    var place = range.lowerBound
    for found in matcher.places(in: text, field) where found.overlaps(range) {
      let start = max(place, found.lowerBound)
      let end = min(found.upperBound, range.upperBound)
      line += paint(text.line(place..<start), rest) + paint(text.line(start..<end), .red)
      place = end
    }
    return line + paint(text.line(place..<range.upperBound), rest)
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
