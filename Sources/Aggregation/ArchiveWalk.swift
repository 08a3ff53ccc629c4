internal import FeedFetching
package import Syndication

/// How far a feed's older documents have been read, so that reading goes on where it ended.
package struct ArchiveProgress: Hashable, Sendable {
  /// The page to read next; nil where the last walk came to its end.
  package var next: String?
  /// The first page of the walk that `next` belongs to.
  package var first: String?
  /// The first page of the last walk that came to its end: everything from there on is stored.
  package var known: String?

  package init(next: String? = nil, first: String? = nil, known: String? = nil) {
    self.next = next
    self.first = first
    self.known = known
  }
}

/// The way from a feed's newest document to its oldest (RFC 5005): along `prev-archive`, whose pages
/// never change (section 4), else along `next`, whose pages move on with every new entry (section 3).
/// Decides, page by page, and asks nobody.
package struct ArchiveWalk: Sendable {
  /// What walks may cost the server.
  package struct Limits: Hashable, Sendable {
    /// Of one feed in a day.
    package var pages = 100
    /// Received in one walk, of all pages together.
    package var bytes = 256 << 20

    /// No more pages of one feed than all feeds together are worth polls to the operator.
    package init(pollsPerDay: Int? = nil) {
      pages = min(pages, max(1, pollsPerDay ?? pages))
    }
  }

  package enum End: Hashable, Sendable {
    /// No page leads on.
    case oldest
    /// An earlier walk has read what follows.
    case known
    /// As much as may be read; a later walk goes on.
    case limit(Limit)
    /// Why the next page is not asked for.
    case refused(String)
  }

  package enum Limit: Hashable, Sendable {
    /// So many in a day.
    case pages(Int)
    /// So many at a time.
    case bytes(Int)
  }

  package enum Step: Hashable, Sendable {
    case read(String)
    case end(End)
  }

  package private(set) var progress: ArchiveProgress
  /// Of the day.
  package private(set) var pageCount: Int
  private let limits: Limits
  private var byteCount = 0
  private var visited: Set<String>
  /// A publisher's own; what leads elsewhere is somebody else's word.
  package private(set) var hosts: Set<String>

  /// A walk from the document of the feed at `url`, or from where the last one stopped, after
  /// `earlierPageCount` pages of the same day.
  package init(
    feed url: String, progress: ArchiveProgress?, limits: Limits = Limits(),
    earlierPageCount: Int = 0
  ) {
    self.progress = progress ?? ArchiveProgress()
    self.limits = limits
    pageCount = earlierPageCount
    visited = [url]
    hosts = Set([FetchAddress(url)?.host].compactMap { $0 })
  }

  /// Where a document that was asked for came from: that the feed itself was redirected to another host
  /// makes that one the publisher's too.
  package mutating func begin(at finalURL: String) {
    visited.insert(finalURL)
    if let host = FetchAddress(finalURL)?.host { hosts.insert(host) }
  }

  /// Counts pages that were asked for earlier in the day, as is known before the first of this walk.
  ///
  /// - Returns: The limit that is reached by them.
  mutating func charge(_ earlierPageCount: Int) -> Limit? {
    pageCount = max(pageCount, earlierPageCount)
    return reachedLimit
  }

  /// Where the walk goes on that stopped; nil where none did, or where the feed moved away since.
  package var resumption: Step? {
    guard let next = progress.next, refusal(of: next) == nil else { return nil }
    return reachedLimit.map { .end(.limit($0)) } ?? .read(next)
  }

  /// Where the newest document leads.
  package mutating func step(from properties: FeedProperties) -> Step {
    ArchiveLink(in: properties).map { step(along: $0) } ?? .end(.oldest)
  }

  /// Where the newest document leads, whose link this is.
  package mutating func step(along link: ArchiveLink) -> Step {
    let step = step(along: link, broughtNews: true)
    if case .read(let page) = step {
      progress.first = page
      progress.next = page
    }
    return step
  }

  /// Where a page that was read and stored leads.
  ///
  /// - Parameters:
  ///   - properties: The page's own.
  ///   - finalURL: Where it came from.
  ///   - receivedByteCount: What it cost.
  ///   - newCount: How many of its stories were not stored before.
  /// - Returns: The next page to read, or why there is none.
  package mutating func step(
    from properties: FeedProperties, at finalURL: String, receivedByteCount: Int, newCount: Int
  ) -> Step {
    pageCount += 1
    byteCount += receivedByteCount
    visited.insert(finalURL)
    let link = ArchiveLink(in: properties)
    let step = step(along: link, broughtNews: newCount > 0)
    switch step {
    case .read(let page): progress.next = page
    case .end(.limit): progress.next = link?.href
    case .end:
      progress = ArchiveProgress(known: progress.first ?? progress.known)
    }
    return step
  }

  private func step(along link: ArchiveLink?, broughtNews: Bool) -> Step {
    guard let link else { return .end(.oldest) }
    if link.isStable ? link.href == progress.known : progress.known != nil && !broughtNews {
      return .end(.known)
    }
    if visited.contains(link.href) { return .end(.refused("the pages lead round in a circle")) }
    if let reason = refusal(of: link.href) { return .end(.refused(reason)) }
    return reachedLimit.map { .end(.limit($0)) } ?? .read(link.href)
  }

  private var reachedLimit: Limit? {
    if pageCount >= limits.pages { return .pages(limits.pages) }
    return byteCount >= limits.bytes ? .bytes(limits.bytes) : nil
  }

  /// Why the page at `href` is not asked for: it is no web address, or at another host than the feed.
  private func refusal(of href: String) -> String? {
    let address: FetchAddress
    do throws(FetchFailure) { address = try FetchAddress(parsing: href) } catch {
      return "the next page's address: \(error.detail)"
    }
    guard address.scheme != .file else { return "the next page is a file" }
    return hosts.contains(address.host) ? nil : "the next page is at another host, \(address.host)"
  }
}
