/// What the titles of two stories name: where one formula tells both, other names and numbers stand in the same
/// places.
struct TitleSlots {
  /// Words of a title, those that the other story has and those that it lacks: how many, and their squared weights.
  private struct Share {
    var keptCount = 0
    var leftCount = 0
    var kept: Float = 0
    var left: Float = 0

    mutating func add(_ element: TermVector.Element, isKept: Bool) {
      let weight = element.weight * element.weight
      if isKept {
        keptCount += 1
        kept += weight
      } else {
        leftCount += 1
        left += weight
      }
    }
  }

  /// Words that title and text have, by their squared weights.
  private struct Subjects {
    var words: Float = 0
    var names: Float = 0

    mutating func add(_ element: TermVector.Element, isName: Bool) {
      let weight = element.weight * element.weight
      if isName { names += weight } else { words += weight }
    }
  }

  /// What the title of one story has.
  private struct Side {
    var words = Share()
    var names = Share()
    /// Of what the other story lacks, what the text tells as well.
    var subjects = Subjects()
    /// The stories of this side.
    let memberCount: Float
    /// Whether each word is one of the other title, too.
    var isRepeated = true
    /// Numbers that the other story lacks.
    var otherNumberCount = 0
    /// Numbers right behind a name.
    var keepsNumber = false
    var leavesNumber = false

    init(_ cluster: Cluster, beside other: TermVector) {
      memberCount = Float(max(1, cluster.summary.memberCount))
      var place = 0
      for element in cluster.terms.elements where element.key.kinds.contains(.title) {
        guard !element.key.kinds.contains(.pair) else { continue }
        while place < other.count, other.key(at: place).hash < element.key.hash { place += 1 }
        let isKept = place < other.count && other.key(at: place).hash == element.key.hash
        add(element, isKept: isKept)
        if element.key.kinds.contains(.number) {
          if !isKept { otherNumberCount += 1 }
        } else if !isKept || !other.key(at: place).kinds.contains(.title) {
          isRepeated = false
        }
      }
    }

    private mutating func add(_ element: TermVector.Element, isKept: Bool) {
      let isName = element.key.kinds.contains(.name)
      guard element.key.kinds.contains(.number) else {
        words.add(element, isKept: isKept)
        if !isKept, element.key.kinds.contains(.lead) { subjects.add(element, isName: isName) }
        if isName { names.add(element, isKept: isKept) }
        return
      }
      guard isName else { return }
      if isKept { keepsNumber = true } else { leavesNumber = true }
    }

    /// How far the title is about what it alone announces, 0…1. What the titles of several stories have in common
    /// adds up, what each announces does not.
    var subjectShares: (words: Double, all: Double) {
      (share(of: subjects.words), share(of: subjects.words + subjects.names))
    }

    private func share(of subjects: Float) -> Double {
      subjects > 0 ? Double(subjects / (subjects + words.kept / memberCount)) : 0
    }

    /// Whether most of the title is the other's, too.
    var isFramed: Bool {
      words.leftCount > 0 && words.keptCount > 1 && words.keptCount >= words.leftCount
    }
  }

  private let sides: (Side, Side)

  init(_ story: Cluster, _ other: Cluster) {
    sides = (Side(story, beside: other.terms), Side(other, beside: story.terms))
  }

  /// How far each title names what the other story does not, instead of what both do, 0…1.
  var replacedNames: Double { share(\.names) }

  /// The same of all words of two titles that have most of their words in common, such as "Weather for … on Sunday";
  /// 0 where they have not.
  var replacedInFrame: Double {
    sides.0.isFramed && sides.1.isFramed ? share(\.words) : 0
  }

  /// How far each title announces a subject of its own, which its text tells of and the other story does not, instead
  /// of what both do, 0…1; of words that are no names, and of all.
  var replacedSubjects: (words: Double, all: Double) {
    let shares = (sides.0.subjectShares, sides.1.subjectShares)
    return (min(shares.0.words, shares.1.words), min(shares.0.all, shares.1.all))
  }

  /// The words of a title that the other story lacks, on the side that has fewer of them; 0 where the titles have
  /// none in common.
  var replacedCount: Int {
    let (one, other) = (sides.0.words, sides.1.words)
    return min(one.keptCount, other.keptCount) > 0 ? min(one.leftCount, other.leftCount) : 0
  }

  private func share(_ words: KeyPath<Side, Share>) -> Double {
    let (one, other) = (sides.0[keyPath: words], sides.1[keyPath: words])
    let left = min(one.left, other.left)
    guard left > 0 else { return 0 }
    return Double(left / (left + max(one.kept, other.kept)))
  }

  /// Whether neither story has any word of the other's title: what their texts share says nothing of what the
  /// titles announce, like what a channel writes below each of its films.
  var areStrange: Bool {
    let (one, other) = (sides.0.words, sides.1.words)
    return one.keptCount == 0 && other.keptCount == 0 && min(one.leftCount, other.leftCount) > 0
  }

  /// Whether the titles name the same, but other ones of it: Debian 13.3 and Debian 13.4.
  var isRenumbered: Bool {
    let (one, other) = sides
    return one.leavesNumber && other.leavesNumber && !one.keepsNumber && !other.keepsNumber
      && min(one.names.left, other.names.left) == 0
  }

  /// Whether the titles have the same words.
  var haveSameWords: Bool {
    let (one, other) = sides
    return one.isRepeated && other.isRepeated && one.words.keptCount > 0
  }

  /// Whether the titles have the same words around other numbers: Release 5.1.2 and Release 5.1.3.
  var differInNumbers: Bool {
    let (one, other) = sides
    return one.isRepeated && other.isRepeated && one.otherNumberCount > 0
      && other.otherNumberCount > 0
  }

  /// The names and numbers in a title that another story lacks, by their shingles' hashes.
  static func names(in story: TermVector, lackedBy other: TermVector) -> Set<UInt32> {
    let names = story.elements.lazy.map(\.key).filter { key in
      key.kinds.isSuperset(of: [.title, .name]) && !key.kinds.contains(.pair)
    }
    return Set(names.map(\.hash)).subtracting(other.elements.lazy.map(\.key.hash))
  }
}
