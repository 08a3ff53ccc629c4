internal import Syndication

/// The attributes that survive sanitising, with their addresses resolved.
struct HTMLAttributeFilter: ~Copyable {
  /// Of all attributes of one element together.
  private static let byteLimit = 64 << 10

  private let vocabulary = HTMLAttribute.vocabulary
  private var addresses: HTMLAddressResolver
  private var output = HTMLBuffer(capacity: 512)
  private var scratch: [UInt8] = []
  /// Of the element whose attributes are written.
  private var isLink = false
  private var isTracker = false
  /// Where the address of an image stands in what was written.
  private var imagePlace = 0..<0

  init(addresses: HTMLAddressResolver) {
    self.addresses = addresses
  }

  /// What the last call of `filter` left, each attribute with a space before it.
  var written: UnsafeBufferPointer<UInt8> { output.bytes }

  /// The address of the image among them, empty when there is none.
  var imageAddress: UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(rebasing: output.bytes[imagePlace])
  }

  /// What a frame would show, or what a script would let it show; nil when that is no safe address.
  mutating func address(
    of attributes: ArraySlice<HTMLTokenizer.Attribute>, in bytes: UnsafeBufferPointer<UInt8>
  ) -> String? {
    let late = LateImage(attributes, in: bytes, vocabulary)
    var value = late.value(of: vocabulary[vocabulary.src], in: vocabulary)
    for attribute in attributes where value == nil {
      let name = UnsafeBufferPointer(rebasing: bytes[attribute.name])
      guard vocabulary.attribute(named: name)?.number == vocabulary.src else { continue }
      value = UnsafeBufferPointer(rebasing: bytes[attribute.value])
    }
    guard let value else { return nil }
    scratch.removeAll(keepingCapacity: true)
    scratch.append(decoding: value, isAttribute: true)
    return addresses.resolve(String(checkedUTF8: scratch[...]))
  }

  /// Chooses and writes the attributes of a tag; false when the whole element has to go because it
  /// only counts its readers.
  mutating func filter(
    _ attributes: ArraySlice<HTMLTokenizer.Attribute>, of element: HTMLElement,
    in bytes: UnsafeBufferPointer<UInt8>
  ) -> Bool {
    output.removeAll()
    (isLink, isTracker) = (false, false)
    imagePlace = 0..<0
    guard !attributes.isEmpty else {
      if element.traits.contains(.player) { output.append(" controls=\"\"") }
      return true
    }
    let isImage = element.traits.contains(.image)
    let late = isImage ? LateImage(attributes, in: bytes, vocabulary) : LateImage()
    var seen = SmallNumberSet()
    var pixelSides = 0
    var isHidden = false
    for attribute in attributes {
      let name = UnsafeBufferPointer(rebasing: bytes[attribute.name])
      guard let known = vocabulary.attribute(named: name), !seen.contains(known.number) else {
        continue
      }
      seen.insert(known.number)
      let value = UnsafeBufferPointer(rebasing: bytes[attribute.value])
      if known.rule == .style, value.hides { isHidden = true }
      if isImage, known.rule == .style, value.isPixelSize { isTracker = true }
      let start = output.count
      write(known, late.value(of: known, in: vocabulary) ?? value, of: element)
      // As written, since the value may hold character references.
      if isImage, known.rule == .length,
        UnsafeBufferPointer(rebasing: output.bytes[start...]).isPixelSide
      {
        pixelSides += 1
      }
    }
    if isHidden, !seen.contains(vocabulary.hidden) { output.append(" hidden=\"\"") }
    if element.traits.contains(.player), !seen.contains(vocabulary.controls) {
      output.append(" controls=\"\"")
    }
    for known in [vocabulary.src, vocabulary.srcset] where isImage && !seen.contains(known) {
      let attribute = vocabulary[known]
      if let value = late.value(of: attribute, in: vocabulary) {
        write(attribute, value, of: element)
      }
    }
    if isLink { output.append(" rel=\"nofollow noopener noreferrer\"") }
    // Browsers load an image that nobody is to see.
    let isUnseen = isImage && (isHidden || seen.contains(vocabulary.hidden))
    return pixelSides < 2 && !isTracker && !isUnseen
  }

  private mutating func write(
    _ attribute: HTMLAttribute, _ value: UnsafeBufferPointer<UInt8>, of element: HTMLElement
  ) {
    let start = output.count
    guard start + value.count <= Self.byteLimit else { return }
    output.append(UInt8(ascii: " "))
    vocabulary.write(nameOf: attribute, to: &output)
    output.append("=\"")
    guard append(value, as: attribute, of: element) else { return output.shrink(to: start) }
    output.append(UInt8(ascii: "\""))
  }

  /// Writes a value; false when there is none to write.
  private mutating func append(
    _ value: UnsafeBufferPointer<UInt8>, as attribute: HTMLAttribute, of element: HTMLElement
  ) -> Bool {
    switch attribute.rule {
    case .plain, .length, .classes:
      output.append(respelling: value, isAttribute: true, scratch: &scratch)
      return true
    case .identifier:
      guard !ClobberingNames.contain(value) else { return false }
      output.append(respelling: value, isAttribute: true, scratch: &scratch)
      return true
    case .address: return append(address: value, as: attribute, of: element)
    case .imageCandidates:
      scratch.removeAll(keepingCapacity: true)
      scratch.append(decoding: value, isAttribute: true)
      let candidates = ImageCandidates.resolve(scratch) { addresses.resolve($0) }
      candidates.withUnsafeBufferPointer { output.append(escaping: $0) }
      return !candidates.isEmpty
    case .style, .lateAddress, .lateCandidates: return false
    }
  }

  private mutating func append(
    address: UnsafeBufferPointer<UInt8>, as attribute: HTMLAttribute, of element: HTMLElement
  ) -> Bool {
    let isHref = attribute.number == vocabulary.href
    guard attribute.addressedElements.contains(element.number), !address.isEmpty || isHref
    else { return address.isEmpty }
    let start = output.count
    guard addresses.append(address, isLink: isHref, to: &output, scratch: &scratch) else {
      return false
    }
    if isHref { isLink = true }
    if attribute.number == vocabulary.src, element.traits.contains(.image) {
      imagePlace = start..<output.count
      if TrackingImages.contain(imageAddress) { isTracker = true }
    }
    return true
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// Whether a written attribute is a side of no or one pixel.
  fileprivate var isPixelSide: Bool {
    guard let equals = firstIndex(of: UInt8(ascii: "=")), last == UInt8(ascii: "\"") else {
      return false
    }
    return UnsafeBufferPointer(rebasing: self[(equals + 2)..<(count - 1)]).isPixel
  }

  private var isPixel: Bool {
    guard let first, first == UInt8(ascii: "0") || first == UInt8(ascii: "1") else { return false }
    return count == 1 || (count == 3 && ByteScan(bytes: self).matchesIgnoringCase("px", at: 1))
  }
}
