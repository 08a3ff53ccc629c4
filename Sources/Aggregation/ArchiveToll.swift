package import Syndication

/// What reading older pages has cost a server, so that many walks cost it no more than one.
package struct ArchiveToll: Hashable, Sendable {
  /// The UTC day in which `pages` were asked for.
  private(set) var day: Int
  private(set) var pages: Int
  /// When the last page that was asked for could not be read; nil where it could.
  private var failedMilliseconds: Int64?

  package init(day: Int, pages: Int, failed: Timestamp? = nil) {
    (self.day, self.pages) = (day, pages)
    failedMilliseconds = failed?.milliseconds
  }

  /// When the last page that was asked for could not be read; nil where it could.
  package var failed: Timestamp? { failedMilliseconds.map(Timestamp.init(milliseconds:)) }

  /// Pages that were asked for in `day`.
  package func pageCount(on day: Int) -> Int { day == self.day ? max(pages, 0) : 0 }

  /// What is known after one more page.
  static func after(_ known: ArchiveToll?, failed: Bool, now: Timestamp) -> ArchiveToll {
    ArchiveToll(
      day: now.day, pages: min(known?.pageCount(on: now.day) ?? 0, Int(Int32.max)) + 1,
      failed: failed ? now : nil)
  }
}

extension ArchiveToll {
  init?(_ line: JSONObject) {
    guard let day = line.integer("day").flatMap(Int.init(exactly:)),
      let pages = line.integer("pages").flatMap(Int.init(exactly:))
    else { return nil }
    (self.day, self.pages) = (day, pages)
    failedMilliseconds = line.integer("failedMilliseconds")
  }

  func write(to line: inout JSONLine) {
    line.add("day", day)
    line.add("pages", pages)
    line.add("failedMilliseconds", failedMilliseconds)
  }
}
