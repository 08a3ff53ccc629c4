internal import CLibssl

/// What a TLS server shows.
package struct TLSIdentity: Sendable {
  package let certificate: TLSCertificate
  /// Whether nothing after TLS 1.1 is spoken.
  package let isOld: Bool
  /// What is answered to those who offer HTTP/2; nil where only HTTP/1.1 is spoken.
  package let http2: HTTP2Answer?

  package init(_ certificate: TLSCertificate, isOld: Bool = false, http2: HTTP2Answer? = nil) {
    self.certificate = certificate
    self.isOld = isOld
    self.http2 = http2
  }
}

/// A certificate (RFC 5280) made at run time, with its key on P-256. Its dates are fixed ones, so that
/// no clock is needed.
package struct TLSCertificate: Sendable {
  package struct Failure: Error {
    package let call: String
  }

  /// The certificate in DER.
  package let der: [UInt8]
  /// Its private key in DER.
  let key: [UInt8]

  /// Makes one from 2000 to the end of `lastYear`.
  ///
  /// - Parameters:
  ///   - name: The common name.
  ///   - hosts: Who may show it, as in `DNS:news.test,IP:127.0.0.1`; nil for an authority's.
  ///   - lastYear: Four digits.
  ///   - issuer: Whose key signs it; nil for its own.
  /// - Throws: a `Failure` that names the call of libcrypto.
  package init(
    _ name: String, for hosts: String?, lastYear: Int = 2099, signedBy issuer: TLSCertificate? = nil
  ) throws {
    guard let certificate = X509_new(), let key = ssl_shim_generate_key() else {
      throw Failure(call: "EVP_EC_gen")
    }
    defer {
      X509_free(certificate)
      EVP_PKEY_free(key)
    }
    X509_set_version(certificate, 2)
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1)
    ASN1_TIME_set_string(X509_getm_notBefore(certificate), "20000101000000Z")
    ASN1_TIME_set_string(X509_getm_notAfter(certificate), "\(lastYear)1231235959Z")
    X509_set_pubkey(certificate, key)
    X509_NAME_add_entry_by_txt(
      X509_get_subject_name(certificate), "CN", MBSTRING_ASC, name, -1, -1, 0)
    try Self.extend(
      certificate, hosts == nil ? NID_basic_constraints : NID_subject_alt_name,
      hosts ?? "critical,CA:TRUE")
    try Self.sign(certificate, key, issuer)
    der = Self.bytes { i2d_X509(certificate, $0) }
    self.key = Self.bytes { i2d_PrivateKey(key, $0) }
  }

  private static func extend(
    _ certificate: OpaquePointer, _ kind: Int32, _ value: String
  ) throws {
    guard let added = X509V3_EXT_nconf_nid(nil, nil, kind, value) else {
      throw Failure(call: "X509V3_EXT_nconf_nid")
    }
    defer { X509_EXTENSION_free(added) }
    X509_add_ext(certificate, added, -1)
  }

  private static func sign(
    _ certificate: OpaquePointer, _ key: OpaquePointer, _ issuer: TLSCertificate?
  ) throws {
    var signer: (certificate: OpaquePointer?, key: OpaquePointer?) = (nil, nil)
    if let issuer {
      signer.certificate = issuer.der.withUnsafeBufferPointer { buffer in
        var start = buffer.baseAddress
        return d2i_X509(nil, &start, buffer.count)
      }
      signer.key = issuer.key.withUnsafeBufferPointer { buffer in
        var start = buffer.baseAddress
        return d2i_AutoPrivateKey(nil, &start, buffer.count)
      }
    }
    defer {
      X509_free(signer.certificate)
      EVP_PKEY_free(signer.key)
    }
    X509_set_issuer_name(certificate, X509_get_subject_name(signer.certificate ?? certificate))
    guard X509_sign(certificate, signer.key ?? key, EVP_sha256()) > 0 else {
      throw Failure(call: "X509_sign")
    }
  }

  /// What `encode` writes at the place that it is given and moves on.
  private static func bytes(
    _ encode: (UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?) -> Int32
  ) -> [UInt8] {
    let count = max(0, Int(encode(nil)))
    return [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      var place = buffer.baseAddress
      filled = max(0, Int(encode(&place)))
    }
  }
}
