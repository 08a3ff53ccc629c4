import FeedParsing
import Foundation
import Testing

/// What publishers, or those who broke into their sites, put into feeds.
@Suite struct HTMLSafetyTests {
  /// Those that the browser is shown too.
  private static let attacks: [String] = {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let path = folder.appending(path: "Sanitizer/attacks.txt").path()
    let lines = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    return lines.split(separator: "\n").filter { !$0.hasPrefix("# ") }.map(withControls)
  }()

  /// The pictures of control characters replaced by these.
  private static func withControls(_ line: Substring) -> String {
    let scalars = line.unicodeScalars.map { scalar in
      0x2400...0x241F ~= scalar.value
        ? Unicode.Scalar(UInt8(scalar.value - 0x2400)) : scalar
    }
    return String(String.UnicodeScalarView(scalars))
  }

  @Test func `there are attacks`() {
    #expect(Self.attacks.count > 250 && Self.attacks.contains { $0.utf8.contains(0) })
  }

  private func check(_ html: String, sourceLocation: SourceLocation = #_sourceLocation) {
    let safe = HTMLSanitizer(base: "https://news.test/dir/page").sanitize(html)
    let problems = HTMLStrictMarkup.problems(in: safe)
    #expect(problems == [], "\(html) became \(safe)", sourceLocation: sourceLocation)
    let again = HTMLSanitizer(base: "https://news.test/dir/page").sanitize(safe)
    #expect(again == safe, "from \(html)", sourceLocation: sourceLocation)
  }

  @Test(arguments: attacks)
  func `nothing active survives`(attack: String) {
    check(attack)
    check("<p>before " + attack + " after</p>")
    check("<table><tr><td><svg>" + attack)
    check("<select><option>" + attack)
    check("<a title='" + attack + "'>")
  }

  @Test func `no truncation of an attack is worse than the whole`() {
    for attack in Self.attacks {
      let bytes = Array(attack.utf8)
      for end in bytes.indices { check(String(decoding: bytes[..<end], as: UTF8.self)) }
    }
  }

  @Test(arguments: [5, 2026, 0xC0FFEE] as [UInt64])
  func `no mixture of attacks is worse than its parts`(seed: UInt64) {
    var noise = HTMLNoise(seed: seed)
    for _ in 0..<400 { check(noise.text(of: Self.attacks)) }
  }

  @Test func `an attack in one story leaves the next one alone`() {
    let sanitizer = HTMLSanitizer(base: nil)
    for attack in Self.attacks {
      _ = sanitizer.sanitize(attack)
      #expect(sanitizer.sanitize("<p>calm</p>") == "<p>calm</p>")
    }
  }
}

/// Mixtures of texts, the same for the same seed.
struct HTMLNoise {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  mutating func next(below bound: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int((state >> 33) % UInt64(bound))
  }

  /// Some of `pieces`, cut and joined, with a byte of mark-up thrown in here and there.
  mutating func text(of pieces: [String]) -> String {
    var bytes: [UInt8] = []
    for _ in 0..<1 + next(below: 4) {
      let piece = Array(pieces[next(below: pieces.count)].utf8)
      let start = next(below: 3) == 0 ? next(below: piece.count) : 0
      bytes += piece[start...].prefix(next(below: 3) == 0 ? next(below: piece.count) : piece.count)
      if next(below: 4) == 0 { bytes.append(Array("<>/\"'&=-! ]\0\u{C}".utf8)[next(below: 13)]) }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
