internal import Glibc
internal import LoopbackServer
internal import Synchronization
internal import Syndication

/// What one behaviour is tried with: a folder with a feeds.conf, servers that remember what they saw,
/// and runs of the program at moments of the trial's choice.
package final class Trial: Sendable {
  /// After this long a run counts as hanging.
  static let patience = Duration.seconds(30)
  /// After this long a daemon that lives and says nothing does: the machine may have much else to do.
  static let daemonPatience = Duration.seconds(120)

  let folder: TrialFolder
  let clocks: Clocks
  /// Whether it is to be over soon.
  let isBrief: Bool
  private let program: String
  private let state = Mutex(State())

  private struct State {
    var servers: [LoopbackServer] = []
    var children: [ChildProgram] = []
    var runCount = 0
  }

  init(program: String, clocks: Clocks, isBrief: Bool) throws {
    self.isBrief = isBrief
    self.program = program
    self.clocks = clocks
    folder = try TrialFolder()
  }

  /// Ends what still runs and leaves nothing behind.
  func end() {
    let (servers, children) = state.withLock { ($0.servers, $0.children) }
    for child in children {
      child.send(SIGKILL)
      _ = try? child.wait(upTo: Self.patience)
    }
    for server in servers { server.stop() }
    folder.remove()
  }

  // MARK: Servers

  /// A server that answers every request with what `answer` says.
  func serve(
    host: String = "127.0.0.1", port: UInt16 = 0, identity: TLSIdentity? = nil,
    answer: @escaping LoopbackServer.Answer
  ) throws -> LoopbackServer {
    let server = try LoopbackServer(
      host: host, port: port, identity: identity, uptime: clocks.uptime, answer: answer)
    state.withLock { $0.servers.append(server) }
    return server
  }

  /// A server that answers its first request with the first of `scripts`, and so on; the last one is
  /// for all that follow.
  func serve(
    _ scripts: Script..., host: String = "127.0.0.1", port: UInt16 = 0,
    identity: TLSIdentity? = nil
  ) throws -> LoopbackServer {
    let rest = Mutex(scripts)
    return try serve(host: host, port: port, identity: identity) { _ in
      rest.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] }
    }
  }

  // MARK: The program

  /// Writes feeds.conf: the loopback network is open and needs no rest, then come `lines`.
  func configure(_ lines: [String], hosts: [String] = ["127.0.0.1 gap=0s"]) throws {
    let head = hosts.map { "host \($0) allow-private=yes" }
    try folder.write((head + lines).joined(separator: "\n") + "\n", to: "feeds.conf")
  }

  /// Follows these addresses and nothing else.
  func follow(_ urls: String...) throws {
    try configure(urls)
  }

  /// Starts the program, `shift` away from now; `wrapper` is the script of a shell that becomes it with
  /// `exec "$0" "$@"`.
  func start(
    _ arguments: [String], at shift: String? = nil, environment: [String: String] = [:],
    wrapper: String? = nil
  ) throws -> ChildProgram {
    var variables = ["AGGREGATOR_CONFIG": folder.path(of: "feeds.conf"), "HOME": folder.path]
    variables["AGGREGATOR_CLOCK_SHIFT"] = shift
    variables.merge(environment) { $1 }
    let number = state.withLock { state in
      state.runCount += 1
      return state.runCount
    }
    let words = (wrapper.map { ["/bin/sh", "-c", $0] } ?? []) + [program] + arguments
    return try ChildProgram(
      words, environment: variables.map { "\($0)=\($1)" }, in: folder,
      name: "run-\(number)", uptime: clocks.uptime)
  }

  /// Runs the program to its end.
  func run(
    _ arguments: String..., at shift: String? = nil, environment: [String: String] = [:],
    wrapper: String? = nil
  ) throws -> ChildProgram.Run {
    try start(arguments, at: shift, environment: environment, wrapper: wrapper)
      .wait(upTo: Self.patience)
  }

  /// A pass by hand, and what it says of each feed. Without arguments it asks the feeds that are due.
  @discardableResult
  func fetch(
    _ arguments: String..., at shift: String? = nil, environment: [String: String] = [:]
  ) throws -> Pass {
    try fetch(arguments, at: shift, environment: environment)
  }

  @discardableResult
  func fetch(
    _ arguments: [String], at shift: String?, environment: [String: String] = [:]
  ) throws -> Pass {
    let arguments = ["fetch", "--json"] + arguments
    return try Pass(
      start(arguments, at: shift, environment: environment).wait(upTo: Self.patience))
  }

  /// The archive's stories by title, in the order of their storing.
  func storedTitles() throws -> [String] {
    let run = try run(
      "export", "--since", "1970-01-01", "--until", "2200-01-01", "--format", "jsonl", "--group",
      "none")
    return run.output.matches(of: #/"title":"([^"]*)"/#).map { String($0.1) }
  }

  /// The daemon; it ends with the trial.
  func startDaemon(at shift: String? = nil, environment: [String: String] = [:]) throws
    -> ChildProgram
  {
    let child = try start(["run"], at: shift, environment: environment)
    state.withLock { $0.children.append(child) }
    return child
  }

  /// A daemon that has said that it is ready, and what it says further.
  func startReadyDaemon(
    at shift: String? = nil, environment: [String: String] = [:]
  ) throws -> (ChildProgram, NotifySocket) {
    let socket = try NotifySocket(path: folder.path(of: "notify-\(state.withLock { $0.runCount })"))
    let variables = ["NOTIFY_SOCKET": socket.path].merging(environment) { $1 }
    let daemon = try startDaemon(at: shift, environment: variables)
    try wait(for: "READY=1", from: socket)
    return (daemon, socket)
  }

  /// The message with the line `word`, whatever comes before it.
  ///
  /// - Throws: as `wait(for:upTo:until:)`.
  @discardableResult
  func wait(
    for word: String, from socket: NotifySocket, upTo limit: Duration = daemonPatience
  ) throws -> String {
    var message: String?
    try wait(for: word, upTo: limit) {
      message = socket.waiting(word)
      return message != nil
    }
    return message ?? ""
  }

  /// Waits for the end of a daemon.
  func ended(_ daemon: ChildProgram, within limit: Duration = patience) throws -> ChildProgram.Run {
    state.withLock { $0.children.removeAll { $0 === daemon } }
    return try daemon.wait(upTo: limit)
  }

  /// Waits until `condition` holds.
  ///
  /// - Throws: a `Misstep` that names `what` was waited for in vain, at once where a daemon has ended.
  func wait(
    for what: String, upTo limit: Duration = patience, until condition: () -> Bool
  ) throws {
    let start = clocks.uptime()
    while !condition() {
      guard clocks.uptime() - start < limit else {
        throw Misstep(seen: "\(what): not within \(limit.inWords)")
      }
      if let ended = state.withLock({ $0.children.first(where: \.hasEnded) }) {
        throw Misstep(seen: "\(what): the daemon has ended: \(ended.errors)")
      }
      usleep(Self.waitMicroseconds)
    }
  }

  private static let waitMicroseconds: UInt32 = 5000
}
