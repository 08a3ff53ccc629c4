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

  /// What `tolls` of one publisher's feed come to on `day`, whichever address each was read by.
  static func sum(of tolls: [ArchiveToll], on day: Int) -> ArchiveToll? {
    guard !tolls.isEmpty else { return nil }
    let pages = tolls.reduce(0) { min($0 + $1.pageCount(on: day), Int(Int32.max)) }
    return ArchiveToll(day: day, pages: pages, failed: tolls.compactMap(\.failed).max())
  }
}

extension FeedState {
  /// Where the feed's documents are, by which it is known again under another address: two lines of
  /// feeds.conf may name one feed, or one may lead to the other. Older documents only where they lie with
  /// the newest: a link to another publisher's would spend what that one allows.
  private var archivePlaces: Set<String> {
    let document = finalURL ?? feed
    let documents = [document, feed].map { FeedAddress.key(of: $0) }
      .map { $0.split(separator: "://", maxSplits: 1).last.map(String.init) ?? $0 }
    let host = WebAddress.host(of: document)
    let pages = [older?.href, archives?.next, archives?.first, archives?.known].compactMap { $0 }
    return Set(documents + pages.filter { WebAddress.host(of: $0) == host })
  }

  /// Whether both lead to the same older documents.
  func sharesArchives(with other: FeedState) -> Bool {
    !archivePlaces.isDisjoint(with: other.archivePlaces)
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
