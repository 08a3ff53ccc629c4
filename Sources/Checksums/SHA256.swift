internal import CLibcrypto

/// The SHA-256 digest of some bytes (FIPS 180-4), as four big-endian words.
package struct SHA256: Hashable, Sendable {
  package let words: (UInt64, UInt64, UInt64, UInt64)

  /// The first 64 bits, the length that archive checksums and story identifiers keep.
  package var prefix: UInt64 { words.0 }

  /// The digest of `bytes`.
  package init(_ bytes: some Sequence<UInt8>) {
    var hasher = SHA256Hasher()
    if bytes.withContiguousStorageIfAvailable({ hasher.update($0) }) == nil {
      Array(bytes).withUnsafeBufferPointer { hasher.update($0) }
    }
    self = hasher.finalize()
  }

  fileprivate init(words: (UInt64, UInt64, UInt64, UInt64)) {
    self.words = words
  }

  /// The digest as 64 lower-case hexadecimal digits.
  package var hexadecimal: String {
    [words.0, words.1, words.2, words.3].map(\.hexadecimal).joined()
  }

  package static func == (left: SHA256, right: SHA256) -> Bool {
    left.words == right.words
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(words.0)
  }
}

/// SHA-256 over bytes that arrive in pieces.
package struct SHA256Hasher: Sendable {
  private var context = SHA256_CTX()

  package init() {
    SHA256_Init(&context)
  }

  package mutating func update(_ bytes: UnsafeBufferPointer<UInt8>) {
    SHA256_Update(&context, bytes.baseAddress, bytes.count)
  }

  package mutating func update(_ text: String) {
    var text = text
    text.withUTF8 { update($0) }
  }

  /// Adds `text` and the byte that ends it.
  package mutating func update(_ text: String, endedBy end: Unicode.Scalar) {
    update(text)
    withUnsafePointer(to: UInt8(ascii: end)) { _ = SHA256_Update(&context, $0, 1) }
  }

  /// The digest of everything seen; the hasher is spent afterwards.
  package mutating func finalize() -> SHA256 {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 32) { digest in
      SHA256_Final(digest.baseAddress, &context)
      let raw = UnsafeRawBufferPointer(digest)
      let word = { UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: $0, as: UInt64.self)) }
      return SHA256(words: (word(0), word(8), word(16), word(24)))
    }
  }
}
