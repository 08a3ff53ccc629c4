/// Elements that a page holds and does not show: what mail clients preview, labels for machines,
/// counters.
enum HiddenElement {
  /// Whether a tag's attributes say that it is not shown. A `<span>` for eyes only repeats what is
  /// said in another way, such as the picture of a formula beside its MathML.
  static func isHidden(
    _ element: HTMLElement, _ attributes: ArraySlice<HTMLTokenizer.Attribute>,
    in bytes: UnsafeBufferPointer<UInt8>
  ) -> Bool {
    let scan = ByteScan(bytes: bytes)
    return attributes.contains { attribute in
      switch attribute.name.count {
      case 6: scan.matchesIgnoringCase("hidden", at: attribute.name.lowerBound)
      case 5:
        scan.matchesIgnoringCase("style", at: attribute.name.lowerBound)
          && UnsafeBufferPointer(rebasing: bytes[attribute.value]).hides
      case 11:
        scan.matchesIgnoringCase("aria-hidden", at: attribute.name.lowerBound)
          && element == .span && scan.matches("true", at: attribute.value.lowerBound)
      default: false
      }
    }
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// Of a style: whether it says `display: none`.
  var hides: Bool {
    let scan = ByteScan(bytes: self)
    var place = 0
    while let found = scan.firstPlace(of: UInt8(ascii: ":"), from: place, before: count) {
      place = found + 1
      var end = found
      while end > 0, self[end - 1].isHTMLSpace { end -= 1 }
      let value = scan.skippingSpace(from: place)
      if scan.matchesIgnoringCase("display", at: end - 7), scan[end - 8] != UInt8(ascii: "-"),
        scan.matchesIgnoringCase("none", at: value)
      {
        return true
      }
    }
    return false
  }

  /// Of an image's style: whether it makes both sides no longer than a pixel.
  var isPixelSize: Bool {
    let declarations = String(decoding: self, as: UTF8.self).lowercased().split(separator: ";")
    let small = declarations.compactMap { declaration -> Substring? in
      let parts = declaration.filter { !$0.isWhitespace }.split(separator: ":")
      guard parts.count == 2, ["0", "0px", "1px"].contains(parts[1].prefix { $0 != "!" }) else {
        return nil
      }
      return parts[0].hasPrefix("max-") ? parts[0].dropFirst(4) : parts[0]
    }
    return small.contains("width") && small.contains("height")
  }
}
