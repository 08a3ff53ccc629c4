/// The way of one request from the address it names through the redirects that it meets.
package struct RedirectChain: Sendable {
  /// Where the request was sent first.
  package let start: FetchAddress
  package private(set) var current: FetchAddress
  /// The hosts on the way, the present one last.
  package private(set) var hosts: [String]
  /// Whether what is meant for the first origin only may be sent to where the chain stands: never again
  /// once it led elsewhere, since whoever leads back chose what is asked for.
  package private(set) var isAtStartOrigin: Bool
  private let allowedHosts: Set<String>?
  private var visited: [String]
  private var isPermanent = true

  /// - Parameters:
  ///   - start: Where the request is sent first.
  ///   - source: Whose word `start` is, where it is no person's.
  ///   - allowedHosts: Where redirects may lead; nil for anywhere.
  package init(
    start: FetchAddress, ledFrom source: FetchAddress? = nil, among allowedHosts: Set<String>? = nil
  ) {
    self.start = start
    self.allowedHosts = allowedHosts
    current = start
    hosts = [source?.host, start.host].compactMap { $0 }
    isAtStartOrigin = source.map { $0.origin == start.origin } ?? true
    visited = [start.text]
  }

  package var redirectCount: Int { visited.count - 1 }

  /// Where permanent redirects alone led; nil without a redirect or after a temporary one.
  package var permanentURL: String? {
    isPermanent && current.text != start.text ? current.text : nil
  }

  package static func isRedirect(_ status: Int) -> Bool {
    [301, 302, 303, 307, 308].contains(status)
  }

  /// Goes on to `location`, the Location field of a redirect of `status`. Spaces in it are encoded:
  /// many a server copies them from the name of a page.
  ///
  /// - Throws: why the redirect is not followed.
  package mutating func follow(
    to location: String?, status: Int, limit: Int
  ) throws(FetchFailure) {
    guard let location else {
      throw FetchFailure(.badRedirect, "the server answered \(status) without a Location")
    }
    let next: FetchAddress
    do throws(FetchFailure) {
      next = try FetchAddress(
        parsing: location.replacing(" ", with: "%20"), relativeTo: current)
    } catch {
      throw FetchFailure(.badRedirect, "the redirect leads nowhere: \(error.detail)")
    }
    guard next.scheme != .file else {
      throw FetchFailure(
        .badRedirect, "the redirect leads from \(current.scheme.rawValue) to a file")
    }
    guard !(current.scheme == .https && next.scheme == .http) else {
      throw FetchFailure(
        .badRedirect, "the redirect leads from https to plain http at \(next.host)")
    }
    guard allowedHosts?.contains(next.host) ?? true else {
      throw FetchFailure(.badRedirect, "the redirect leads to another host, \(next.host)")
    }
    guard !visited.contains(next.text) else {
      throw FetchFailure(.tooManyRedirects, "the redirects run in a circle")
    }
    guard redirectCount < limit else {
      throw FetchFailure(.tooManyRedirects, "more than \(limit) redirects one after another")
    }
    visited.append(next.text)
    hosts.append(next.host)
    isAtStartOrigin = isAtStartOrigin && next.origin == start.origin
    current = next
    isPermanent = isPermanent && (status == 301 || status == 308)
  }
}
