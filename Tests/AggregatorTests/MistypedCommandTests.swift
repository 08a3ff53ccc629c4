import Testing

@testable import aggregator

@Suite struct MistypedCommandTests {
  @Test(arguments: [
    ("fetc", "fetch"), ("stats", "status"), ("serach", "search"), ("exprot", "export"),
    ("wy", "why"), ("imort", "import"), ("FETHC", "fetch"),
  ])
  func `a slip of the fingers finds the command`(typed: String, command: String) {
    let mistyped = MistypedCommand.first(in: ["-q", typed, "x"], of: AggregatorProgram.self)
    #expect(
      mistyped?.completed("Error: What?\nUsage: this")
        == "Error: What?. Did you mean '\(command)'?\nUsage: this")
  }

  @Test(arguments: ["", "x", "frobnicate", "subscribe", "zz"])
  func `what is like nothing is like nothing`(typed: String) {
    let mistyped = MistypedCommand.first(in: [typed], of: AggregatorProgram.self)
    #expect(mistyped?.completed("Error: What?") == "Error: What?")
  }
}
