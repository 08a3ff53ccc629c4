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
    return SSL_new(context)
  }
}
