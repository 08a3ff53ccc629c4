internal import Syndication

extension FeedParsingError {
  /// The same, with the feeds that an HTML page declares. `base` is the page's address; `mask` makes
  /// of an address what may be shown of it.
  package func namingFeeds(
    of bytes: [UInt8], base: String?, masking mask: (String) -> String = { $0 }
  ) -> FeedParsingError {
    guard kind == .htmlPage || kind == .loginPage else { return self }
    let named = FeedDiscovery.declared(inHTML: bytes, base: base ?? "")
      .filter { $0.url.utf8.count <= Self.addressByteLimit }
    guard let first = named.first else { return self }
    let others = named.count > 1 ? " and \(named.count - 1) more, which discover lists" : ""
    return FeedParsingError(kind, "\(detail); it names the feed \(mask(first.url))\(others)")
  }

  /// Longer addresses are not shown.
  private static let addressByteLimit = 300
}
