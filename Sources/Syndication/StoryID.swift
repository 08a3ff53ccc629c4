internal import Checksums

/// A story's own key: 64 bits of SHA-256 over the feed's address and the rung of the identity ladder
/// that named the entry.
///
/// Must never change: another derivation delivers every stored story a second time. SHA-256 rather
/// than a fast hash, because a feed that could aim at another feed's identifiers could suppress its
/// stories.
package struct StoryID: Hashable, Comparable, Sendable {
  package let bits: UInt64

  package init(bits: UInt64) {
    self.bits = bits
  }

  /// The identifier of the entry that `identity` names within `feed` (its address in feeds.conf).
  package init(feed: String, identity: EntryIdentity) {
    var hasher = SHA256Hasher()
    hasher.update(feed, endedBy: "\n")
    hasher.update(identity.rung, endedBy: "\n")
    hasher.update(identity.key)
    bits = hasher.finalize().prefix
  }

  /// What tells that a story came before under another identifier: publishers lose, change and re-case
  /// GUIDs. The same feed, link, title, date and text (told by `textHash`), so that nothing is taken for
  /// known whose words are not stored; nil without a link and a date. Not a story's own key: look it up
  /// among others of its kind.
  package static func sighting(of story: Story, textHash: UInt64) -> StoryID? {
    guard story.link != nil || story.published != nil else { return nil }
    var hasher = SHA256Hasher()
    for part in [
      story.feed, "sighting", story.link ?? "", story.title, story.published?.rfc3339 ?? "",
    ] {
      hasher.update(part, endedBy: "\n")
    }
    hasher.update(textHash.hexadecimal)
    return StoryID(bits: hasher.finalize().prefix)
  }

  /// Reads sixteen hexadecimal digits.
  package init?(hexadecimal text: some StringProtocol) {
    guard let bits = UInt64(hexadecimal: text) else { return nil }
    self.bits = bits
  }

  /// Sixteen lower-case hexadecimal digits, as the archive writes it.
  package var hexadecimal: String { bits.hexadecimal }

  package static func < (left: StoryID, right: StoryID) -> Bool { left.bits < right.bits }
}
