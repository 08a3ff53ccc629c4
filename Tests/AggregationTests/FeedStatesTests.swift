import Foundation
import StoryArchive
import Syndication
import Testing

@testable import Aggregation

/// The log of what is remembered of feeds, as it grows.
@Suite struct FeedStatesTests {
  private let folder: TemporaryFolder
  private let archive: Archive
  private let urls = (0..<500).map { "https://outlet\($0).example/feed" }

  init() throws {
    folder = try TemporaryFolder()
    archive = try Archive.open(at: folder.path, access: .readWrite, now: Sample.noon)
  }

  /// Polls every feed once, and returns how many bytes that wrote.
  private func pollAll(_ states: FeedStates) throws -> Int {
    let polled = urls.map { url in
      var state = states[url]
      state.pollCount = max(state.pollCount, 100) + 1
      state.title = String(repeating: "Outlet ", count: 100)
      return state
    }
    try states.update(polled)
    return polled.reduce(0) { $0 + StateLine.feed($1).json.count + 1 }
  }

  private func byteCount() throws -> Int {
    let path = folder.path + "/state/feeds.jsonl"
    return try #require(FileManager.default.attributesOfItem(atPath: path)[.size] as? Int)
  }

  @Test func `a log of states is rewritten once most of it is out of date`() throws {
    let states = try FeedStates(archive: archive)
    var rewritings = 0
    var live = 0
    for _ in 0..<20 {
      live = try pollAll(states)
      let before = try byteCount()
      let wasWorthIt =
        before > max(FeedStates.compactionByteCount, live * FeedStates.compactionShare)
      #expect(states.isGrown == wasWorthIt)
      try archive.withWriterLock(waiting: .zero) { _ in states.compactIfGrown(now: Sample.noon) }
      let wasRewritten = try byteCount() < before
      #expect(wasRewritten == wasWorthIt)
      if wasRewritten { rewritings += 1 }
    }
    #expect(rewritings > 1)
    let other = try FeedStates(archive: archive)
    try other.catchUp()
    #expect(urls.allSatisfy { other[$0].pollCount == 120 })
  }

  @Test func `a process that only begins knows whether the log is worth rewriting`() throws {
    let states = try FeedStates(archive: archive)
    while !states.isGrown { _ = try pollAll(states) }
    let other = try FeedStates(archive: archive)
    #expect(!other.isGrown)
    try other.catchUp()
    #expect(other.isGrown)
  }
}
