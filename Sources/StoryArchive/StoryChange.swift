internal import Syndication

/// A line that changes what earlier lines say of a story: a revision, a move or a removal.
struct StoryChange: Hashable {
  var story: StoryID
  /// Where the line stands in the plain segment, with its line feed.
  var line: Range<Int>

  /// What the line at `offset`, given without its line feed, changes; most lines are stories and change
  /// nothing.
  static func all(
    in line: UnsafeBufferPointer<UInt8>, at offset: Int
  ) -> [StoryChange] {
    guard mayBeMade(by: line) else { return [] }
    var reader = RecordReader()
    guard case .record(let record) = reader.read(line) else { return [] }
    return record.changedStories.map {
      StoryChange(story: $0, line: offset..<offset + line.count + 1)
    }
  }

  /// Whether a line may be one, by the first letter of its type: few need to be read.
  static func mayBeMade(by line: UnsafeBufferPointer<UInt8>) -> Bool {
    guard line.count > typeStart.utf8CodeUnitCount, line.matches(typeStart, at: 0) else {
      return true
    }
    switch line[typeStart.utf8CodeUnitCount] {
    case UInt8(ascii: "r"), UInt8(ascii: "m"): return true
    default: return false
    }
  }

  private static let typeStart: StaticString = "{\"v\":1,\"type\":\""
}

extension ArchiveRecord {
  /// The stories of which earlier lines are to be read otherwise because of this one.
  var changedStories: [StoryID] {
    switch self {
    case .revision(let story): [story.id]
    case .move(let story, _, _): [story]
    case .removed(let stories, _): stories
    case .story, .relocation: []
    }
  }
}
