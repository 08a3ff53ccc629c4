// zlib, Brotli and Zstandard for Swift: the three libraries that libcurl itself decodes with.
// inflateInit2 is a macro, so it gets an inline wrapper.
#pragma once
#include <brotli/decode.h>
#include <zlib.h>
#include <zstd.h>

/// Begins a stream whose window and wrapping `windowBits` says (zlib's manual, inflateInit2).
static inline int inflate_shim_init(z_stream *stream, int windowBits) {
  return inflateInit2(stream, windowBits);
}
