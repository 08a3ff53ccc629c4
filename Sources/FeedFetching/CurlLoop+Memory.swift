internal import CLibcurl

/// Memory for answers that come in: who waits until some is given back, and who makes room by ending.
extension CurlLoop {
  /// Lets answers come in again that were held back, as far as there is memory for them.
  func relieve() {
    guard receptions.isShort else { return }
    while let handle = nextReception() {
      guard let transfer = transfers[handle] else { continue }
      transfer.resume()
      // libcurl hands over at once what it kept meanwhile.
      let code = curl_easy_pause(handle, CURLPAUSE_CONT)
      if code != CURLE_OK { end(handle) { $0.outcome(of: code) } }
    }
    noteShortage()
  }

  private func nextReception() -> UnsafeMutableRawPointer? {
    receptions.next(memory.load) { [transfers] in transfers[$0]?.arrivedByteCount ?? 0 }
  }

  /// Whether `transfer` may take more of its answer; otherwise it is to pause.
  func mayTake(_ transfer: CurlTransfer, on handle: UnsafeMutableRawPointer) -> Bool {
    let mayTake = receptions.mayTake(
      handle, own: transfer.arrivedByteCount, load: memory.load)
    if !mayTake { noteShortage() }
    return mayTake
  }

  /// Whether so much is held that a long header is one too many: headers cannot be held back.
  var isFull: Bool { memory.byteCount >= settings.answers.all }

  private func noteShortage() {
    let isShort = receptions.isShort
    memory.note(isShort: isShort)
    guard isShort != (nextShortageLook != nil) else { return }
    nextShortageLook = isShort ? SuspendingClock.now + settings.answers.patience : nil
    nextShortageLook.map(watch)
  }

  /// While answers wait for memory, the slow ones that are no small ones end until half of it is free,
  /// those that hold most first.
  func makeRoom(_ now: SuspendingClock.Instant) {
    guard let due = nextShortageLook else { return }
    guard due <= now else { return watch(until: due) }
    nextShortageLook = now + settings.answers.patience
    watch(until: now + settings.answers.patience)
    let slow = transfers.filter { $0.value.isSlow(at: now, patience: settings.answers.patience) }
      .filter { $0.value.arrivedByteCount > settings.answers.small }
      .sorted { $0.value.heldByteCount > $1.value.heldByteCount }
    for (handle, _) in slow where memory.byteCount * 2 > settings.answers.all {
      end(handle) { .ended($0.abandoned(because: CurlTransfer.tooSlowForShortage)) }
    }
  }
}
