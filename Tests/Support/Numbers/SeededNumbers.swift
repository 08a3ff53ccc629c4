internal import Glibc

/// Numbers that look random and are the same for the same seed (SplitMix64, of Steele, Lea and Flood,
/// “Fast splittable pseudorandom number generators”), so that a failing case can be had again.
package struct SeededNumbers: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// Any seed is as good as another.
  package init(seed: UInt64) {
    state = seed
  }

  /// Evenly among all of 64 bits.
  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return Self.mixed(state)
  }

  /// The number that `state` stands for.
  package static func mixed(_ state: UInt64) -> UInt64 {
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// Evenly in 0..<bound.
  package mutating func next(below bound: Int) -> Int { Int(next() % UInt64(bound)) }

  /// Evenly in 0..<1.
  package mutating func fraction() -> Double {
    Double(next() >> 11) / 9_007_199_254_740_992
  }

  /// Evenly in `range`.
  package mutating func within(_ range: ClosedRange<Double>) -> Double {
    range.lowerBound + fraction() * (range.upperBound - range.lowerBound)
  }

  /// Evenly in `range`.
  package mutating func within(_ range: ClosedRange<Int>) -> Int {
    range.lowerBound + Int(fraction() * Double(range.count))
  }

  /// True in that share of cases.
  package mutating func isTrue(_ probability: Double) -> Bool { fraction() < probability }

  /// Of a normal distribution with mean 0 and deviation 1.
  package mutating func normal() -> Double {
    (-2 * log(1 - fraction())).squareRoot() * cos(2 * .pi * fraction())
  }

  /// Of a logarithmic normal distribution.
  package mutating func logNormal(median: Double, sigma: Double) -> Double {
    median * exp(sigma * normal())
  }

  /// Of a Poisson distribution: by waiting times, which is exact and quick for small means.
  package mutating func poisson(_ mean: Double) -> Int {
    var count = 0
    var waited = -log(1 - fraction())
    while waited < mean {
      count += 1
      waited -= log(1 - fraction())
    }
    return count
  }
}
