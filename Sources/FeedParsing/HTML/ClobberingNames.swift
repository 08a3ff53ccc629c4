/// Properties of documents and forms that an element's `id` or `name` would hide from the scripts of
/// the page that shows it (DOM clobbering).
enum ClobberingNames {
  private static let names = Set(
    """
    __proto__ action activeelement addeventlistener all anchors appendchild attributes baseuri body \
    childnodes children constructor contentwindow cookie createelement currentscript \
    defaultview dispatchevent doctype document documentelement domain elements embeds \
    firstchild forms getattribute getelementbyid getelementsbyname hasownproperty head \
    images implementation innerhtml innertext lastchild links localname location method namespaceuri \
    nextsibling nodename nodetype nodevalue open outerhtml ownerdocument parentnode plugins prototype \
    queryselector queryselectorall readystate referrer removechild removeattribute scripts \
    setattribute stylesheets submit tagname target textcontent title tostring url valueof \
    write writeln
    """.split(separator: " ").map(String.init))

  private static let nameByteLimit = 64

  /// Of a raw attribute value, in any case. What its character references stand for is looked at
  /// too; what is too long to be looked at is no property.
  static func contain(_ value: UnsafeBufferPointer<UInt8>) -> Bool {
    guard value.count <= nameByteLimit else {
      return value.contains(UInt8(ascii: "&")) || value.contains(0)
    }
    var name: [UInt8] = []
    name.append(decoding: value, isAttribute: true)
    name.removeAll { $0 == 0 }
    return names.contains(String(decoding: name, as: UTF8.self).lowercased())
  }
}
