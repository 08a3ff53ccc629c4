extension String {
  /// The text that `bytes` are in UTF-8; nil when they are none.
  ///
  /// As `String(validating:as:)`, which looks up types at run time in every call: for the short texts of a
  /// JSON line that takes longer than to copy them.
  package init?(utf8 bytes: UnsafeBufferPointer<UInt8>) {
    guard let text = try? UTF8Span(validating: bytes.span) else { return nil }
    self.init(copying: text)
  }
}
