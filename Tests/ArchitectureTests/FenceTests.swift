import Testing

@Suite struct FenceTests {
  @Test func `the sources keep every fence`() throws {
    let files = try SourceFile.all(below: "Sources", suffix: ".swift")
    #expect(files.count > 10)
    for breach in House.fences.flatMap({ $0.breaches(in: files) }) {
      Issue.record("\(breach)")
    }
  }

  @Test func `one file at most reads the clock`() throws {
    let sources = try SourceFile.all(below: "Sources", suffix: ".swift")
    let breaches = House.clocks.flatMap { $0.breaches(in: sources) }
    let files = Set(breaches.compactMap { $0.split(separator: ":").first })
    #expect(files.count <= 1, "\(breaches.joined(separator: "\n"))")
  }

  @Test(arguments: ["Tests", "systemd", "Examples", "Documentation", ".ci"])
  func `no path of somebody's machine stands in`(folder: String) throws {
    let files = try SourceFile.all(below: folder)
    #expect(!files.isEmpty)
    for breach in House.machinePaths.breaches(in: files) {
      Issue.record("\(breach)")
    }
  }

  @Test func `every package that the manifest asks of apt is one that the build sees to`() throws {
    let manifest = try #require(SourceFile(at: "Package.swift"))
    let script = try #require(SourceFile(at: ".ci/install-dependencies"))
    let installed = Set(script.lines.joined(separator: " ").split { " \"".contains($0) })
    let asked = manifest.lines.compactMap { $0.firstMatch(of: /\.apt\(\[(.*?)\]/)?.1 }
      .flatMap { $0.split { "\", ".contains($0) } }
    #expect(asked.count >= 3)
    #expect(Set(asked).subtracting(installed) == [])
  }

  @Test(arguments: [
    ("Syndication/Feed.swift", "import Dispatch"),
    ("Aggregation/Schedule.swift", "@preconcurrency internal import Dispatch"),
    ("FeedFetching/Transport.swift", "internal import CLibcurl"),
    ("FeedParsing/CurlReader.swift", "internal import CLibcurl"),
    ("FeedParsing/RSSFeed.swift", "package import CLibxml2"),
    ("StoryGrouping/Shingle.swift", "private import CLibcrypto"),
    ("Aggregation/Lines.swift", "internal import CLibpsl"),
    ("LoopbackServer/Script.swift", "internal import CLibssl"),
    ("aggregator/Main.swift", "import Foundation"),
    ("aggregator/Main.swift", "import struct Foundation.Date"),
    ("aggregator/Main.swift", "@testable import Foundation // for dates"),
    ("DigestExport/Digest.swift", "internal import StoryArchive"),
    ("Syndication/Feed.swift", "import FeedParsing"),
    ("Unheard/Of.swift", "let answer = 42"),
    ("Aggregation/Spine.swift", "extension Spine: @unchecked Sendable {}"),
    ("Aggregation/Spine.swift", "let feed = try! parse(document)"),
    ("Aggregation/Spine.swift", "let pause = Int.random(in: 0..<9)"),
    ("Aggregation/Spine.swift", "let slot = feed.hashValue % 60"),
    ("Aggregation/Spine.swift", "/// Kept in " + "/work" + "/Storage."),
    ("Aggregation/Spine.swift", "let file = \"" + "/home" + "/me/feeds.conf\""),
  ])
  func `a fence notices`(path: String, line: String) {
    let file = SourceFile(path: "Sources/" + path, text: "// first line\n" + line)
    let breaches = House.fences.flatMap { $0.breaches(in: [file]) }
    let expectedLine = path.hasPrefix("Unheard") ? 1 : 2
    #expect(!breaches.isEmpty)
    #expect(breaches.allSatisfy { $0.hasPrefix("Sources/\(path):\(expectedLine): ") })
  }

  @Test(arguments: [
    ("AggregatorDaemon/Timer.swift", "@preconcurrency import Dispatch"),
    ("FeedFetching/CurlTransport.swift", "internal import CLibcurl"),
    ("FeedParsing/MarkupReader.swift", "internal import CLibxml2"),
    ("Checksums/SHA256.swift", "internal import CLibcrypto"),
    ("DomainNames/PublicSuffixList.swift", "internal import CLibpsl"),
    ("LoopbackServer/TLSStream.swift", "internal import CLibssl"),
    ("Syndication/Feed.swift", "internal import FoundationEssentials"),
    ("Syndication/Feed.swift", "// try! is forbidden, and so is import Foundation"),
    ("Syndication/Feed.swift", "let address = \"https://example.org/work/feed.xml\""),
    ("Syndication/Feed.swift", "let important = imports"),
  ])
  func `a fence lets pass`(path: String, line: String) {
    let file = SourceFile(path: "Sources/" + path, text: line)
    #expect(House.fences.flatMap { $0.breaches(in: [file]) } == [])
  }

  @Test(arguments: [
    "let now = Date()", "let now = Date.now", "let start = ContinuousClock.now",
    "clock_gettime(CLOCK_REALTIME, &time)", "let seconds = time(nil)",
    "log(\"\\(Date()) started\")",
  ])
  func `the clock fence notices`(line: String) {
    let file = SourceFile(path: "Sources/Aggregation/Spine.swift", text: line)
    #expect(House.clocks.flatMap { $0.breaches(in: [file]) }.count == 1)
  }

  @Test(arguments: ["let day = CivilDate()", "let day = date.now", "// Date() is not read here"])
  func `the clock fence lets pass`(line: String) {
    let file = SourceFile(path: "Sources/Aggregation/Spine.swift", text: line)
    #expect(House.clocks.flatMap { $0.breaches(in: [file]) } == [])
  }
}
