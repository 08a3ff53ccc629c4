package import Syndication

/// Writes digests. The same digest and options give the same bytes.
package enum DigestRenderer {
  /// The whole as bytes.
  package static func render(
    _ digest: Digest, as format: DigestFormat, options: DigestOptions = DigestOptions()
  ) -> [UInt8] {
    var bytes: [UInt8] = []
    write(digest, as: format, options: options) { bytes += $0 }
    return bytes
  }

  /// Hands the whole to `sink` in pieces of a cluster each; whatever `sink` throws ends the writing.
  package static func write<Failure: Error>(
    _ digest: Digest, as format: DigestFormat, options: DigestOptions = DigestOptions(),
    to sink: ([UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    let page = page(of: digest, as: format, options: options)
    try sink(Array(page.opening.utf8))
    for index in digest.clusters.indices { try sink(Array(page.entry(at: index).utf8)) }
    try sink(Array(page.closing.utf8))
  }

  /// Stories outside any cluster as JSON Lines, one a line in the order given. Each is what
  /// `aggregator group` reads.
  package static func renderStories(_ stories: some Sequence<Story>) -> [UInt8] {
    var bytes: [UInt8] = []
    writeStories(stories) { bytes += $0 }
    return bytes
  }

  /// Hands `sink` a line a story.
  package static func writeStories<Failure: Error>(
    _ stories: some Sequence<Story>, to sink: ([UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    for story in stories { try sink(Array((JSONDigest.object(of: story).text + "\n").utf8)) }
  }

  private static func page(
    of digest: Digest, as format: DigestFormat, options: DigestOptions
  ) -> any DigestPage {
    let front = DigestFront(digest, title: options.title)
    let address = options.address.flatMap(WebLinkText.init)
    return switch format {
    case .markdown: MarkdownDigest(digest: digest, front: front)
    case .html: HTMLDigest(digest: digest, front: front)
    case .json: JSONDigest(digest: digest, isLines: false)
    case .jsonl: JSONDigest(digest: digest, isLines: true)
    case .text: TextDigest(digest: digest, front: front, columns: options.columns)
    case .atom: AtomDigest(digest: digest, front: front, address: address)
    case .jsonfeed: JSONFeedDigest(digest: digest, front: front, address: address)
    case .mbox: MboxDigest(digest: digest, front: front)
    case .tsv: TSVDigest(digest: digest)
    }
  }
}

/// A digest in one format, piece by piece.
protocol DigestPage {
  var opening: String { get }
  func entry(at index: Int) -> String
  var closing: String { get }
}

/// What stands above every digest for readers, and how it is divided.
struct DigestFront {
  let title: String
  /// `Friday 20 November 2026, 08:00, to Saturday 21 November 2026, 08:00 (UTC)`
  let window: String
  /// `12 stories from 34 reports of 9 outlets; 2 feeds need attention`
  let counts: String
  /// The year that times need not name.
  let year: Int
  /// The index of the first cluster with a single source, when both kinds are there.
  let singlesStart: Int?

  static let severalHeading = "Reported by several outlets"
  static let singleHeading = "Reported by one outlet"
  static let nothing = "Nothing was reported in this time."

  init(_ digest: Digest, title: String) {
    self.title = DisplayText.line(title)
    window = DigestFront.window(of: digest)
    let stories = digest.clusters.flatMap { $0.members.map(\.story) }
    counts =
      "\("story".counted(digest.clusters.count)) from \("report".counted(stories.count)) of "
      + "outlet".counted(Set(stories.map(\.outlet)).count)
      + DigestFront.attention(digest.notices)
    year = digest.until.date.year
    let first = digest.clusters.firstIndex { $0.independentSourceCount < 2 }
    singlesStart = first == 0 ? nil : first
  }

  /// The heading above the cluster, when it is the first of its section.
  func heading(at index: Int) -> String? {
    guard let singlesStart else { return nil }
    if index == 0 { return DigestFront.severalHeading }
    return index == singlesStart ? DigestFront.singleHeading : nil
  }

  /// `; 2 feeds need attention`, however many troubles each of them has.
  private static func attention(_ notices: [FeedNotice]) -> String {
    let count = Set(notices.map { [$0.name, $0.address] }).count
    return count == 0 ? "" : "; \("feed".counted(count)) need\(count == 1 ? "s" : "") attention"
  }

  private static func window(of digest: Digest) -> String {
    let end = "\(digest.until.longDate), \(digest.until.clock)"
    guard digest.since.milliseconds > 0 else { return "Everything until \(end) UTC" }
    if digest.since.day == digest.until.day {
      return "\(digest.since.longDate), \(digest.since.clock) to \(digest.until.clock) UTC"
    }
    return "\(digest.since.longDate), \(digest.since.clock), to \(end) UTC"
  }
}

extension String {
  /// `1 story`, `2 stories`.
  func counted(_ count: Int) -> String {
    if count == 1 { return "1 \(self)" }
    return hasSuffix("y") ? "\(count) \(dropLast())ies" : "\(count) \(self)s"
  }
}

/// One report in the list of a cluster's sources, ready for any format.
struct ReportLine {
  let source: String
  let time: String
  let headline: String
  let link: WebLinkText?
  /// `reprint of Example World`
  let note: String?
  /// `Why: …`
  let reason: String?
  let story: Story

  init(_ member: DigestMember, in cluster: DigestCluster, year: Int) {
    story = member.story
    source = story.sourceName
    time = story.reported.brief(in: year)
    headline = story.headline
    link = story.link.flatMap(WebLinkText.init)
    note = cluster.reprintNote(of: member)
    reason = member.reason.map { "Why: \(DisplayText.line($0))" }
  }
}
