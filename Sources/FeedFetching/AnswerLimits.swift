/// How much memory answers may hold, from their first byte until they are stored: numbers of bytes.
package struct AnswerLimits: Hashable, Sendable {
  /// Of all answers together; one of them may go beyond it, as far as its own limit allows.
  package var all = 32 << 20
  /// Of `all`, what small answers alone may hold; and what may wait to be stored when an answer that no
  /// room is left for goes on.
  package var reserve = 8 << 20
  /// An answer of which no more arrived is a small one.
  package var small = 64 << 10
  /// How long memory may be short before it is looked who is slow, and how often it is looked then.
  package var patience = Duration.seconds(1)
  /// The longest that an answer is held back, in all.
  package var longestWait = Duration.seconds(600)

  package init() {}
}
