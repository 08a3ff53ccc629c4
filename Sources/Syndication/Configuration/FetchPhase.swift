/// The stretches of one fetch that an operator may give less or more time than the program does.
package enum FetchPhase: String, Hashable, Sendable, CaseIterable {
  /// The name, the connection and TLS.
  case connect
  /// From the request to the first byte of the answer.
  case firstByte = "first-byte"
  /// While next to nothing arrives.
  case stall
  /// All of it, redirects included.
  case total

  /// What may be set for a phase.
  static let bounds = Duration.seconds(1)...Duration.seconds(3600)
}
