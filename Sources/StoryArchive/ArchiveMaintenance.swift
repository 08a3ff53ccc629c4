/// What the commands share that work on sealed segments beside a running writer.
extension Archive {
  /// How long another process may write before a change of the manifests is given up.
  static let maintenancePatience = Duration.seconds(30)
  private static let maintenanceLock = "maintenance.lock"

  /// Runs `body` while no other process changes sealed segments. Writers go on meanwhile.
  ///
  /// What a killed predecessor had not finished writing is removed first.
  /// - Throws: `ArchiveError.locked` when another process does such work.
  func withMaintenance<Result>(_ body: () throws -> Result) throws -> Result {
    precondition(access == .readWrite, "an archive opened for reading is not written to")
    return try withStateLock(named: Archive.maintenanceLock) {
      try withWriterLock(waiting: Archive.maintenancePatience) { _ in
        // Not only where something was recovered: what is missing is to be at the end, if anywhere.
        listSealed()
        try removeUnfinished()
      }
      return try body()
    }
  }

  /// Whether another process changes sealed segments right now, so that more may be taken out of them.
  package var isUnderMaintenance: Bool {
    (try? isLocked(Archive.maintenanceLock)) ?? false
  }

  /// Changes the manifests under the writer lock, under which a seal changes them, too.
  func updateManifest(
    takingBack: Bool = false, _ change: (inout SegmentManifest) -> Void
  ) throws {
    try withWriterLock(waiting: Archive.maintenancePatience) { _ in
      var manifest = try SegmentManifest(in: directory)
      manifest.completeChecksums()
      change(&manifest)
      try manifest.files.write(to: directory, takingBack: takingBack)
    }
  }

  /// Moves a file to `quarantine/`, durably: nothing that may be evidence is deleted.
  func setAside(_ name: SegmentName) throws(ArchiveError) {
    guard let segment = try SegmentFile.open(name, in: directory) else { return }
    let sum = try segment.fileDigest().prefix(16)
    try directory.rename(name.path, to: "\(ArchiveFormat.quarantine)/\(name.name)@0-\(sum)")
    try directory.synchronizeNames(in: ArchiveFormat.quarantine)
    try directory.synchronizeNames(in: name.directory)
  }

  private func removeUnfinished() throws(ArchiveError) {
    for name in try SegmentListing.all(in: directory)
    where try directory.status(at: name.temporaryPath) != nil {
      try directory.remove(name.temporaryPath)
    }
  }
}
