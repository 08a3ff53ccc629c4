import FeedFetching
import Foundation
import StoryArchive
import Syndication
import Testing

@testable import Aggregation
@testable import StoryGrouping

/// What is left of a story below the storage once it was redacted: that there was one.
@Suite struct RedactionTests {
  private let herald = Sample.feed("herald")
  private let folder: TemporaryFolder
  private static let title = "Quarrelsome zeppelin embarrasses Wolkersdorf"
  private static let text = "Xylophones were mentioned, unfavourably, by Pimpelmoser."
  private let later = Sample.noon + .seconds(9 * 86_400)

  init() throws { folder = try TemporaryFolder() }

  private func document(_ numbers: Range<Int>, _ more: [Sample.Item] = []) -> FetchResult {
    Sample.answer(
      Sample.rss(
        numbers.map {
          Sample.Item(
            guid: "\($0)", title: "Ferry \($0) sails to island \($0 * 7)",
            text: "It carried \($0) goats, \($0 * 3) sheep and a cow to harbour number \($0).")
        } + more))
  }

  private var secret: Sample.Item {
    Sample.Item(guid: "secret", title: Self.title, text: Self.text)
  }

  private func open(_ now: Timestamp) throws -> Archive {
    try Archive.open(at: folder.path, access: .readWrite, now: now)
  }

  private func redact(now: Timestamp) throws {
    let story = try #require(try StoryLookup(try open(now)).stories(named: Self.title).first)
    let report = try open(now).redactAll(of: story.id, now: now)
    #expect(report.lineCount == 1)
  }

  /// Words of the story that no other has, and hashes of what it is known by.
  private var traces: [(what: String, bytes: Data)] {
    get throws {
      let words: [Substring] = "\(Self.title) \(Self.text)".split(whereSeparator: { !$0.isLetter })
        .filter { $0.count > 6 }
      let parsed = try #require(FeedReading(of: document(0..<0, [secret])).parsed)
      let accepted = StoryAcceptance(feed: herald).stories(of: parsed, seen: Sample.noon)
      let story = try #require(accepted.stories.first)
      let bins = Sketcher().sketch(GroupingDocument(story)).signature.bins.first
      let fingerprint = StoryFingerprint(of: story)
      var traces = words.map { (what: String($0), bytes: Data($0.utf8)) }
      for hash in [fingerprint.textHash, fingerprint.sighting?.bits ?? 0] {
        traces.append(("hash \(hash)", withUnsafeBytes(of: hash) { Data($0) }))
      }
      traces.append(("signature", withUnsafeBytes(of: bins) { Data($0) }))
      return traces
    }
  }

  private func found() throws -> [String] {
    let traces = try traces
    let names = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
    return names.sorted().flatMap { name in
      let bytes = (try? Data(contentsOf: URL(filePath: "\(folder.path)/\(name)"))) ?? Data()
      return traces.filter { bytes.range(of: $0.bytes) != nil }.map { "\(name): \($0.what)" }
    }
  }

  private func derived() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path + "/state").filter { name in
      !name.hasSuffix(".lock")
        && ["grouping", "copies-", "knowledge", "stories-"].contains { name.hasPrefix($0) }
    }
  }

  @Test func `nothing below the storage tells of a story that was redacted`() throws {
    let first = try Aggregator(storage: folder.path, now: Sample.noon)
    _ = try first.refresh(herald, with: document(0..<40, [secret]), now: Sample.noon)
    // Its cluster is closed, so that a table of copies has it.
    _ = try first.refresh(herald, with: document(40..<90), now: later)
    first.keepCopies(always: true, toTheEnd: true)
    let kept = try derived()
    for kind in ["grouping", "copies-", "knowledge", "stories-"] {
      #expect(kept.contains { $0.hasPrefix(kind) }, "\(kind)")
    }
    #expect(try found().count > 8)
    try redact(now: later)
    #expect(try found() == [])
    #expect(try derived() == [])
    let next = try Aggregator(storage: folder.path, now: later)
    #expect(try next.refresh(herald, with: document(80..<91, [secret]), now: later).counts.new == 1)
    next.keepCopies(always: true, toTheEnd: true)
    #expect(try found() == [])
    #expect(try !derived().isEmpty)
  }

  @Test func `who runs beside does not bring a redacted story back`() throws {
    let living = try Aggregator(storage: folder.path, now: Sample.noon)
    _ = try living.refresh(herald, with: document(0..<40, [secret]), now: Sample.noon)
    living.keepCopies(always: true, toTheEnd: true)
    _ = try living.refresh(herald, with: document(40..<90), now: later)
    try redact(now: later)
    living.keepCopies(always: true, toTheEnd: true)
    #expect(try found() == [])
    #expect(try derived() == [])
    #expect(try living.refresh(herald, with: document(89..<91), now: later).counts.new == 1)
    living.keepCopies(always: true, toTheEnd: true)
    #expect(try found() == [])
    #expect(try !derived().isEmpty)
  }

  @Test(arguments: ["stories-", "knowledge", "grouping", "copies-"])
  func `no file that is being kept outlives the story`(kind: String) throws {
    let disk = try FaultyDisk(at: folder.path)
    let keeping = try Aggregator(
      archive: Archive.open(on: disk, named: folder.path, access: .readWrite, now: later),
      limits: TableLimits())
    _ = try keeping.refresh(herald, with: document(0..<40, [secret]), now: Sample.noon)
    _ = try keeping.refresh(herald, with: document(40..<90), now: later)
    var isRedacted = false
    disk.beforeRename = { path in
      guard !isRedacted, path.hasPrefix("state/\(kind)") else { return }
      isRedacted = true
      do { try redact(now: later) } catch { Issue.record("\(error)") }
    }
    keeping.keepCopies(always: true, toTheEnd: true)
    #expect(isRedacted)
    #expect(try found() == [])
    #expect(try derived() == [])
  }

  @Test(arguments: [1, 2, 3]) func `no table of a fold outlives the story`(place: Int) throws {
    let first = try Aggregator(storage: folder.path, now: Sample.noon)
    for numbers in [0..<10, 10..<20, 20..<30] {
      let secrets = numbers.lowerBound == 0 ? [secret] : []
      _ = try first.refresh(herald, with: document(numbers, secrets), now: Sample.noon)
    }
    let disk = try FaultyDisk(at: folder.path)
    var limits = TableLimits()
    (limits.spilledRowCount, limits.foldedRecordCount) = (8, 3)
    var renameCount = 0
    disk.beforeRename = { path in
      guard path.hasPrefix("state/stories-") else { return }
      renameCount += 1
      guard renameCount == place else { return }
      do { try redact(now: later) } catch { Issue.record("\(error)") }
    }
    let folding = try Aggregator(
      archive: Archive.open(on: disk, named: folder.path, access: .readWrite, now: later),
      limits: limits)
    #expect(renameCount == place)
    #expect(try found() == [])
    #expect(folding.storyCount == 31)
  }
}
