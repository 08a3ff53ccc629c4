"""Hostile HTML within feeds: documents with their number, name and expectations (kinds 74 to 84)."""

from expectations import addresses_are_inert, field, holds, html_is_inert, is_feed, item_count, lacks

SCRIPTS = (
    "<script>attack()</script>", "<SCRIPT SRC=//evil.test/x.js></SCRIPT >", "<scr<script>ipt>attack()</scr</script>ipt>", "<script/x>attack()</script>",
    "<script><!--<script></script>--></script><img onerror=attack()>", "<noscript><p title='</noscript><img src=x onerror=attack()>'>x</p></noscript>",
    "<template><script>attack()</script></template>", "<textarea><img title='</textarea><img src onerror=attack()>'></textarea>",
    "<xmp><p title='</xmp><svg/onload=attack()>'></xmp>", "<!--><img src onerror=attack()>-->", "<!-- --!><img src onerror=attack()> -->",
    "<?php <img src=x onerror=attack()> ?>", "<x:script xmlns:x='http://www.w3.org/1999/xhtml'>attack()</x:script>",
    "<xml id=x><script>attack()</script></xml>", "<custom-element onclick=attack()>x</custom-element>", "<img src=x onerror=attack()//",
)
FOREIGN = (
    "<svg onload=attack()></svg>", "<svg><script>attack()</script></svg>", "<svg><a xlink:href='javascript:attack()'><text>x</text></a></svg>",
    "<svg><style><img src='</style><img src=x onerror=attack()>'></style></svg>", "<svg></p><style><a id='</style><img src=1 onerror=attack()>'></style></svg>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=attack()&gt;'></style></mglyph></table></mtext></math>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=attack()></style></mglyph></form>",
    "<math><annotation-xml encoding=text/html><script>attack()</script></annotation-xml></math>", "<svg><foreignObject><iframe srcdoc='x'></iframe></foreignObject></svg>",
    "<svg><animate attributeName=href values=javascript:attack() /></svg>", "<math href='javascript:attack()'>x</math>", "<svg><use href='data:image/svg+xml,x#y'/></svg>",
)
ADDRESSES = (
    "javascript:attack()", " \x01javascript:attack()", "java\tscript:attack()", "java&#x0A;script:attack()", "javascript&colon;attack()", "&#106&#97&#118&#97script:attack()",
    "jav&Tab;ascript:attack()", "JaVaScRiPt:attack()", "data:text/html,<b>x</b>", "data:image/svg+xml;base64,PHN2Zy8+", "vbscript:attack()", "\u00adjavascript:attack()",
    "view-source:javascript:attack()", "feed:javascript:attack()", "blob:https://evil.test/1", "filesystem:https://evil.test/1",
)
CLOBBERING = (
    "<img name=getElementById id=body src=/x.png>", "<form id=document><input name=cookie></form>", "<a id=__proto__ name=constructor href=/x>y</a>",
    "<form name=body><input name=parentNode><input name=attributes></form>",
)
ATTRIBUTES = (
    (76, "srcdoc", "<iframe srcdoc='&lt;script&gt;attack()&lt;/script&gt;'></iframe>"), (76, "srcdoc with quotes", "<iframe srcdoc=\"<script>attack()</script>\" src=/x></iframe>"),
    (77, "srcset", "<img src=/a.png srcset='javascript:attack() 1x, data:image/svg+xml,x 2x, //ok.example/b.png 3x'>"),
    (77, "srcset of 100,000 candidates", "<img src=/a.png srcset='" + "/b.png 1x," * 100_000 + "'>"),
    (78, "an SVG image by data", "<img src='data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9ImF0dGFjaygpIi8+'>"), (78, "an SVG image in an object", "<object data=/x.svg type=image/svg+xml></object>"),
    (79, "style", "<p style='background:url(javascript:attack());position:fixed'>x</p><style>@import '//evil.test';</style>"),
    (79, "on…", "<div onclick=attack() ONMOUSEOVER=attack()>x</div><body onload=attack()><details open ontoggle=attack()>x</details>"),
    (79, "on… without spaces", "<img/src=x/onerror=attack()><a href=\"x\"onclick=attack()>x</a><div/onclick=attack()/>x<p =onclick=attack()>"),
    (79, "formaction and form", "<form action=javascript:attack()><button formaction=javascript:attack()>x</button><input type=image src=x formaction=//evil.test></form>"),
    (79, "xlink:href", "<a xlink:href=javascript:attack() href=/ok>x</a>"), (79, "base", "<base href=//evil.test/><a href=y>x</a>"),
    (79, "meta refresh", "<meta http-equiv=refresh content='0;url=javascript:attack()'>"), (79, "link", "<link rel=stylesheet href=//evil.test><link rel=import href=//evil.test>"),
    (79, "object, embed, applet", "<object data=javascript:attack()><param name=x></object><embed src=//evil.test/x.swf><applet code=x></applet>"),
    (79, "frames", "<frameset><frame src=javascript:attack()></frameset><portal src=//evil.test></portal>"),
)
UNCLOSED = (
    "<b>", "<a href='", "<a href=\"https://harbour.example/", "<img alt=\"", "<table><tr><td>", "<div " * 3, "<!--", "<!-- > --", "<script>", "<style>", "<textarea>", "<title>",
    "<xmp>", "<plaintext>", "<select><option>", "<svg><desc>", "<math><mi>", "<iframe>", "<noscript>", "</div></div></p></body></html>", "<![CDATA[", "<", "&", "<a", "</", "<p title='>",
)


def feed(*contents, prolog="Before the storm. ", epilog=" After the storm."):
    """An item for each HTML text: escaped in its description, in CDATA in its content."""
    items = "".join(
        f"<item><title>T{place}</title><guid isPermaLink='false'>{place}</guid>"
        f"<content:encoded><![CDATA[<p>{prolog}</p>{html.replace(']]>', ']]]]><![CDATA[>')}<p>{epilog}</p>]]></content:encoded>"
        f"<description>{escaped(prolog + html + '<br>' + epilog)}</description></item>"
        for place, html in enumerate(contents))
    return (f'<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>Harbour</title>'
            f"<link>https://harbour.example/</link>{items}</channel></rss>").encode()


def escaped(html):
    return html.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


INERT = [is_feed(), html_is_inert(), addresses_are_inert(), lacks("evil.test")]


def documents():
    for kind in (active_content(), open_markup(), trackers(), fields()):
        yield from kind


def active_content():
    for name, attacks in (("scripts", SCRIPTS), ("SVG and MathML", FOREIGN), ("names that clobber", CLOBBERING)):
        yield 74, f"{name}, {len(attacks)} ways", feed(*attacks), [*INERT, item_count(len(attacks)), holds("content_html", "Before the storm")]
        yield 74, f"{name}, one within the other", feed("".join(attacks), "<p>".join(attacks)), INERT
        yield 74, f"{name}, 100,000 times", lambda attacks=attacks: feed("".join(attacks) * (100_000 // len(attacks))), INERT
    for tag, attribute in (("a", "href"), ("img", "src"), ("video", "poster"), ("blockquote", "cite"), ("area", "href")):
        yield 74, f"addresses that run, in <{tag} {attribute}>", feed(*(f'<{tag} {attribute}="{address}">x</{tag}>' for address in ADDRESSES)), [
            *INERT, item_count(len(ADDRESSES)), holds("content_html", "Before the storm", "After the storm")]
    for depth in (10, 1000, 50_000):
        yield 74, f"{depth} levels of <form><math><mtext><table>", feed("<form><math><mtext><table><mglyph><style>" * depth + "<img src onerror=attack()>"), INERT
    for number, name, html in ATTRIBUTES:
        yield number, name, feed(html), [*INERT, holds("content_html", "Before the storm", "After the storm")]


def open_markup():
    """What one story leaves open ends with it: the next is whole."""
    for html in UNCLOSED:
        document = feed(html, "<p>The next story.</p>")
        yield 80, f"{html[:30]} left open", document, [
            *INERT, item_count(2), holds("content_html", "Before the storm"), field("content_html", "<p>Before the storm. </p><p>The next story.</p><p> After the storm.</p>", 1), field("title", "T1", 1)]
    yield 80, "a million open quotes", lambda: feed("<a href='\"" * 500_000, "x", epilog=""), [*INERT, item_count(2)]
    yield 80, "a million open tags", lambda: feed("<b><i>" * 500_000, "x", epilog=""), [*INERT, item_count(2)]
    yield 80, "a million stray ends", lambda: feed("</b></i>" * 500_000, "x", epilog=""), [*INERT, item_count(2)]
    yield 80, "a million open comments", lambda: feed("<!-- " * 1_000_000, "x", epilog=""), [*INERT, item_count(2)]
    yield 80, "a million <", lambda: feed("<" * 1_000_000, "x", epilog=""), [*INERT, item_count(2)]
    yield 80, "a million &", lambda: feed("&" * 1_000_000, "x", epilog=""), [*INERT, item_count(2)]


def trackers():
    pixels = (
        '<img src="https://pixel.test/t.gif" width="1" height="1">', "<img src=https://pixel.test/t.gif width=0 height=0 alt=''>", '<img height="1px" width="1px" src="https://pixel.test/t">',
        '<IMG WIDTH=1 HEIGHT=1 SRC="//pixel.test/t.gif"/>',
    )
    yield 81, f"tracking pixels, {len(pixels)} ways", feed(*pixels), [*INERT, lacks("pixel.test"), holds("content_html", "Before the storm", "After the storm")]
    yield 81, "parameters that track", feed('<a href="https://harbour.example/a?id=7&amp;utm_source=feed&amp;utm_medium=rss&amp;fbclid=x">read</a>'), [*INERT, lacks("utm_source", "fbclid"), holds("content_html", "read")]


def fields():
    atom = '<feed xmlns="http://www.w3.org/2005/Atom">{}<entry><id>1</id><title>T</title>{}</entry></feed>'
    for address in ADDRESSES:
        said = address.replace("<", "&lt;").replace('"', "&quot;").replace("&Tab;", "\t").replace("&colon;", ":").replace("&#106&#97&#118&#97", "java").replace("\x01", "")
        item = (f"<link>{said}</link><guid>{said}</guid><comments>{said}</comments><enclosure url=\"{said}\"/><source url=\"{said}\">s</source><wfw:commentRss>{said}</wfw:commentRss>"
                f"<media:thumbnail url=\"{said}\"/><media:content url=\"{said}\"/><media:player url=\"{said}\"/><itunes:image href=\"{said}\"/><feedburner:origLink>{said}</feedburner:origLink>")
        yield 82, f"the address {address[:30]!r} in RSS", f"<rss version='2.0'><channel><link>{said}</link><image><url>{said}</url><link>{said}</link></image><docs>{said}</docs><item>{item}</item></channel></rss>".encode(), [is_feed(), addresses_are_inert(), item_count(1)]
        links = "".join(f'<link rel="{relation}" href="{said}"/>' for relation in ("alternate", "enclosure", "via", "replies", "license"))
        yield 82, f"the address {address[:30]!r} in Atom", atom.format(f"<icon>{said}</icon><logo>{said}</logo><id>{said}</id>{links}<author><name>n</name><uri>{said}</uri></author>", f'{links}<content src="{said}"/><author><uri>{said}</uri></author>').encode(), [is_feed(), addresses_are_inert(), item_count(1)]
    for html in ("<script>attack()</script>Calm", "<img src=x onerror=attack()>Calm", "<b>Calm</b>", "<svg onload=attack()>Calm", "Calm<a href=javascript:attack()>", "<iframe src=//evil.test>Calm"):
        for name, title in (("escaped", escaped(html)), ("in CDATA", f"<![CDATA[{html}]]>"), ("escaped twice", escaped(escaped(html)))):
            yield 83, f"a title {name}: {html[:30]}", f"<rss version='2.0'><channel><item><title>{title}</title><guid>1</guid></item></channel></rss>".encode(), [is_feed(), html_is_inert(), item_count(1)]
        yield 83, f"an Atom title of HTML: {html[:30]}", atom.format("", f'<title type="html">{escaped(html)}</title>').replace("<title>T</title>", "").encode(), [*INERT, item_count(1), holds("title", "Calm") if html.endswith("Calm") and "<svg" not in html and "<iframe" not in html else item_count(1)]
