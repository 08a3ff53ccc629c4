/// Pages of tables that were read and found sound lately.
final class PageCache {
  /// Bytes of pages that are kept at most.
  static let byteLimit = 1 << 20
  private static let slotCount = byteLimit / StoryTable.pageByteCount

  /// Each page has one slot that it may be in.
  private var owners = [UInt64](repeating: 0, count: slotCount)
  private let pages: UnsafeMutableRawBufferPointer
  private var tableCount: UInt64 = 0

  init() {
    pages = .allocate(byteCount: Self.byteLimit, alignment: 16)
  }

  deinit {
    pages.deallocate()
  }

  /// A number for one table's pages.
  func newTable() -> UInt64 {
    tableCount += 1
    return tableCount
  }

  /// The page, which `read` fills in unless it is kept; nil where that fails. It holds until the next call.
  func page(
    _ page: Int, of table: UInt64, read: (UnsafeMutableRawBufferPointer) -> Bool
  ) -> UnsafeRawBufferPointer? {
    let owner = table << 32 | UInt64(page)
    let slot = Int((owner &* 0x9E37_79B9_7F4A_7C15) >> 32) % Self.slotCount
    let start = slot * StoryTable.pageByteCount
    let bytes = UnsafeMutableRawBufferPointer(
      rebasing: pages[start..<start + StoryTable.pageByteCount])
    if owners[slot] == owner { return UnsafeRawBufferPointer(bytes) }
    owners[slot] = 0
    guard read(bytes) else { return nil }
    owners[slot] = owner
    return UnsafeRawBufferPointer(bytes)
  }
}
