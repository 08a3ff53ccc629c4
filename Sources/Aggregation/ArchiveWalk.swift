internal import FeedFetching
package import Syndication

/// How far a feed's older documents have been read, so that reading goes on where it ended.
package struct ArchiveProgress: Hashable, Sendable, Codable {
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
  /// What one walk may cost the server.
  package struct Limits: Hashable, Sendable {
    package var pages = 100
    /// Received, of all pages together.
    package var bytes = 256 << 20

    package init() {}
  }

  package enum End: Hashable, Sendable {
    /// No page leads on.
    case oldest
    /// An earlier walk has read what follows.
    case known
    /// As much as may be read at a time; the next walk goes on.
    case limit
    /// Why the next page is not asked for.
    case refused(String)
  }

  package enum Step: Hashable, Sendable {
    case read(String)
    case end(End)
  }

  package private(set) var progress: ArchiveProgress
  package private(set) var pageCount = 0
  private let limits: Limits
  private var byteCount = 0
  private var visited: Set<String>
  /// A publisher's own; what leads elsewhere is somebody else's word.
  private var hosts: Set<String>

  /// A walk from the document of the feed at `url`, or from where the last one stopped.
  package init(feed url: String, progress: ArchiveProgress?, limits: Limits = Limits()) {
    self.progress = progress ?? ArchiveProgress()
    self.limits = limits
    visited = [url]
    hosts = Set([FetchAddress(url)?.host].compactMap { $0 })
  }

  /// Where a document that was asked for came from: that the feed itself was redirected to another host
  /// makes that one the publisher's too.
  package mutating func begin(at finalURL: String) {
    visited.insert(finalURL)
    if let host = FetchAddress(finalURL)?.host { hosts.insert(host) }
  }

  /// Where the newest document leads.
  package mutating func step(from properties: FeedProperties) -> Step {
    let step = step(along: properties, broughtNews: true)
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
    let step = step(along: properties, broughtNews: newCount > 0)
    switch step {
    case .read(let page): progress.next = page
    case .end(.limit): progress.next = link(in: properties)?.href
    case .end:
      progress = ArchiveProgress(known: progress.first ?? progress.known)
    }
    return step
  }

  private func step(along properties: FeedProperties, broughtNews: Bool) -> Step {
    guard let link = link(in: properties) else { return .end(.oldest) }
    if link.isStable ? link.href == progress.known : progress.known != nil && !broughtNews {
      return .end(.known)
    }
    if visited.contains(link.href) { return .end(.refused("the pages lead round in a circle")) }
    if let reason = refusal(of: link.href) { return .end(.refused(reason)) }
    guard pageCount < limits.pages, byteCount < limits.bytes else { return .end(.limit) }
    return .read(link.href)
  }

  private func link(in properties: FeedProperties) -> (href: String, isStable: Bool)? {
    for (relation, isStable) in [("prev-archive", true), ("next", false)] {
      if let link = properties.links.first(where: { $0.has(relation: relation) }) {
        return (link.href, isStable)
      }
    }
    return nil
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
