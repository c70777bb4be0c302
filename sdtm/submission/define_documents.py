"""Documents of a define.xml that is written already: what it links to, and further links.

A package adds the reviewer's guides, which do not exist when a run describes its datasets. What comes out is what
would have been written with those documents from the start.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from urllib.parse import quote

from lxml import etree

from sdtm.submission.define_model import Leaf
from sdtm.submission.define_xml import DEF, ODM, XLINK

_END_OF_FACTS = "</dl>\n"


def links_of(xml: bytes) -> list[str]:
    """The files that a define.xml links to, its datasets included."""
    return [leaf.get(f"{{{XLINK}}}href", "") for leaf in _parsed(xml).iter(f"{{{DEF}}}leaf")]


def xml_with(xml: bytes, leaves: Sequence[Leaf]) -> bytes:
    """A define.xml with further documents, as supplemental ones."""
    if not leaves:
        return xml
    root = _parsed(xml)
    version = root.find(f".//{{{ODM}}}MetaDataVersion")
    assert version is not None
    documents = version.find(f"{{{DEF}}}SupplementalDoc")
    if documents is None:
        documents = etree.Element(f"{{{DEF}}}SupplementalDoc")
        before = [version.find(f"{{{DEF}}}{name}") for name in ("AnnotatedCRF", "Standards")]
        next(each for each in before if each is not None).addnext(documents)
    own = version.findall(f"{{{DEF}}}leaf")
    displays = [each for each in version if etree.QName(each).localname == "AnalysisResultDisplays"]
    for leaf in leaves:
        etree.SubElement(documents, f"{{{DEF}}}DocumentRef", leafID=leaf.id)
        element = etree.Element(f"{{{DEF}}}leaf", ID=leaf.id)
        element.set(f"{{{XLINK}}}href", leaf.href)
        etree.SubElement(element, f"{{{DEF}}}title").text = leaf.title
        if own:
            own[-1].addnext(element)
        elif displays:
            displays[0].addprevious(element)
        else:
            version.append(element)
        own.append(element)
    etree.indent(root, "  ")
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8") + b"\n"


def html_with(page: bytes, leaves: Sequence[Leaf]) -> bytes:
    """The page of a define.xml with further documents."""
    told = "".join(document_html(leaf) for leaf in leaves)
    before, end, after = page.decode("utf-8").partition(_END_OF_FACTS)  # the first: texts are escaped
    return f"{before}{told}{end}{after}".encode()


def document_html(leaf: Leaf) -> str:
    """A document among the facts at the head of a page."""
    return f"<dt>Document</dt><dd>{link_html(leaf)}</dd>"


def link_html(leaf: Leaf) -> str:
    """A link to a file beside the page; a path that leads elsewhere is told, not linked."""
    if ":" in leaf.href or leaf.href.startswith(("/", "\\")):
        return escape(leaf.title)
    return f'<a href="{escape(quote(leaf.href))}">{escape(leaf.title)}</a>'


def _parsed(xml: bytes) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True)
    return etree.fromstring(xml, parser)
