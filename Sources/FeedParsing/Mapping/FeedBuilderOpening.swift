internal import Syndication

/// What the start of an element does.
extension FeedBuilder {
  /// Completes the frame of an element that starts; false when the element and all in it is to be
  /// skipped.
  mutating func prepare(_ frame: inout Frame, _ attributes: MarkupAttributes) -> Bool {
    switch frame.field {
    case .unknown: return openUnknown(&frame)
    case .rss, .rdf, .feed, .channel, .sitemap: return openFeed(&frame, attributes)
    case .entry: return openEntry(&frame, attributes)
    case .url where frames.last?.field == .sitemap: return openEntry(&frame, attributes)
    default: break
    }
    guard frame.scope != .none || frames.isEmpty else { return false }
    if frame.field.isTextConstruct {
      openText(&frame, attributes)
      return frame.scope != .person
    }
    return openProperty(&frame, attributes)
  }

  /// What means nothing is skipped with all it holds, but for mark-up around a property's text.
  private func openUnknown(_ frame: inout Frame) -> Bool {
    guard let parent = frames.last, frame.scope != .none else { return true }
    guard parent.mode == .plain, parent.scope != .person, parent.field != .source,
      parent.field != .image
    else { return false }
    frame.field = .transparent
    frame.mode = .plain
    return true
  }

  private mutating func openFeed(_ frame: inout Frame, _ attributes: MarkupAttributes) -> Bool {
    guard isInFeed else { return false }
    frame.scope = .draft
    if attributes.has(.lang), let language = frame.language { draft.language = language }
    if frame.field == .channel {
      draft.about = draft.about ?? attributes[.about]
      describeInAttributes(frame, attributes)
    }
    return true
  }

  private mutating func openEntry(_ frame: inout Frame, _ attributes: MarkupAttributes) -> Bool {
    guard isInFeed else { return false }
    guard entryCount < request.limits.entryCount else {
      tally.note(.limit, "entries beyond the limit dropped")
      isFull = true
      return false
    }
    frame.scope = .draft
    frame.endsDraft = true
    beginDraft(.entry)
    draft.about = attributes[.about]
    draft.language = frame.language
    describeInAttributes(frame, attributes)
    return true
  }

  /// CDF says in attributes of channel and item what others say in elements.
  private mutating func describeInAttributes(_ frame: Frame, _ attributes: MarkupAttributes) {
    if let date = attributes[.lastModified] { draft.updated = WebDate.parse(date) ?? draft.updated }
    if let href = attributes[.href], let address = address(href, frame.base) {
      draft.links.append(WebLink(href: address))
    }
  }

  private mutating func openText(_ frame: inout Frame, _ attributes: MarkupAttributes) {
    frame.type = attributes[.type]
    frame.mode = TextMode(frame.field, type: frame.type, mode: attributes[.mode], isAtom: isAtom)
    if frame.field == .content, let source = attributes[.src] {
      draft.contentSource = address(source, frame.base)
      draft.contentType = frame.type
    }
  }

  /// Elements that are neither wrappers nor text constructs. False when what is in one means nothing.
  private mutating func openProperty(_ frame: inout Frame, _ attributes: MarkupAttributes) -> Bool {
    frame.mode = .plain
    switch frame.field {
    case .source:
      guard draft.kind == .entry else { return false }
      openSource(&frame, attributes)
    case .chapters:
      guard draft.chapters == nil else { return false }
      frame.mode = .none
      openChapters(attributes)
    case .image, .textInput, .author, .contributor, .creator, .itunesAuthor, .dcContributor,
      .webMaster, .dcPublisher, .owner:
      openScope(&frame, attributes)
    case .group, .skipHours, .skipDays, .geoWhere, .geoPoint, .gmlTransparent:
      frame.mode = .none
    case .gmlPoint, .gmlLine, .gmlPolygon:
      frame.mode = .none
      frame.attributes = attributes
    default:
      if !addProperty(&frame, attributes), !attributes.isEmpty { frame.attributes = attributes }
    }
    return true
  }

  private mutating func openSource(_ frame: inout Frame, _ attributes: MarkupAttributes) {
    frame.endsDraft = true
    beginDraft(.source)
    frame.attributes = attributes
    frame.scope = .draft
  }

  /// Elements with properties of their own.
  private mutating func openScope(_ frame: inout Frame, _ attributes: MarkupAttributes) {
    switch frame.field {
    case .image:
      image = FeedImage()
      frame.scope = .image
      frame.attributes = attributes
    case .textInput:
      frame.mode = .none
      textInput = TextInput()
      frame.scope = .textInput
    default:
      person = Person()
      frame.scope = .person
    }
  }

  /// Elements that say what they have to say in attributes; false for any other.
  private mutating func addProperty(_ frame: inout Frame, _ attributes: MarkupAttributes) -> Bool {
    switch frame.field {
    case .listed:
      addListed(attributes)
    case .chapter:
      addChapter(attributes, frame.base)
    case .cloud:
      draft.cloud = cloud(attributes)
    case .enclosure, .mediaPeerLink:
      addEnclosure(attributes, frame.base)
    case .inReplyTo:
      draft.inReplyTo = reply(attributes, frame.base)
    case .mediaContent:
      frame.mode = .none
      addMediaContent(attributes, frame.base)
    case .itunesCategory:
      if let term = attributes[.text] { addCategory(term, scheme: FeedBuilder.itunesScheme) }
    case .itunesImage:
      openITunesImage(frame, attributes)
    default:
      return false
    }
    return true
  }

  private mutating func addListed(_ attributes: MarkupAttributes) {
    guard isInFeed, sequence.count < request.limits.entryCount,
      let address = attributes[.resource]
    else { return }
    sequence.append(address)
  }

  static let itunesScheme = "http://www.itunes.com/"

  private mutating func openITunesImage(_ frame: Frame, _ attributes: MarkupAttributes) {
    guard draft.itunesImage == nil, let href = attributes[.href] ?? attributes[.url] else { return }
    draft.itunesImage = address(href, frame.base)
  }

  private func cloud(_ attributes: MarkupAttributes) -> Cloud {
    var cloud = Cloud()
    cloud.domain = attributes[.domain]
    cloud.port = attributes[.port]
    cloud.path = attributes[.path]
    cloud.registerProcedure = attributes[.registerProcedure]
    cloud.protocol = attributes[.protocol]
    return cloud
  }

  private mutating func reply(_ attributes: MarkupAttributes, _ base: String?) -> ReplyReference {
    var reply = ReplyReference()
    reply.ref = attributes[.ref]
    reply.href = attributes[.href].flatMap { address($0, base) }
    reply.source = attributes[.source].flatMap { address($0, base) }
    reply.type = attributes[.type]
    return reply
  }

  private mutating func addEnclosure(_ attributes: MarkupAttributes, _ base: String?) {
    guard let said = attributes[.url] ?? attributes[.href] ?? attributes[.uri],
      let url = address(said, base)
    else { return }
    let enclosure = Enclosure(url: url, type: attributes[.type], length: attributes[.length])
    noteCut(unless: draft.enclosures.append(enclosure))
    noteCut(unless: draft.links.appendBounded(WebLink(enclosing: enclosure)))
  }

  private mutating func addMediaContent(_ attributes: MarkupAttributes, _ base: String?) {
    guard let said = attributes[.url], let url = address(said, base) else { return }
    var content = Media.Content(url: url)
    content.type = attributes[.type]
    content.medium = attributes[.medium]?.lowercased()
    content.length = attributes[.fileSize]
    content.width = attributes[.width].flatMap { Int($0) }
    content.height = attributes[.height].flatMap { Int($0) }
    content.duration = attributes[.duration]
    content.isDefault = attributes[.isDefault]?.lowercased() == "true"
    noteCut(unless: draft.media.orEmpty.content.appendBounded(content))
  }

  private mutating func openChapters(_ attributes: MarkupAttributes) {
    var chapters = ChapterList()
    chapters.version = attributes[.version]
    draft.chapters = chapters
  }

  private mutating func addChapter(_ attributes: MarkupAttributes, _ base: String?) {
    guard let start = attributes[.start].flatMap(ClockTime.seconds) else { return }
    var chapter = ChapterList.Chapter(startSeconds: start)
    chapter.title = attributes[.title]
    chapter.url = attributes[.href].flatMap { address($0, base) }
    chapter.image = attributes[.image].flatMap { address($0, base) }
    noteCut(unless: draft.chapters.orEmpty.chapters.appendBounded(chapter))
  }
}

/// Values that begin to exist with their first part.
protocol Startable {
  init()
}

extension Media: Startable {}
extension ITunesFlags: Startable {}
extension Podcast: Startable {}
extension ChapterList: Startable {}

extension Optional where Wrapped: Startable {
  /// The value, begun when there was none. It leaves its place while it is changed: a second copy
  /// would make every append to a list of it copy the list.
  var orEmpty: Wrapped {
    get { self ?? Wrapped() }
    _modify {
      var value = take() ?? Wrapped()
      defer { self = value }
      yield &value
    }
  }
}

extension WebLink {
  fileprivate init(enclosing enclosure: Enclosure) {
    self.init(href: enclosure.url)
    relation = "enclosure"
    type = enclosure.type
    length = enclosure.length
  }
}
