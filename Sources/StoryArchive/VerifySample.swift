/// Which segments `verify` reads as a whole: one in so many, others each time, so that as many runs
/// have read them all.
package struct VerifySample: Hashable, Sendable {
  private var stride: Int?
  private var turn: Int

  package static let all = VerifySample(stride: 1, turn: 0)
  package static let none = VerifySample(stride: nil, turn: 0)

  private init(stride: Int?, turn: Int) {
    self.stride = stride
    self.turn = turn
  }

  /// - Parameters:
  ///   - percent: How much is read: above 0, at most 100.
  ///   - turn: Which part: counts up from run to run.
  package init(percent: Double, turn: Int) {
    precondition(percent > 0 && percent <= 100, "a part of the archive")
    stride = max(1, Int((100 / percent).rounded(.down)))
    self.turn = turn
  }

  /// The same share of these segments, but one of them at the least where any share is wanted.
  func restricted(to ordinals: [Int]) -> VerifySample {
    guard let stride, !ordinals.isEmpty, !ordinals.contains(where: contains) else { return self }
    var sample = self
    let chosen = ordinals[(turn % ordinals.count + ordinals.count) % ordinals.count]
    sample.turn = stride - chosen % stride
    return sample
  }

  func contains(_ ordinal: Int) -> Bool {
    guard let stride else { return false }
    return (ordinal &+ turn) % stride == 0
  }
}
