"""The tables and figures of ``tables.html`` as a part of the page: plain HTML and SVG elements, nothing that acts.

Only elements and attributes that are listed here pass. Anchors get a prefix, so that they meet none of the page's;
links to the records of a number open inside the page.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

from sdtm.reports.page.parts import hash_link, text

PREFIX = "t-"
_EMPTY = frozenset({"br", "hr", "col"})
_HTML = re.compile(
    r"h[2-4]|p|table|caption|colgroup|col|thead|tbody|tfoot|tr|th|td|figure|figcaption|section|nav|div|span|a|br|hr|"
    r"sup|sub|strong|em|b|i|small|abbr|ul|ol|li|dl|dt|dd"
)
_SVG = re.compile(
    r"svg|g|line|rect|circle|ellipse|polygon|polyline|path|text|tspan|title|desc|defs|clippath|pattern"
)
_SKIPPED = frozenset({"script", "style", "head", "h1", "iframe", "object", "template", "noscript", "form"})
_ATTRIBUTES = re.compile(
    r"class|scope|colspan|rowspan|headers|role|aria-label|aria-hidden|lang|dir|span|abbr"
)
_DRAWN = re.compile(
    r"(x|y|x1|x2|y1|y2|cx|cy|r|rx|ry|dx|dy|d|points|width|height|viewbox|transform|fill|fill-opacity|stroke|"
    r"stroke-[a-z]+|opacity|font-(size|family|weight|style)|text-anchor|dominant-baseline|clip-path|xmlns|"
    r"preserveaspectratio|rotate|textlength|letter-spacing|patternunits|patterntransform)"
)
_INDENT = re.compile(r"padding-left: ?(\d+(?:\.\d+)?)rem;?")
_RECORDS = re.compile(r"records/[^#?]*#(R[0-9a-f]{12})")
_LOCAL = re.compile(r"#[^=]+")
_OURS = re.compile(r"index\.html#(.+)")


def cleaned_tables(document: str) -> str:
    """The content of the document's body without its title, as HTML that is safe to stand in the page."""
    cleaner = _Cleaner()
    cleaner.feed(document)
    cleaner.close()
    return cleaner.content()


class _Cleaner(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.open: list[str] = []
        self.in_body = False
        self.skipped: list[str] = []

    def content(self) -> str:
        return "".join(self.parts) + "".join(f"</{tag}>" for tag in reversed(self.open))

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if self.skipped:
            if tag == self.skipped[-1]:
                self.skipped.append(tag)
            return
        if tag in _SKIPPED:
            self.skipped.append(tag)
        elif tag == "body":
            self.in_body = True
        elif self.in_body and (_HTML.fullmatch(tag) or _SVG.fullmatch(tag)):
            kept = "".join(
                f' {name}="{text(value)}"'
                for given, said in attributes
                for name, value in _attribute(tag, given, said or "")
            )
            self.parts.append(f"<{tag}{kept}>")
            if tag not in _EMPTY:
                self.open.append(tag)

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attributes)
        if tag not in _EMPTY:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.skipped:
            if tag == self.skipped[-1]:
                self.skipped.pop()
            return
        if tag not in self.open:
            return
        while self.open:  # an element that was not closed ends with the one around it
            last = self.open.pop()
            self.parts.append(f"</{last}>")
            if last == tag:
                return

    def handle_data(self, written: str) -> None:
        if self.in_body and not self.skipped:
            self.parts.append(text(written))


def _attribute(tag: str, name: str, value: str) -> list[tuple[str, str]]:
    """What becomes of an attribute: itself, another one, or nothing."""
    if name == "id":
        return [("id", PREFIX + value)]
    if name in ("aria-labelledby", "aria-describedby"):
        return [(name, " ".join(PREFIX + part for part in value.split()))]
    if name == "href":
        return _link(value) if tag == "a" else []
    if name == "style":
        found = _INDENT.fullmatch(value.strip())
        return [("class", f"indent-{min(round(float(found[1])), 6)}")] if found else []
    if _ATTRIBUTES.fullmatch(name):
        return [(name, value)]
    if _SVG.fullmatch(tag) and _DRAWN.fullmatch(name):
        value = re.sub(r"url\(#([\w.-]+)\)", lambda found: f"url(#{PREFIX}{found[1]})", value)
        return [(name, value)] if "url(" not in value or f"url(#{PREFIX}" in value else []
    return []


def _link(target: str) -> list[tuple[str, str]]:
    records, ours = _RECORDS.fullmatch(target), _OURS.fullmatch(target)
    if records:
        return [("href", hash_link("result", records[1]))]
    if ours:
        return [("href", f"#{ours[1]}")]
    return [("href", f"#{PREFIX}{target[1:]}")] if _LOCAL.fullmatch(target) else []
