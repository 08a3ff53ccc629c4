internal import CAllocator

/// How the C library's allocator behaves in a process that is to stay small.
package enum AllocatorLimits {
  /// Heaps that threads share: each keeps what was ever allocated in it at one time. More would save
  /// waiting on machines with many processors, which a program with one busy thread does not need.
  static let arenaCount: CInt = 1
  /// From so many bytes on, a block is mapped by itself and given back when it is freed. glibc would raise
  /// this to the largest block that was ever freed, and tables that doubled would leave holes behind.
  static let mappedByteCount: CInt = 64 << 10

  /// To be called once, before there are threads.
  package static func apply() {
    mallopt(M_ARENA_MAX, arenaCount)
    mallopt(M_MMAP_THRESHOLD, mappedByteCount)
  }
}
