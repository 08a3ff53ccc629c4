import Foundation
import LoopbackServer
import Synchronization
import Testing

/// The built program, run as a person runs it: in a folder of its own, with an environment of its own.
struct Program {
  struct Run {
    var status: Int32
    var output: String
    var errors: String
  }

  let folder: String

  init() throws {
    folder = NSTemporaryDirectory() + "aggregator-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  func remove() {
    try? FileManager.default.removeItem(atPath: folder)
  }

  /// The program lies beside the tests that were built with it.
  static let path: String = {
    let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return URL(filePath: tests).deletingLastPathComponent().appending(path: "aggregator").path()
  }()

  func file(_ name: String, _ text: String) throws {
    let path = folder + "/" + name
    try FileManager.default.createDirectory(
      atPath: URL(filePath: path).deletingLastPathComponent().path(),
      withIntermediateDirectories: true)
    try Data(text.utf8).write(to: URL(filePath: path))
  }

  /// An empty file without a name, or one that holds `text`: neither fills up as a pipe does.
  private func nameless(_ text: String = "") throws -> FileHandle {
    let path = folder + "/.nameless"
    try Data(text.utf8).write(to: URL(filePath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try #require(FileHandle(forUpdatingAtPath: path))
  }

  /// Starts `executable`, the program itself unless told otherwise; a script finds the program's path
  /// in `$aggregator`.
  func start(
    _ arguments: [String], executable: String = Self.path, input: String = "",
    environment: [String: String] = [:], output: FileHandle? = nil
  ) throws -> (Process, output: Pipe, errors: FileHandle) {
    // A pipe that another child inherits ends with that child only.
    try Sockets.inheritance.withLock { _ in
      try startAlone(
        arguments, executable: executable, input: input, environment: environment, output: output)
    }
  }

  private func startAlone(
    _ arguments: [String], executable: String, input: String, environment: [String: String],
    output: FileHandle?
  ) throws -> (Process, output: Pipe, errors: FileHandle) {
    let process = Process()
    process.executableURL = URL(filePath: executable)
    process.arguments = arguments
    process.currentDirectoryURL = URL(filePath: folder)
    process.environment = ["HOME": folder, "PATH": "/usr/bin:/bin", "aggregator": Self.path]
      .merging(environment) { $1 }
    let (standardOutput, errors) = (Pipe(), try nameless())
    if let output {
      process.standardOutput = output
    } else {
      process.standardOutput = standardOutput
    }
    process.standardError = errors
    process.standardInput = try nameless(input)
    try process.run()
    return (process, standardOutput, errors)
  }

  @discardableResult
  func run(
    _ arguments: String..., input: String = "", environment: [String: String] = [:],
    output: FileHandle? = nil
  ) throws -> Run {
    try run(arguments, input: input, environment: environment, output: output)
  }

  func run(
    _ arguments: [String], input: String = "", environment: [String: String] = [:],
    output: FileHandle? = nil
  ) throws -> Run {
    try finish(
      start(arguments, input: input, environment: environment, output: output),
      readsOutput: output == nil)
  }

  /// Runs lines of sh(1).
  func script(_ lines: String, input: String = "") throws -> Run {
    try finish(start(["-c", lines], executable: "/bin/sh", input: input), readsOutput: true)
  }

  private func finish(
    _ started: (process: Process, output: Pipe, errors: FileHandle), readsOutput: Bool
  ) throws -> Run {
    let text = readsOutput ? started.output.fileHandleForReading.readDataToEndOfFile() : Data()
    started.process.waitUntilExit()
    try started.errors.seek(toOffset: 0)
    let complaints = try started.errors.readToEnd() ?? Data()
    let status =
      started.process.terminationReason == .exit
      ? started.process.terminationStatus : 128 + started.process.terminationStatus
    return Run(
      status: status, output: String(decoding: text, as: UTF8.self),
      errors: String(decoding: complaints, as: UTF8.self))
  }
}
