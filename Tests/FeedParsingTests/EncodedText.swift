import Glibc

/// Text in other encodings, for documents of the tests.
enum EncodedText {
  static func bytes(_ text: String, in label: String) -> [UInt8]? {
    let name = ["shift_jis": "CP932", "euc-kr": "CP949"][label] ?? label
    guard let converter = iconv_open(name, "UTF-8"), converter != iconv_t(bitPattern: -1)
    else { return nil }
    defer { iconv_close(converter) }
    var input = Array(text.utf8).map { CChar(bitPattern: $0) }
    var output = [CChar](repeating: 0, count: input.count * 2 + 16)
    let written = input.withUnsafeMutableBufferPointer { source in
      output.withUnsafeMutableBufferPointer { target -> Int? in
        var from = source.baseAddress
        var fromLeft = source.count
        var into = target.baseAddress
        var intoLeft = target.count
        let result = iconv(converter, &from, &fromLeft, &into, &intoLeft)
        // Back to the first of its alphabets, where the encoding has several.
        iconv(converter, nil, nil, &into, &intoLeft)
        return result == Int(bitPattern: UInt.max) ? nil : target.count - intoLeft
      }
    }
    return written.map { output[..<$0].map { UInt8(bitPattern: $0) } }
  }
}
