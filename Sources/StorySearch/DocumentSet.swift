/// Documents of one segment: all, or these in ascending order.
enum DocumentSet: Equatable {
  case all
  case these([UInt32])

  static let none = DocumentSet.these([])

  var isEmpty: Bool { self == .none }

  func intersection(_ other: DocumentSet) -> DocumentSet {
    switch (self, other) {
    case (.all, let rest), (let rest, .all): rest
    case (.these(let left), .these(let right)):
      .these(
        left.count < right.count
          ? DocumentSet.shared(left, right) : DocumentSet.shared(right, left))
    }
  }

  func union(_ other: DocumentSet) -> DocumentSet {
    guard case (.these(let left), .these(let right)) = (self, other) else { return .all }
    if left.isEmpty { return other }
    if right.isEmpty { return self }
    var union: [UInt32] = []
    union.reserveCapacity(left.count + right.count)
    var (one, two) = (0, 0)
    while one < left.count, two < right.count {
      let next = min(left[one], right[two])
      if left[one] == next { one += 1 }
      if right[two] == next { two += 1 }
      union.append(next)
    }
    return .these(union + left[one...] + right[two...])
  }

  /// How often the longer side may be longer before it is searched rather than read through.
  private static let searchRatio = 32

  private static func shared(_ few: [UInt32], _ many: [UInt32]) -> [UInt32] {
    var shared: [UInt32] = []
    var place = 0
    let searches = many.count / searchRatio > few.count
    for document in few {
      if searches {
        place = many[place...].partitioningIndex { $0 >= document }
      } else {
        while place < many.count, many[place] < document { place += 1 }
      }
      guard place < many.count else { break }
      if many[place] == document { shared.append(document) }
    }
    return shared
  }

  /// Adds up many sets in the room of one.
  struct Union {
    private var isIn: [Bool]

    init(limit: Int) {
      isIn = [Bool](repeating: false, count: limit)
    }

    mutating func add(_ documents: [UInt32]) {
      for document in documents { isIn[Int(document)] = true }
    }

    var documents: [UInt32] { isIn.indices.filter { isIn[$0] }.map { UInt32($0) } }
  }
}
