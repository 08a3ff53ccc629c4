"""What must come of a document: functions from an outcome to a problem in words, or None."""

import json
import math
import re
from functools import cached_property


class Outcome:
    """How a run of the program ended."""

    def __init__(self, status, signal, seconds, megabytes, output, is_list=False):
        self.status, self.signal, self.seconds, self.megabytes, self.output = status, signal, seconds, megabytes, output
        self.is_list = is_list

    @cached_property
    def document(self):
        """The one JSON document, with no number that JSON cannot say."""
        return json.loads(self.output, parse_constant=lambda name: refuse(f"the number {name}"))

    @property
    def items(self):
        return self.document.get("items", [])

    @property
    def defects(self):
        return {defect["kind"] for defect in self.document.get("defects", [])}

    @cached_property
    def offered(self):
        """The addresses of a list of feeds, one JSON object a line."""
        return [json.loads(line)["url"] for line in self.output.splitlines()]

    @property
    def summary(self):
        if self.is_list:
            return f"{len(self.offered)} feeds offered"
        if not self.document.get("ok"):
            return "refused: " + str(self.document.get("error"))[:70]
        return f"{len(self.items)} entries" + (f", {', '.join(sorted(self.defects))}" if self.defects else "")


def refuse(problem):
    raise ValueError(problem)


def expectation(check):
    """A check of (outcome, arguments…) as a function of the arguments that returns one of an outcome."""

    def make(*arguments):
        def checked(outcome):
            try:
                return check(outcome, *arguments)
            except (KeyError, IndexError, ValueError) as error:
                return f"{check.__name__}: {type(error).__name__}: {error}"

        return checked

    return make


@expectation
def is_feed(outcome):
    if outcome.status != 0 or not outcome.document.get("ok"):
        return f"no feed: exit {outcome.status}, {outcome.document.get('error')}"


@expectation
def is_no_feed(outcome, *words):
    if outcome.status != 65 or outcome.document.get("ok"):
        return f"a feed: exit {outcome.status}"
    text = str(outcome.document.get("error"))
    if not any(word in text for word in words):
        return f"named as {text!r}"


@expectation
def ends(outcome):
    """With a feed or an error, whichever."""
    if outcome.status not in (0, 65):
        return f"exit {outcome.status}"


@expectation
def item_count(outcome, least, most=None):
    if not least <= len(outcome.items) <= (least if most is None else most):
        return f"{len(outcome.items)} entries"


@expectation
def field(outcome, name, wanted, place=0):
    """The exact value of an entry's field; nested names are joined by dots."""
    value = outcome.items[place]
    for part in name.split("."):
        value = value.get(part) if value is not None else None
    if value != wanted:
        return f"{name} of entry {place} is {str(value)[:80]!r}"


@expectation
def titles(outcome, *wanted):
    found = [item.get("title") for item in outcome.items]
    if found != list(wanted):
        return f"titles are {str(found)[:100]}"


@expectation
def ids(outcome, *wanted):
    found = [item.get("id") for item in outcome.items]
    if found != list(wanted):
        return f"ids are {str(found)[:100]}"


@expectation
def text_length(outcome, name, least, most):
    length = len(outcome.items[0].get(name) or "")
    if not least <= length <= most:
        return f"{name} has {length} characters"


@expectation
def holds(outcome, name, *words):
    """The words stand in the entry's field, in this order and not joined."""
    text = outcome.items[0].get(name) or ""
    place = 0
    for word in words:
        found = re.compile(rf"(?<!\w){re.escape(word)}(?!\w)").search(text, place)
        if not found:
            return f"{name} lacks {word!r}: {text[:100]!r}"
        place = found.end()


@expectation
def has_defect(outcome, *kinds):
    if not outcome.defects & set(kinds):
        return f"no defect of {kinds}: {sorted(outcome.defects)}"


@expectation
def output_at_most(outcome, count):
    if len(outcome.output) > count:
        return f"{len(outcome.output)} bytes of output"


@expectation
def offers(outcome, least, most):
    if outcome.status != 0 or not least <= len(set(outcome.offered)) == len(outcome.offered) <= most:
        return f"exit {outcome.status}, {len(outcome.offered)} feeds"


def numbers(value):
    if isinstance(value, (int, float)):
        yield value
    elif isinstance(value, (list, dict)):
        for element in value.values() if isinstance(value, dict) else value:
            yield from numbers(element)


@expectation
def numbers_are_finite(outcome):
    """1e999 is JSON, yet reads as infinity."""
    for number in numbers(outcome.document):
        if not math.isfinite(number):
            return f"the number {number}"


@expectation
def lacks(outcome, *texts):
    for text in texts:
        if text.encode() in outcome.output:
            return f"holds {text!r}"


def strings(value, path=""):
    """Every string of a JSON document with the names that lead to it."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, list):
        for element in value:
            yield from strings(element, path)
    elif isinstance(value, dict):
        for name, element in value.items():
            yield from strings(element, f"{path}.{name}" if path else name)


@expectation
def no_control_characters(outcome):
    for path, text in strings(outcome.document):
        if re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", text):
            return f"a control character in {path}: {text[:40]!r}"


ADDRESS = re.compile(r"(?:^|\.)(?:link|href|url|icon|logo|docs|comments|comments_feed|comments_post|content_src|player|licenses)$")


@expectation
def addresses_are_inert(outcome):
    for path, text in strings(outcome.document):
        squeezed = re.sub("[\x00-\x20\xad]", "", text).lower()
        if ADDRESS.search(path) and re.match("(javascript|vbscript|data|livescript|mocha|view-source|file):", squeezed):
            return f"{path} is {text[:60]!r}"


# One spelling of everything: where a text keeps to it, every HTML parser reads the same tags in it.
TAG = re.compile(r'<(/?)([a-z][a-z0-9]*)((?: [a-z][a-z0-9-]*="[^"<>]*")*)>')
ATTRIBUTE = re.compile(r' ([a-z][a-z0-9-]*)="([^"<>]*)"')
ELEMENTS = set(
    "a abbr acronym address area article aside audio b bdi bdo big blockquote br button caption center cite code col colgroup "
    "data datalist dd del details dfn dialog dir div dl dt em fieldset figcaption figure font footer form h1 h2 h3 h4 h5 h6 "
    "header hgroup hr i img input ins kbd label legend li m main map mark menu meter nav ol optgroup option output p picture pre "
    "progress q rb rp rt rtc ruby s samp section select small source span strike strong sub summary sup table tbody td "
    "textarea tfoot th thead time tr track tt u ul var video wbr math mi mn mo mrow msup msub mfrac mtext".split())
ADDRESSES = {"href", "src", "cite", "poster", "longdesc", "usemap"}
FORBIDDEN = {"style", "srcdoc", "action", "formaction", "background", "ping", "http-equiv", "data", "xmlns", "target"}
SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.I)


def html_problem(html):
    rest = TAG.sub("", html)
    if "<" in rest or ">" in rest:
        place = (rest + "<").index("<")
        return f"HTML in another spelling: {rest[max(0, place - 20):place + 40]!r}"
    for _, name, attributes in TAG.findall(html):
        if name not in ELEMENTS:
            return f"<{name}>"
        for key, value in ATTRIBUTE.findall(attributes):
            if key.startswith("on") or key in FORBIDDEN and value:
                return f"<{name} {key}={value!r}>"
            for address in value.split(", ") if key == "srcset" else [value] if key in ADDRESSES else []:
                scheme = SCHEME.match(address)
                if scheme and scheme.group(1).lower() not in ("http", "https", "mailto", "tel", "ftp", "magnet", "urn"):
                    return f"<{name} {key}={value!r}>"


@expectation
def html_is_inert(outcome):
    """Every HTML field has allowed elements and attributes only, in the one spelling."""
    for place, item in enumerate(outcome.items):
        for name, kind in (("content_html", "html"), ("summary", item.get("summary_type")), ("title", item.get("title_type"))):
            problem = html_problem(item.get(name) or "") if kind == "html" else None
            if problem:
                return f"{name} of entry {place}: {problem}"
