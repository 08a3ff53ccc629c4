internal import Checksums

/// What the manifests say of a segment, added up while its lines go by.
struct SegmentTally {
  private var hasher = SHA256Hasher()
  private(set) var byteCount = 0
  private(set) var lineCount = 0
  private(set) var firstSeen: RFC3339Bytes?
  private(set) var lastSeen: RFC3339Bytes?
  private(set) var earliestPublished: RFC3339Bytes?
  private(set) var latestPublished: RFC3339Bytes?
  /// What the lines change of stories.
  private(set) var changes: [StoryChange] = []

  var sha256: String {
    var hasher = hasher
    return hasher.finalize().hexadecimal
  }

  /// Adds bytes that count for the file's checksum and length only.
  mutating func add(bytes: UnsafeBufferPointer<UInt8>) {
    hasher.update(bytes)
    byteCount += bytes.count
  }

  /// Adds what the sound line at `offset` says, not its bytes. Its moments are looked for when it is not
  /// known where they stand.
  mutating func add(
    line: UnsafeBufferPointer<UInt8>, at offset: Int, _ moments: RecordEncoder.Moments? = nil
  ) {
    lineCount += 1
    changes += StoryChange.all(in: line, at: offset)
    guard let moments else {
      return add(
        seen: RFC3339Bytes(after: ",\"seen\":\"", in: line),
        published: RFC3339Bytes(after: ",\"published\":\"", in: line))
    }
    add(
      seen: RFC3339Bytes(at: moments.seen, in: line),
      published: moments.published.flatMap { RFC3339Bytes(at: $0, in: line) })
  }

  private mutating func add(seen: RFC3339Bytes?, published: RFC3339Bytes?) {
    if let seen {
      if firstSeen == nil { firstSeen = seen }
      lastSeen = seen
    }
    if let published {
      earliestPublished = min(earliestPublished ?? published, published)
      latestPublished = max(latestPublished ?? published, published)
    }
  }

  /// Adds whole lines.
  mutating func add(_ lines: StagedLines) {
    var offset = byteCount
    lines.bytes.withUnsafeBufferPointer { add(bytes: $0) }
    lines.forEach { line, moments in
      add(line: line, at: offset, moments)
      offset += line.count + 1
    }
  }
}

/// The 24 bytes of a moment as this program writes it; in the years 0 to 9999 their order is that of
/// the moments.
struct RFC3339Bytes: Comparable {
  private var words: (UInt64, UInt64, UInt64) = (0, 0, 0)

  /// The moment that follows `key` in a line. Inside a JSON string every quote has a backslash before
  /// it, so a key with its quotes is found nowhere else.
  init?(after key: StaticString, in line: UnsafeBufferPointer<UInt8>) {
    guard let place = line.firstPlace(of: key) else { return nil }
    self.init(at: place + key.utf8CodeUnitCount, in: line)
  }

  init?(at start: Int, in line: UnsafeBufferPointer<UInt8>) {
    guard line.count - start >= 24 else { return nil }
    let bytes = UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: line[start..<start + 24]))
    words.0 = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self))
    words.1 = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
    words.2 = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self))
  }

  var text: String {
    let bytes = [words.0, words.1, words.2].flatMap { word in
      (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(56 - 8 * $0)) }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  static func == (left: RFC3339Bytes, right: RFC3339Bytes) -> Bool { left.words == right.words }

  static func < (left: RFC3339Bytes, right: RFC3339Bytes) -> Bool { left.words < right.words }
}

extension UnsafeBufferPointer<UInt8> {
  /// Where `text`, which starts with a comma, is found first.
  fileprivate func firstPlace(of text: StaticString) -> Int? {
    var start = 0
    while let place = firstPlace(of: UInt8(ascii: ","), from: start) {
      if matches(text, at: place) { return place }
      start = place + 1
    }
    return nil
  }
}
