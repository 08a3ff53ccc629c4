/// A stretch of a file between two line feeds.
enum ScannedLine {
  /// A line without its line feed, which follows it in memory.
  case line(UnsafeBufferPointer<UInt8>)
  /// Longer than any line may be; only its length with the line feed is known.
  case overlong(byteCount: Int)
}

/// Cuts a file into lines, reading forward in large pieces with bounded memory.
struct LineScanner {
  /// Reads up to so many bytes at an offset; 0 at the end.
  private let read: (Int, UnsafeMutableRawBufferPointer) throws(ArchiveError) -> Int
  /// The most bytes of one read.
  private let pieceByteLimit: Int

  private static let usualPieceByteLimit = 1 << 18

  /// Room for the longest line and a piece to read on with.
  private static let bufferByteCount = 2 * RecordLine.byteLimit

  init(directory: ArchiveDirectory, file: OpenFile, name: String) {
    pieceByteLimit = LineScanner.usualPieceByteLimit
    read = { (offset, buffer) throws(ArchiveError) in
      try directory.read(file, name, at: offset, into: buffer)
    }
  }

  init(_ segment: SegmentFile, pieceByteLimit: Int = usualPieceByteLimit) {
    self.pieceByteLimit = pieceByteLimit
    read = { (offset, buffer) throws(ArchiveError) in
      try segment.read(at: offset, into: buffer)
    }
  }

  /// Calls `body` with every whole line from `start` and its offset, up to `end` or the end of the
  /// file, and returns where the last whole line ends. What follows has no line feed yet.
  ///
  /// `body` returns false to stop after that line. `piece` is given everything that is read, as it is
  /// read.
  func scan(
    from start: Int, to end: Int = .max,
    piece: ((UnsafeBufferPointer<UInt8>) -> Void)? = nil,
    _ body: (ScannedLine, _ offset: Int) -> Bool
  ) throws(ArchiveError) -> Int {
    let buffer = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: LineScanner.bufferByteCount)
    defer { buffer.deallocate() }
    var lineStart = start
    var held = 0..<0
    var overlong = 0
    while true {
      guard let lineFeed = buffer.firstLineFeed(in: held) else {
        if held.count > RecordLine.byteLimit {
          overlong += held.count
          held = 0..<0
        }
        let before = held.count
        guard try refill(buffer, &held, at: lineStart + overlong, to: end) else {
          return lineStart
        }
        piece?(UnsafeBufferPointer(rebasing: buffer[before..<held.upperBound]))
        continue
      }
      let line = UnsafeBufferPointer(rebasing: buffer[held.lowerBound..<lineFeed])
      let byteCount = overlong + line.count + 1
      let isTooLong = byteCount > RecordLine.byteLimit
      let goesOn = body(isTooLong ? .overlong(byteCount: byteCount) : .line(line), lineStart)
      lineStart += byteCount
      overlong = 0
      held = lineFeed + 1..<held.upperBound
      if !goesOn { return lineStart }
    }
  }

  /// Moves what is held to the front of the buffer and reads more behind it; false at the end.
  private func refill(
    _ buffer: UnsafeMutableBufferPointer<UInt8>, _ held: inout Range<Int>, at heldStart: Int,
    to end: Int
  ) throws(ArchiveError) -> Bool {
    if held.lowerBound > 0 {
      UnsafeMutableRawBufferPointer(buffer).copyMemory(
        from: UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: buffer[held])))
      held = 0..<held.count
    }
    let offset = heldStart + held.count
    let room = min(buffer.count - held.count, pieceByteLimit, max(0, end - offset))
    guard room > 0 else { return false }
    let target = UnsafeMutableBufferPointer(
      rebasing: buffer[held.upperBound..<held.upperBound + room])
    let count = try read(offset, UnsafeMutableRawBufferPointer(target))
    held = held.lowerBound..<held.upperBound + count
    return count > 0
  }
}

extension UnsafeMutableBufferPointer<UInt8> {
  fileprivate func firstLineFeed(in range: Range<Int>) -> Int? {
    UnsafeBufferPointer(rebasing: self[..<range.upperBound])
      .firstPlace(of: 0x0A, from: range.lowerBound)
  }
}
