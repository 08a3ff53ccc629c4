/// Natural logarithms by exact operations in a fixed order: libm's may differ between machines, and
/// clusters must not.
enum Logarithm {
  private static let ln2 = 0.693147180559945309

  /// ln of a positive normal number, to about twelve digits.
  static func natural(_ value: Double) -> Double {
    // value = 2^exponent · m with m in [√½, √2): ln m = 2 artanh((m - 1) / (m + 1)).
    // Taken out of the bits, as IEEE 754 lays them out: the library's functions do for any format.
    let bits = value.bitPattern
    var exponent = Double(Int(truncatingIfNeeded: bits >> 52) - 1023)
    var m = Double(bitPattern: bits & 0xF_FFFF_FFFF_FFFF | 0x3FF0_0000_0000_0000)
    if m > 1.4142135623730951 {
      m /= 2
      exponent += 1
    }
    let z = (m - 1) / (m + 1)
    let square = z * z
    var series = 1.0 / 13
    series = series * square + 1.0 / 11
    series = series * square + 1.0 / 9
    series = series * square + 1.0 / 7
    series = series * square + 1.0 / 5
    series = series * square + 1.0 / 3
    series = series * square + 1
    return exponent * ln2 + 2 * z * series
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
