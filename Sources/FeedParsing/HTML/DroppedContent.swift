/// Follows a token stream through the elements that go with all that they hold.
struct DroppedContent {
  /// What an element must be to be dropped: any of these.
  private let traits: HTMLElement.Traits
  private var element = HTMLElement.unknown
  /// How many elements of that name are open within each other; zero outside.
  private var depth = 0

  init(_ traits: HTMLElement.Traits) {
    self.traits = traits
  }

  var isActive: Bool { depth > 0 }

  /// Whether a start tag belongs to what is dropped. An element of HTML proper ends foreign content,
  /// so that an `<svg>` nobody closed does not take the rest of a text with it.
  mutating func swallows(
    startTag tag: HTMLElement, isSelfClosing: Bool, isHidden: Bool = false
  ) -> Bool {
    if isActive {
      if element.traits.contains(.foreign), tag.traits.contains(.breaksOut) {
        depth = 0
        return false
      }
      if tag == element, !isSelfClosing || !tag.traits.contains(.foreign) { depth += 1 }
      return true
    }
    guard isHidden || !tag.traits.isDisjoint(with: traits) else { return false }
    if !isSelfClosing || !tag.traits.contains(.foreign) {
      element = tag
      depth = 1
    }
    return true
  }

  mutating func swallows(endTag tag: HTMLElement) -> Bool {
    guard isActive else { return false }
    if tag == element { depth -= 1 }
    return true
  }
}
