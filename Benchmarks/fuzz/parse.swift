import FeedParsing

/// Whatever goes in is a feed that keeps every promise, or is refused with a reason. A first byte of 1
/// says that the next two choose how the document is read; otherwise its length does.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  withinBudget {
    let input = Array(UnsafeBufferPointer(start: bytes, count: count))
    let isMarked = input.count >= 3 && input[0] == 1
    let (first, second) =
      isMarked ? (input[1], input[2]) : (UInt8(truncatingIfNeeded: count), UInt8(count >> 4 & 255))
    let broken = ParsePromises.broken(
      by: isMarked ? Array(input[3...]) : input, ParsePromises.request(first, second))
    promise(broken.isEmpty, "\(broken)")
  }
  return 0
}
