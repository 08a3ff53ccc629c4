/// Why a query means nothing.
package struct QueryProblem: Error, Hashable, Sendable, CustomStringConvertible {
  /// Where in the query, in characters from 1.
  package var column: Int
  package var detail: String

  /// `query:COLUMN: detail`
  package var description: String { "query:\(column): \(detail)" }
}
