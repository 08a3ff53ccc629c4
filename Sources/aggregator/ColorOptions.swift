internal import ArgumentParser

/// Whether what a person reads is coloured.
struct ColorOptions: ParsableArguments {
  enum Choice: String, ExpressibleByArgument, CaseIterable {
    case auto, always, never
  }

  @Option(
    help: ArgumentHelp(
      "Colour the output: auto, always or never.",
      discussion: "auto: on a terminal that can, unless $NO_COLOR is set."))
  var color = Choice.auto

  var paint: Paint {
    switch color {
    case .always: Paint(isOn: true)
    case .never: Paint(isOn: false)
    case .auto: Paint(isOn: Terminal.showsColors)
    }
  }
}

/// Colours for a terminal, or none.
struct Paint {
  enum Color: String {
    case bold = "1"
    case red = "31"
    case green = "32"
    case yellow = "33"
    case dim = "2"
  }

  let isOn: Bool

  /// `text` in `color`; as it is where nothing is painted.
  func callAsFunction(_ text: String, _ color: Color?) -> String {
    guard isOn, let color, !text.isEmpty else { return text }
    return "\u{1B}[\(color.rawValue)m\(text)\u{1B}[0m"
  }
}
