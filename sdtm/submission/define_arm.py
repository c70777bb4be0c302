"""Displays and their results as Analysis Results Metadata 1.0 inside a Define-XML 2.1 document."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from lxml import etree

from sdtm.submission.define_model import AnalysisResult, ResultDisplay

ARM = "http://www.cdisc.org/ns/arm/v1.0"


class ArmWriter:
    """Adds displays to a document. The functions write what Define-XML has, too: a description, a reference to a
    document, a reference to a where clause; ``checked`` refuses texts that XML cannot hold."""

    def __init__(
        self,
        described: Callable[[etree._Element, str], None],
        document: Callable[[etree._Element, str, str], None],
        where: Callable[[etree._Element, str], None],
        checked: Callable[[str], str],
    ) -> None:
        self._described, self._document, self._where, self._checked = described, document, where, checked

    def add(self, version: etree._Element, displays: Iterable[ResultDisplay]) -> None:
        """Write all displays as the last element of a metadata version."""
        parent = self._element(version, "AnalysisResultDisplays")
        for display in displays:
            element = self._element(parent, "ResultDisplay", OID=display.oid, Name=display.name)
            self._described(element, display.title)
            self._document(element, display.document, display.pages)
            for result in display.results:
                self._result(element, result)

    def _result(self, parent: etree._Element, result: AnalysisResult) -> None:
        element = self._element(
            parent,
            "AnalysisResult",
            OID=result.oid,
            ParameterOID=result.parameter,
            AnalysisReason=result.reason,
            AnalysisPurpose=result.purpose,
        )
        self._described(element, result.text)
        datasets = self._element(element, "AnalysisDatasets")
        for data in result.data:
            one = self._element(datasets, "AnalysisDataset", ItemGroupOID=data.group)
            if data.where:
                self._where(one, data.where)
            for item in data.items:
                self._element(one, "AnalysisVariable", ItemOID=item)
        if result.documentation:
            told = self._element(element, "Documentation")
            self._described(told, result.documentation)
            self._document(told, result.document, result.pages)
        if result.code:
            code = self._element(element, "ProgrammingCode", Context=result.context)
            self._element(code, "Code").text = self._checked(result.code)

    def _element(self, parent: etree._Element, name: str, **attributes: str) -> etree._Element:
        element = etree.SubElement(parent, f"{{{ARM}}}{name}")
        for key, text in attributes.items():
            if text:
                element.set(key, self._checked(text))
        return element
