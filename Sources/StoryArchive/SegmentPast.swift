internal import FoundationEssentials

/// What a line of the manifest says of the past of its segment. Read without decoding it, of which an archive of
/// ten years would take a tenth of a second.
struct SegmentPast {
  var ordinal = 0
  var byteCount = 0
  var gzipByteCount: Int?
  var isDamaged = false
  var isDropped = false
  /// What stands there of removals and of the whole segment's.
  var taken: String?
  var redactionCount = 0

  /// By ordinal; of two lines about one segment the later holds.
  static func all(in manifest: [UInt8]) -> [Int: SegmentPast] {
    var all: [Int: SegmentPast] = [:]
    manifest.withUnsafeBufferPointer { bytes in
      var start = 0
      while start < bytes.count {
        let end = bytes.firstPlace(of: 0x0A, from: start) ?? bytes.count
        let line = UnsafeBufferPointer(rebasing: bytes[start..<end])
        if let past = SegmentPast(scanning: line) ?? SegmentPast(decoding: line) {
          all[past.ordinal] = past
        }
        start = end + 1
      }
    }
    return all
  }

  /// Reads a line without its line feed.
  init?(_ line: ArraySlice<UInt8>) {
    let past = line.withUnsafeBufferPointer {
      SegmentPast(scanning: $0) ?? SegmentPast(decoding: $0)
    }
    guard let past else { return nil }
    self = past
  }

  private init?(scanning line: UnsafeBufferPointer<UInt8>) {
    var line = JSONScanner(line[...])
    guard line.take("{") else { return nil }
    repeat {
      guard let key = line.key() else { return nil }
      if key.equals("ordinal") {
        guard let number = line.number() else { return nil }
        ordinal = number
      } else if key.equals("bytes") {
        guard let number = line.number() else { return nil }
        byteCount = number
      } else {
        guard let value = line.rawValue(), take(key, value) else { return nil }
      }
    } while line.take(",")
    guard line.take("}"), line.isAtEnd, ordinal > 0 else { return nil }
  }

  private mutating func take(
    _ key: UnsafeBufferPointer<UInt8>, _ value: Slice<UnsafeBufferPointer<UInt8>>
  ) -> Bool {
    if key.equals("gzip") {
      var file = JSONScanner(value)
      guard file.take("{"), file.key("bytes"), let number = file.number() else { return false }
      gzipByteCount = number
    } else if key.equals("damage") {
      isDamaged = true
    } else if key.equals("removals") || key.equals("dropped") {
      isDropped = isDropped || key.equals("dropped")
      let words = String(decoding: value, as: UTF8.self)
      redactionCount += words.ranges(of: "\"redacted\"").count
      taken = (taken ?? "") + words
    }
    return true
  }

  /// A line that a person wrote anew.
  private init?(decoding line: UnsafeBufferPointer<UInt8>) {
    guard
      let summary = try? JSONDecoder().decode(SegmentSummary.self, from: Data(line)),
      summary.ordinal > 0
    else { return nil }
    ordinal = summary.ordinal
    byteCount = summary.bytes
    gzipByteCount = summary.gzip?.bytes
    isDamaged = summary.damage?.isEmpty == false
    isDropped = summary.dropped != nil
    redactionCount = summary.removals?.count { $0.reason == .redacted } ?? 0
    let removals = (summary.removals ?? []).map { "\($0.at) \($0.reason) \($0.sha256Before)" }
    let words = removals + [summary.dropped].compactMap { $0 }
    taken = words.isEmpty ? nil : words.joined(separator: " ")
  }
}
