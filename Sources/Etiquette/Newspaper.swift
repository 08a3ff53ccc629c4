internal import LoopbackServer
internal import Syndication

/// Documents for trials.
enum Newspaper {
  struct Item: Sendable {
    var guid: String?
    var title: String
    var link: String?
    /// As the document writes it.
    var date: String?
    var text = ""

    /// The item that has everything, from its number; equal numbers give equal items.
    init(_ number: Int) {
      guid = "urn:paper:\(number)"
      title = "Report \(number)"
      link = "https://paper.example/\(number)"
      text = "What happened at the \(number)th hour, told at some length by those who were there."
    }

    fileprivate var xml: String {
      let parts = [
        guid.map { "<guid isPermaLink=\"false\">\($0)</guid>" }, "<title>\(title)</title>",
        link.map { "<link>\($0)</link>" }, date.map { "<pubDate>\($0)</pubDate>" },
        "<description>\(text)</description>",
      ]
      return "<item>\(parts.compactMap { $0 }.joined())</item>"
    }
  }

  /// An RSS document of `items`, with further elements of the channel.
  static func rss(_ items: [Item], channel: String = "", title: String = "The Paper") -> String {
    """
    <?xml version="1.0" encoding="UTF-8"?>
    <rss version="2.0" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"><channel>\
    <title>\(title)</title><link>https://paper.example/</link><description>d</description>\
    \(channel)\(items.map(\.xml).joined())</channel></rss>
    """
  }

  /// The items of these numbers.
  static func rss(_ numbers: some Sequence<Int>, channel: String = "") -> String {
    rss(numbers.map(Item.init), channel: channel)
  }
}

extension Script {
  /// A document of one item, with these header fields.
  static func paper(_ fields: String..., items: [Int] = [1], channel: String = "") -> Script {
    .answer(
      "200 OK", ["Content-Type: application/rss+xml"] + fields,
      text: Newspaper.rss(items, channel: channel))
  }

  static func notModified(_ fields: String...) -> Script {
    .head("304 Not Modified", fields)
  }
}
