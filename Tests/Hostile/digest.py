"""From hostile feeds to the page that somebody opens: fetched, stored, exported as HTML."""

import html.parser

import feeds
import pages
from expectations import Outcome

ATTRIBUTES = {"lang", "charset", "http-equiv", "content", "name", "dir", "id", "class", "href", "datetime", "rel"}


class Page(html.parser.HTMLParser):
    """Everything of an exported page that could do more than be read."""

    def __init__(self, text):
        super().__init__()
        self.problems = []
        self.has_policy = False
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        if tag in ("script", "iframe", "object", "embed", "img", "svg", "math", "form", "base", "link", "template"):
            self.problems.append(f"<{tag}>")
        for name, value in attributes:
            if name not in ATTRIBUTES:
                self.problems.append(f"<{tag} {name}>")
            if name == "href" and not (value or "").startswith(("http://", "https://", "#")):
                self.problems.append(f"<{tag} href={value!r}>")
        said = dict(attributes)
        if tag == "meta" and said.get("http-equiv") == "Content-Security-Policy":
            self.has_policy = "default-src 'none'" in said["content"] and "unsafe" not in said["content"]
        elif tag == "meta" and said.get("http-equiv"):
            self.problems.append(f"<meta http-equiv={said['http-equiv']!r}>")


def attacks():
    """An entry for each attack, in its title and in its text, with addresses that run."""
    texts = [*pages.SCRIPTS, *pages.FOREIGN, *pages.CLOBBERING, *(html for _, _, html in pages.ATTRIBUTES), *pages.UNCLOSED]
    return feeds.rss("".join(
        f"<item><title>Tide {place} of the harbour {pages.escaped(text)}</title><guid>javascript:attack({place})</guid>"
        f"<link>{pages.escaped(pages.ADDRESSES[place % len(pages.ADDRESSES)])}</link><description>{pages.escaped(text)} and quiet water {place}</description></item>"
        for place, text in enumerate(texts) if len(text) < 10_000))


def outcome(launcher, program, folder, seconds):
    """Runs both programs; returns what it cost and the page's problems."""
    (folder / "attacks.xml").write_bytes(attacks())
    (folder / "feeds.conf").write_text(f'set storage archive\n{(folder / "attacks.xml").as_uri()} title="</title><script>attack()</script>"\n')
    fetched = Outcome(*launcher.run([program, "fetch", "--config", folder / "feeds.conf", "--all"], folder / "output", seconds))
    exported = Outcome(*launcher.run(
        [program, "export", "--config", folder / "feeds.conf", "--since", "1970-01-01", "--format", "html"], folder / "output", seconds))
    page = Page(exported.output.decode())
    problems = [*page.problems]
    if fetched.status or exported.status:
        problems.append(f"exits {fetched.status} and {exported.status}")
    if not page.has_policy:
        problems.append("no policy")
    if exported.output.count(b"quiet water") < 20:
        problems.append("few stories")
    exported.seconds += fetched.seconds
    exported.megabytes = max(exported.megabytes, fetched.megabytes)
    return exported, problems
