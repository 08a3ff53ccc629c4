// libssl for Swift: the server's side of TLS and the certificates that it shows.
#pragma once
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

// Macros and functions of variable arguments, which Swift cannot import.

static inline EVP_PKEY *ssl_shim_generate_key(void) { return EVP_EC_gen("P-256"); }

static inline int ssl_shim_set_newest_version(SSL_CTX *context, int version) {
  return SSL_CTX_set_max_proto_version(context, version);
}
