"""XML from outside, read without trust: no DOCTYPE, no entities, no network, limited size."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Protocol

from lxml import etree

from sdtm.extract.table import refuse
from specs.location import Location
from specs.problems import ProblemsFound

SIZE_LIMIT = 4 << 30  # bytes of XML
PROLOG = 1 << 16  # bytes in which the first element must begin
NOT_TEXT = (etree.ErrorTypes.ERR_INVALID_ENCODING, etree.ErrorTypes.ERR_INVALID_CHAR)
BEFORE_ROOT = re.compile(r"\ufeff?\s*(?:<\?.*?\?>\s*|<!--.*?-->\s*)*", re.DOTALL)


class Readable(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


class XMLStream:
    """A stream that gives out its bytes up to a limit, after a look at what stands before the root."""

    def __init__(self, stream: Readable, shown: str, limit: int = SIZE_LIMIT) -> None:
        self.stream, self.shown, self.left = stream, shown, limit
        self.start = stream.read(PROLOG)
        check_prolog(self.start, shown)

    def read(self, size: int = -1) -> bytes:
        data, self.start = (self.start, b"") if self.start else (self.stream.read(size), b"")
        self.left -= len(data)
        if self.left < 0:
            raise refuse(
                "file-too-large",
                self.shown,
                "more XML than is read from one file",
                f"at most {SIZE_LIMIT:,} bytes",
                "divide the export into several files",
            )
        return data


def elements(stream: XMLStream, *tags: str, starts: bool = False) -> Iterator[tuple[str, Any]]:
    """The elements of an XML file as they end (``starts``: and begin), with ``("end", element)``.

    ``tags``: only these, ``{*}name`` for any namespace. The caller clears what it has used.
    Raises ``ProblemsFound``: damaged-file, external-entity, file-too-large.
    """
    shown = stream.shown
    events = ("start", "end") if starts else ("end",)
    try:
        context = etree.iterparse(
            stream,
            events=events,
            tag=tags or None,
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            remove_comments=True,
            remove_pis=True,
            huge_tree=True,  # long texts are allowed; files and cells have limits of our own
        )
        first = True
        for event, element in context:
            if first and element.getroottree().docinfo.internalDTD is not None:
                raise external_entity(shown, 1)
            first = False
            yield event, element
    except etree.XMLSyntaxError as error:
        raise refuse(
            "undecodable-byte" if getattr(error, "code", 0) in NOT_TEXT else "damaged-file",
            Location(shown, line=error.lineno),
            f"XML that is not well formed: {error.msg}",
            "a whole, well-formed XML file, in the encoding that its first line names",
            "copy or export the file again",
        ) from None


def check_prolog(start: bytes, shown: str) -> None:
    """Refuse a file with a DOCTYPE, in whatever encoding, before any parser sees it."""
    text = start.decode(wide_encoding(start), errors="replace")
    before = BEFORE_ROOT.match(text)
    begin = before.end() if before else 0
    root = text[begin : begin + 9].upper()
    if root == "<!DOCTYPE" or (len(start) == PROLOG and not root.startswith("<")):
        raise external_entity(shown, text.count("\n", 0, begin) + 1)


def wide_encoding(start: bytes) -> str:
    """An encoding that shows the ASCII characters of an XML file, from its first bytes."""
    if start.startswith((b"\xff\xfe\0\0", b"<\0\0\0")):
        return "utf-32-le"
    if start.startswith((b"\0\0\xfe\xff", b"\0\0\0<")):
        return "utf-32-be"
    if start.startswith((b"\xff\xfe", b"<\0")):
        return "utf-16-le"
    if start.startswith((b"\xfe\xff", b"\0<")):
        return "utf-16-be"
    if start.startswith(b"\x4c\x6f\xa7\x94"):
        return "cp037"
    return "utf-8"


def external_entity(shown: str, line: int) -> ProblemsFound:
    return refuse(
        "external-entity",
        Location(shown, line=line),
        "a DOCTYPE (document type declaration), which can define entities that read other files",
        "XML without a DOCTYPE",
        "remove the <!DOCTYPE …> from the file; ODM does not need one",
    )


def local(element: Any) -> str:
    """The name of an element without its namespace."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def forget(element: Any) -> None:
    """Free an element that has been used, and those before it."""
    element.clear()
    while element.getprevious() is not None:
        del element.getparent()[0]
