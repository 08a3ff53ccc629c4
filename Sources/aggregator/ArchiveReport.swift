internal import Aggregation
internal import FeedFetching
internal import Syndication

/// What `fetch --archives` tells: a line a feed when its walk is over, and the exit code.
final class ArchiveReport {
  private let style: FetchReport.Style
  private let isQuiet: Bool
  private var feedCount = 0
  private var failureCount = 0
  /// Of these an older page failed, and the feed itself did not.
  private var partialFailureCount = 0

  init(style: FetchReport.Style, isQuiet: Bool) {
    self.style = style
    self.isQuiet = isQuiet
  }

  func note(_ feed: Feed, _ report: ArchiveReading.Report) throws(CommandFailure) {
    feedCount += 1
    if report.end.isFailure { failureCount += 1 }
    if report.end.isFailure, report.failedPage != nil { partialFailureCount += 1 }
    let name = MaskedAddress(feed.url).description
    if style == .lines, report.end.isFailure || report.end.isRefusal {
      let page = report.failedPage.map { "its page \(MaskedAddress($0)): " } ?? ""
      StandardError.line("aggregator: \(name): \(page)\(report.end.words)")
      if report.pageCount == 0 { return }
    }
    guard style == .json || !isQuiet else { return }
    var output = StandardOutput()
    try output.line(
      style == .json
        ? JSONLine.text(of: Line(feed, report))
        : "\(name): \(report.sentence)")
    try output.flush()
  }

  /// The exit code of a pass.
  func end(failOn: FetchCommand.FailOn) throws(CommandFailure) {
    guard failureCount > 0, failOn != .none else { return }
    if failureCount - partialFailureCount == feedCount {
      throw CommandFailure(.allFeedsFailed, messages: [])
    }
    if failOn == .any { throw CommandFailure(.someFeedsFailed, messages: []) }
  }

  private struct Line: Encodable {
    var feed: String
    var pages: Int
    var new: Int
    var known: Int
    var end: String
    var detail: String
    /// The older page that failed.
    var page: String?

    init(_ feed: Feed, _ report: ArchiveReading.Report) {
      self.feed = MaskedAddress(feed.url).description
      pages = report.pageCount
      new = report.counts.new
      known = report.counts.known
      end = report.end.name
      detail = report.end.words
      page = report.failedPage.map { MaskedAddress($0).description }
    }
  }
}

extension ArchiveReading.Report {
  fileprivate var sentence: String {
    if pageCount == 0, end == .walk(.oldest) { return "it links to no older page" }
    let pages = pageCount == 1 ? "1 older page" : "\(pageCount) older pages"
    return "\(pages), \(counts.new) new: \(end.words)"
  }
}

extension ArchiveReading.End {
  fileprivate var isFailure: Bool {
    if case .failed = self { true } else { false }
  }

  fileprivate var isRefusal: Bool {
    if case .walk(.refused) = self { true } else { false }
  }

  /// For programs.
  fileprivate var name: String {
    switch self {
    case .walk(.oldest): "oldest"
    case .walk(.known): "known"
    case .walk(.limit): "limit"
    case .walk(.refused): "refused"
    case .notAsked: "not-asked"
    case .failed(let note): note.kind
    }
  }

  fileprivate var words: String {
    switch self {
    case .walk(.oldest): "the oldest is reached"
    case .walk(.known): "what is older is stored already"
    case .walk(.limit(.pages(let count))):
      "the limit of \(count) pages a day; a run tomorrow, or with --force, goes on"
    case .walk(.limit(.bytes(let count))):
      "the limit of \(count >> 20) MB at a time; the next run goes on"
    case .walk(.refused(let reason)): reason
    case .notAsked(let reason): "\(reason)"
    case .failed(let note): "\(note.kind): \(note.detail)"
    }
  }
}
