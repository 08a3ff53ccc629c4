internal import Glibc

/// A feed in a file of this machine, answered as if a server did.
enum LocalFile {
  /// The document at `address`, or `notModified` where the request's ETag names its present state.
  static func fetch(_ request: FetchRequest, at address: FetchAddress) -> FetchResult {
    // Without O_NONBLOCK the opening of a FIFO waits for a writer.
    let file = open(address.path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)
    guard file >= 0 else { return failed("cannot be opened: \(lastError)") }
    defer { close(file) }
    guard let state = state(of: file) else { return failed("cannot be examined: \(lastError)") }
    guard state.isRegular else { return failed("is \(state.kind), no regular file") }
    let facts = ResponseFacts(status: 0, validators: Validators(etag: state.validator))
    guard request.validators.etag != state.validator else { return .notModified(facts) }
    return read(file, in: state, facts, request, finalURL: address.text)
  }

  private static func read(
    _ file: Int32, in before: FileState, _ facts: ResponseFacts, _ request: FetchRequest,
    finalURL: String
  ) -> FetchResult {
    let limit = request.limits.bodyByteLimit
    guard before.byteCount <= limit else { return tooLarge(limit) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(before.byteCount)
    while let piece = nextPiece(of: file) {
      guard bytes.count + piece.count <= limit else { return tooLarge(limit) }
      guard !piece.isEmpty else {
        let isWhole = state(of: file)?.validator == before.validator
        let document = Document(
          bytes: bytes, contentType: nil, finalURL: finalURL, isWhole: isWhole)
        var facts = facts
        facts.receivedByteCount = bytes.count
        if !isWhole { facts.validators = Validators() }
        return .document(document, facts)
      }
      bytes += piece
    }
    return failed("cannot be read: \(lastError)")
  }

  /// Up to 256 KiB, empty at the end of the file, nil on an error.
  private static func nextPiece(of file: Int32) -> [UInt8]? {
    var count = 0
    let piece = [UInt8](unsafeUninitializedCapacity: 256 << 10) { buffer, initializedCount in
      repeat {
        count = Glibc.read(file, buffer.baseAddress, buffer.count)
      } while count < 0
        && errno == EINTR
      initializedCount = max(count, 0)
    }
    return count < 0 ? nil : piece
  }

  private static func state(of file: Int32) -> FileState? {
    var status = stat()
    return fstat(file, &status) == 0 ? FileState(status) : nil
  }

  private static func failed(_ problem: String) -> FetchResult {
    .failed(FetchFailure(.file, "the file \(problem)"), nil)
  }

  private static func tooLarge(_ limit: Int) -> FetchResult {
    .failed(FetchFailure(.tooLarge, "the file is larger than the limit of \(limit) bytes"), nil)
  }

  private static var lastError: String { String(cString: strerror(errno)) }
}

/// What tells two states of a file apart.
private struct FileState {
  let status: stat

  init(_ status: stat) {
    self.status = status
  }

  var byteCount: Int { Int(status.st_size) }
  var isRegular: Bool { status.st_mode & S_IFMT == S_IFREG }

  /// Time of change, size and inode: what rsync and make go by, and the inode for a file that was
  /// renamed into place within the clock's grain.
  var validator: String {
    "\"\(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)-\(status.st_size)-\(status.st_ino)\""
  }

  var kind: String {
    switch status.st_mode & S_IFMT {
    case S_IFDIR: "a directory"
    case S_IFIFO: "a FIFO"
    case S_IFCHR, S_IFBLK: "a device"
    case S_IFSOCK: "a socket"
    default: "something else"
    }
  }
}
