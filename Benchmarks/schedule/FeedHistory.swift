/// When a feed published, and how it is served.
struct FeedHistory {
  var url: String
  /// Milliseconds since 1970, ascending; some before the first day that is replayed.
  var published: [Int64]
  /// Entries a day that were to be expected in each hour from `HistoryGenerator.start` on.
  var intensity: [Float]
  /// The longest document that the feed serves, in entries.
  var windowCount: Int
  /// Whether its entries say when they were published.
  var isDated: Bool
}
