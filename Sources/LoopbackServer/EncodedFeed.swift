/// One small feed in every content coding, each made by the coding's reference compressor.
package enum EncodedFeed {
  package static let text = """
    <?xml version="1.0"?>
    <rss version="2.0"><channel><title>Harbour notes</title>
    <item><title>Ferry 0 sails at 5</title><guid>ferry-0</guid></item>
    <item><title>Ferry 1 sails at 6</title><guid>ferry-1</guid></item>
    <item><title>Ferry 2 sails at 7</title><guid>ferry-2</guid></item>
    <item><title>Ferry 3 sails at 8</title><guid>ferry-3</guid></item>
    </channel></rss>

    """

  /// The codings by the name that Content-Encoding gives them; `raw` is deflate without zlib's wrapping.
  package static let byCoding: [(coding: String, bytes: [UInt8])] = [
    ("gzip", gzip), ("x-gzip", gzip), ("deflate", zlib), ("deflate", deflate), ("br", brotli),
    ("zstd", zstandard),
  ]

  package static let gzip = bytes(
    """
    1f8b080000000000020385d0cb0ac2301005d07dbf2274af79141f8b69ba137f23eaa88134814c2afaf7d64a
    0d48a0cbb973e72c06ba67efd80323d9e0db5aae45dde90a22510ed5186a38df8df7e834249b1ceaa389a730
    44e6434202fe0d2bb009fbb972c0185f4c3032d61133896de61edc067bd1d7cf7e25804f13f0e9b644c84c6c
    4b845c2654267625422d134d26f625a2f927f8ef657cfca7aede1aaf5d506c010000
    """)

  package static let zlib = bytes(
    """
    78da85d0cb0ac2301005d07dbf2274af79141f8b69ba137f23eaa88134814c2afaf7d64a0d48a0cbb973e72c
    06ba67efd80323d9e0db5aae45dde90a22510ed5186a38df8df7e834249b1ceaa389a73044e6434202fe0d2b
    b009fbb972c0185f4c3032d61133896de61edc067bd1d7cf7e25804f13f0e9b644c84c6c4b845c2654267625
    422d134d26f625a2f927f8ef657cfca7aedef14a7b3a
    """)

  package static let deflate = bytes(
    """
    85d0cb0ac2301005d07dbf2274af79141f8b69ba137f23eaa88134814c2afaf7d64a0d48a0cbb973e72c06ba
    67efd80323d9e0db5aae45dde90a22510ed5186a38df8df7e834249b1ceaa389a73044e6434202fe0d2bb009
    fbb972c0185f4c3032d61133896de61edc067bd1d7cf7e25804f13f0e9b644c84c6c4b845c2654267625422d
    134d26f625a2f927f8ef657cfca7aede
    """)

  package static let brotli = bytes(
    """
    1b6b01208cd31d35b9c86ca9e65130326b764b75a1b8cd1ca497b220b893f60a755b7e6ec3f1d84539c2e186
    8321d92cd5586c49b7b1f15a89094abdc20edba136abaf8904898b2f100e08d8d3523738fcb88c8cf583ed88
    2f265ce752d6934a751b9578ed6414483a7e57814c9b3283d3ae74287414cbd4d46a738244
    """)

  package static let zstandard = bytes(
    """
    28b52ffd646c006504000207181870cf03a09190637c295337fdbf1299e75097c8ca0274e5b02cfe7b6bc331
    4003bee2b56eed82273a94829ae02bf92b95cf8e2ff7a948f3d266ad7fdec9b25313e37289b35e7a3bd669ad
    8c9a8ef0df9bc50470c203103bd1f7597195aca40313203043dac5360b410e6560e15cca60e91cca1416030a
    7e05878f8cadb120c12410065220c4ad8e015a7ef93d
    """)

  /// 64 MiB of zeros, gzip within gzip.
  package static let gzipBomb = bytes(
    """
    1f8b0800000000000203eddcaf4e427114c0f18b5c37261b622019e4118814061acc06cd8e0720926573260b
    2f41666373b3d27803b4d9fd139c33392fdcfb18bff3f9a4934f3c3bfb9e3d36b2d241fd635dabed87d9fc7f
    f9d538ca00000080c4cd5eefebe53120eb16dbcbab1b0000002075e3e3565e1d05fe6e4fcfad0300000092f7
    30e8b7ab0f81efbb496e1d00000090bcceefdba8ba056c8aa7936bfb00000080e4bd08060000004028820100
    0000108b6000000000c4221800000000c10806000000402c8201000000108b6000000000c4221800000000c1
    0806000000402c820100000010cb62d0ef968f01ed9f623abc38cc00000088e4b9f9d97b5fed877c073c4cec
    fae2fe0000
    """)

  /// 64 MiB of zeros.
  package static let brotliBomb = bytes(
    """
    cbffff3f002400e2b14072effff8ffff078004401c1680eefd1fffffff00900088c302d0bdffe3ffff1f0012
    00715800baf77ffcffff034002200e0b40f7fe8fffff7f004800c46101e8defff1ffff0f000980382c00ddfb
    bffcffff032001108705a07bff07
    """)

  private static func bytes(_ hexadecimal: String) -> [UInt8] {
    let digits = hexadecimal.compactMap(\.hexDigitValue)
    return stride(from: 0, to: digits.count - 1, by: 2).map {
      UInt8(digits[$0] << 4 | digits[$0 + 1])
    }
  }
}
