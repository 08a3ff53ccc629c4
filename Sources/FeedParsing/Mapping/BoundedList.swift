internal import Syndication

/// Lists of an entry or a feed: each ends at a limit.
extension Array {
  /// Elements of one list: no honest one comes near, and some are searched.
  static var boundedListLimit: Int { 1000 }

  /// Appends an element and returns true, or returns false when the list has reached its limit.
  mutating func appendBounded(_ element: Element) -> Bool {
    guard count < Array.boundedListLimit else { return false }
    append(element)
    return true
  }
}

extension [Category] {
  /// Appends a category that the list does not have yet; false when the list is full, which is then
  /// not searched: there may be a million more.
  mutating func appendNew(_ category: Category) -> Bool {
    guard count < Array.boundedListLimit else { return false }
    // Most terms differ in length, which is quicker to see.
    let length = category.term.utf8.count
    if !contains(where: { $0.term.utf8.count == length && $0 == category }) { append(category) }
    return true
  }
}

extension Array where Element: Equatable {
  /// Appends an element that the list does not have yet; false when the list is full.
  mutating func appendNew(_ element: Element) -> Bool {
    guard count < Array.boundedListLimit else { return false }
    if !contains(element) { append(element) }
    return true
  }
}
