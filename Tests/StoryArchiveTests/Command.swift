import Glibc
import SystemPackage
import Testing

/// A program of this machine, run to its end.
struct Command {
  var output = ""
  var exitCode: Int32 = -1

  /// Runs `line` in a shell; its standard error goes the way of its output.
  init(_ line: String) throws {
    let path = FilePath("/tmp/story-archive-test-\(getpid())-\(UInt64.random(in: 0 ... .max))")
    defer { unlink(path.string) }
    exitCode = system("{ \(line)\n} >'\(path)' 2>&1") >> 8
    let file = try FileDescriptor.open(path, .readOnly)
    output = try file.closeAfter {
      var bytes: [UInt8] = []
      var chunk = [UInt8](repeating: 0, count: 1 << 16)
      while true {
        let count = try chunk.withUnsafeMutableBytes { try file.read(into: $0) }
        if count == 0 { break }
        bytes += chunk[..<count]
      }
      return String(decoding: bytes, as: UTF8.self)
    }
  }

  static func exists(_ name: String) -> Bool {
    (try? Command("command -v \(name)"))?.exitCode == 0
  }
}

/// A directory that is gone when the test ends.
struct TemporaryDirectory: ~Copyable {
  let path: String

  init() throws {
    var template = Array("/tmp/story-archive-XXXXXX".utf8CString)
    path = try #require(
      template.withUnsafeMutableBufferPointer { buffer in
        buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) }
      })
  }

  deinit {
    system("chmod -R u+w '\(path)'; rm -rf '\(path)'")
  }
}
