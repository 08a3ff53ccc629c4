import ArchiveSimulation
import Checksums
import Syndication
import TestNumbers
import Testing

@testable import StoryArchive

@Suite struct RecordLineTests {
  private let full = Story(
    id: StoryID(bits: 0xAB), seen: Sample.noon, feed: "https://example.org/feed",
    source: "The Example", guid: "tag:1", link: "https://example.org/1", title: "Ferry \"late\"",
    author: "A. Mole", published: Sample.noon - .seconds(60), updated: Sample.noon,
    language: "en-GB", categories: ["Sea", "Delay"],
    enclosures: [Enclosure(url: "https://example.org/a.mp3", type: "audio/mpeg", length: "17")],
    summary: "Late.", text: "One.\nTwo.")

  private func line(_ record: ArchiveRecord) -> String {
    var staged = StagedLines()
    staged.append(record)
    _ = staged.complete(seen: record.seen, after: RecordLine.origin)
    return String(decoding: staged.bytes, as: UTF8.self)
  }

  private func content(of line: String) -> LineContent? {
    var reader = RecordReader()
    var line = line
    return line.withUTF8 { reader.read($0) }
  }

  private func roundTrip(_ record: ArchiveRecord) -> LineContent? {
    content(of: String(line(record).dropLast()))
  }

  @Test func `a story's line has every member in its place`() {
    let expected = """
      {"v":1,"type":"story","seen":"2026-11-21T12:00:00.000Z","uid":"00000000000000ab",\
      "feed":"https://example.org/feed","source":"The Example","id":"tag:1",\
      "link":"https://example.org/1","title":"Ferry \\"late\\"","author":"A. Mole",\
      "published":"2026-11-21T11:59:00.000Z","updated":"2026-11-21T12:00:00.000Z",\
      "lang":"en-GB","categories":["Sea","Delay"],\
      "enclosures":[{"url":"https://example.org/a.mp3","type":"audio/mpeg","length":"17"}],\
      "cluster":"00000000000000ab","summary":"Late.","text":"One.\\nTwo."
      """
    let sum = SHA256(("0000000000000000" + expected).utf8).prefix.hexadecimal
    #expect(
      line(.story(full, cluster: full.id, original: nil)) == expected + ",\"sum\":\"\(sum)\"}\n")
  }

  @Test func `every kind of record is read as it was written`() {
    var edited = full
    edited.revision = 3
    var copy = full
    copy.text = ""
    let other = StoryID(bits: .max)
    let records: [ArchiveRecord] = [
      .story(full, cluster: other, original: nil), .story(full, cluster: other, original: other),
      .story(copy, cluster: other, original: other), .revision(edited),
      .move(story: full.id, cluster: other, seen: Sample.noon),
      .relocation(
        feed: "https://a.example/\"1\"", address: "https://b.example/ü", seen: Sample.noon),
    ]
    for record in records { #expect(roundTrip(record) == .record(record)) }
  }

  @Test func `a copy with its original's text has a line without text`() {
    var copy = full
    copy.text = ""
    let line = line(.story(copy, cluster: full.id, original: StoryID(bits: 1)))
    #expect(line.contains("\"type\":\"copy\""))
    #expect(line.contains("\"copyOf\":\"0000000000000001\""))
    #expect(!line.contains("\"text\""))
  }

  @Test func `controls and line separators are escaped, and nothing else`() {
    for scalar in 0...0x2100 {
      guard let scalar = Unicode.Scalar(UInt32(scalar)) else { continue }
      var story = full
      story.title = "a\(Character(scalar))b"
      let text = line(.story(story, cluster: full.id, original: nil)).dropLast()
      let isControl = scalar.properties.generalCategory == .control
      let isSeparator = [0x2028, 0x2029].contains(scalar.value)
      #expect(
        text.unicodeScalars.contains(scalar)
          == !(isControl || isSeparator) || scalar == "\"" || scalar == "\\")
      #expect(content(of: String(text)) == .record(.story(story, cluster: full.id, original: nil)))
    }
  }

  /// Texts are looked at in steps of several lengths, and what is left of one together with what stands
  /// before it.
  @Test func `what needs an escape is found at every place of a text of every length`() {
    let escapes = [
      ("\"", "\\\""), ("\n", "\\n"), ("\u{7F}", "\\u007f"), ("\u{85}", "\\u0085"),
      ("\u{2028}", "\\u2028"),
    ]
    for length in 0...75 {
      let plain = String(repeating: "é", count: length % 2) + String(repeating: "a", count: length)
      #expect(json(plain) == "\"\(plain)\"", "\(length)")
      for place in 0...length {
        let (before, after) = (plain.prefix(place), plain.dropFirst(place))
        for (character, escape) in escapes {
          let expected = "\"\(before)\(escape)\(after)\""
          #expect(json("\(before)\(character)\(after)") == expected, "\(length), \(place)")
        }
      }
    }
  }

  private func json(_ text: String) -> String {
    var bytes: [UInt8] = []
    bytes.appendJSON(text, limit: 1000)
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test func `a text that imitates the end of a line does not end it`() throws {
    var story = full
    story.text = "x\",\"sum\":\"1c1b300f6890b594\"}\n{\"v\":1,\"type\":\"move\"}"
    let line = line(.story(story, cluster: full.id, original: nil))
    #expect(line.split(separator: "\n").count == 1)
    #expect(
      content(of: String(line.dropLast()))
        == .record(.story(story, cluster: full.id, original: nil)))
  }

  @Test func `random stories survive the round trip`() {
    let seed: UInt64 = 0x5EED
    var chance = SeededNumbers(seed: seed)
    func text(_ limit: Int) -> String {
      var text = ""
      for _ in 0..<Int.random(in: 0...limit, using: &chance) {
        let range: ClosedRange<UInt32> = Bool.random(using: &chance) ? 0...0xFF : 0...0x1_F9FF
        text.unicodeScalars.append(
          Unicode.Scalar(UInt32.random(in: range, using: &chance)) ?? "\u{FFFD}")
      }
      return text
    }
    func maybe<Value>(_ value: Value) -> Value? { Bool.random(using: &chance) ? value : nil }
    for _ in 0..<2000 {
      let story = Story(
        id: StoryID(bits: .random(in: 0 ... .max, using: &chance)), seen: Sample.noon,
        feed: text(20), source: text(20), guid: maybe(text(20)), link: maybe(text(20)),
        title: text(40), author: maybe(text(9)), published: maybe(Sample.noon),
        language: maybe(text(4)),
        categories: maybe([text(5), text(5)]) ?? [],
        enclosures: maybe([Enclosure(url: text(9), type: maybe(text(4)))]) ?? [],
        summary: maybe(text(30)), text: text(200))
      let record = ArchiveRecord.story(story, cluster: story.id, original: nil)
      #expect(roundTrip(record) == .record(record), "seed \(seed)")
    }
  }

  @Test(arguments: ["x", "é", "漢", "\u{1}", "\"", "😀"])
  func `a text too long for a line is cut between characters, and the cut is noted`(
    unit: String
  ) throws {
    var story = full
    story.text = String(repeating: unit, count: (3 << 20) / unit.utf8.count)
    let line = line(.story(story, cluster: full.id, original: nil))
    #expect(line.utf8.count <= 1 << 20)
    #expect(line.utf8.count > (1 << 20) - 256)
    #expect(line.contains(",\"cut\":\(story.text.utf8.count),\"sum\":"))
    guard case .record(.story(let read, _, _)) = content(of: String(line.dropLast())) else {
      Issue.record("the cut line is not read")
      return
    }
    #expect(story.text.hasPrefix(read.text))
    #expect(read.title == story.title)
  }

  @Test func `a line keeps its bound however long every field is`() {
    let long = String(repeating: "\u{1}", count: 1 << 20)
    let story = Story(
      id: StoryID(bits: 1), seen: Sample.noon, feed: long, source: long, guid: long, link: long,
      title: long, author: long, published: Sample.noon, updated: Sample.noon, language: long,
      categories: Array(repeating: long, count: 40),
      enclosures: Array(
        repeating: Enclosure(url: long, type: long, length: long), count: 40),
      summary: long, text: long)
    let line = line(.story(story, cluster: story.id, original: story.id))
    #expect(line.utf8.count <= 1 << 20)
    #expect(content(of: String(line.dropLast())) != nil)
  }

  @Test func `members and types of a newer version are passed over`() {
    let line = String(line(.story(full, cluster: full.id, original: nil)).dropLast())
    let known = LineContent.record(.story(full, cluster: full.id, original: nil))
    let extras = ["7", "null", "-1.5e+3", "\"\\\"}\"", "{\"a\":[{}, [1]]}", "[]", "true"]
      .map { $0.replacing(" ", with: "") }
    for extra in extras {
      for key in ["uid", "title", "cluster", "text", "sum"] {
        let text = line.replacing(",\"\(key)\":", with: ",\"novel\":\(extra),\"\(key)\":")
        #expect(content(of: text) == known, "\(text)")
      }
    }
    #expect(
      content(of: line.replacing("\"type\":\"story\"", with: "\"type\":\"vote\"")) == .unknown)
    #expect(content(of: line.replacing("\"v\":1", with: "\"v\":2")) == .unknown)
  }

  @Test func `no damage to a line crashes the reader`() {
    let line = Array(line(.story(full, cluster: full.id, original: nil)).utf8.dropLast())
    var reader = RecordReader()
    for place in line.indices {
      for bit in 0..<8 {
        var hurt = line
        hurt[place] ^= 1 << UInt8(bit)
        _ = hurt.withUnsafeBufferPointer { reader.read($0) }
        _ = hurt.withUnsafeBufferPointer { RecordReader.seen(of: $0) }
      }
      let cut = Array(line[..<place])
      #expect(cut.withUnsafeBufferPointer { reader.read($0) } == nil)
    }
  }

  @Test func `nesting beyond the bound is refused and not followed`() {
    let deep = String(repeating: "[", count: 100_000)
    #expect(content(of: "{\"v\":1,\"type\":\"story\",\"novel\":\(deep)") == nil)
  }
}

@Suite struct ChecksumChainTests {
  /// Four lines in a chain, without their line feeds.
  private let lines: [[UInt8]] = {
    var staged = StagedLines()
    for number in 0..<4 { staged.append(Sample.record(number)) }
    _ = staged.complete(seen: Sample.noon, after: 7)
    return staged.bytes.split(separator: 0x0A).map(Array.init)
  }()

  private func verdicts(_ lines: [[UInt8]]) -> [Bool] {
    var chain = ChecksumChain(after: 7)
    return lines.map { $0.withUnsafeBufferPointer { chain.admits($0) } }
  }

  @Test func `an untouched chain is sound`() {
    #expect(verdicts(lines) == [true, true, true, true])
  }

  @Test func `a flipped bit costs one line wherever it is`() {
    for place in lines[1].indices {
      var hurt = lines
      hurt[1][place] ^= 0x10
      #expect(verdicts(hurt) == [true, false, true, true], "byte \(place)")
    }
  }

  @Test func `a removed line is noticed at the next`() {
    #expect(verdicts([lines[0], lines[2], lines[3]]) == [true, false, true])
  }

  @Test func `an inserted line costs itself`() {
    #expect(
      verdicts([lines[0], Array("{}".utf8), lines[1], lines[2]]) == [true, false, true, true])
    #expect(
      verdicts([lines[0], lines[0], lines[1], lines[2]]) == [true, false, true, true])
  }

  @Test func `swapped lines are noticed`() {
    let verdicts = verdicts([lines[0], lines[2], lines[1], lines[3]])
    #expect(verdicts.first == true)
    #expect(verdicts.filter { !$0 }.count <= 3)
    #expect(verdicts[1] == false)
  }
}
