/// The segments that an archive has, as its directories tell.
enum SegmentListing {
  /// All segments by ordinal. Of a segment that is there plain and compressed, only the plain file.
  static func all(in directory: ArchiveDirectory) throws(ArchiveError) -> [SegmentName] {
    var segments: [Int: SegmentName] = [:]
    for year in try directory.names(in: ArchiveFormat.stories) where isYear(year) {
      for name in try directory.names(in: "\(ArchiveFormat.stories)/\(year)") {
        guard let segment = SegmentName(name), segment.year == year else { continue }
        if let other = segments[segment.ordinal], other.form != .compressed { continue }
        segments[segment.ordinal] = segment
      }
    }
    return segments.values.sorted { $0.ordinal < $1.ordinal }
  }

  /// The paths of all files in the years' directories, whatever they are.
  static func files(in directory: ArchiveDirectory) throws(ArchiveError) -> [String] {
    var paths: [String] = []
    for year in try directory.names(in: ArchiveFormat.stories).sorted() where isYear(year) {
      let folder = "\(ArchiveFormat.stories)/\(year)"
      paths += try directory.names(in: folder).sorted().map { "\(folder)/\($0)" }
    }
    return paths
  }

  /// Segments that bear the ordinal of another one, as a backup that was restored over another archive
  /// leaves them: which of them is meant cannot be told.
  static func doubles(in directory: ArchiveDirectory) throws(ArchiveError) -> [SegmentName] {
    var first: [Int: SegmentName] = [:]
    var doubles: [SegmentName] = []
    for year in try directory.names(in: ArchiveFormat.stories).sorted() where isYear(year) {
      for name in try directory.names(in: "\(ArchiveFormat.stories)/\(year)").sorted() {
        guard let segment = SegmentName(name), segment.year == year else { continue }
        guard let other = first[segment.ordinal] else {
          first[segment.ordinal] = segment
          continue
        }
        let isSame = other.date == segment.date && other.form != .open && segment.form != .open
        if !isSame { doubles.append(segment) }
      }
    }
    return doubles
  }

  private static func isYear(_ name: String) -> Bool {
    name.utf8.count == 4 && name.utf8.allSatisfy { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
  }
}
