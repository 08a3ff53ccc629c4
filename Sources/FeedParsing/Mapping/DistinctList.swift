/// A list in which nothing stands twice, and which ends at a limit.
struct DistinctList<Element: Hashable> {
  /// Longer lists are not searched from end to end: a document may repeat the last of a thousand
  /// elements a million times.
  private static var searchedCount: Int { 16 }

  private(set) var elements: [Element] = []
  /// The elements, once there are too many to search.
  private var known: Set<Element> = []

  /// Appends an element that the list does not have yet; false when the list is full.
  mutating func append(_ element: Element) -> Bool {
    guard elements.count < [Element].boundedListLimit else { return false }
    if isNew(element) { elements.append(element) }
    return true
  }

  private mutating func isNew(_ element: Element) -> Bool {
    guard elements.count >= Self.searchedCount else { return !elements.contains(element) }
    if known.isEmpty { known = Set(elements) }
    return known.insert(element).inserted
  }
}
