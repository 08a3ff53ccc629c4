internal import Aggregation
internal import AggregatorDaemon
internal import EntryImport
internal import FeedParsing
internal import StoryArchive
internal import Syndication

/// The way of what other programs kept into the archive, in pieces that are durable one by one.
struct EntryTakeover {
  /// Entries that share a commit.
  static let pieceEntryCount = 1000

  private let shelves: FeedShelves
  /// Nil for a rehearsal.
  private let aggregator: Aggregator?
  private var counts: [String: StoryCounts] = [:]
  private var order: [String] = []
  /// A sentence for everything that could not be taken over.
  private(set) var problems: [String] = []
  /// The entries read of lists of Miniflux, by how many it says that there are in all.
  private var listed: [Int: Int] = [:]

  /// - Parameters:
  ///   - shelves: Where what is imported is filed.
  ///   - storage: The archive's folder; nil stores nothing.
  /// - Throws: `CommandFailure` when the archive cannot be used.
  init(shelves: FeedShelves, storage: String?) throws(CommandFailure) {
    self.shelves = shelves
    do {
      aggregator = try storage.map { try Aggregator(storage: $0, now: Clock.now()) }
    } catch let error as ArchiveError {
      throw CommandFailure(error)
    } catch {
      throw CommandFailure(.inputOutput, "\(error)")
    }
  }

  /// A line a feed.
  var lines: [String] {
    order.map { address in
      let counts = counts[address] ?? StoryCounts()
      let kept = shelves.follows(Feed(url: address)) ? "" : " (not in feeds.conf)"
      guard aggregator != nil else {
        return "\(address): \(CountText.of(counts.new, "entry", "entries"))\(kept)"
      }
      let ignored = counts.ignored == 0 ? "" : ", \(counts.ignored) ignored"
      return "\(address): \(counts.new) new, \(counts.known) known\(ignored)\(kept)"
    }
  }

  /// A sentence for each list of Miniflux of which there are more pages than were given: it lists a
  /// hundred entries unless it is asked for more.
  var notices: [String] {
    listed.sorted { $0.key < $1.key }.filter { $0.value < $0.key }.map { total, count in
      "\(count) of the \(total) entries that Miniflux has: ask it for all with limit=0"
    }
  }

  /// Takes over what `source` holds. What is wrong with it is remembered in `problems`.
  ///
  /// - Throws: `CommandFailure` when the archive cannot be written.
  mutating func take(_ source: ImportSource) throws {
    do {
      switch source.format {
      case .sfeed: try takeLines(of: source.file)
      case .newsboat: try takeCache(source.file)
      case .miniflux: try takeExport(source.file, .miniflux)
      case .freshrss: try takeExport(source.file, .freshrss)
      case .feed: try takeDocument(source.file)
      case .archive: try takeArchive(at: source.file.path)
      }
    } catch let error as ImportError where error.isTemporary {
      throw CommandFailure(.temporary, "\(error)")
    } catch let error as ImportError {
      problems.append("\(error)")
    } catch let failure as CommandFailure where failure.code == .notAFeed {
      problems += failure.messages
    } catch let error as ArchiveError {
      throw CommandFailure(error)
    }
  }

  /// Broken lines of a file that are named one by one.
  private static let namedLineLimit = 3

  private mutating func takeLines(of file: InputFile) throws {
    let name = file.path.split(separator: "/").last.map { String($0) }
    var entries: [Entry] = []
    var broken: [ImportError] = []
    do throws(CommandFailure) {
      try file.lines { (line: ArraySlice<UInt8>, number: Int) throws(CommandFailure) in
        do throws(ImportError) {
          entries.append(try SfeedLine(line, subject: "\(file.name): line \(number)").entry)
        } catch {
          broken.append(error)
        }
      }
    } catch {
      problems += error.messages
    }
    try take(ImportedFeed(name: name, entries: entries), in: file)
    problems += broken.prefix(Self.namedLineLimit).map { "\($0)" }
    if broken.count > Self.namedLineLimit {
      problems.append("\(file.name): \(broken.count - Self.namedLineLimit) more such lines")
    }
  }

  private mutating func takeCache(_ file: InputFile) throws {
    let problem = try NewsboatCache.read(at: file.path, entryLimit: Self.pieceEntryCount) {
      (feed: ImportedFeed) throws in try take(feed, in: file)
    }
    if let problem { throw problem }
  }

  private mutating func takeExport(_ file: InputFile, _ format: ImportFormat) throws {
    let export = try ReaderExport.read(bytes(of: file), format, subject: file.name)
    if let total = export.total {
      listed[total, default: 0] += export.feeds.reduce(0) { $0 + $1.entries.count }
    }
    for feed in export.feeds { try take(feed, in: file) }
    if let problem = export.problem { throw problem }
  }

  private mutating func takeDocument(_ file: InputFile) throws {
    let bytes = try bytes(of: file)
    let parsed: ParsedFeed
    do throws(FeedParsingError) {
      parsed = try FeedParser.parse(bytes, ParseRequest(url: nil))
    } catch {
      throw ImportError(file.name, error.detail)
    }
    let address = parsed.properties.links.first { $0.has(relation: "self") }?.href
    let name = parsed.properties.title?.value
    try take(
      ImportedFeed(address: address, name: name, entries: parsed.entries), in: file)
  }

  private func bytes(of file: InputFile) throws -> [UInt8] {
    let bytes = try file.bytes()
    if let advice = PackedFile.advice(on: bytes) { throw ImportError(file.name, advice) }
    return bytes
  }

  private mutating func takeArchive(at path: String) throws {
    let archive = try Archive.open(at: path, access: .readOnly, now: Clock.now())
    let old = try ArchiveImport(of: archive)
    try old.stories(limit: Self.pieceEntryCount) { batch in
      let feeds = Dictionary(grouping: batch, by: \.feed).sorted { $0.key < $1.key }
      for (first, stories) in feeds {
        let address = shelves.feed(followedAt: old.addresses(of: first)).url
        try count(stories.count, of: address) {
          try $0.store(
            imported: stories, firstFollowedAt: first, nowAt: address, now: Clock.now())
        }
      }
    }
    problems += archive.damage.map { "\($0)" }
  }

  private mutating func take(_ imported: ImportedFeed, in file: InputFile) throws {
    guard !imported.entries.isEmpty else { return }
    let feed: Feed
    do throws(CommandFailure) {
      feed = try shelves.feed(of: imported, in: file.name)
    } catch {
      let entries = CountText.of(imported.entries.count, "entry", "entries")
      problems.append("\(error): \(entries) left out")
      return
    }
    // The oldest first, as they would have come; a document lists the newest first.
    var rest = imported.entries.stablySortedByAge[...]
    while !rest.isEmpty {
      var piece = imported
      piece.entries = rest.suffix(Self.pieceEntryCount)
      rest = rest.dropLast(Self.pieceEntryCount)
      try count(piece.entries.count, of: feed.url) {
        try $0.store(imported: piece.document, of: feed, now: Clock.now())
      }
    }
  }

  private mutating func count(
    _ entryCount: Int, of feed: String, _ store: (Aggregator) throws -> StoryCounts
  ) throws {
    if counts[feed] == nil { order.append(feed) }
    guard let aggregator else {
      counts[feed, default: StoryCounts()].new += entryCount
      return
    }
    counts[feed, default: StoryCounts()].add(try store(aggregator))
  }
}

extension [Entry] {
  /// The newest first; what has no date stays beside what it stands beside.
  fileprivate var stablySortedByAge: [Entry] {
    var last = Timestamp(milliseconds: .max)
    let dated = map { entry in
      last = entry.published ?? entry.updated ?? entry.created ?? last
      return (entry: entry, date: last)
    }
    return dated.enumerated()
      .sorted { ($1.element.date, $0.offset) < ($0.element.date, $1.offset) }.map(\.element.entry)
  }
}
