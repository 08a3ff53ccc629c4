package import Syndication

/// What `redact` did.
package struct RedactReport: Hashable, Sendable {
  /// Lines whose words went: the story and its later states.
  package var lineCount = 0
  package var segmentCount = 0
  /// Stories that repeat its words and stay: copies of it, the story whose text it repeats itself, and
  /// the other copies of that one.
  package var relatives: [StoryID] = []
  /// Files that hold bytes of it and that the program does not change.
  package var leftovers: [String] = []
}

extension Archive {
  /// Takes the words of a story out of the archive: in each segment that tells of it, its lines are
  /// replaced by one that names it. It stays known, so that it is not stored again.
  ///
  /// A record of it is appended first, then the growing segment is sealed if it tells of the story.
  /// Reads the whole archive.
  /// - Throws: `ArchiveError`; where a segment that tells of it cannot be written anew, nothing was done. What
  ///   was done before anything else fails stays, and doing it again does the rest.
  package func redact(_ story: StoryID, now: Timestamp) throws -> RedactReport {
    try withMaintenance {
      var report = RedactReport()
      let search = StorySearch(story)
      report.relatives = try relatives(of: story)
      let settled = try settledSegments()
      let told = try settled.filter { try search.isTold(in: $0, directory) }
      try refuseUnfit(told + growingSegment(telling: search))
      // Every other process learns of it, lest it stores a later state of the story.
      try withWriterLock(waiting: Archive.maintenancePatience) { transaction in
        transaction.stage(.removed(stories: [story], seen: now))
        try transaction.commit(now: now)
      }
      if try !growingSegment(telling: search).isEmpty { try seal(now: now) }
      let known = Set(settled.map(\.ordinal))
      let sealed = try settledSegments().filter {
        try !known.contains($0.ordinal) && search.isTold(in: $0, directory)
      }
      var linked: [String] = []
      for name in told + sealed {
        let holder = try holder(of: name.path)
        let count = try rewrite(name, reason: .redacted, story: story, now: now) { line, _ in
          search.isLine(line) ? [story] : nil
        }
        report.lineCount += count
        report.segmentCount += count > 0 ? 1 : 0
        // What a link led to is not ours to change.
        if count > 0, holder.isElsewhere { linked.append(holder.name) }
      }
      report.leftovers = try linked + leftovers(of: search)
      return report
    }
  }

  /// - Throws: `ArchiveError` if any of these segments could not be written anew.
  private func refuseUnfit(_ segments: [SegmentName]) throws {
    for name in segments {
      guard let segment = try SegmentFile.openInAnyForm(name, in: directory) else { continue }
      var scan = SegmentScan(path: segment.path)
      _ = try LineScanner(segment).scan(from: 0) { line, offset in
        _ = scan.admits(line, at: offset)
        return true
      }
      try scan.refuseNewer(in: directory)
      if name.form != .open { try refuseUnlike(name) }
    }
  }

  private func refuseUnlike(_ name: SegmentName) throws {
    try settle(name)
    let digest = try SegmentFile.openExisting(name, in: directory).plainDigest()
    if try SegmentManifest(in: directory)[name.ordinal]?.sha256 != digest { throw unlike(name) }
  }

  /// The segment that still grows, if it tells of the story.
  private func growingSegment(
    telling search: StorySearch
  ) throws(ArchiveError) -> [SegmentName] {
    guard let last = try SegmentListing.all(in: directory).last, last.form == .open,
      try search.isTold(in: last, directory)
    else { return [] }
    return [last]
  }

  private func relatives(of story: StoryID) throws -> [StoryID] {
    var sources: Set<StoryID> = [story]
    try forEachRepetition { copy, original in
      if copy == story { sources.insert(original) }
    }
    var relatives = sources
    try forEachRepetition { copy, original in
      if sources.contains(original) { relatives.insert(copy) }
    }
    relatives.remove(story)
    return relatives.sorted { $0.bits < $1.bits }
  }

  /// Gives each story that repeats another one's text, and that one.
  private func forEachRepetition(_ body: (StoryID, StoryID) -> Void) throws {
    try Archive(directory: directory, access: .readOnly).replay { record in
      if case .story(let copy, _, let original?) = record { body(copy.id, original) }
    }
  }

  /// Files that no reader looks at and that have bytes of the story.
  private func leftovers(of search: StorySearch) throws(ArchiveError) -> [String] {
    var found: [String] = []
    for name in try directory.names(in: ArchiveFormat.quarantine).sorted() {
      let path = "\(ArchiveFormat.quarantine)/\(name)"
      // A compressed segment that was set aside cannot be searched as it is.
      let form: SegmentName.Form = name.contains(".gz@") ? .compressed : .sealed
      if try isTold(at: path, form, search) { found.append(try holder(of: path).name) }
    }
    let read = Set(try SegmentListing.all(in: directory).map(\.path))
    for path in try SegmentListing.files(in: directory) where !read.contains(path) {
      let form: SegmentName.Form = path.hasSuffix(".gz") ? .compressed : .sealed
      if try isTold(at: path, form, search) { found.append(try holder(of: path).name) }
    }
    return found
  }

  /// The file that has the bytes which are read at `path`, as messages name it.
  private func holder(
    of path: String
  ) throws(ArchiveError) -> (name: String, isElsewhere: Bool) {
    let link = directory.named(path)
    guard let target = try directory.status(at: path)?.target else { return (link, false) }
    let folder = link[..<(link.lastIndex(of: "/") ?? link.startIndex)]
    let file = target.hasPrefix("/") ? target : "\(folder)/\(target)"
    return ("\(file) (by way of \(link))", true)
  }

  private func isTold(
    at path: String, _ form: SegmentName.Form, _ search: StorySearch
  ) throws(ArchiveError) -> Bool {
    let placeholder = SegmentName(ordinal: 0, date: Timestamp(milliseconds: 0).date, form: form)
    guard let file = try SegmentFile.open(placeholder, at: path, in: directory) else {
      return false
    }
    return try search.isTold(in: file)
  }
}

/// Finds the lines of one story.
struct StorySearch {
  private let story: StoryID
  private let key: [UInt8]

  init(_ story: StoryID) {
    self.story = story
    key = Array("\"uid\":\"\(story.hexadecimal)\"".utf8)
  }

  func isTold(
    in name: SegmentName, _ directory: ArchiveDirectory
  ) throws(ArchiveError) -> Bool {
    guard let segment = try SegmentFile.openInAnyForm(name, in: directory) else { return false }
    return try isTold(in: segment)
  }

  func isTold(in segment: SegmentFile) throws(ArchiveError) -> Bool {
    var isFound = false
    let end = try LineScanner(segment).scan(from: 0) { line, _ in
      if case .line(let bytes) = line { isFound = isLine(bytes) }
      return !isFound
    }
    if isFound { return true }
    let rest = try segment.contents(from: end, byteLimit: RecordLine.byteLimit)
    return rest.withUnsafeBufferPointer(isLine)
  }

  /// Whether the line is one of the story's, sound or not: inside a string every quote has a backslash
  /// before it, so the member is found nowhere else.
  func isLine(_ line: UnsafeBufferPointer<UInt8>) -> Bool {
    line.contains(key)
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// Whether `bytes`, which begin with a quote, stand anywhere in it.
  fileprivate func contains(_ bytes: [UInt8]) -> Bool {
    var start = 0
    while let place = firstPlace(of: bytes[0], from: start), count - place >= bytes.count {
      if self[place..<place + bytes.count].elementsEqual(bytes) { return true }
      start = place + 1
    }
    return false
  }
}
