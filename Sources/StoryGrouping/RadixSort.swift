extension [UInt64] {
  /// Sorts by the upper 32 bits; numbers that are equal there keep their order.
  ///
  /// Digit by digit from the lowest: for some hundred numbers several times as fast as comparing them.
  mutating func sortByHighHalf() {
    withUnsafeMutableBufferPointer { numbers in
      withUnsafeTemporaryAllocation(of: UInt64.self, capacity: numbers.count) { other in
        guard let here = numbers.baseAddress, let there = other.baseAddress else { return }
        let count = numbers.count
        // An even number of turns leaves the result where it began.
        distribute(here, there, count, shift: 32)
        distribute(there, here, count, shift: 40)
        distribute(here, there, count, shift: 48)
        distribute(there, here, count, shift: 56)
      }
    }
  }
}

/// Copies numbers in the order of the eight bits from `shift` on.
@inline(__always)
private func distribute(
  _ from: UnsafeMutablePointer<UInt64>, _ to: UnsafeMutablePointer<UInt64>, _ count: Int, shift: Int
) {
  var starts = InlineArray<256, UInt32>(repeating: 0)
  for place in 0..<count { starts[Int(from[place] >> UInt64(shift) & 0xFF)] += 1 }
  var sum: UInt32 = 0
  for digit in 0..<256 {
    let next = sum + starts[digit]
    starts[digit] = sum
    sum = next
  }
  for place in 0..<count {
    let digit = Int(from[place] >> UInt64(shift) & 0xFF)
    to[Int(starts[digit])] = from[place]
    starts[digit] += 1
  }
}
