internal import Checksums
internal import FoundationEssentials

/// Watches what becomes of segments after they were written: whoever knows the records from before may believe
/// that as long as the mark is the same.
///
/// Maintenance beside a running process changes the manifest before it changes a segment, so a look at the
/// manifest's name is enough to see that nothing happened.
package final class ArchivePast {
  private let directory: ArchiveDirectory
  /// Held open, lest another file get its inode.
  private var manifest: OpenFile?
  /// The mark that was made by the manifest of that inode, or by none.
  private var known: (inode: UInt64?, mark: ArchiveMark)?

  /// Watches the segments of `archive`; nothing is read yet.
  package init(of archive: Archive) {
    directory = archive.directory
  }

  deinit {
    close()
  }

  /// Stands for all that was ever taken out of segments, whatever for. Nil where that cannot be read.
  package func mark() -> ArchiveMark? {
    do throws(ArchiveError) {
      let status = try directory.status(at: ArchiveFormat.manifest)
      if let known, known.inode == status?.inode { return known.mark }
      return try look()
    } catch {
      known = nil
      return nil
    }
  }

  private func look() throws(ArchiveError) -> ArchiveMark {
    close()
    known = nil
    manifest = try directory.openIfPresent(ArchiveFormat.manifest)
    var inode: UInt64?
    var bytes: [UInt8] = []
    if let manifest {
      inode = try directory.status(of: manifest, ArchiveFormat.manifest).inode
      bytes = try directory.contents(
        of: manifest, ArchiveFormat.manifest, from: 0, byteLimit: ArchiveFormat.manifestByteLimit)
    }
    let mark = try mark(of: SegmentPast.all(in: bytes))
    known = (inode, mark)
    return mark
  }

  private func mark(of listed: [Int: SegmentPast]) throws(ArchiveError) -> ArchiveMark {
    let names = try SegmentListing.all(in: directory)
    var doubtful: Set<Int> = []
    for name in names where try !isWhole(name, listed[name.ordinal]) {
      doubtful.insert(name.ordinal)
    }
    var ordinals = Set(names.map(\.ordinal))
    var hasher = SHA256Hasher()
    for (ordinal, past) in listed.sorted(by: { $0.key < $1.key }) {
      if past.isDropped { ordinals.insert(ordinal) }
      // One that is neither there nor dropped is gone.
      if past.isDamaged || !ordinals.contains(ordinal) { doubtful.insert(ordinal) }
      if let taken = past.taken { hasher.update("\(ordinal) \(taken)\n") }
    }
    // So is one that nobody tells of.
    let isComplete = ordinals.count == ordinals.max() ?? 0 && !ordinals.contains(0)
    for ordinal in doubtful.sorted() { hasher.update("\(ordinal)\n") }
    return ArchiveMark(
      sum: hasher.finalize().prefix, isWhole: isComplete && doubtful.isEmpty,
      redactionCount: listed.values.reduce(0) { $0 + $1.redactionCount })
  }

  private func isWhole(_ name: SegmentName, _ past: SegmentPast?) throws(ArchiveError) -> Bool {
    guard let past else { return true }
    guard !past.isDropped, let status = try directory.status(at: name.path) else { return false }
    return switch name.form {
    // What recovery looks at.
    case .open: true
    case .sealed: past.byteCount == status.byteCount
    case .compressed: past.gzipByteCount.map { $0 == status.byteCount } ?? true
    }
  }

  private func close() {
    if let manifest { directory.system.close(manifest) }
    manifest = nil
  }
}

/// Stands for what segments are: another one where something was taken out of them since.
package struct ArchiveMark: Hashable, Sendable {
  /// Of all that was ever taken out, and of which segments are in doubt.
  package let sum: UInt64
  /// Whether no segment is in doubt: none is damaged, gone, not as long as it is listed, or being written anew
  /// right now. Else whoever reads them is to notice, and nothing is to be kept of what they told.
  package let isWhole: Bool
  /// How often words of a story were taken out of segments.
  package let redactionCount: Int
}

/// What a line of the manifest says of the past of its segment. Read without decoding it, of which an archive of
/// ten years would take a tenth of a second.
private struct SegmentPast {
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
