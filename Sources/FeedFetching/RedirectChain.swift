/// The way of one request from the address it names through the redirects that it meets.
package struct RedirectChain: Sendable {
  /// Where the request was sent first.
  package let start: FetchAddress
  package private(set) var current: FetchAddress
  private var visited: [String]
  private var isPermanent = true

  package init(start: FetchAddress) {
    self.start = start
    current = start
    visited = [start.text]
  }

  package var redirectCount: Int { visited.count - 1 }

  /// Where permanent redirects alone led; nil without a redirect or after a temporary one.
  package var permanentURL: String? {
    isPermanent && current.text != start.text ? current.text : nil
  }

  /// Whether what is meant for the first origin only may be sent to where the chain stands.
  package var isAtStartOrigin: Bool { current.origin == start.origin }

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
    guard !visited.contains(next.text) else {
      throw FetchFailure(.tooManyRedirects, "the redirects run in a circle")
    }
    guard redirectCount < limit else {
      throw FetchFailure(.tooManyRedirects, "more than \(limit) redirects one after another")
    }
    visited.append(next.text)
    current = next
    isPermanent = isPermanent && (status == 301 || status == 308)
  }
}
