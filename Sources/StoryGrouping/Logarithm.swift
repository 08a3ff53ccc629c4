/// Natural logarithms by exact operations in a fixed order: libm's may differ between machines, and
/// clusters must not.
enum Logarithm {
  fileprivate static let ln2 = 0.693147180559945309

  /// Parts of the way from 1 to 2 at whose ends logarithms are kept.
  private static let stepCount = 128

  /// The ends: what brings a number near one to near 1, and the logarithm.
  private static let steps: [(inverse: Double, logarithm: Double)] = (0...stepCount).map {
    let end = 1 + Double($0) / Double(stepCount)
    return (1 / end, series(end))
  }

  /// ln of a positive normal number, but for some 10^-15.
  static func natural(_ value: Double) -> Double { withTable { $0.natural(value) } }

  /// Calls `body` with what gives many logarithms at once, which must not outlive the call.
  @inline(__always)
  static func withTable<Result>(_ body: (Table) -> Result) -> Result {
    steps.withUnsafeBufferPointer { body(Table(steps: $0)) }
  }

  /// The kept logarithms where they lie: a static constant is asked for its state whenever it is named.
  struct Table {
    fileprivate let steps: UnsafeBufferPointer<(inverse: Double, logarithm: Double)>
  }

  /// ln of a number from 1 to 2.
  private static func series(_ value: Double) -> Double {
    // 2 artanh z; z is at most a third.
    let z = (value - 1) / (value + 1)
    let square = z * z
    return 2 * z * stride(from: 33, through: 1, by: -2).reduce(0) { $0 * square + 1 / Double($1) }
  }

  /// The logarithm to the base 2.
  static func binary(_ value: Double) -> Double { natural(value) / ln2 }

  /// The logarithms to the base 2 of the whole numbers that are asked for most.
  private static let binaries: [Double] = [0] + (1..<4096).map { binary(Double($0)) }

  /// The logarithm to the base 2 of a positive number that is mostly whole.
  static func binary(mostlyWhole value: Double) -> Double {
    let number = Int(min(value, 4095))
    return Double(number) == value ? binaries[number] : binary(value)
  }

  /// 1 / (1 + e^-x) to about nine digits, from exact operations.
  static func logistic(_ x: Double) -> Double {
    let bounded = min(max(x, -30), 30)
    // e^y = (e^(y/1024))^1024.
    let y = -bounded / 1024
    var power = 1 + y * (1 + y / 2 * (1 + y / 3 * (1 + y / 4)))
    for _ in 0..<10 { power *= power }
    return 1 / (1 + power)
  }
}

extension Logarithm.Table {
  /// ln of a positive normal number. Without a division or a branch.
  @inline(__always)
  func natural(_ value: Double) -> Double {
    // value = 2^exponent · m with m in [1, 2), and m = end · (1 + r) with |r| <= 1/256, of the end next to
    // it. Taken out of the bits, as IEEE 754 lays them out: the library's functions do for any format.
    let bits = value.bitPattern
    let exponent = Double(Int(truncatingIfNeeded: bits >> 52) &- 1023)
    let fraction = bits & 0xF_FFFF_FFFF_FFFF
    let m = Double(bitPattern: fraction | 0x3FF0_0000_0000_0000)
    let (inverse, logarithm) = steps[Int(truncatingIfNeeded: (fraction &+ 1 << 44) >> 45)]
    let r = m * inverse - 1
    var sum = 1.0 / 5
    sum = sum * r - 1.0 / 4
    sum = sum * r + 1.0 / 3
    sum = sum * r - 1.0 / 2
    sum = sum * r + 1
    return exponent * Logarithm.ln2 + logarithm + sum * r
  }
}
