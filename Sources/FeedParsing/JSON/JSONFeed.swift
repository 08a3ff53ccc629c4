internal import Syndication

/// JSON Feed 1.0 and 1.1 (jsonfeed.org).
struct JSONFeed {
  private let request: ParseRequest
  private var base: String?
  private var addresses: DocumentAddresses
  private var tally = DefectTally()
  /// Entries that were read and not taken yet.
  private var entries: [Entry] = []
  private var entryCount = 0

  /// Whether a document is JSON by its first character.
  static func claims(_ bytes: [UInt8]) -> Bool {
    let first = bytes.first { !$0.isASCIISpace && $0 != 0xEF && $0 != 0xBB && $0 != 0xBF }
    return first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
  }

  /// Reads a feed item by item, without a tree of the whole; `drain` is called after every item and
  /// takes what entries it likes.
  static func read<Failure: Error>(
    _ document: DocumentText, _ request: ParseRequest,
    _ drain: (inout [Entry]) throws(Failure) -> Void
  ) throws(Failure) -> Result<ParsedFeed, FeedParsingError> {
    try document.bytes.withUnsafeBufferPointer { bytes throws(Failure) in
      var reader = JSONReader(bytes, textByteLimit: request.limits.textByteLimit)
      guard let outline = reader.outline(list: "items") else {
        return .failure(ForeignJSON.error(ofNoObject: document.bytes))
      }
      let version = outline.members["version"]?.text ?? ""
      guard version.contains("jsonfeed.org/version/") || outline.list?.startsWithObject == true
      else { return .failure(ForeignJSON.error(of: .object(outline.members))) }
      var builder = JSONFeed(request, documentByteCount: bytes.count)
      var feed = ParsedFeed(
        format: .json, version: shortVersion(version), encoding: document.encoding)
      feed.properties = builder.properties(.object(outline.members))
      if let list = outline.list {
        reader.enter(list)
        while builder.readEntry(&reader, of: list) { try drain(&builder.entries) }
      }
      feed.entries = builder.entries
      if builder.addresses.isSpent {
        builder.tally.note(.limit, DocumentAddresses.spentDefect)
      }
      feed.defects = builder.tally.defects
      if reader.isMended {
        feed.defects.append(ParseDefect(.malformed, "JSON that is not well-formed"))
      }
      if reader.hasForbiddenCharacters {
        feed.defects.append(ParseDefect(.forbiddenCharacters, "control characters dropped"))
      }
      if let defect = outline.end.defect(isWhole: request.isWhole) { feed.defects.append(defect) }
      return .success(feed)
    }
  }

  /// Reads the next item; false at the end of the list.
  private mutating func readEntry(_ reader: inout JSONReader, of list: JSONReader.List) -> Bool {
    guard let item = reader.nextElement(of: list) else { return false }
    if reader.isTextCut {
      tally.note(.limit, "a text cut at its limit")
    }
    switch item {
    case .whole(let value) where value.isObject: add(value)
    case .open(let value) where value.isObject && request.keepsOpenEntry: add(value)
    case .tooLarge: tally.note(.limit, "an item of too many values dropped")
    case .whole, .open: break
    }
    return true
  }

  private mutating func add(_ item: JSONValue) {
    guard entryCount < request.limits.entryCount else {
      return tally.note(.limit, "entries beyond the limit dropped")
    }
    entryCount += 1
    entries.append(entry(item))
  }

  private init(_ request: ParseRequest, documentByteCount: Int) {
    addresses = DocumentAddresses(documentByteCount: documentByteCount)
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
    for hub in bounded(root["hubs"]?.elements ?? []) {
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
    let terms = item["tags"].map { $0.text.map { [$0] } ?? $0.elements.compactMap(\.text) } ?? []
    let tags = terms.map { Category(term: $0) }
    entry.categories = distinct(tags)
    entry.language = item["language"]?.text
    entry.image = address(item["image"]) ?? address(item["banner_image"])
    for attachment in bounded(item["attachments"]?.elements ?? []) {
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

  private mutating func distinct<Element: Hashable>(_ elements: [Element]) -> [Element] {
    var list = DistinctList<Element>()
    for element in elements { noteCut(unless: list.append(element)) }
    return list.elements
  }

  private mutating func bounded(_ elements: [JSONValue]) -> ArraySlice<JSONValue> {
    noteCut(unless: elements.count <= [JSONValue].boundedListLimit)
    return elements.prefix([JSONValue].boundedListLimit)
  }

  private mutating func noteCut(unless isWhole: Bool) {
    if !isWhole { tally.note(.limit, "a list cut at its limit") }
  }

  private func link(_ href: String, _ relation: String) -> WebLink {
    var link = WebLink(href: href)
    link.relation = relation
    return link
  }

  private func text(_ value: JSONValue?) -> TextConstruct? {
    value?.text.map { TextConstruct($0) }
  }

  private mutating func html(_ value: JSONValue?) -> TextConstruct? {
    guard let html = value?.text else { return nil }
    let value =
      request.sanitizesHTML
      ? HTMLSanitizer(base: addresses.base(ofText: base)).sanitize(html) : html
    return value.isEmpty ? nil : TextConstruct(value, kind: .html, base: base)
  }

  private mutating func address(_ value: JSONValue?) -> String? {
    guard let text = value?.text else { return nil }
    let resolved = addresses.resolve(text, against: base) ?? text
    guard WebAddress.isSafe(resolved) else {
      tally.note(.address, "an address with a forbidden scheme dropped")
      return nil
    }
    return resolved
  }

  private mutating func date(_ value: JSONValue?) -> Timestamp? {
    guard let text = value?.text else { return nil }
    let date = WebDate.parse(text)
    tally.note(date)
    return date
  }
}

extension JSONReader.End {
  fileprivate func defect(isWhole: Bool) -> ParseDefect? {
    switch self {
    case .whole: nil
    case .cut:
      ParseDefect(
        .truncated, isWhole ? "the document ends inside a value" : "the transfer was cut")
    case .broken(let place): ParseDefect(.truncated, "what follows byte \(place) is no JSON")
    }
  }
}
