package import Syndication

extension Story {
  /// What counts as one source: the host of the link without `www.`, else the feed's address.
  ///
  /// Several feeds of one paper are one outlet, and a paper that reports a story twice does not make
  /// it more certain.
  package var outlet: String {
    guard let link else { return feed }
    return WebLinkText.plainHost(of: link) ?? WebLinkText(link)?.host ?? feed
  }

  /// The outlet's name for readers.
  var sourceName: String {
    let name = DisplayText.line(source)
    return name.isEmpty ? DisplayText.line(outlet) : name
  }

  /// When it was reported: as published, but never later than it was first seen, so that a date in
  /// the future puts no story on top for years.
  package var reported: Timestamp { min(published ?? seen, seen) }

  /// In characters.
  private static let headlineLimit = 250

  /// The title; where the publisher gave none, the beginning of the text.
  var headline: String {
    let title = DisplayText.line(title)
    if !title.isEmpty { return title.excerpt(characters: Story.headlineLimit) }
    let opening = DisplayText.line(summary ?? text).excerpt(characters: 80)
    return opening.isEmpty ? "Untitled" : opening
  }
}
