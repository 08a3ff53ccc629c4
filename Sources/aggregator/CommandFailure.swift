internal import ArgumentParser
internal import Glibc
internal import StoryArchive

/// Why a command ends with something other than success: sentences for stderr and an exit code.
struct CommandFailure: Error, CustomStringConvertible {
  /// The documented exit codes (sysexits.h where it has one).
  struct Code: RawRepresentable, Hashable, Sendable {
    let rawValue: Int32

    static let quiet = Code(rawValue: 0)
    static let someFeedsFailed = Code(rawValue: 1)
    /// Of `redact`: a person has to delete the rest.
    static let leftOver = Code(rawValue: 1)
    /// As grep says it.
    static let nothingFound = Code(rawValue: 1)
    static let usage = Code(rawValue: 64)
    static let notAFeed = Code(rawValue: 65)
    /// The same number: to sysexits.h either is EX_DATAERR.
    static let damaged = Code(rawValue: 65)
    static let noInput = Code(rawValue: 66)
    static let allFeedsFailed = Code(rawValue: 69)
    static let cannotCreate = Code(rawValue: 73)
    static let inputOutput = Code(rawValue: 74)
    static let temporary = Code(rawValue: 75)
    static let configuration = Code(rawValue: 78)

    static func signal(_ number: Int32) -> Code { Code(rawValue: 128 + number) }
  }

  var code: Code
  /// One line each, `subject: problem: detail`.
  var messages: [String]

  init(_ code: Code, _ messages: String...) {
    self.init(code, messages: messages)
  }

  init(_ code: Code, messages: [String]) {
    self.code = code
    self.messages = messages
  }

  init(_ error: ArchiveError, fetchMakesIt: Bool = true) {
    var message = "\(error)"
    if fetchMakesIt, case .missing = error {
      message += ": run `aggregator fetch` first, which makes it"
    }
    self.init(Code(rawValue: error.exitCode), message)
  }

  var description: String { messages.joined(separator: "; ") }

  func report() {
    for message in messages { StandardError.line("aggregator: \(message)") }
  }
}
