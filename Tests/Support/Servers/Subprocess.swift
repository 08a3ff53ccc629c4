internal import Glibc
internal import LoopbackServer
internal import Synchronization

/// A program run beside a test, found by its name, without a shell.
struct Subprocess: Sendable {
  struct Failure: Error {
    let arguments: [String]
    let output: String
  }

  private let pid: pid_t
  private let output: Int32

  /// Starts `arguments[0]` in `directory`; what it writes to stdout and stderr can be read here.
  init(_ arguments: [String], in directory: String) throws {
    var words: [UnsafeMutablePointer<CChar>?] =
      (["env", "-C", directory] + arguments).map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    (pid, output) = try Sockets.inheritance.withLock { _ in try Subprocess.spawn(&words) }
  }

  /// The process and the end of the pipe that its output comes from.
  private static func spawn(
    _ words: inout [UnsafeMutablePointer<CChar>?]
  ) throws -> (pid_t, Int32) {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { throw Sockets.Failure("pipe") }
    defer { close(ends[1]) }
    for end in ends { Sockets.keepFromChildren(end) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
    posix_spawn_file_actions_adddup2(&actions, ends[1], 2)
    var pid = pid_t()
    let status = posix_spawnp(&pid, "env", &actions, nil, &words, environ)
    guard status == 0 else {
      close(ends[0])
      throw Sockets.Failure("posix_spawn")
    }
    return (pid, ends[0])
  }

  /// Runs `arguments` to the end.
  static func run(_ arguments: [String], in directory: String) throws {
    let process = try Subprocess(arguments, in: directory)
    var text = ""
    while let line = process.readLine(beginning: "") { text += line + "\n" }
    guard process.wait() == 0 else { throw Failure(arguments: arguments, output: text) }
  }

  /// The next line of output that begins so, without its end; nil at the end of the output.
  func readLine(beginning: String) -> String? {
    var line: [UInt8] = []
    var byte: UInt8 = 0
    while read(output, &byte, 1) == 1 {
      guard byte == UInt8(ascii: "\n") else {
        line.append(byte)
        continue
      }
      let text = String(decoding: line, as: UTF8.self)
      if text.hasPrefix(beginning) { return text }
      line = []
    }
    return nil
  }

  func end() {
    kill(pid, SIGKILL)
    _ = wait()
  }

  private func wait() -> Int32 {
    close(output)
    var status: Int32 = 0
    while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
    return status
  }
}
