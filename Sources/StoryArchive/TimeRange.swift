package import Syndication

extension Archive {
  /// Gives every record that was first seen in the half-open range to `apply`, in order; does not
  /// disturb `catchUp`.
  package func records(
    since: Timestamp, until: Timestamp = Timestamp(milliseconds: .max),
    _ apply: (ArchiveRecord) throws -> Void
  ) throws {
    let reading = Archive(directory: directory, access: .readOnly)
    try reading.replay { record in
      if since <= record.seen, record.seen < until { try apply(record) }
    }
  }
}
