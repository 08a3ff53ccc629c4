/// Ascending numbers below `limit` as their gaps in Rice's code: the gap by 2ᵏ in ones and a zero, then
/// its low k bits. With k from the mean gap it suits numbers that are spread at random (Witten, Moffat,
/// Bell, "Managing Gigabytes", 3.3).
enum RiceCoding {
  /// Both sides know how many numbers there are, and below what.
  static func lowBitCount(count: Int, limit: Int) -> Int {
    let mean = UInt64(max(1, limit / max(1, count)))
    let scale = mean * 11 / 16
    return scale > 1 ? 63 - scale.leadingZeroBitCount : 0
  }

  static func append(_ numbers: ArraySlice<UInt32>, limit: Int, to bytes: inout [UInt8]) {
    let lowBitCount = lowBitCount(count: numbers.count, limit: limit)
    var bits = BitWriter()
    var next: UInt32 = 0
    for number in numbers {
      let gap = number - next
      bits.appendOnes(Int(gap >> UInt32(lowBitCount)), to: &bytes)
      bits.append(UInt64(gap) & (1 << UInt64(lowBitCount) - 1), count: lowBitCount, to: &bytes)
      next = number + 1
    }
    bits.flush(to: &bytes)
  }

  static func numbers(
    in bytes: ArraySlice<UInt8>, count: Int, limit: Int
  ) throws(IndexProblem) -> [UInt32] {
    guard 0...limit ~= count else { throw .damaged }
    let lowBitCount = lowBitCount(count: count, limit: limit)
    var bits = BitReader(bytes)
    var numbers: [UInt32] = []
    numbers.reserveCapacity(count)
    var next = 0
    for _ in 0..<count {
      guard let ones = bits.ones(atMost: limit >> lowBitCount),
        let low = bits.bits(lowBitCount)
      else { throw .damaged }
      let number = next + (ones << lowBitCount | Int(low))
      guard number < limit else { throw .damaged }
      numbers.append(UInt32(number))
      next = number + 1
    }
    return numbers
  }
}

/// Bits from the lowest of each byte on.
private struct BitWriter {
  private var pending: UInt64 = 0
  private var pendingCount = 0

  mutating func appendOnes(_ count: Int, to bytes: inout [UInt8]) {
    var rest = count
    while rest >= 32 {
      append(0xFFFF_FFFF, count: 32, to: &bytes)
      rest -= 32
    }
    // A zero ends them.
    append(1 << UInt64(rest) - 1, count: rest + 1, to: &bytes)
  }

  /// At most 33 bits.
  mutating func append(_ bits: UInt64, count: Int, to bytes: inout [UInt8]) {
    pending |= bits << UInt64(pendingCount)
    pendingCount += count
    while pendingCount >= 8 {
      bytes.append(UInt8(truncatingIfNeeded: pending))
      pending >>= 8
      pendingCount -= 8
    }
  }

  mutating func flush(to bytes: inout [UInt8]) {
    if pendingCount > 0 { bytes.append(UInt8(truncatingIfNeeded: pending)) }
  }
}

private struct BitReader {
  private let bytes: ArraySlice<UInt8>
  private var place: Int
  private var held: UInt64 = 0
  private var heldCount = 0

  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    place = bytes.startIndex
  }

  private mutating func fill() {
    while heldCount <= 56, place < bytes.endIndex {
      held |= UInt64(bytes[place]) << UInt64(heldCount)
      heldCount += 8
      place += 1
    }
  }

  /// How many ones stand before the next zero, which is passed, too.
  mutating func ones(atMost limit: Int) -> Int? {
    var count = 0
    while true {
      fill()
      let run = min((~held).trailingZeroBitCount, heldCount)
      count += run
      guard count <= limit, heldCount > 0 else { return nil }
      if run < heldCount {
        drop(run + 1)
        return count
      }
      drop(run)
    }
  }

  /// At most 32 bits.
  mutating func bits(_ count: Int) -> UInt64? {
    fill()
    guard heldCount >= count else { return nil }
    defer { drop(count) }
    return held & (1 << UInt64(count) - 1)
  }

  private mutating func drop(_ count: Int) {
    held = count < 64 ? held >> UInt64(count) : 0
    heldCount -= count
  }
}
