internal import SystemPackage

/// Which kind of file system a device number belongs to, from /proc/self/mountinfo (proc(5)).
///
/// Not `statfs`, which Swift's Glibc module does not have. A device that the table does not list
/// (btrfs gives each subvolume its own) is local.
enum MountTable {
  static let remoteKinds: Set<String> = [
    "nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "glusterfs", "fuse.glusterfs",
    "fuse.sshfs", "fuse.s3fs", "fuse.rclone", "lustre", "davfs", "fuse.davfs",
  ]

  /// The most bytes of the table that are looked at.
  private static let byteLimit = 1 << 20

  static func kind(ofDevice device: UInt64) -> String? {
    guard let table = try? read() else { return nil }
    return kind(ofDevice: "\(major(device)):\(minor(device))", in: table)
  }

  static func kind(ofDevice device: String, in table: String) -> String? {
    for line in table.split(separator: "\n") {
      let fields = line.split(separator: " ")
      guard fields.count > 2, fields[2] == device, let dash = fields.firstIndex(of: "-"),
        dash + 1 < fields.endIndex
      else { continue }
      return String(fields[dash + 1])
    }
    return nil
  }

  private static func read() throws -> String {
    let file = try FileDescriptor.open("/proc/self/mountinfo", .readOnly)
    return try file.closeAfter {
      var bytes: [UInt8] = []
      var chunk = [UInt8](repeating: 0, count: 1 << 16)
      while bytes.count < byteLimit {
        let count = try chunk.withUnsafeMutableBytes { try file.read(into: $0) }
        if count == 0 { break }
        bytes += chunk[..<count]
      }
      return String(decoding: bytes, as: UTF8.self)
    }
  }

  /// makedev(3) as glibc lays a device number out.
  private static func major(_ device: UInt64) -> UInt64 {
    device >> 8 & 0xFFF | device >> 32 & ~0xFFF
  }

  private static func minor(_ device: UInt64) -> UInt64 {
    device & 0xFF | device >> 12 & ~0xFF & 0xFFFF_FFFF
  }
}
