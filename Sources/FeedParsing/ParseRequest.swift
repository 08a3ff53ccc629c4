/// Everything that decides how some bytes are read, besides the bytes.
package struct ParseRequest: Sendable {
  /// The document's address, the root of relative ones; nil when unknown.
  package var url: String?
  /// The Content-Type field, for its charset.
  package var contentType: String?
  package var contentLocation: String?
  package var contentLanguage: String?
  /// Whether the transfer was whole: an entry still open at the end of a whole document is kept with
  /// a defect, that of a cut one is dropped.
  package var isWhole: Bool
  /// Whether an entry that a whole document leaves open at its end is kept. An archive does without: a
  /// half title under the real GUID would stand there for good if the rest never came.
  package var keepsUnfinishedEntry: Bool
  /// Whether HTML fields are sanitised and their addresses resolved, or left as published. The
  /// archive keeps plain text only and does not need it.
  package var sanitizesHTML: Bool
  package var limits: ParseLimits

  package init(
    url: String? = nil, contentType: String? = nil, contentLocation: String? = nil,
    contentLanguage: String? = nil, isWhole: Bool = true,
    keepsUnfinishedEntry: Bool = true, sanitizesHTML: Bool = false,
    limits: ParseLimits = ParseLimits()
  ) {
    self.url = url
    self.contentType = contentType
    self.contentLocation = contentLocation
    self.contentLanguage = contentLanguage
    self.isWhole = isWhole
    self.keepsUnfinishedEntry = keepsUnfinishedEntry
    self.sanitizesHTML = sanitizesHTML
    self.limits = limits
  }

  /// Whether an entry without its end tag counts.
  var keepsOpenEntry: Bool { isWhole && keepsUnfinishedEntry }
}

/// What a document may cost.
package struct ParseLimits: Hashable, Sendable {
  package var depth = 256
  package var tagByteLimit = 64 << 10
  package var attributesPerTag = 256
  /// An entry takes about a kilobyte even when it says nothing.
  package var entryCount = 100_000
  /// Of one text field.
  package var textByteLimit = 16 << 20

  package init() {}
}
