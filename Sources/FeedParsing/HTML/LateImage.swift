/// What a page's script would make of an image that waits with loading: its address stands in an
/// attribute of the script's own, and in `src` there is nothing, or something to look at meanwhile.
struct LateImage {
  private var address: UnsafeBufferPointer<UInt8>?
  private var candidates: UnsafeBufferPointer<UInt8>?

  init() {}

  init(
    _ attributes: ArraySlice<HTMLTokenizer.Attribute>, in bytes: UnsafeBufferPointer<UInt8>,
    _ vocabulary: HTMLAttribute.Vocabulary
  ) {
    var (hasAddress, hasCandidates, isLate) = (false, false, false)
    for attribute in attributes {
      let name = UnsafeBufferPointer(rebasing: bytes[attribute.name])
      guard let known = vocabulary.attribute(named: name) else { continue }
      let value = UnsafeBufferPointer(rebasing: bytes[attribute.value])
      switch known.rule {
      case .lateAddress: if address == nil, !value.isEmpty { address = value }
      case .lateCandidates: if candidates == nil, !value.isEmpty { candidates = value }
      case .classes: isLate = value.containsLazy
      case .address: if known.number == vocabulary.src { hasAddress = !value.isPlaceholder }
      case .imageCandidates: hasCandidates = !value.isPlaceholder
      default: break
      }
    }
    if hasAddress, !isLate { address = nil }
    if hasCandidates, !isLate { candidates = nil }
  }

  /// What stands in for the attribute's own value; nil where that holds.
  func value(
    of attribute: HTMLAttribute, in vocabulary: HTMLAttribute.Vocabulary
  ) -> UnsafeBufferPointer<UInt8>? {
    switch attribute.number {
    case vocabulary.src: address
    case vocabulary.srcset: candidates
    default: nil
    }
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// Nothing, an image inside the page, or none at all.
  fileprivate var isPlaceholder: Bool {
    let scan = ByteScan(bytes: self)
    return isEmpty || scan.matches("data:", at: 0) || scan.matches("about:", at: 0)
  }

  /// Scripts call the class `lazy`, `lazyload`, `b-lazy`, `lazy-image` and so on.
  fileprivate var containsLazy: Bool {
    let scan = ByteScan(bytes: self)
    return count >= 4 && (0...(count - 4)).contains { scan.matchesIgnoringCase("lazy", at: $0) }
  }
}
