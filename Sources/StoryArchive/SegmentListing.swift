/// The segments that an archive has, as its directories tell.
enum SegmentListing {
  /// How often names are read before two segments of one ordinal are believed: one that is sealed
  /// meanwhile may be among them under both of its names.
  private static let readingLimit = 10

  /// All segments by ordinal. Of a segment that is there plain and compressed, only the plain file.
  ///
  /// - Throws: `ArchiveError`; `.damaged` when there are two of one ordinal, of which nobody can tell here
  ///   which is meant, or one whose ordinal is no history's.
  static func all(in directory: ArchiveDirectory) throws(ArchiveError) -> [SegmentName] {
    let listing = try read(directory)
    if let double = listing.doubles.first {
      throw .damaged(
        path: directory.named(double.path), offset: 0,
        detail: "\(double.detail(in: directory)): take the one away that does not belong here")
    }
    if let far = listing.far.first {
      throw .damaged(path: directory.named(far.path), offset: 0, detail: farDetail)
    }
    return listing.segments
  }

  /// As `all`, with what bears the ordinal of another one, as a backup that was restored over another
  /// archive leaves it. One of both is among the segments: that which the manifest lists, if it does either.
  static func read(
    _ directory: ArchiveDirectory
  ) throws(ArchiveError) -> Found {
    var listing = try readOnce(directory)
    for _ in 1..<readingLimit where !listing.doubles.isEmpty { listing = try readOnce(directory) }
    guard !listing.doubles.isEmpty, let manifest = try? SegmentManifest(in: directory) else {
      return listing
    }
    for (place, double) in listing.doubles.enumerated()
    where manifest.lists(double.name) && !manifest.lists(double.first) {
      listing.doubles[place] = SegmentDouble(name: double.first, first: double.name)
      listing.segments = listing.segments.map { $0 == double.first ? double.name : $0 }
    }
    return listing
  }

  /// What bears the name of a segment.
  struct Found {
    var segments: [SegmentName]
    var doubles: [SegmentDouble]
    /// What is no file, or a link to none.
    var strangers: [SegmentName]
    /// Files with ordinals so high that they are of no history, which are not among the segments.
    var far: [SegmentName] = []
  }

  private static func readOnce(_ directory: ArchiveDirectory) throws(ArchiveError) -> Found {
    var segments: [Int: SegmentName] = [:]
    var doubles: [SegmentDouble] = []
    var strangers: [SegmentName] = []
    for year in try directory.names(in: ArchiveFormat.stories) where isYear(year) {
      for entry in try directory.entries(in: "\(ArchiveFormat.stories)/\(year)") {
        guard let segment = SegmentName(entry.name), segment.year == year else { continue }
        guard entry.isFile else {
          strangers.append(segment)
          continue
        }
        guard let other = segments[segment.ordinal] else {
          segments[segment.ordinal] = segment
          continue
        }
        // Of the forms of one, "jsonl" comes first.
        let (first, second) = segment.path < other.path ? (segment, other) : (other, segment)
        segments[segment.ordinal] = first
        if !first.isOtherForm(of: second) {
          doubles.append(SegmentDouble(name: second, first: first))
        }
      }
    }
    let sorted = segments.values.sorted { $0.ordinal < $1.ordinal }
    let near = try nearCount(sorted, in: directory)
    return Found(
      segments: Array(sorted[..<near]), doubles: doubles.sorted { $0.path < $1.path },
      strangers: strangers.sorted { $0.path < $1.path }, far: Array(sorted[near...]))
  }

  /// More than so many missing segments in a row are no history: then a file of some other number lies there.
  static let gapLimit = 10_000
  static let farDetail =
    "none of the \(gapLimit) segments before it is there or was: take it away if it does not belong here"

  /// How many of the segments, the first ones, are not further from the one before than that, nor from what is
  /// listed or acknowledged: of what was removed the manifest tells.
  private static func nearCount(
    _ segments: [SegmentName], in directory: ArchiveDirectory
  ) throws(ArchiveError) -> Int {
    var (last, known) = (0, Int?.none)
    for (place, name) in segments.enumerated() {
      if name.ordinal - last > gapLimit {
        if known == nil { known = try highestKnown(in: directory) }
        guard let known, name.ordinal - known <= gapLimit else { return place }
      }
      last = name.ordinal
    }
    return segments.count
  }

  private static func highestKnown(in directory: ArchiveDirectory) throws(ArchiveError) -> Int {
    let listed = try SegmentManifest(in: directory).highestOrdinal
    return max(listed ?? 0, try ArchiveHead(in: directory)?.ordinal ?? 0)
  }

  /// The paths of all files in the years' directories, whatever they are.
  static func files(in directory: ArchiveDirectory) throws(ArchiveError) -> [String] {
    var paths: [String] = []
    for year in try directory.names(in: ArchiveFormat.stories).sorted() where isYear(year) {
      let folder = "\(ArchiveFormat.stories)/\(year)"
      let files = try directory.entries(in: folder).filter(\.isFile).map(\.name)
      paths += files.sorted().map { "\(folder)/\($0)" }
    }
    return paths
  }

  private static func isYear(_ name: String) -> Bool {
    name.utf8.count == 4 && name.utf8.allSatisfy { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
  }
}

/// A segment that bears the ordinal of another one.
struct SegmentDouble {
  let name: SegmentName
  let first: SegmentName

  var path: String { name.path }
  var other: String { first.path }

  func detail(in directory: ArchiveDirectory) -> String {
    "\(directory.named(other)) has the same ordinal"
  }
}

extension SegmentManifest {
  /// Whether it tells of the segment, in whichever form that was sealed.
  fileprivate func lists(_ name: SegmentName) -> Bool {
    guard name.form != .open, let listed = self[name.ordinal]?.segment.split(separator: "/").last
    else { return false }
    return SegmentName(String(listed))?.date == name.date
  }
}

extension SegmentName {
  /// Whether both name one segment, of which a compressed file takes the plain one's place.
  fileprivate func isOtherForm(of other: SegmentName) -> Bool {
    ordinal == other.ordinal && date == other.date && form != .open && other.form != .open
  }
}
