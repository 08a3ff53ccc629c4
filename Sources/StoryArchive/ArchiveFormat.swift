/// The names and numbers that the format page fixes.
enum ArchiveFormat {
  static let version = 1
  static let stories = "stories"
  static let state = "state"
  static let quarantine = "quarantine"
  static let formatFile = "FORMAT"
  static let readme = "README.md"
  static let lock = "lock"
  static let head = "state/HEAD"
  static let checksums = "stories/SHA256SUMS"
  static let manifest = "stories/segments.jsonl"

  /// Whether a sealed segment bears that path.
  static func isSealed(_ path: String) -> Bool {
    path.hasPrefix("\(stories)/") && path.utf8.count { $0 == UInt8(ascii: "/") } == 2
      && (path.hasSuffix(".jsonl") || path.hasSuffix(".jsonl.gz"))
  }

  /// Whether a link may bear that path: a sealed segment, or one that was set aside.
  static func mayBeLink(_ path: String) -> Bool {
    isSealed(path) || path.hasPrefix("\(quarantine)/")
  }

  /// A segment is sealed before a batch that would make it longer.
  static let segmentByteLimit = 64 << 20
  /// The most bytes of a manifest that are read: a hundred times a hundred years of segments.
  static let manifestByteLimit = 1 << 30
}
