import Foundation
import StoryArchive
import Syndication

/// A folder with a feeds.conf and an archive whose state was written by hand, for the built program.
final class WrittenArchive {
  let program: Program

  init() throws {
    program = try Program()
  }

  deinit {
    program.remove()
  }

  private static var now: Timestamp {
    Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
  }

  /// So many hours ago, or in so many where negative.
  static func ago(_ hours: Int) -> String { (now - .seconds(hours * 3600)).rfc3339 }

  /// An archive that knows these things of feeds.
  func write(_ feeds: String, state: [String]) throws {
    try program.file("feeds.conf", feeds)
    _ = try Archive.open(at: program.folder + "/Storage", access: .readWrite, now: Self.now)
    try program.file("Storage/state/feeds.jsonl", state.map { $0 + "\n" }.joined())
  }
}
