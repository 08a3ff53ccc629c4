"""Documents in which little asks for much, or one slip for all that follows (kinds 85 to 89)."""

from expectations import field, has_defect, ids, is_feed, is_no_feed, numbers_are_finite, offers, output_at_most, titles
from feeds import MEGABYTE, item, rss

BASE = f"https://harbour.example/{'x' * 8192}/"
DISCOVER = ("discover", "--json", "--url", "https://harbour.example/")
# What bases may add to a document of four megabytes, with the names of its fields around it.
WITHIN = output_at_most(32 * MEGABYTE)


def documents():
    for kind in (long_bases(), repeated_lists(), separators(), stray_declarations(), numbers()):
        yield from kind


def long_bases():
    """The first addresses are resolved; where the bases add up to too much the rest stay as they are."""
    for name, count, source, key, first, last in (
        ("links", 70_000, "<link>a/{0}</link>", "link", "a/0", "a/69999"),
        ("enclosures", 50_000, "<enclosure url='a/{0}'/>", "enclosures", [{"url": BASE + "a/0"}], [{"url": "a/49999"}]),
        ("links and images of HTML", 30_000, "<description>&lt;a href='a'>b&lt;/a> &lt;img src='c'> {0}</description>", None, None, None),
    ):
        items = "".join(f"<item><title>{number}</title>{source.format(number)}</item>" for number in range(count))
        yield 85, f"a base of 8 KB for {count:,} {name}", rss(items, attributes=f" xml:base='{BASE}'"), [
            is_feed(), titles(*map(str, range(count))), has_defect("limit"), WITHIN,
            *([field(key, BASE + first if key == "link" else first), field(key, last, count - 1)] if key else [])]
    count = 70_000
    entries = ",".join(f'{{"id":"{number}","title":"{number}","url":"a/{number}"}}' for number in range(count))
    for name, member, arguments in (
        ("says", f'"feed_url":"{BASE}feed.json",', ()), ("came from", "", ("parse", "--json", "--url", BASE + "feed.json")),
    ):
        yield 85, f"JSON with the 8 KB address that it {name}", f'{{"version":"https://jsonfeed.org/version/1.1",{member}"items":[{entries}]}}'.encode(), [
            is_feed(), titles(*map(str, range(count))), has_defect("limit"), WITHIN,
            field("link", BASE + "a/0"), field("link", f"a/{count - 1}", count - 1)], *([arguments] if arguments else [])
    nested = "".join(f"<div xml:base='{'y' * 8192}/'>" for _ in range(100))
    images = "<img src='a'/>" * 200_000
    yield 85, "bases within bases of XHTML", (
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:base="{BASE}"><entry><title>Kept</title><content type="xhtml">'
        f"<div>{nested}{images}{'</div>' * 100}</div></content></entry></feed>").encode(), [is_feed(), titles("Kept"), WITHIN]
    head = f"<!DOCTYPE html><html><head><base href='{BASE}'><title>Harbour</title>"
    for name, link, count in (
        ("declared feeds", "<link rel=alternate type=application/rss+xml href=a/{}>", 70_000), ("links to feeds", "<a href=rss/{}>rss</a>", 170_000),
    ):
        page = f"{head}{''.join(map(link.format, range(count)))}</head><body><p>Calm</p></body></html>".encode()
        yield 85, f"a page's base of 8 KB for {count:,} {name}", page, [is_no_feed("page")]
        yield 85, f"the same page, for its {name}", page, [offers(1, 64), output_at_most(MEGABYTE)], DISCOVER


def repeated_lists():
    """Names of one length, so that no comparison ends with the length."""
    keywords = ",".join(f"word{number:08}" for number in range(5 * MEGABYTE // 13))
    categories = "".join(f"<category>word{number:08}</category>" for number in range(10 * MEGABYTE // 33))
    kept = [is_feed(), titles("Kept"), output_at_most(MEGABYTE)]
    yield 86, "5 MB of keywords of one length", rss(item(f"<itunes:keywords>{keywords}</itunes:keywords>")), [*kept, has_defect("limit")]
    yield 86, "5 MB of one keyword", rss(item(f"<itunes:keywords>{'word,' * MEGABYTE}</itunes:keywords>")), kept
    yield 86, "5 MB of keywords of the channel", rss(f"<itunes:keywords>{keywords}</itunes:keywords>{item('')}"), [*kept, has_defect("limit")]
    yield 86, "10 MB of categories of one length", rss(item(categories)), [*kept, has_defect("limit")]
    yield 86, "10 MB of one category", rss(item("<category>word00000000</category>" * (10 * MEGABYTE // 33))), kept
    yield 86, "10 MB of categories after a full list", rss(item(
        "".join(f"<category>word{number:08}</category>" for number in range(999)) + "<category>word00000998</category>" * (10 * MEGABYTE // 33))), kept


def separators():
    for name, separator in (("commas", ","), ("spaces", " "), ("commas and spaces", ", "), ("opening brackets", "(")):
        said = f"<author>ann@harbour.example{separator * (500_000 // len(separator))}</author>"
        yield 87, f"500 KB of {name} after a mail address", rss(item(said)), [is_feed(), titles("Kept"), output_at_most(MEGABYTE)]


def stray_declarations():
    """What only looks like a declaration ends where its title does, whatever comes two items later."""
    for first, last in (("one <!b don't", "the captain's word"), ("one <? two", "really ?>"), ("one <!b \"two", 'three" four'), ("one <![ two", "three ]]&gt; four")):
        document = rss("".join(
            f"<item><title>{title}</title><guid>{place}</guid></item>" for place, title in enumerate((first, "Calm", last, "After"))))
        yield 88, f"a title with {first[4:]}", document, [is_feed(), titles(first, "Calm", last.replace("&gt;", ">"), "After"), ids(*"0123")]


def numbers():
    for start in ("1e308:1:1", "1e308:59", "1e999", "inf", "nan", "-1e308:1:1", "9" * 400 + ":1:1"):
        chapters = f"<psc:chapters xmlns:psc='http://podlove.org/simple-chapters'><psc:chapter start='{start}' title='Pier'/><psc:chapter start='0:01' title='Mole'/></psc:chapters>"
        yield 89, f"a chapter that starts at {start[:20]}", rss(item(chapters)), [is_feed(), titles("Kept"), numbers_are_finite()]
