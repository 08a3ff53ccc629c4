/// A number with its noun: `1 feed`, `2 feeds`.
enum CountText {
  /// `many` is `one` with an s where it is not given.
  static func of(_ count: Int, _ one: String, _ many: String? = nil) -> String {
    "\(count) \(count == 1 ? one : many ?? one + "s")"
  }
}
