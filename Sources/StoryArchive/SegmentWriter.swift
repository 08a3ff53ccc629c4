internal import Syndication

/// Writes a sealed segment anew, plain or compressed, beside the file that it is to replace.
///
/// Nobody sees the file before `finish`, and a crash until then leaves nothing but a file to remove.
/// A write that fails is told by `finish`.
final class SegmentWriter {
  private let name: SegmentName
  private let directory: ArchiveDirectory
  private let file: OpenFile
  private var failure: ArchiveError?
  /// Plain bytes that were not written yet, and where they start in the segment.
  private var pending: [UInt8] = []
  private var offset = 0
  /// What the next member's first line follows from, and a time that it is not seen before.
  private var sum = RecordLine.origin
  private var seen = Timestamp(milliseconds: 0)

  private static let plainPieceByteCount = ArchiveDirectory.writeByteLimit

  init(_ name: SegmentName, in directory: ArchiveDirectory) throws(ArchiveError) {
    self.name = name
    self.directory = directory
    if try directory.status(at: name.temporaryPath) != nil {
      try directory.remove(name.temporaryPath)
    }
    file = try directory.open(name.temporaryPath, for: .creating)
  }

  deinit {
    directory.system.close(file)
  }

  /// Adds plain bytes.
  func append(_ bytes: UnsafeBufferPointer<UInt8>) {
    pending += bytes
    while failure == nil, let end = endOfPiece { write(end) }
  }

  /// Makes the file durable and gives it its name, after `isRight` said of it that it can be read back
  /// as it was meant, and `prepare` made known that it comes.
  func finish(
    _ isRight: (SegmentFile) throws(ArchiveError) -> Bool,
    prepare: (SegmentFile) throws -> Void = { _ in }
  ) throws {
    if !pending.isEmpty { write(pending.count) }
    let path = name.temporaryPath
    do {
      if let failure { throw failure }
      try directory.synchronizeContents(of: file, path)
      guard let written = try SegmentFile.open(name, at: path, in: directory),
        try isRight(written)
      else {
        throw ArchiveError.damaged(
          path: directory.named(path), offset: 0, detail: "not read back as it was written")
      }
      try directory.protect(file, path)
      try prepare(written)
      try directory.rename(path, to: name.path)
    } catch {
      try? directory.system.remove(path)
      throw error
    }
    try directory.synchronizeNames(in: name.directory)
  }

  /// Removes what was written.
  func abandon() {
    try? directory.system.remove(name.temporaryPath)
  }

  /// Where the next piece ends that is long enough to be written; nil when there is none yet.
  private var endOfPiece: Int? {
    guard name.form == .compressed else {
      return pending.count >= SegmentWriter.plainPieceByteCount ? pending.count : nil
    }
    guard pending.count >= GzipMember.usualByteCount else { return nil }
    let end = pending.withUnsafeBufferPointer {
      $0.firstPlace(of: 0x0A, from: GzipMember.usualByteCount - 1).map { $0 + 1 }
    }
    if let end, end <= GzipMember.plainByteLimit { return end }
    return pending.count > GzipMember.plainByteLimit ? GzipMember.plainByteLimit : nil
  }

  private func write(_ byteCount: Int) {
    guard failure == nil else { return }
    let piece = Array(pending[..<byteCount])
    pending.removeFirst(byteCount)
    do throws(ArchiveError) {
      try directory.append(
        name.form == .compressed ? member(of: piece) : piece, to: file, name.temporaryPath)
    } catch {
      failure = error
    }
    offset += byteCount
  }

  private func member(of piece: [UInt8]) -> [UInt8] {
    piece.withUnsafeBufferPointer { piece in
      let firstLine = UnsafeBufferPointer(
        rebasing: piece[..<(piece.firstPlace(of: 0x0A, from: 0) ?? piece.count)])
      seen = RecordReader.seen(of: firstLine) ?? seen
      defer { sum = SegmentWriter.lastSum(of: piece) ?? sum }
      return GzipMember.compress(piece, at: offset, seen: seen, after: sum)
    }
  }

  /// What the line after the last one in `piece` follows from.
  private static func lastSum(of piece: UnsafeBufferPointer<UInt8>) -> UInt64? {
    guard piece.last == 0x0A else { return nil }
    let lines = piece.dropLast()
    let start = lines.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
    return RecordLine.successorSum(of: UnsafeBufferPointer(rebasing: lines[start...]))
  }
}
