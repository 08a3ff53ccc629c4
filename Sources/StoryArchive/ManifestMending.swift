internal import Checksums

extension Archive {
  /// Writes the manifests anew where `found` says that they are damaged: lines that say of a sound segment what it
  /// is not, those that cannot be read, and checksums. The files as they were are copied to `quarantine/`.
  func mendManifests(_ found: VerifyReport, _ report: inout RepairReport) throws {
    let damaged = found.wrongManifests.sorted()
    guard !damaged.isEmpty else { return }
    for path in damaged { try copyAside(manifest: path) }
    try relist(found.misstated)
    for path in damaged {
      report.deeds.append(
        "\(directory.named(path)): written anew from the segments, the file as it was copied to "
          + "\(ArchiveFormat.quarantine)/")
    }
  }

  /// Reads the segments of these ordinals, and those that no line can be read about, for their lines.
  private func relist(_ misstated: Set<Int>) throws {
    let manifest = try SegmentManifest(in: directory)
    for name in try SegmentListing.all(in: directory) where name.form != .open {
      let listed = manifest[name.ordinal]
      guard misstated.contains(name.ordinal) || listed == nil else { continue }
      try list(name, as: listed ?? SegmentSummary(unseen: name), keepsMissingEnd: true)
    }
    try updateManifest { $0.renew() }
  }

  /// Copies a manifest to `quarantine/`, if it is there.
  private func copyAside(manifest path: String) throws(ArchiveError) {
    guard
      let bytes = try directory.contents(of: path, byteLimit: ArchiveFormat.manifestByteLimit)
    else { return }
    let name = path.split(separator: "/").last.map(String.init) ?? path
    try directory.replace(
      "\(ArchiveFormat.quarantine)/\(name)@0-\(SHA256(bytes).prefix.hexadecimal)",
      in: ArchiveFormat.quarantine, with: bytes)
  }
}
