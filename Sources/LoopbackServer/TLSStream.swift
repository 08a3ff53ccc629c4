internal import CLibssl
internal import Glibc

/// The server's side of TLS on one connection, which it leaves open in the end.
final class TLSStream: ByteStream {
  private let context: OpaquePointer
  private let session: OpaquePointer

  /// Shakes hands; blocks until that is done. Nil when it fails.
  init?(on connection: Int32, as identity: TLSIdentity) {
    TLSStream.blockBrokenPipes()
    guard let context = SSL_CTX_new(TLS_server_method()), let session = identity.session(context)
    else { return nil }
    self.context = context
    self.session = session
    guard SSL_set_fd(session, connection) == 1, SSL_accept(session) == 1 else { return nil }
  }

  deinit {
    SSL_free(session)
    SSL_CTX_free(context)
  }

  /// Whether both sides agreed on HTTP/2.
  var speaksHTTP2: Bool {
    var name: UnsafePointer<UInt8>?
    var length: UInt32 = 0
    SSL_get0_alpn_selected(session, &name, &length)
    return length == 2
  }

  func send(_ bytes: [UInt8]) -> Bool {
    bytes.isEmpty || SSL_write(session, bytes, Int32(clamping: bytes.count)) == bytes.count
  }

  func receive() -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 64 << 10) { buffer, count in
      count = max(0, Int(SSL_read(session, buffer.baseAddress, Int32(clamping: buffer.count))))
    }
  }

  /// libssl writes to a socket as to a file; the signal that this may bring ends with the thread.
  private static func blockBrokenPipes() {
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGPIPE)
    pthread_sigmask(SIG_BLOCK, &signals, nil)
  }
}

extension TLSIdentity {
  /// A session of `context` that shows this identity, not yet begun; nil where libssl refuses it.
  fileprivate func session(_ context: OpaquePointer) -> OpaquePointer? {
    guard
      SSL_CTX_use_certificate_ASN1(context, Int32(certificate.der.count), certificate.der) == 1,
      SSL_CTX_use_PrivateKey_ASN1(
        EVP_PKEY_EC, context, certificate.key, certificate.key.count) == 1
    else { return nil }
    if isOld {
      ssl_shim_set_newest_version(context, TLS1_1_VERSION)
      SSL_CTX_set_cipher_list(context, "ALL:@SECLEVEL=0")
    }
    if http2 != nil { SSL_CTX_set_alpn_select_cb(context, TLSIdentity.chooseHTTP2, nil) }
    return SSL_new(context)
  }

  /// Takes HTTP/2 where it is among the protocols offered (RFC 7301).
  private static let chooseHTTP2: SSL_CTX_alpn_select_cb_func = {
    _, chosen, length, offered, count, _ in
    let name: [UInt8] = [2] + Array("h2".utf8)
    let names = UnsafeBufferPointer(start: offered, count: Int(count))
    guard let offered, let place = names.firstRange(of: name) else { return SSL_TLSEXT_ERR_NOACK }
    chosen?.pointee = offered + place.lowerBound + 1
    length?.pointee = 2
    return SSL_TLSEXT_ERR_OK
  }
}
