"""Tables and figures as a part of the page: what acts is taken out, what is read stays."""

from __future__ import annotations

import re

import lxml.html
from hypothesis import given
from hypothesis import strategies as st

from sdtm.reports.page.cleaned_tables import cleaned_tables

DOCUMENT = """<!DOCTYPE html><html><head><title>T</title><style>p{color:red}</style><script>act()</script></head><body>
<h1>Title</h1><table id="t1"><caption>Age &lt; 50</caption><tbody><tr>
<th scope="row" style="padding-left:1.9rem">A &amp; B</th>
<td onclick="act()"><a href="records/t1.html#R0123456789ab">3 (<b>50</b>)</a></td></tr></tbody></table>
<script>act()</script><a href="javascript:act()">x</a><a href="https://example.invalid/">y</a><iframe src="z"></iframe>
<figure><svg viewBox="0 0 10 10" onload="act()"><defs><clipPath id="c"><rect width="1"/></clipPath></defs>
<path d="M0 0" clip-path="url(#c)" fill="#123456"/><image href="https://example.invalid/i.png"/></svg></figure></body></html>"""


def test_texts_and_structure_stay() -> None:
    found = lxml.html.fromstring(f"<div>{cleaned_tables(DOCUMENT)}</div>")
    assert found.xpath("string(//caption)") == "Age < 50" and found.xpath("string(//th)") == "A & B"
    assert found.xpath("//table/@id") == ["t-t1"] and found.xpath("//th/@class") == ["indent-2"]
    assert (
        found.xpath("//td/a/@href") == ["#result=R0123456789ab"] and found.xpath("string(//td)") == "3 (50)"
    )
    assert found.xpath("//svg/@viewbox") == ["0 0 10 10"]
    assert found.xpath("//path/@clip-path") == ["url(#t-c)"] and found.xpath("//path/@fill") == ["#123456"]
    assert found.xpath("//*[local-name()='clippath']/@id") == ["t-c"]


def test_what_acts_or_leads_away_is_gone() -> None:
    content = cleaned_tables(DOCUMENT)
    for word in ("script", "act()", "onclick", "onload", "iframe", "https:", "<image", "style", "Title"):
        assert word not in content


@given(st.text(alphabet=st.sampled_from(list("<>\"'=/ &;abosnclik-!script")), max_size=80))
def test_no_markup_gets_through(text: str) -> None:
    """Whatever a document holds, only elements of the list come out, without any event attribute."""
    content = cleaned_tables(f"<body><p>{text}</p></body>")
    for element in lxml.html.fromstring(f"<div>{content}</div>").iter():
        assert isinstance(element.tag, str), "a comment or an instruction"
        assert element.tag in {"div", "p", "a", "b", "i", "br", "hr", "ol", "li", "path", "col"} | {
            "abbr",
            "span",
        }
        assert not [name for name in element.attrib if name.startswith("on") or name in ("src", "style")]
    assert not re.search(r"<script", content, re.IGNORECASE)


def test_an_element_that_is_not_closed_ends_with_the_part() -> None:
    assert cleaned_tables("<body><table><tr><td>1") == "<table><tr><td>1</td></tr></table>"
