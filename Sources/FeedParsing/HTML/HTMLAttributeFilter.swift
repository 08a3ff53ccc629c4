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

  init(addresses: HTMLAddressResolver) {
    self.addresses = addresses
  }

  /// What the last call of `filter` left, each attribute with a space before it.
  var written: UnsafeBufferPointer<UInt8> { output.bytes }

  /// Chooses and writes the attributes of a tag; false when the whole element has to go because it
  /// only counts its readers.
  mutating func filter(
    _ attributes: [HTMLTokenizer.Attribute], of element: HTMLElement,
    in bytes: UnsafeBufferPointer<UInt8>
  ) -> Bool {
    output.removeAll()
    (isLink, isTracker) = (false, false)
    guard !attributes.isEmpty else { return true }
    let isImage = element.traits.contains(.image)
    let late = isImage ? LateImage(attributes, in: bytes, vocabulary) : LateImage()
    var seen = SmallNumberSet()
    var pixelSides = 0
    for attribute in attributes {
      let name = UnsafeBufferPointer(rebasing: bytes[attribute.name])
      guard let known = vocabulary.attribute(named: name), !seen.contains(known.number) else {
        continue
      }
      seen.insert(known.number)
      let value = UnsafeBufferPointer(rebasing: bytes[attribute.value])
      if isImage, known.rule == .length, value.isPixel { pixelSides += 1 }
      write(known, late.value(of: known, in: vocabulary) ?? value, of: element)
    }
    for known in [vocabulary.src, vocabulary.srcset] where isImage && !seen.contains(known) {
      let attribute = vocabulary[known]
      if let value = late.value(of: attribute, in: vocabulary) {
        write(attribute, value, of: element)
      }
    }
    if isLink { output.append(" rel=\"nofollow noopener noreferrer\"") }
    return pixelSides < 2 && !isTracker
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
    case .lateAddress, .lateCandidates: return false
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
      isTracker =
        isTracker || TrackingImages.contain(UnsafeBufferPointer(rebasing: output.bytes[start...]))
    }
    return true
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// A side of no or one pixel.
  fileprivate var isPixel: Bool {
    guard let first, first == UInt8(ascii: "0") || first == UInt8(ascii: "1") else { return false }
    return count == 1 || (count == 3 && ByteScan(bytes: self).matchesIgnoringCase("px", at: 1))
  }
}
