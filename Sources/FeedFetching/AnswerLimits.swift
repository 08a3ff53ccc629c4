/// How much memory answers may hold, from their first byte until they are stored: numbers of bytes.
package struct AnswerLimits: Hashable, Sendable {
  /// Of all answers together; one of them may go beyond it, as far as its own limit allows.
  package var all = 32 << 20
  /// Of `all`, what small answers alone may hold.
  package var reserve = 8 << 20
  /// An answer that holds no more is a small one.
  package var small = 64 << 10
  /// How long memory may be short before it is looked who is slow, and how often it is looked then.
  package var patience = Duration.seconds(1)

  package init() {}
}
