/// Counts the distinct names of a document, up to a limit.
///
/// libxml2 interns every name and namespace address in a table that stops growing at 16,384 chains:
/// a million distinct names take it minutes. Feeds use a few dozen.
struct NameCensus {
  /// Distinct names and namespace addresses of a document.
  static let nameLimit = 8192
  /// Of one name or address.
  static let lengthByteLimit = 1024

  /// The last name seen for each small hash: nearly every name is found here.
  private var recent = [Range<Int>](repeating: 0..<0, count: 512)
  private var known: Set<[UInt8]> = []

  /// Whether a name, given by its place in the input, is known or may become so.
  mutating func admits(_ name: Range<Int>, in input: ByteScan) -> Bool {
    guard name.count <= NameCensus.lengthByteLimit else { return false }
    let slot = NameCensus.slot(name, in: input) & (recent.count - 1)
    if input.equals(recent[slot], name) { return true }
    let bytes = Array(input.slice(name))
    if !known.contains(bytes) {
      guard known.count < NameCensus.nameLimit else { return false }
      known.insert(bytes)
    }
    recent[slot] = name
    return true
  }

  private static func slot(_ name: Range<Int>, in input: ByteScan) -> Int {
    var hash = name.count
    for place in name { hash = hash &* 31 &+ Int(input[place]) }
    return hash ^ (hash >> 9)
  }
}
