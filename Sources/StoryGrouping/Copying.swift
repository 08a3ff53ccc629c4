/// Whether a story is a copy of another.
enum Copying {
  /// How much of the smaller story both have, 0…1, when that makes one a copy of the other.
  static func resemblance(_ sketch: Sketch, _ entry: CopyIndex.Entry) -> Double? {
    resemblance(
      sketch.signature, entry.signature,
      mayBeTemplate: sketch.source != 0 && sketch.source == entry.source
        && sketch.title != entry.title)
  }

  static func resemblance(_ a: Sketch, _ b: Sketch) -> Double? {
    resemblance(
      a.signature, b.signature,
      mayBeTemplate: a.source != 0 && a.source == b.source && a.title != b.title)
  }

  private static func resemblance(
    _ a: CopySignature, _ b: CopySignature, mayBeTemplate: Bool
  ) -> Double? {
    let resemblance = a.resemblance(to: b)
    guard a.isTelling, b.isTelling else { return resemblance == 1 ? 1 : nil }
    if mayBeTemplate { return resemblance >= Parameters.templateResemblance ? resemblance : nil }
    if resemblance >= Parameters.copyResemblance { return resemblance }
    guard resemblance >= Parameters.truncatedResemblance else { return nil }
    let containment = a.containment(in: b, resemblance: resemblance)
    return containment >= Parameters.truncatedContainment ? containment : nil
  }
}
