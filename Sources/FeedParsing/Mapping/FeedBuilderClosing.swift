internal import Syndication

/// What the end of an element does.
extension FeedBuilder {
  mutating func end(_ frame: Frame) {
    switch frame.field {
    case .entry, .url:
      guard frame.endsDraft else { return endValue(frame) }
      endEntry()
    case .source:
      endSource(frame)
    case .image:
      endImage(frame)
    case .textInput:
      setTextInput()
    case _ where frame.field.isTextConstruct:
      endText(frame)
    default:
      endValue(frame)
    }
  }

  /// The input belongs to the feed, wherever it stands.
  private mutating func setTextInput() {
    if isInFeed { draft.textInput = textInput } else { outerDrafts[0].textInput = textInput }
  }

  private mutating func endEntry() {
    var ended = endDraft()
    // Google News demands a title; other sitemaps list pages, not news.
    guard format != .sitemap || ended.hasTitle else { return }
    entries.append(Entry())
    ended.move(into: &entries[entries.count - 1])
    entryCount += 1
  }

  private mutating func endValue(_ frame: Frame) {
    switch frame.scope {
    case .none: break
    case .image: endInImage(frame)
    case .textInput: endInTextInput(frame)
    case .person: endInPerson(frame)
    case .draft: endProperty(frame)
    }
  }

  private mutating func endSource(_ frame: Frame) {
    let title = ownText(frame)
    if draft.title == nil, let title { draft.title = TextConstruct(title) }
    if let url = frame.attributes?[.url], let address = address(url, frame.base) {
      draft.links.append(WebLink(href: address))
    }
    let source = endDraft().properties()
    draft.source = EntrySource(source)
  }

  private mutating func endImage(_ frame: Frame) {
    if image.url == nil {
      let said =
        frame.attributes?[.resource] ?? frame.attributes?[.href] ?? frame.attributes?[.url]
        ?? ownText(frame)
      image.url = said.flatMap { address($0, frame.base) }
    }
    if draft.image?.url == nil || image.title != nil || image.link != nil { draft.image = image }
  }

  private mutating func endInImage(_ frame: Frame) {
    guard let text = ownText(frame) ?? frame.attributes?[.href] else { return }
    switch frame.field {
    case .url: image.url = address(text, frame.base)
    case .link: image.link = address(text, frame.base)
    case .width: image.width = Int(text)
    case .height: image.height = Int(text)
    default: break
    }
  }

  private mutating func endInTextInput(_ frame: Frame) {
    guard let text = ownText(frame) else { return }
    switch frame.field {
    case .name: textInput.name = text
    case .link: textInput.link = address(text, frame.base)
    default: break
    }
  }

  /// A person, or a part of one.
  private mutating func endInPerson(_ frame: Frame) {
    let text = ownText(frame)
    switch frame.field {
    case .name: person.name = text
    case .email: person.email = text
    case .url, .link: person.url = text.flatMap { address($0, frame.base) }
    default: endPerson(frame, text)
    }
  }

  private mutating func endPerson(_ frame: Frame, _ text: String?) {
    if person == Person(), let text { person = Person(published: text) }
    guard person != Person() else { return }
    switch frame.field {
    case .contributor, .dcContributor:
      noteCut(unless: draft.contributors.appendBounded(person))
    case .webMaster, .dcPublisher: draft.publisher = draft.publisher ?? person
    case .owner: draft.owner = draft.owner ?? person
    default:
      // The same name again, without more about it, is the same person.
      let isKnown = draft.authors.elements.prefix(4).contains { $0.name == person.name }
      if isKnown, person == Person(name: person.name) { return }
      noteCut(unless: draft.authors.append(person))
    }
  }

  /// Properties of the innermost draft.
  private mutating func endProperty(_ frame: Frame) {
    switch frame.field {
    case .link: return endLink(frame)
    case .id: return endID(frame)
    case .category, .subject, .keywords, .itunesCategory, .itunesKeywords, .mediaCategory,
      .mediaKeywords:
      return endCategory(frame)
    case .generator, .generatorAgent: return endGenerator(frame)
    case .license: return endLicense(frame)
    case .mediaThumbnail, .mediaCredit, .mediaPlayer, .mediaRating, .mediaLicense,
      .mediaRestriction, .mediaStars, .mediaStatistics, .mediaStatus:
      return endMedia(frame)
    case .gmlPosition, .gmlPositions: return endGML(frame)
    case .transcript, .chapterDocument, .participant, .funding, .alternateSource, .discussion,
      .podcastLicense:
      return endPodcast(frame)
    default: break
    }
    guard let text = ownText(frame) ?? frame.attributes?[.href] else { return }
    endAddress(frame, text)
    endDate(frame, text)
    endHint(frame, text)
    endFlag(frame, text)
    endPlace(frame, text)
    endEpisode(frame, text)
  }

  private mutating func endAddress(_ frame: Frame, _ text: String) {
    switch frame.field {
    case .originalLink:
      if text.isWebAddress { draft.originalLink = address(text, frame.base) }
    case .comments: draft.comments = address(text, frame.base)
    case .commentsFeed: draft.commentsFeed = address(text, frame.base)
    case .commentsPost: draft.commentsPost = address(text, frame.base)
    case .documentation: draft.documentation = address(text, frame.base)
    case .icon: draft.icon = address(text, frame.base)
    case .logo: draft.logo = address(text, frame.base)
    case .itunesImage:
      draft.itunesImage = draft.itunesImage ?? (text.isWebAddress ? address(text, frame.base) : nil)
    case .dcIdentifier: draft.dcIdentifier = text
    case .language: setLanguage(text)
    case .newAddress where draft.kind == .feed: draft.hints.newAddress = address(text, frame.base)
    default: break
    }
  }

  /// The first language element counts; it outranks an inherited `xml:lang`.
  private mutating func setLanguage(_ text: String) {
    guard !draft.saysLanguage else { return }
    draft.saysLanguage = true
    draft.language = text
  }

  private mutating func endDate(_ frame: Frame, _ text: String) {
    switch frame.field {
    case .published: draft.published = date(text) ?? draft.published
    case .publicationDate: draft.publicationDate = date(text) ?? draft.publicationDate
    case .updated: draft.updated = date(text) ?? draft.updated
    case .dcDate: draft.dcDate = date(text) ?? draft.dcDate
    case .lastBuildDate: draft.lastBuildDate = date(text) ?? draft.lastBuildDate
    case .created: draft.created = date(text) ?? draft.created
    case .expired: draft.expired = date(text)
    case .valid: endValidity(text)
    default: break
    }
  }

  /// A period of DCMI: "start=…; end=…".
  private mutating func endValidity(_ text: String) {
    guard let end = text.lowercased().firstRange(of: "end=") else { return }
    let rest = text.lowercased()[end.upperBound...]
    draft.expired = date(String(rest.prefix { $0 != ";" }).uppercased())
  }

  private mutating func endHint(_ frame: Frame, _ text: String) {
    switch frame.field {
    case .timeToLive:
      if let minutes = Int(text), 0...FeedBuilder.intervalMinuteLimit ~= minutes {
        draft.hints.timeToLive = .seconds(minutes * 60)
      }
    case .hour:
      if let hour = Int(text), 0...24 ~= hour { draft.hints.skipHours.insert(hour % 24) }
    case .day:
      if let day = FeedBuilder.weekdays.firstIndex(of: text.lowercased()) {
        draft.hints.skipDays.insert(day)
      }
    case .updatePeriod, .updateFrequency:
      updateInterval(frame.field, text.lowercased())
    case .updateBase: draft.hints.updateBase = date(text)
    default: break
    }
  }

  /// Minutes that a feed may ask to be left alone: a year.
  private static let intervalMinuteLimit = 525_600

  private static let weekdays = [
    "sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday",
  ]

  private static let periodSeconds = [
    "hourly": 3600, "daily": 86_400, "weekly": 604_800, "monthly": 2_592_000, "yearly": 31_536_000,
  ]

  /// The two elements come in either order; each works on what the other left.
  private mutating func updateInterval(_ field: Field, _ text: String) {
    if field == .updatePeriod, let seconds = FeedBuilder.periodSeconds[text] {
      updatePeriod = seconds
    } else if field == .updateFrequency, let frequency = Int(text), frequency > 0 {
      updateFrequency = frequency
    }
    draft.hints.updateInterval = .seconds((updatePeriod ?? 86_400) / updateFrequency)
  }

  private mutating func endFlag(_ frame: Frame, _ text: String) {
    switch frame.field {
    case .explicit: draft.itunes.orEmpty.explicit = FeedBuilder.flag(text)
    // Apple: any value but "Yes" has no effect.
    case .block: draft.itunes.orEmpty.block = text == "Yes" || text == "yes"
    case .duration: draft.itunes.orEmpty.duration = text
    case .locked: draft.podcast.orEmpty.isLocked = FeedBuilder.flag(text)
    case .commentCount: draft.commentCount = Int(text)
    default: break
    }
  }

  private static func flag(_ text: String) -> Bool? {
    switch text.lowercased() {
    case "yes", "true", "explicit": true
    case "no", "false", "clean": false
    default: nil
    }
  }

  private mutating func endLink(_ frame: Frame) {
    let attributes = frame.attributes
    guard let href = linkAddress(frame, attributes) else { return }
    var link = WebLink(href: href)
    link.relation = relation(attributes?[.rel])
    link.type = attributes?[.type]?.lowercased()
    link.language = attributes?[.hreflang]
    link.title = attributes?[.title]
    link.length = attributes?[.length]
    noteCut(unless: draft.links.appendBounded(link))
    guard !href.isEmpty else { return }
    becomeBase(link)
    // As most links: an alternate.
    guard link.relation != nil else { return }
    if link.has(relation: "enclosure") {
      noteCut(
        unless: draft.enclosures.append(
          Enclosure(url: href, type: link.type, length: link.length)))
    } else if link.has(relation: "license") {
      noteCut(unless: draft.licenses.appendBounded(href))
    } else if link.has(relation: "replies") {
      if link.type?.contains("html") ?? false { draft.comments = draft.comments ?? href }
      draft.commentCount = draft.commentCount ?? attributes?[.count].flatMap { Int($0) }
    }
  }

  /// Without an address of its own a document stands where it says it does.
  private mutating func becomeBase(_ link: WebLink) {
    guard rootBase == nil, draft.kind == .feed, link.href.isWebAddress,
      link.has(relation: "self") || link.has(relation: "alternate")
    else { return }
    for place in frames.indices where frames[place].base == nil { frames[place].base = link.href }
  }

  /// Where a link points: an empty `href` means the base itself. A link that says everything but
  /// where it points is kept with an empty address.
  private mutating func linkAddress(_ frame: Frame, _ attributes: MarkupAttributes?) -> String? {
    let said =
      attributes?[.href] ?? ownText(frame) ?? attributes?[.url] ?? attributes?[.uri]
      ?? attributes?[.resource]
    if let said { return address(said, frame.base) }
    guard let attributes else { return nil }
    return attributes.has(.href) ? frame.base ?? "" : ""
  }

  /// A relation without the address of IANA's registry (RFC 4287 section 4.2.7.2).
  private func relation(_ said: String?) -> String? {
    guard let said else { return nil }
    let registry = "http://www.iana.org/assignments/relation/"
    return said.lowercased().hasPrefix(registry) ? String(said.dropFirst(registry.count)) : said
  }

  private mutating func endID(_ frame: Frame) {
    // As with every property the first counts: identity hangs on it, and must never change.
    guard draft.id == nil, let text = ownText(frame) else { return }
    let isPermalink = frame.attributes?[.isPermaLink]?.lowercased()
    draft.isOpaque = isPermalink == "false"
    // RFC 4287 forbids relative ids; a feed's is only shown, an entry's must never change.
    let isRelative = draft.kind == .feed && text.hasPrefix("/")
    draft.id = isRelative ? address(text, frame.base) : text
    if !isAtom, text.hasPrefix("/") { draft.idAddress = address(text, frame.base) }
  }

  private mutating func endCategory(_ frame: Frame) {
    let text = ownText(frame)
    switch frame.field {
    case .itunesKeywords:
      for term in (text ?? "").split(separator: ",") {
        addCategory(String(term).nonBlank, scheme: FeedBuilder.itunesScheme)
      }
    case .mediaKeywords, .keywords:
      for term in (text ?? "").split(separator: ",") { addCategory(String(term).nonBlank) }
    case .itunesCategory:
      break
    default:
      let attributes = frame.attributes
      let scheme =
        attributes?[.scheme] ?? attributes?[.domain]
        ?? (frame.field == .mediaCategory ? "http://search.yahoo.com/mrss/category_schema" : nil)
      addCategory(attributes?[.term] ?? text, scheme: scheme, label: attributes?[.label])
    }
  }

  mutating func addCategory(_ term: String?, scheme: String? = nil, label: String? = nil) {
    let scheme = scheme.flatMap { $0.isActiveContent ? nil : $0 }
    guard term != nil || label != nil || scheme != nil else { return }
    let category = Category(term: term ?? label ?? "", scheme: scheme, label: label)
    noteCut(unless: draft.categories.append(category))
  }

  mutating func noteCut(unless isWhole: Bool) {
    if !isWhole { tally.note(.limit, "a list cut at its limit") }
  }

  private mutating func endGenerator(_ frame: Frame) {
    var generator = draft.generator ?? Generator()
    if frame.field == .generator {
      generator.name = ownText(frame)
      generator.version = frame.attributes?[.version]
      let said = frame.attributes?[.uri] ?? frame.attributes?[.url] ?? frame.attributes?[.href]
      generator.url = said.flatMap { address($0, frame.base) } ?? generator.url
    } else {
      let said = frame.attributes?[.resource].flatMap { address($0, frame.base) }
      generator.url = generator.url ?? said
    }
    draft.generator = generator
  }

  private mutating func endLicense(_ frame: Frame) {
    guard let said = frame.attributes?[.resource] ?? ownText(frame),
      let url = address(said, frame.base)
    else { return }
    noteCut(unless: draft.licenses.appendBounded(url))
  }
}
