/// What the directories have, against what the manifests list and HEAD acknowledges: by names and lengths alone,
/// which costs next to nothing.
struct ArchiveInventory {
  /// By ordinal.
  private let names: [SegmentName]
  private let listed: [Int: SegmentPast]
  private let head: ArchiveHead?
  private var strangers: [SegmentName] = []

  init(names: [SegmentName], listed: [Int: SegmentPast], head: ArchiveHead?) {
    (self.names, self.listed, self.head) = (names, listed, head)
  }

  /// What the archive in `directory` has by now.
  ///
  /// - Throws: `ArchiveError` when that cannot be looked at.
  init(of directory: ArchiveDirectory) throws(ArchiveError) {
    // HEAD first: whatever is written while we look comes after it. It is derived and may be unreadable.
    head = try? ArchiveHead(in: directory)
    let found = try SegmentListing.read(directory)
    (names, strangers) = (found.segments, found.strangers + found.far)
    let manifest = try directory.contents(
      of: ArchiveFormat.manifest, byteLimit: ArchiveFormat.manifestByteLimit)
    listed = SegmentPast.all(in: manifest ?? [])
  }

  /// Segments that are neither there nor known to have been removed. Ordinals rise by one from 1 on.
  var missingOrdinals: [Int] {
    let present = Set(names.map(\.ordinal))
    let acknowledged = head.flatMap { $0.offset > 0 ? $0.ordinal : nil }
    let last = [names.last?.ordinal, listed.keys.max(), acknowledged].compactMap(\.self).max() ?? 0
    guard present.count < last else { return [] }
    let missing = (1...last).lazy.filter {
      !present.contains($0) && listed[$0]?.isDropped != true
    }
    return Array(missing.prefix(SegmentListing.gapLimit))
  }

  /// These, and all that are damaged, not as long as they should be, or there although they were removed.
  ///
  /// - Throws: `ArchiveError` when a file cannot be looked at.
  func doubtfulOrdinals(in directory: ArchiveDirectory) throws(ArchiveError) -> [Int] {
    var doubtful = Set(missingOrdinals + strangers.map(\.ordinal))
    for name in names where try !isWhole(name, in: directory) { doubtful.insert(name.ordinal) }
    return doubtful.union(listed.filter { $0.value.isDamaged }.keys).sorted()
  }

  private func isWhole(
    _ name: SegmentName, in directory: ArchiveDirectory
  ) throws(ArchiveError) -> Bool {
    guard let past = listed[name.ordinal] else { return try isAcknowledged(name, in: directory) }
    guard !past.isDropped, let status = try directory.status(at: name.path) else { return false }
    return switch name.form {
    // A power cut may have taken back only the renaming of a sealed one.
    case .open, .sealed: past.byteCount == status.byteCount
    case .compressed: past.gzipByteCount.map { $0 == status.byteCount } ?? true
    }
  }

  /// Whether a segment that no manifest tells of is as long as HEAD says.
  private func isAcknowledged(
    _ name: SegmentName, in directory: ArchiveDirectory
  ) throws(ArchiveError) -> Bool {
    guard let head, head.ordinal == name.ordinal, name.form != .compressed else { return true }
    // One that is sealed meanwhile has another name.
    guard let status = try directory.status(at: name.path) else { return true }
    return status.byteCount >= head.offset
  }
}

extension Archive {
  /// What is missing of the archive, or known to be damaged, as far as names and lengths tell; what follows from
  /// that is looked at more closely. Paths are within the archive's directory. A `mark` that was just made spares
  /// looking at each segment again.
  ///
  /// - Throws: `ArchiveError` when it cannot be looked at.
  package func shortfall(besides mark: ArchiveMark? = nil) throws(ArchiveError) -> [Damage] {
    if mark?.isWhole == true, (try? endIsThere()) == true { return [] }
    let doubtful = try? ArchiveInventory(of: directory).doubtfulOrdinals(in: directory)
    guard doubtful?.isEmpty != true else { return [] }
    return try verify(readData: false).damage.map { $0.at(directory.unnamed($0.path)) }
  }

  /// Whether the last segment is the one that HEAD acknowledges, and no shorter.
  private func endIsThere() throws(ArchiveError) -> Bool {
    guard let head = try ArchiveHead(in: directory) else { return true }
    let found = try SegmentListing.read(directory)
    guard found.strangers.isEmpty, found.far.isEmpty, let last = found.segments.last else {
      return false
    }
    guard last.ordinal == head.ordinal, last.form != .compressed else {
      return last.ordinal >= head.ordinal
    }
    return try directory.status(at: last.path).map { $0.byteCount >= head.offset } ?? false
  }

  /// What a file is that cannot be read, for those who go on without it.
  package func damage(from error: ArchiveError) -> Damage { error.asDamage(in: directory) }

  /// Damage with its path as messages name it.
  package func named(_ damage: Damage) -> Damage {
    damage.at(directory.named(damage.path))
  }
}
