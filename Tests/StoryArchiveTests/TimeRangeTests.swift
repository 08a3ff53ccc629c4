import ArchiveSimulation
import StoryArchive
import Syndication
import SystemPackage
import Testing

@Suite struct TimeRangeTests {
  private static let hour = Duration.seconds(3600)

  /// Five days of a story every hour.
  private func fiveDays() throws -> MemoryFileSystem.Disk {
    let disk = MemoryFileSystem.Disk()
    let archive = try Archive.open(disk)
    for number in 0..<120 {
      try archive.store([number], now: Sample.noon + Self.hour * number)
    }
    return disk
  }

  private func numbers(
    _ archive: Archive, _ since: Timestamp, _ until: Timestamp
  ) throws -> [Int] {
    var numbers: [Int] = []
    try archive.records(since: since, until: until) { record in
      if case .story(let story, _, _) = record { numbers.append(Int(story.id.bits) - 1) }
    }
    return numbers
  }

  @Test func `a range holds its start and not its end`() throws {
    let archive = try Archive.open(try fiveDays(), access: .readOnly)
    for since in stride(from: -2, to: 122, by: 3) {
      for length in [0, 1, 5, 30] {
        let start = Sample.noon + Self.hour * since
        let found = try numbers(archive, start, start + Self.hour * length)
        #expect(found == (0..<120).filter { since <= $0 && $0 < since + length })
        let between = try numbers(
          archive, start + .milliseconds(1), start + Self.hour * length + .milliseconds(1))
        #expect(between == (0..<120).filter { since < $0 && $0 <= since + length })
      }
    }
  }

  @Test func `many lines at one moment are all in the range`() throws {
    let disk = MemoryFileSystem.Disk()
    let archive = try Archive.open(disk)
    for round in 0..<3 {
      try archive.store(round * 500..<(round + 1) * 500, now: Sample.noon + Self.hour * round)
    }
    #expect(
      try numbers(archive, Sample.noon + Self.hour, Sample.noon + Self.hour * 2)
        == Array(500..<1000))
  }

  @Test func `a damaged line does not lead the search astray`() throws {
    let disk = MemoryFileSystem.Disk()
    let archive = try Archive.open(disk)
    for number in 0..<10 {
      try archive.store(number * 20..<(number + 1) * 20, now: Sample.noon + .seconds(number))
    }
    let path = "stories/2026/000001-2026-11-21.open"
    let bytes = try #require(disk.node(at: path)).bytes
    for place in stride(from: 0, to: bytes.count, by: 997) {
      let hurt = disk.copy()
      try #require(hurt.node(at: path)).bytes[place] ^= 0x08
      let found = try numbers(
        try Archive.open(hurt, access: .readOnly), Sample.noon + .seconds(5),
        Sample.noon + .seconds(6))
      #expect(found.count >= 19, "byte \(place)")
      #expect(found.allSatisfy { 100..<120 ~= $0 })
    }
  }
}
