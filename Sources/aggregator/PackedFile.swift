/// A file in a form that has to be unpacked, as exports of other programs come.
enum PackedFile {
  /// What the file of these bytes is and what to do about that; nil for one that is not packed.
  static func advice(on bytes: [UInt8]) -> String? {
    forms.first { bytes.starts(with: $0.signature) }?.advice
  }

  private static let forms: [(signature: [UInt8], advice: String)] = [
    (
      Array("PK\u{3}\u{4}".utf8),
      "a ZIP archive: unzip it first, then give JSON to aggregator import, OPML to aggregator opml import"
    ),
    ([0x1F, 0x8B], "gzip data: unpack it first, with gunzip"),
  ]
}
