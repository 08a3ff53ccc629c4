internal import ArgumentParser

/// A number of bytes on the command line: `500M`, `20G`, in powers of 1024.
struct ArgumentSize: ExpressibleByArgument {
  var byteCount: Int

  private static let units: [Character: Int] = [
    "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40,
  ]

  init?(argument: String) {
    let unit = argument.last.flatMap { Self.units[Character($0.uppercased())] }
    let digits = unit == nil ? argument[...] : argument.dropLast()
    guard digits.allSatisfy(\.isWholeNumber), let count = Int(digits) else { return nil }
    let (byteCount, isTooLarge) = count.multipliedReportingOverflow(by: unit ?? 1)
    guard !isTooLarge else { return nil }
    self.byteCount = byteCount
  }
}
