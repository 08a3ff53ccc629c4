/// Lists of an entry or a feed: each ends at a limit.
extension Array {
  /// Elements of one list: no honest one comes near.
  static var boundedListLimit: Int { 1000 }

  /// Appends an element and returns true, or returns false when the list has reached its limit.
  mutating func appendBounded(_ element: Element) -> Bool {
    guard count < Array.boundedListLimit else { return false }
    append(element)
    return true
  }
}
