/// The seam between what is asked of the network and how it is done.
///
/// Requests run concurrently; the caller decides how many. Completions come on a thread of the
/// transport's, once each, in any order, and must return quickly.
package protocol Transport: Sendable {
  func start(_ request: FetchRequest, completion: @escaping @Sendable (FetchResult) -> Void)

  /// Ends what is running with `FetchFailure.Kind.cancelled` and returns when every completion was
  /// called. Later starts are cancelled at once.
  func shutDown()
}
