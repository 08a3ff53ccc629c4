internal import Syndication

/// Whether a story is a copy of another.
enum Copying {
  /// How much of the smaller story both have, 0…1, when that makes one a copy of the other.
  static func resemblance(_ sketch: Sketch, _ entry: CopyIndex.Entry) -> Double? {
    resemblance(
      sketch.signature, entry.signature,
      atLeast: floor(
        isTemplate: sketch.source != 0 && sketch.source == entry.source
          && sketch.title != entry.title,
        apart: (sketch.time, entry.time)))
  }

  static func resemblance(_ a: Sketch, _ b: Sketch) -> Double? {
    resemblance(
      a.signature, b.signature,
      atLeast: floor(
        isTemplate: a.source != 0 && a.source == b.source && a.title != b.title,
        apart: (a.time, b.time)))
  }

  /// The resemblance that makes a copy.
  private static func floor(isTemplate: Bool, apart times: (Timestamp?, Timestamp?)) -> Double {
    if isTemplate { return Parameters.templateResemblance }
    if let one = times.0, let other = times.1,
      max(one, other).since(min(one, other)) > Grouper.window
    {
      return Parameters.lateResemblance
    }
    return Parameters.copyResemblance
  }

  private static func resemblance(_ a: CopySignature, _ b: CopySignature, atLeast floor: Double)
    -> Double?
  {
    let resemblance = a.resemblance(to: b)
    guard a.isTelling, b.isTelling else { return resemblance == 1 ? 1 : nil }
    if resemblance >= floor { return resemblance }
    guard floor == Parameters.copyResemblance, resemblance >= Parameters.truncatedResemblance else {
      return nil
    }
    let containment = a.containment(in: b, resemblance: resemblance)
    return containment >= Parameters.truncatedContainment ? containment : nil
  }
}
