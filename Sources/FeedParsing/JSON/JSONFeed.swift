internal import Syndication

/// JSON Feed 1.0 and 1.1 (jsonfeed.org).
struct JSONFeed {
  private let request: ParseRequest
  private var base: String?
  private var tally = DefectTally()

  /// Whether a document is JSON by its first character.
  static func claims(_ bytes: [UInt8]) -> Bool {
    let first = bytes.first { !$0.isASCIISpace && $0 != 0xEF && $0 != 0xBB && $0 != 0xBF }
    return first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
  }

  static func read<Failure: Error>(
    _ document: DocumentText, _ request: ParseRequest,
    _ drain: (inout [Entry]) throws(Failure) -> Void
  ) throws(Failure) -> Result<ParsedFeed, FeedParsingError> {
    let (root, isCut) = document.bytes.withUnsafeBufferPointer { bytes in
      var reader = JSONReader(bytes)
      let value = reader.read()
      return (value, reader.isCut)
    }
    guard let root, root.isObject else {
      return .failure(FeedParsingError(.text, "text that begins like JSON and is none"))
    }
    let version = root["version"]?.text ?? ""
    guard
      version.contains("jsonfeed.org/version/") || root["items"]?.elements.first?.isObject ?? false
    else {
      let message = root["error"]?.text ?? root["message"]?.text ?? root["detail"]?.text
      return .failure(
        FeedParsingError(
          .json, message.map { "JSON, not a feed: \($0.prefix(120))" } ?? "JSON, not a feed"))
    }
    var reader = JSONFeed(request)
    var feed = ParsedFeed(
      format: .json, version: shortVersion(version), encoding: document.encoding)
    feed.properties = reader.properties(root)
    feed.entries =
      root["items"]?.elements.prefix(request.limits.entryCount).filter(\.isObject).map {
        reader.entry($0)
      } ?? []
    feed.defects = reader.tally.defects
    if isCut {
      let what = request.isWhole ? "the document ends inside a value" : "the transfer was cut"
      feed.defects.append(ParseDefect(.truncated, what))
      // Whether the last item was whole cannot be told.
      if !request.keepsOpenEntry, !feed.entries.isEmpty { feed.entries.removeLast() }
    }
    try drain(&feed.entries)
    return .success(feed)
  }

  private init(_ request: ParseRequest) {
    self.request = request
    base =
      request.contentLocation.flatMap { WebAddress.resolve($0, against: request.url) }
      ?? request.url
  }

  private static func shortVersion(_ address: String) -> String {
    guard let number = address.split(separator: "/").last, address.contains("/version/") else {
      return ""
    }
    return String(number)
  }

  private mutating func properties(_ root: JSONValue) -> FeedProperties {
    var feed = FeedProperties()
    // Without an address of its own a document stands where it says it does.
    base = base ?? root["feed_url"]?.text ?? root["home_page_url"]?.text
    feed.title = text(root["title"])
    feed.subtitle = text(root["description"])
    feed.permalink = address(root["home_page_url"])
    feed.id = root["feed_url"]?.text
    if let url = feed.permalink { feed.links.append(link(url, "alternate")) }
    if let url = address(root["feed_url"]) { feed.links.append(link(url, "self")) }
    if let url = address(root["next_url"]) { feed.links.append(link(url, "next")) }
    for hub in root["hubs"]?.elements ?? [] {
      if let url = address(hub["url"]) { feed.links.append(link(url, "hub")) }
    }
    feed.language = root["language"]?.text ?? request.contentLanguage
    feed.authors = authors(root)
    // The format's "icon" is large, its "favicon" small; Atom knows an icon and a logo.
    feed.logo = address(root["icon"])
    let small = address(root["favicon"])
    feed.icon = feed.logo ?? small
    if feed.logo != nil, let small {
      feed.image = FeedImage()
      feed.image?.url = small
    }
    return feed
  }

  private mutating func entry(_ item: JSONValue) -> Entry {
    var entry = Entry()
    entry.guid = item["id"]?.text
    entry.permalink = address(item["url"]) ?? address(item["external_url"])
    entry.title = text(item["title"])
    entry.summary = text(item["summary"])
    entry.content = html(item["content_html"]) ?? text(item["content_text"])
    entry.contentType = entry.content.map { $0.kind == .html ? "text/html" : "text/plain" }
    if let url = entry.permalink { entry.links.append(link(url, "alternate")) }
    if let url = address(item["external_url"]), url != entry.permalink {
      entry.links.append(link(url, "related"))
    }
    entry.published = date(item["date_published"])
    entry.updated = date(item["date_modified"])
    entry.authors = authors(item)
    let tags = item["tags"]?.elements.compactMap { $0.text.map { Category(term: $0) } } ?? []
    entry.categories = distinct(tags)
    entry.language = item["language"]?.text
    entry.image = address(item["image"]) ?? address(item["banner_image"])
    for attachment in item["attachments"]?.elements ?? [] {
      guard let url = address(attachment["url"]) else { continue }
      entry.enclosures.append(
        Enclosure(
          url: url, type: attachment["mime_type"]?.text, length: attachment["size_in_bytes"]?.text))
    }
    return entry
  }

  private mutating func authors(_ value: JSONValue) -> [Person] {
    let list = value["authors"].map { $0.isObject ? [$0] : $0.elements }
    let said = (list ?? []) + [value["author"]].compactMap { $0 }
    let persons = said.compactMap { author -> Person? in
      let person = Person(name: author["name"]?.text ?? author.text, url: address(author["url"]))
      return person == Person() ? nil : person
    }
    return distinct(persons)
  }

  private func distinct<Element: Hashable>(_ elements: [Element]) -> [Element] {
    var seen: Set<Element> = []
    return elements.filter { seen.insert($0).inserted }
  }

  private func link(_ href: String, _ relation: String) -> WebLink {
    var link = WebLink(href: href)
    link.relation = relation
    return link
  }

  private func text(_ value: JSONValue?) -> TextConstruct? {
    value?.text.map { TextConstruct($0) }
  }

  private func html(_ value: JSONValue?) -> TextConstruct? {
    guard let html = value?.text else { return nil }
    let value = request.sanitizesHTML ? HTMLSanitizer(base: base).sanitize(html) : html
    return value.isEmpty ? nil : TextConstruct(value, kind: .html, base: base)
  }

  private mutating func address(_ value: JSONValue?) -> String? {
    guard let text = value?.text else { return nil }
    let resolved = WebAddress.resolve(text, against: base) ?? text
    guard WebAddress.isSafe(resolved) else {
      tally.note(.address, "an address with a forbidden scheme dropped", at: 0)
      return nil
    }
    return resolved
  }

  private mutating func date(_ value: JSONValue?) -> Timestamp? {
    guard let text = value?.text else { return nil }
    let date = WebDate.parse(text)
    if date == nil { tally.note(.date, "a date that cannot be read", at: 0) }
    return date
  }
}
