/// Why some bytes are no feed.
package struct FeedParsingError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What the bytes look like instead.
  package enum Kind: String, Hashable, Sendable, CaseIterable {
    case empty
    case htmlPage = "html-page"
    case challengePage = "challenge-page"
    /// A page that asks who reads, or for consent.
    case loginPage = "login-page"
    case opml
    case sitemap
    case json
    case image
    case binary
    case text
    case xml
    /// There are no bytes, since their file could not be read.
    case unreadable
    /// There is no telling which bytes are meant.
    case badRequest = "bad-request"
  }

  package var kind: Kind
  /// A sentence without the feed's address and without a full stop.
  package var detail: String

  package init(_ kind: Kind, _ detail: String) {
    self.kind = kind
    self.detail = detail
  }

  package var description: String { detail }
}
