import ArchiveSimulation
import StoryArchive
import Syndication
import SystemPackage
import Testing

@Suite struct StateLogTests {
  let disk = MemoryFileSystem.Disk()

  private func lines(_ log: StateLog) throws -> [String] {
    var lines: [String] = []
    try log.catchUp { lines.append(String(decoding: $0, as: UTF8.self)) }
    return lines
  }

  private func log(_ archive: Archive) throws -> StateLog {
    try archive.stateLog(named: "feeds.jsonl")
  }

  @Test func `each value is given what the others appended`() throws {
    let archive = try Archive.open(disk)
    let (daemon, hand) = (try log(archive), try log(try Archive.open(disk)))
    #expect(try lines(daemon) == [])
    try daemon.append(Array("a".utf8))
    try hand.append(Array("b".utf8))
    #expect(try lines(daemon) == ["b"])
    #expect(try lines(hand) == ["a", "b"])
    try daemon.append(Array("c".utf8))
    #expect(try lines(daemon) == [])
    #expect(try lines(hand) == ["c"])
  }

  @Test func `half a line is not given out, and the next line does not grow onto it`() throws {
    let archive = try Archive.open(disk)
    let log = try log(archive)
    try log.append(Array("whole".utf8))
    let node = try #require(disk.node(at: "state/feeds.jsonl"))
    node.bytes += Array("{\"ha".utf8)
    #expect(try lines(try self.log(archive)) == ["whole"])
    try log.append(Array("next".utf8))
    #expect(try lines(try self.log(archive)) == ["whole", "{\"ha", "next"])
  }

  @Test func `after a compaction everyone reads the new lines`() throws {
    let archive = try Archive.open(disk)
    let (daemon, hand) = (try log(archive), try log(try Archive.open(disk)))
    for number in 0..<5 { try daemon.append(Array("\(number)".utf8)) }
    _ = try lines(hand)
    try archive.withWriterLock(waiting: .zero) { _ in
      try daemon.compact(to: [Array("4".utf8)])
    }
    #expect(try lines(hand) == ["4"])
    try hand.append(Array("5".utf8))
    try daemon.append(Array("6".utf8))
    #expect(try lines(daemon) == ["5", "6"])
    #expect(try lines(hand) == ["6"])
  }

  @Test func `a compaction keeps what another process appends at that moment`() throws {
    let archive = try Archive.open(disk)
    let (daemon, hand) = (try log(archive), try log(try Archive.open(disk)))
    for number in 0..<5 { try daemon.append(Array("\(number)".utf8)) }
    try hand.append(Array("late".utf8))
    try archive.withWriterLock(waiting: .zero) { _ in
      try daemon.compact(to: [Array("4".utf8)])
    }
    #expect(try lines(hand) == ["4", "late"])
    #expect(try lines(daemon) == ["late"], "which it has not seen yet")
  }

  @Test func `a compaction cut short at any call leaves the old lines or the new ones`() throws {
    for number in 1...10 {
      let disk = MemoryFileSystem.Disk()
      try log(try Archive.open(disk)).append([Array("1".utf8), Array("2".utf8)])
      let node = try #require(disk.node(at: "state/feeds.jsonl"))
      node.durableBytes = node.bytes
      let system = MemoryFileSystem(disk)
      let archive = try Archive.open(on: system, named: "A", access: .readWrite, now: Sample.noon)
      let log = try log(archive)
      try archive.withWriterLock(waiting: .zero) { _ in
        system.fault = .init(
          calls: MemoryFileSystem.Fault.writing, number: number, error: .ioError, isDeath: true)
        try? log.compact(to: [Array("2".utf8)])
      }
      system.die()
      for disk in [disk, disk.afterPowerCut()] {
        let lines = try lines(try self.log(try Archive.open(disk)))
        #expect(lines == ["1", "2"] || lines == ["2"] || lines == [], "call \(number)")
      }
    }
  }

  @Test func `a log that nobody wrote is empty, also for one who may only read`() throws {
    _ = try Archive.open(disk)
    #expect(try lines(try log(try Archive.open(disk, access: .readOnly))) == [])
    #expect(disk.files["state/feeds.jsonl"] == nil)
  }
}
