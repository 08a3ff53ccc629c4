internal import Checksums
internal import StoryArchive
internal import Syndication

/// What must be remembered of a stored story to know an edit when it comes.
struct StoryVersion: Hashable, Sendable {
  var headHash: UInt64
  /// A copy that was stored without its text has its original's.
  var textHash: UInt64
  private var shortRevision: UInt32
  private var shortDay: Int32
  private var shortCount: UInt8

  var revision: Int { Int(shortRevision) }
  /// The UTC day of the last edit that was kept, and how many were kept on it.
  var day: Int { Int(shortDay) }
  var editsOnDay: Int { Int(shortCount) }

  /// Of a story whose words were taken out of the archive: whatever comes of it is known.
  static let removed = StoryVersion()

  var isRemoved: Bool { shortRevision == .max }

  private init() {
    headHash = 0
    textHash = 0
    shortRevision = .max
    shortDay = 0
    shortCount = 0
  }

  /// What `write` wrote: 32 bytes at `offset`, numbers in the machine's order.
  init(_ bytes: UnsafeRawBufferPointer, at offset: Int) {
    headHash = bytes.number(at: offset)
    textHash = bytes.number(at: offset + 8)
    shortRevision = bytes.loadUnaligned(fromByteOffset: offset + 16, as: UInt32.self)
    shortDay = bytes.loadUnaligned(fromByteOffset: offset + 20, as: Int32.self)
    shortCount = bytes[offset + 24]
  }

  func write(to bytes: UnsafeMutableRawBufferPointer, at offset: Int) {
    bytes.storeBytes(of: headHash, toByteOffset: offset, as: UInt64.self)
    bytes.storeBytes(of: textHash, toByteOffset: offset + 8, as: UInt64.self)
    bytes.storeBytes(of: shortRevision, toByteOffset: offset + 16, as: UInt32.self)
    bytes.storeBytes(of: shortDay, toByteOffset: offset + 20, as: Int32.self)
    bytes.storeBytes(of: UInt64(shortCount), toByteOffset: offset + 24, as: UInt64.self)
  }

  init(of story: Story, _ fingerprint: StoryFingerprint) {
    headHash = fingerprint.headHash
    textHash = fingerprint.textHash
    shortRevision = UInt32(clamping: story.revision)
    shortDay = Int32(clamping: story.seen.day)
    shortCount = 0
  }

  /// The version after the edit `story` of this one.
  func edited(to story: Story, _ fingerprint: StoryFingerprint) -> StoryVersion {
    var next = StoryVersion(of: story, fingerprint)
    next.shortCount = next.shortDay == shortDay ? UInt8(clamping: editsOnDay + 1) : 1
    return next
  }

  /// Whether a story with this fingerprint has the words of this version.
  func describes(_ fingerprint: StoryFingerprint) -> Bool {
    headHash == fingerprint.headHash && textHash == fingerprint.textHash
  }
}

/// The hashes of a story's words that tell whether it is known, made once of each story.
struct StoryFingerprint: Hashable, Sendable {
  /// Of title, link and summary.
  let headHash: UInt64
  let textHash: UInt64
  /// See `StoryID.sighting`.
  let sighting: StoryID?

  /// The fingerprint of `story`, of what its records keep: else one that is cut for its length would be an edit
  /// of itself at each poll. `textHash` for one whose record leaves its text out.
  init(of story: Story, textHash: UInt64? = nil) {
    let story = story.recorded
    headHash = Self.headHash(of: story)
    self.textHash = textHash ?? Self.textHash(of: story)
    sighting = StoryID.sighting(of: story, textHash: self.textHash)
  }

  /// Stands for the way in which all this is derived, and `StoryVersion` with it: what was derived in another one
  /// cannot be compared.
  static let derivation: UInt64 = {
    let specimens = ["", "Zwölf Fähren \u{1F6A2} sail at noon.\nAll are late."].map { text in
      Story(
        id: StoryID(bits: 1), seen: Timestamp(milliseconds: 1_795_262_400_000),
        feed: "https://herald.example/rss", source: "Herald", guid: "12",
        link: "https://herald.example/\(text.utf8.count)?a=b#c", title: "Ferries",
        published: Timestamp(milliseconds: 1_795_262_300_000),
        summary: text.isEmpty ? nil : "A summary.", text: text)
    }
    var hasher = SHA256Hasher()
    // Of the rest: to be raised by whoever changes what is made of records.
    hasher.update("2\n")
    for print in specimens.map({ StoryFingerprint(of: $0) }) {
      hasher.update("\(print.headHash) \(print.textHash) \(print.sighting?.bits ?? 0)\n")
    }
    return hasher.finalize().prefix
  }()

  private static func headHash(of story: Story) -> UInt64 {
    var hasher = SHA256Hasher()
    for part in [story.title, story.link ?? "", story.summary ?? ""] {
      hasher.update(part, endedBy: "\n")
    }
    return hasher.finalize().prefix
  }

  private static func textHash(of story: Story) -> UInt64 {
    var hasher = SHA256Hasher()
    hasher.update(story.text)
    return hasher.finalize().prefix
  }
}
