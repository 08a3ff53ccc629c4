/// Which answers may go on coming in once all of them together hold as much memory as they may. Pure.
///
/// Small answers have a reserve that no large one takes. Of those that are held back the first to have
/// begun goes on whatever it takes, so that always one of them comes to its end; not before nearly all
/// that ended is stored, so that what is held passes the limit by one answer and the reserve at most.
struct ReceptionLine<Key: Hashable> {
  private struct Place: Comparable {
    let order: Int
    let key: Key

    static func < (left: Place, right: Place) -> Bool { left.order < right.order }
  }

  let limits: AnswerLimits
  /// Answers under way in the order in which they began.
  private var orders: [Key: Int] = [:]
  private var beginCount = 0
  /// The first to have begun first.
  private var heldBack: [Place] = []
  /// The one that goes on whatever it takes.
  private var favourite: Key?

  init(limits: AnswerLimits) {
    self.limits = limits
  }

  /// Whether an answer is held back.
  var isShort: Bool { !heldBack.isEmpty }

  /// Whether the answer `key`, of which `own` bytes arrived, may take more while `load` is held;
  /// otherwise it is held back until `next` names it.
  mutating func mayTake(_ key: Key, own: Int, load: AnswerMemory.Load) -> Bool {
    let order = order(of: key)
    if favourite == key || hasRoom(own: own, load) { return true }
    if heldBack.isEmpty, mayFavour(load) {
      favourite = key
      return true
    }
    let place = heldBack.firstIndex { $0.order > order } ?? heldBack.endIndex
    heldBack.insert(Place(order: order, key: key), at: place)
    return false
  }

  /// The answer `key` has come to its end, however it did.
  mutating func end(_ key: Key) {
    if favourite == key { favourite = nil }
    guard orders.removeValue(forKey: key) != nil else { return }
    heldBack.removeAll { $0.key == key }
  }

  /// The next answer that is to be held back no longer while `load` is held; `own` says how many bytes of
  /// each arrived.
  mutating func next(_ load: AnswerMemory.Load, own: (Key) -> Int) -> Key? {
    guard let first = heldBack.first else { return nil }
    if mayFavour(load) {
      favourite = first.key
      return heldBack.removeFirst().key
    }
    guard load.all < limits.all else { return nil }
    let place = heldBack.firstIndex { hasRoom(own: own($0.key), load) }
    return place.map { heldBack.remove(at: $0).key }
  }

  private func mayFavour(_ load: AnswerMemory.Load) -> Bool {
    favourite == nil && load.ended <= limits.reserve
  }

  private func hasRoom(own: Int, _ load: AnswerMemory.Load) -> Bool {
    load.all < (own <= limits.small ? limits.all : limits.all - limits.reserve)
  }

  private mutating func order(of key: Key) -> Int {
    if let order = orders[key] { return order }
    beginCount += 1
    orders[key] = beginCount
    return beginCount
  }
}
