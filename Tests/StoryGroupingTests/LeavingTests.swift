import Syndication
import Testing

@testable import StoryGrouping

/// Members that a later report shows not to belong leave again, as recorded moves.
@Suite struct LeavingTests {
  private let sketches: [Sketch]
  private let lived: Grouper
  private let placements: [Placement]

  /// A week's look-alikes, headlines without times in no order: many join what they do not belong to.
  init() {
    let sketcher = Sketcher()
    sketches = InventedWeek.reports(eventCount: 48, isDated: false, withText: false)
      .map { sketcher.sketch($0.document, time: nil) }
      .sorted { StableHash.finish($0.id.bits) < StableHash.finish($1.id.bits) }
    var grouper = Grouper()
    placements = sketches.map { sketch in
      let placement = grouper.decide(sketch)
      grouper.apply(sketch, placement)
      return placement
    }
    lived = grouper
  }

  private var departures: [Move] { placements.flatMap(\.moves).filter { $0.story == $0.cluster } }

  @Test func `a member that the grown cluster is unlike starts a cluster of its own`() {
    #expect(!departures.isEmpty)
    var grouper = Grouper()
    for (sketch, placement) in zip(sketches, placements) {
      let before = placement.moves.map { grouper.cluster(of: $0.story) }
      grouper.apply(sketch, placement)
      for (move, cluster) in zip(placement.moves, before) where move.story == move.cluster {
        #expect(cluster != move.story)
        #expect(grouper.cluster(of: move.story) == move.story)
        #expect(grouper.members(of: move.story) == [move.story])
        #expect(grouper.members(of: cluster ?? move.story).contains(sketch.id))
      }
    }
  }

  @Test func `every story is a member of its cluster and of no other`() {
    let clusters = Set(sketches.compactMap { lived.cluster(of: $0.id) })
    let members = clusters.flatMap { cluster in
      lived.members(of: cluster).map { (story: $0, cluster: cluster) }
    }
    #expect(members.count == sketches.count)
    for member in members { #expect(lived.cluster(of: member.story) == member.cluster) }
  }

  @Test func `replayed records give the bytes that were lived through`() throws {
    var replayed = Grouper()
    for (sketch, placement) in zip(sketches, placements) {
      replayed.apply(sketch, Placement(placement.decision, similarity: 0))
      for move in placement.moves { replayed.apply([move]) }
    }
    let isSame = try snapshot(replayed) == snapshot(lived)
    #expect(isSame)
  }

  @Test(arguments: [20, 60, 110])
  func `a snapshot between keeps who may leave`(count: Int) throws {
    var grouper = Grouper()
    for (sketch, placement) in zip(sketches, placements).prefix(count) {
      grouper.apply(sketch, placement)
    }
    let bytes = try snapshot(grouper)
    var loaded = try bytes.withUnsafeBytes { try Grouper(snapshot: $0) }
    for (sketch, placement) in zip(sketches, placements).dropFirst(count) {
      #expect(loaded.decide(sketch) == placement)
      loaded.apply(sketch, placement)
    }
    let isSame = try snapshot(loaded) == snapshot(lived)
    #expect(isSame)
  }

  @Test func `a vector taken out of a sum leaves the others`() {
    let one = TermVector(sketches[0]) { _ in 3 }
    let other = TermVector(sketches[1]) { Double($0.level) + 1 }
    var sum = one
    sum.add(other, limit: Parameters.clusterTermLimit)
    sum.subtract(one)
    let shared = Set(one.elements.map(\.key.hash))
    #expect(sum.elements.map(\.key.hash) == other.elements.map(\.key.hash))
    for (left, right) in zip(sum.elements, other.elements) {
      #expect(abs(left.weight - right.weight) < (shared.contains(left.key.hash) ? 1e-6 : 1e-9))
    }
  }

  private func snapshot(_ grouper: Grouper) throws -> [UInt8] {
    final class Sink { var bytes: [UInt8] = [] }
    let sink = Sink()
    try grouper.writeSnapshot { sink.bytes += $0 }
    return sink.bytes
  }
}
