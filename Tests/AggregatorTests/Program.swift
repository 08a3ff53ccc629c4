import Foundation
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

  func start(
    _ arguments: [String], input: String = "", environment: [String: String] = [:],
    output: FileHandle? = nil
  ) throws -> (Process, output: Pipe, errors: Pipe) {
    let process = Process()
    process.executableURL = URL(filePath: Self.path)
    process.arguments = arguments
    process.currentDirectoryURL = URL(filePath: folder)
    process.environment = ["HOME": folder, "PATH": "/usr/bin:/bin"].merging(environment) { $1 }
    let (standardOutput, errors, standardInput) = (Pipe(), Pipe(), Pipe())
    if let output {
      process.standardOutput = output
    } else {
      process.standardOutput = standardOutput
    }
    process.standardError = errors
    process.standardInput = standardInput
    try process.run()
    try? standardInput.fileHandleForWriting.write(contentsOf: Data(input.utf8))
    try? standardInput.fileHandleForWriting.close()
    return (process, standardOutput, errors)
  }

  @discardableResult
  func run(
    _ arguments: String..., input: String = "", environment: [String: String] = [:],
    output: FileHandle? = nil
  ) throws -> Run {
    let (process, standardOutput, errors) = try start(
      arguments, input: input, environment: environment, output: output)
    let text =
      output == nil ? standardOutput.fileHandleForReading.readDataToEndOfFile() : Data()
    let complaints = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    let status =
      process.terminationReason == .exit
      ? process.terminationStatus : 128 + process.terminationStatus
    return Run(
      status: status, output: String(decoding: text, as: UTF8.self),
      errors: String(decoding: complaints, as: UTF8.self))
  }
}
