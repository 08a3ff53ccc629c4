internal import Glibc

/// SQLite, opened when it is needed: who has a cache of newsboat has the library that newsboat itself
/// runs with, and nobody else needs it.
struct SQLiteLibrary {
  private typealias Open =
    @convention(c) (
      UnsafePointer<CChar>, UnsafeMutablePointer<OpaquePointer?>, CInt, UnsafePointer<CChar>?
    ) -> CInt
  private typealias Prepare =
    @convention(c) (
      OpaquePointer?, UnsafePointer<CChar>, CInt, UnsafeMutablePointer<OpaquePointer?>,
      UnsafeMutablePointer<UnsafePointer<CChar>?>?
    ) -> CInt
  private typealias Call = @convention(c) (OpaquePointer?) -> CInt
  private typealias Message = @convention(c) (OpaquePointer?) -> UnsafePointer<CChar>?
  private typealias Text = @convention(c) (OpaquePointer?, CInt) -> UnsafePointer<UInt8>?
  private typealias Number = @convention(c) (OpaquePointer?, CInt) -> CInt
  private typealias Limit = @convention(c) (OpaquePointer?, CInt, CInt) -> CInt

  private static let fileNames = ["libsqlite3.so.0", "libsqlite3.so"]
  private static let openReadOnly: CInt = 1
  private static let isRow: CInt = 100
  private static let isDone: CInt = 101
  private static let isBusy: CInt = 5
  /// SQLITE_LIMIT_LENGTH: bytes of a value or a row.
  private static let lengthLimit: CInt = 0
  private static let valueByteLimit: CInt = 64 << 20
  /// While another program writes.
  private static let patienceMilliseconds: CInt = 5000

  private let open: Open
  private let prepare: Prepare
  private let step: Call
  private let finish: Call
  private let close: Call
  private let message: Message
  private let text: Text
  private let byteCount: Number
  private let wait: Number
  private let limit: Limit

  /// Nil where it is not installed.
  init?() {
    // It stays open for the life of the process, as a linked library would.
    guard let library = Self.fileNames.lazy.compactMap({ dlopen($0, RTLD_NOW) }).first,
      let open = dlsym(library, "sqlite3_open_v2"),
      let prepare = dlsym(library, "sqlite3_prepare_v2"),
      let step = dlsym(library, "sqlite3_step"), let finish = dlsym(library, "sqlite3_finalize"),
      let close = dlsym(library, "sqlite3_close_v2"),
      let message = dlsym(library, "sqlite3_errmsg"),
      let text = dlsym(library, "sqlite3_column_text"),
      let byteCount = dlsym(library, "sqlite3_column_bytes"),
      let wait = dlsym(library, "sqlite3_busy_timeout"), let limit = dlsym(library, "sqlite3_limit")
    else { return nil }
    // The types are those of sqlite3.h, which never change (sqlite.org/capi3ref.html).
    self.open = unsafeBitCast(open, to: Open.self)
    self.prepare = unsafeBitCast(prepare, to: Prepare.self)
    self.step = unsafeBitCast(step, to: Call.self)
    self.finish = unsafeBitCast(finish, to: Call.self)
    self.close = unsafeBitCast(close, to: Call.self)
    self.message = unsafeBitCast(message, to: Message.self)
    self.text = unsafeBitCast(text, to: Text.self)
    self.byteCount = unsafeBitCast(byteCount, to: Number.self)
    self.wait = unsafeBitCast(wait, to: Number.self)
    self.limit = unsafeBitCast(limit, to: Limit.self)
  }

  /// Calls `body` with each row that `query` finds in the file at `path`, which is only read; a column is
  /// nil for NULL.
  ///
  /// - Returns: What SQLite says where it cannot go on.
  /// - Throws: What `body` throws.
  func rows<Failure: Error>(
    of query: String, columnCount: Int, inFileAt path: String,
    _ body: ([String?]) throws(Failure) -> Void
  ) throws(Failure) -> ImportError? {
    var database: OpaquePointer?
    defer { _ = close(database) }
    guard open(path, &database, Self.openReadOnly, nil) == 0 else { return error(path, database) }
    _ = wait(database, Self.patienceMilliseconds)
    _ = limit(database, Self.lengthLimit, Self.valueByteLimit)
    var statement: OpaquePointer?
    guard prepare(database, query, -1, &statement, nil) == 0 else { return error(path, database) }
    defer { _ = finish(statement) }
    while true {
      switch step(statement) {
      case Self.isRow: try body((0..<columnCount).map { column(CInt($0), of: statement) })
      case Self.isDone: return nil
      case Self.isBusy:
        var error = error(path, database)
        error.isTemporary = true
        return error
      default: return error(path, database)
      }
    }
  }

  private func column(_ index: CInt, of statement: OpaquePointer?) -> String? {
    guard let bytes = text(statement, index) else { return nil }
    let count = Int(byteCount(statement, index))
    return String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
  }

  private func error(_ path: String, _ database: OpaquePointer?) -> ImportError {
    ImportError(path, "not readable with SQLite", message(database).map { String(cString: $0) })
  }
}
