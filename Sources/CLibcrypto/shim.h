// libcrypto for Swift: SHA-256 only, through the low-level functions, which cost a fifth of EVP on
// the short inputs that an archive line is. OpenSSL 3 calls them deprecated and keeps them.
#pragma once
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>
