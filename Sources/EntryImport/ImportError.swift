/// Why a file of another program cannot be read.
package struct ImportError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The file, with a line (from 1) or a byte where that helps.
  package var subject: String
  package var problem: String
  package var detail: String?
  /// Whether the same may work in a moment.
  package var isTemporary = false

  package init(_ subject: String, _ problem: String, _ detail: String? = nil) {
    self.subject = subject
    self.problem = problem
    self.detail = detail
  }

  package var description: String {
    [subject, problem, detail].compactMap { $0 }.joined(separator: ": ")
  }
}
