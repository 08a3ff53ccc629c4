internal import FoundationEssentials
internal import Glibc
internal import LoopbackServer
internal import Synchronization
internal import Syndication

/// The program under trial, running as a process of its own.
final class ChildProgram: Sendable {
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  /// How it ended.
  struct Run: Sendable {
    /// The exit status, or 128 and the signal that ended it.
    let status: Int32
    let output: String
    let errors: String
  }

  let pid: pid_t
  private let folder: TrialFolder
  private let name: String
  private let uptime: @Sendable () -> Duration

  /// Starts the program `words[0]`; what it writes goes to files in `folder` that begin with `name`. How
  /// long it takes is told by `uptime`.
  init(
    _ words: [String], environment: [String], in folder: TrialFolder, name: String,
    uptime: @escaping @Sendable () -> Duration
  ) throws {
    self.folder = folder
    self.name = name
    self.uptime = uptime
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    let modes = O_WRONLY | O_CREAT | O_TRUNC
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, folder.path(of: name + ".out"), modes, 0o600)
    posix_spawn_file_actions_addopen(&actions, 2, folder.path(of: name + ".err"), modes, 0o600)
    let program = words[0]
    var words = words.map { strdup($0) } + [nil]
    var variables = environment.map { strdup($0) } + [nil]
    defer { for text in words + variables { free(text) } }
    var started = pid_t()
    let status = Sockets.inheritance.withLock { _ in
      posix_spawn(&started, program, &actions, nil, &words, &variables)
    }
    guard status == 0 else {
      throw Failure(description: "\(program): \(String(cString: strerror(status)))")
    }
    pid = started
  }

  /// What it has written to standard error so far.
  var errors: String { folder.text(of: name + ".err") }

  /// Asked of the kernel: the end of a pipe would tell nothing while another child holds it too.
  var hasEnded: Bool {
    var news = siginfo_t()
    return waitid(P_PID, id_t(pid), &news, WEXITED | WNOHANG | WNOWAIT) != 0 || news.si_signo != 0
  }

  /// A number of proc_pid_status(5), 0 where it is not to be had.
  func status(_ field: String) -> Int { Self.number(field, in: "/proc/\(pid)/status") }

  /// How often its threads have waited for something so far.
  var wakeUpCount: Int {
    let tasks = "/proc/\(pid)/task"
    let threads = (try? FileManager.default.contentsOfDirectory(atPath: tasks)) ?? []
    return threads.reduce(0) {
      $0 + Self.number("voluntary_ctxt_switches", in: "\(tasks)/\($1)/status")
    }
  }

  private static func number(_ field: String, in path: String) -> Int {
    let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix(field + ":") }
    return line?.split { !$0.isNumber }.first.flatMap { Int($0) } ?? 0
  }

  func send(_ signal: Int32) {
    kill(pid, signal)
  }

  /// Waits until it ends, and kills it after `limit`. To be called once.
  ///
  /// - Throws: a `Misstep` when it had to be killed.
  func wait(upTo limit: Duration) throws -> Run {
    let deadline = uptime() + limit
    while !hasEnded, uptime() < deadline { usleep(1000) }
    let didEnd = hasEnded
    if !didEnd { kill(pid, SIGKILL) }
    var status: Int32 = 0
    var reaped = waitpid(pid, &status, 0)
    while reaped < 0 && errno == EINTR { reaped = waitpid(pid, &status, 0) }
    guard reaped == pid else { throw Misstep(seen: "nobody knows how the program ended") }
    guard didEnd else { throw Misstep(seen: "the program did not end within \(limit.inWords)") }
    let signal = status & 0x7F
    return Run(
      status: signal == 0 ? (status >> 8) & 0xFF : 128 + signal,
      output: folder.text(of: name + ".out"), errors: errors)
  }
}

extension Duration {
  /// `30 s`, `0.25 s`
  var inWords: String {
    milliseconds.isMultiple(of: 1000)
      ? "\(milliseconds / 1000) s" : "\(Double(milliseconds) / 1000) s"
  }
}
