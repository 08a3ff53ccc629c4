internal import Checksums
internal import Syndication
internal import SystemPackage

/// A segment that is open for reading: its plain bytes by their offsets, compressed or not.
final class SegmentFile {
  let name: SegmentName
  /// Within the archive; not the name's own while the file is being made.
  let path: String
  let inode: UInt64
  private let file: ReadableFile
  /// Nil for a plain segment.
  private let gzip: GzipSegment?

  private init(
    _ file: OpenFile, _ name: SegmentName, at path: String, in directory: ArchiveDirectory
  ) throws(ArchiveError) {
    self.name = name
    self.path = path
    self.file = ReadableFile(file, path, in: directory)
    inode = try self.file.status().inode
    gzip = name.form == .compressed ? try GzipSegment(self.file) : nil
  }

  /// Opens the file of that name, or the one at `path` that is to bear it; nil when there is none.
  static func open(
    _ name: SegmentName, at path: String? = nil, in directory: ArchiveDirectory
  ) throws(ArchiveError) -> SegmentFile? {
    let path = path ?? name.path
    guard let file = try directory.openIfPresent(path) else { return nil }
    return try SegmentFile(file, name, at: path, in: directory)
  }

  /// - Throws: `ArchiveError.io` when there is no such file.
  static func openExisting(
    _ name: SegmentName, in directory: ArchiveDirectory
  ) throws(ArchiveError) -> SegmentFile {
    guard let segment = try open(name, in: directory) else {
      throw .io(path: directory.named(name.path), action: "open", .noSuchFileOrDirectory)
    }
    return segment
  }

  /// Opens the segment in whatever form it has by now: it may have been sealed or compressed since it
  /// was listed.
  static func openInAnyForm(
    _ name: SegmentName, in directory: ArchiveDirectory
  ) throws(ArchiveError) -> SegmentFile? {
    for form in [name.form] + SegmentName.Form.allCases {
      if let segment = try open(name.with(form), in: directory) { return segment }
    }
    return nil
  }

  /// Bytes of the plain segment. An open one grows.
  func byteCount() throws(ArchiveError) -> Int {
    if let gzip { return gzip.byteCount }
    return try fileByteCount()
  }

  /// Reads up to `buffer.count` plain bytes at `offset`; 0 at the end.
  func read(
    at offset: Int, into buffer: UnsafeMutableRawBufferPointer
  ) throws(ArchiveError) -> Int {
    if let gzip { return try gzip.read(at: offset, into: buffer) }
    return try file.read(at: offset, into: buffer)
  }

  /// What of the file could not be read or decoded so far: offsets in the file as it is on disk.
  var unreadable: [Damage] { file.unreadable + (gzip?.refused.map { [$0] } ?? []) }

  /// Whether the disk gave all that was read of the file so far.
  var isReadable: Bool { file.unreadable.isEmpty }

  /// At most `byteLimit` plain bytes from `start`.
  func contents(from start: Int, byteLimit: Int) throws(ArchiveError) -> [UInt8] {
    try ArchiveDirectory.gather(from: start, byteLimit: byteLimit) {
      (offset, buffer) throws(ArchiveError) in
      try read(at: offset, into: buffer)
    }
  }

  /// Bytes of the file as it is on disk.
  func fileByteCount() throws(ArchiveError) -> Int {
    try file.status().byteCount
  }

  /// A piece of the file as it is on disk; empty at its end.
  func fileContents(from offset: Int) throws(ArchiveError) -> [UInt8] {
    try file.contents(from: offset, byteLimit: ArchiveDirectory.writeByteLimit)
  }

  /// The SHA-256 of the file as it is on disk.
  func fileDigest() throws(ArchiveError) -> String {
    try SegmentFile.digest { (offset, buffer) throws(ArchiveError) in
      try file.read(at: offset, into: buffer)
    }
  }

  /// The SHA-256 of the plain bytes, or of as many of them from the first on.
  func plainDigest(ofFirst byteLimit: Int = .max) throws(ArchiveError) -> String {
    var hasher = SHA256Hasher()
    try forEachPiece(ofFirst: byteLimit) { hasher.update($0) }
    return hasher.finalize().hexadecimal
  }

  /// Gives all plain bytes to `body`, in order, or as many of them from the first on.
  func forEachPiece(
    ofFirst byteLimit: Int = .max, _ body: (UnsafeBufferPointer<UInt8>) -> Void
  ) throws(ArchiveError) {
    try SegmentFile.forEachPiece(body) { (offset, buffer) throws(ArchiveError) in
      let wanted = UnsafeMutableRawBufferPointer(rebasing: buffer.prefix(byteLimit - offset))
      return wanted.isEmpty ? 0 : try read(at: offset, into: wanted)
    }
  }

  /// Whether its plain bytes are those that the manifest lists.
  func holds(_ summary: SegmentSummary) throws(ArchiveError) -> Bool {
    guard try byteCount() == summary.bytes else { return false }
    return try plainDigest() == summary.sha256
  }

  /// Whether the bytes are there that `removal` was to replace. More may stand behind them: after a failed
  /// fsync nobody knows whether cutting those off reached the disk.
  func holds(before removal: SegmentSummary.Removal) throws(ArchiveError) -> Bool {
    let excess = try byteCount() - removal.bytesBefore
    // What repair adds to a damaged segment comes behind its bytes, too, and of a lost one none are known.
    let isChosen = removal.reason != .damaged && removal.reason != .lost
    guard excess == 0 || (excess > 0 && isChosen) else { return false }
    return try plainDigest(ofFirst: removal.bytesBefore) == removal.sha256Before
  }

  /// What the manifest says of the file; nil of a plain one.
  func compressedFile() throws(ArchiveError) -> SegmentSummary.CompressedFile? {
    guard name.form == .compressed else { return nil }
    return try SegmentSummary.CompressedFile(bytes: fileByteCount(), sha256: fileDigest())
  }

  private static let pieceByteCount = 1 << 18

  private static func digest(
    _ read: (Int, UnsafeMutableRawBufferPointer) throws(ArchiveError) -> Int
  ) throws(ArchiveError) -> String {
    var hasher = SHA256Hasher()
    try forEachPiece({ hasher.update($0) }, read)
    return hasher.finalize().hexadecimal
  }

  private static func forEachPiece(
    _ body: (UnsafeBufferPointer<UInt8>) -> Void,
    _ read: (Int, UnsafeMutableRawBufferPointer) throws(ArchiveError) -> Int
  ) throws(ArchiveError) {
    var offset = 0
    var piece = [UInt8](repeating: 0, count: pieceByteCount)
    while true {
      let count = try piece.withUnsafeMutableBufferPointer { (buffer) throws(ArchiveError) in
        try read(offset, UnsafeMutableRawBufferPointer(buffer))
      }
      if count == 0 { return }
      piece.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[..<count])) }
      offset += count
    }
  }

  /// Nil in a plain segment, and in one that another program compressed.
  var firstMember: GzipMember? { gzip?.firstMember }

  /// The last member with a line that was seen before `moment`; nil in a plain segment, and where there
  /// is none.
  func member(before moment: Timestamp) -> GzipMember? {
    gzip?.lastMember(before: moment)
  }
}
