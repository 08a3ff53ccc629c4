/// What the titles of two stories name: where one formula tells both, other names and numbers stand in the same
/// places.
struct TitleSlots {
  /// The squared weights of the names in a title that the other story has, and of those that it lacks.
  private struct Side {
    var kept: Float = 0
    var left: Float = 0
    /// The same of numbers right behind a name.
    var keepsNumber = false
    var leavesNumber = false

    init(_ story: TermVector, beside other: TermVector) {
      var place = 0
      for element in story.elements where element.key.kinds.isSuperset(of: [.title, .name]) {
        guard !element.key.kinds.contains(.pair) else { continue }
        while place < other.count, other.key(at: place).hash < element.key.hash { place += 1 }
        let isKept = place < other.count && other.key(at: place).hash == element.key.hash
        if element.key.kinds.contains(.number) {
          if isKept { keepsNumber = true } else { leavesNumber = true }
        } else if isKept {
          kept += element.weight * element.weight
        } else {
          left += element.weight * element.weight
        }
      }
    }
  }

  private let sides: (Side, Side)

  init(_ story: TermVector, _ other: TermVector) {
    sides = (Side(story, beside: other), Side(other, beside: story))
  }

  /// How far each title names what the other story does not, instead of what both do, 0…1.
  var replaced: Double {
    let left = min(sides.0.left, sides.1.left)
    guard left > 0 else { return 0 }
    return Double(left / (left + max(sides.0.kept, sides.1.kept)))
  }

  /// Whether the titles name the same, but other ones of it: Debian 13.3 and Debian 13.4.
  var isRenumbered: Bool {
    let (one, other) = sides
    return one.leavesNumber && other.leavesNumber && !one.keepsNumber && !other.keepsNumber
      && min(one.left, other.left) == 0
  }

  /// The names and numbers in a title that another story lacks, by their shingles' hashes.
  static func names(in story: TermVector, lackedBy other: TermVector) -> Set<UInt32> {
    let names = story.elements.lazy.map(\.key).filter { key in
      key.kinds.isSuperset(of: [.title, .name]) && !key.kinds.contains(.pair)
    }
    return Set(names.map(\.hash)).subtracting(other.elements.lazy.map(\.key.hash))
  }
}
