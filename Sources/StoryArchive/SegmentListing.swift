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

  private static func isYear(_ name: String) -> Bool {
    name.utf8.count == 4 && name.utf8.allSatisfy { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
  }
}
