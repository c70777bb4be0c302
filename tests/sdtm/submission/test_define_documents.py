"""Documents added to a written define.xml: the result is what would have been written with them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sdtm.submission.define_documents import html_with, links_of, xml_with
from sdtm.submission.define_html import define_html
from sdtm.submission.define_model import Leaf
from sdtm.submission.define_xml import define_xml

GUIDE = Leaf("LF.csdrg", "csdrg.docx", "Guide <b>& more</b>")
OTHER = Leaf("LF.x", "x y.pdf", "Другое")
CRF = Leaf("LF.acrf", "acrf.html", "CRF")


@pytest.mark.parametrize("kind", ["sdtm", "adam"])
@pytest.mark.parametrize("documents", [(), (CRF,), (CRF, OTHER), (OTHER,)])
def test_it_is_as_if_they_had_been_there(described: Any, kind: str, documents: tuple[Leaf, ...]) -> None:
    define = getattr(described.defines, kind)
    crf = CRF.id if CRF in documents else ""
    before = replace(define, documents=documents, annotated_crf=crf)
    after = replace(before, documents=(*documents, GUIDE))
    assert xml_with(define_xml(before), [GUIDE]) == define_xml(after)
    assert html_with(define_html(before), [GUIDE]) == define_html(after)


def test_without_documents_nothing_changes(described: Any) -> None:
    xml, page = define_xml(described.defines.adam), define_html(described.defines.adam)
    assert (xml_with(xml, []), html_with(page, [])) == (xml, page)


def test_links_are_those_of_datasets_and_documents(described: Any) -> None:
    define = replace(described.defines.adam, documents=(GUIDE,))
    assert links_of(define_xml(define)) == ["adsl.xpt", "advs.xpt", "csdrg.docx"]
