// zlib, Brotli and Zstandard for Swift: the three libraries that libcurl itself decodes with.
// inflateInit2 and deflateInit2 are macros, so they get inline wrappers.
#pragma once
#include <brotli/decode.h>
#include <zlib.h>
#include <zstd.h>

/// Begins a stream whose window and wrapping `windowBits` says (zlib's manual, inflateInit2).
static inline int inflate_shim_init(z_stream *stream, int windowBits) {
  return inflateInit2(stream, windowBits);
}

/// Begins a stream that compresses as hard as zlib can; `windowBits` as above (deflateInit2).
static inline int deflate_shim_init(z_stream *stream, int windowBits) {
  return deflateInit2(stream, Z_BEST_COMPRESSION, Z_DEFLATED, windowBits, 9, Z_DEFAULT_STRATEGY);
}
