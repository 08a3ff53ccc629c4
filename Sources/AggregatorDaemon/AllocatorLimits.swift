internal import CAllocator

/// How the C library's allocator behaves in a process that is to stay small.
package enum AllocatorLimits {
  /// Heaps that threads share: each keeps what was ever allocated in it at one time, so that there are few. With
  /// one alone the threads that read documents and the one that stores wait for each other at every turn.
  static let arenaCount: CInt = 2
  /// From so many bytes on, a block is mapped by itself and given back when it is freed. glibc would raise
  /// this to the largest block that was ever freed, and tables that doubled would leave holes behind.
  static let mappedByteCount: CInt = 64 << 10

  /// To be called once, before there are threads.
  package static func apply() {
    mallopt(M_ARENA_MAX, arenaCount)
    mallopt(M_MMAP_THRESHOLD, mappedByteCount)
  }
}
