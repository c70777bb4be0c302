"""The report as Word and RTF, read by python-docx and by a small reader of RTF of our own."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any
from xml.etree import ElementTree

import pytest
from docx import Document as read_docx
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from hypothesis import given
from hypothesis import strategies as st

from sdtm.reports.displays import Display, Shown, ShownRow, displays
from sdtm.reports.documents import LONG, MARGIN, SHORT, Document, column_widths, figure_size, page_width
from sdtm.reports.docx import docx_of
from sdtm.reports.emf import emf_of
from sdtm.reports.rtf import escaped, rtf_of

TEXT = """\
tables:
  age:
    number: 14.1.10
    title: "Age {years} \\\\ <all>"
    population: Treated
    footnotes: ["≥ 18 years & more"]
    where: SAFFL = 'Y'
    columns: {by: ARM, total: Total}
    rows:
      - summary: {id: age, label: "Age, years", value: AGE, statistics: [n, median_range]}
      - counts: {id: sex, label: Sex, variable: SEX, values: {F: Female, M: Male}}
  sex:
    number: 14.1.2
    title: Sex
    columns: {total: Total}
    rows: [{counts: {id: sex, variable: SEX, values: {F: Female, M: Male}}}]
  events:
    number: 16.2.7
    title: Serious events
    where: SAFFL = 'Y'
    columns: {total: Total}
    rows: [{listing: {id: l, from: ADAE, where: AESER = 'Y', columns: {USUBJID: Subject, AEDECOD: Event}}}]
figures:
  km:
    title: Curve
    where: SAFFL = 'Y'
    groups: {a: {label: "Arm <A>", where: ARM = 'A'}, b: {where: ARM = 'B'}}
    draw: {kaplan_meier: {where: PARAMCD = 'PFS', every: 2}}
"""
NAMES = ["Table 14.1.2", "Table 14.1.10", "Listing 16.2.7", "Figure 1"]  # by number, not by the alphabet


@pytest.fixture
def document(report: Any) -> Document:
    return Document("ST: tables", "SYNTHETIC {data}", "2023-06-05T00:00:00", displays(report(TEXT)))


def test_displays_are_numbered_sorted_and_say_their_population(document: Document) -> None:
    assert [display.name for display in document.displays] == NAMES
    said = [display.population for display in document.displays]
    assert said[0] == "Population: all subjects of ADSL (N=9)" and said[1] == "Population: Treated (N=8)"
    assert said[3] == "Population: subjects of ADSL with SAFFL = 'Y' (N=8)"
    sources = [display.source for display in document.displays]
    assert sources[1:] == [
        "Source: ADSL; results.csv, table age",
        "Source: ADSL, ADAE; results.csv, table events",
        "Source: ADSL, ADTTE",
    ]


def test_columns_fill_the_page(document: Document) -> None:
    for display in document.displays[:3]:
        assert sum(column_widths(display)) == page_width(display) == SHORT - 2 * MARGIN
    first, *others = column_widths(document.displays[1])
    assert first > max(others) and max(others) - min(others) <= 1


def test_a_table_of_many_columns_lies_on_its_side() -> None:
    row = ShownRow("Label", 0, tuple(Shown("473.90 (64.20)") for _ in range(8)))
    display = Display("Table", "t", "1", "T", "P", ("10 mg (N=3)",) * 8, (row,), (), "S")
    assert display.wide and page_width(display) == LONG - 2 * MARGIN
    assert not Display("Table", "t", "1", "T", "P", ("A",), (ShownRow("L", 0, (Shown("1"),)),), (), "S").wide


def test_a_figure_keeps_its_shape_and_fits_its_page(document: Document) -> None:
    wide, tall = figure_size(2000, 1000, document.displays[3])
    assert wide / tall == pytest.approx(2) and wide == pytest.approx(page_width(document.displays[3]) / 20)
    assert figure_size(96, 48, document.displays[3]) == (72, 36)  # an inch stays an inch


def test_word_holds_every_table_with_repeated_heads(document: Document) -> None:
    read = read_docx(io.BytesIO(docx_of(document)))
    titles = [p.text for p in read.paragraphs if p.style.name == "Heading 1"]
    assert titles == [f"{name}  {d.title}" for name, d in zip(NAMES, document.displays, strict=True)]
    assert len(read.tables) == 3
    age = read.tables[1]
    shown = [[cell.text for cell in row.cells] for row in age.rows]
    assert shown[0] == ["", "A (N=4)", "B (N=4)", "Total (N=8)"]
    assert shown[1] == ["Age, years"] * 4  # one cell over the whole row
    assert shown[3] == ["Median (range)", "45.0 (30–60)", "41.0 (31–51)", "41.0 (30–60)"]
    assert shown[5] == ["Female", "2 (50)", "4 (100)", "6 (75.0)"] or shown[5][0] == "Female"
    heads = [
        row._tr.trPr is not None and row._tr.trPr.find(qn("w:tblHeader")) is not None for row in age.rows
    ]
    assert heads == [True] + [False] * (len(shown) - 1)
    assert [[c.text for c in row.cells] for row in read.tables[2].rows][1:] == [
        ["1", "S2", "Nausea"],
        ["2", "S5", "Nausea"],
    ]
    texts = [p.text for p in read.paragraphs]
    assert "≥ 18 years & more" in texts and "Population: Treated (N=8)" in texts


def test_word_pages_have_head_foot_and_direction(document: Document) -> None:
    read = read_docx(io.BytesIO(docx_of(document)))
    assert len(read.sections) == 1 + 4  # the contents, and each display
    assert [section.orientation for section in read.sections] == [WD_ORIENT.PORTRAIT] * 4 + [
        WD_ORIENT.LANDSCAPE
    ]
    assert read.sections[4].page_width > read.sections[4].page_height
    for section in read.sections:
        assert section.header.paragraphs[0].text == "ST: tables – SYNTHETIC {data}"
    foot = read.sections[0].footer._element.xml
    assert "NUMPAGES" in foot and " PAGE " in foot
    assert read.core_properties.title == "ST: tables" and read.core_properties.created.year == 2023


def test_word_has_figures_as_metafile_and_svg_with_a_description(document: Document) -> None:
    content = docx_of(document)
    read = read_docx(io.BytesIO(content))
    (shape,) = read.inline_shapes
    assert shape._inline.docPr.get("descr") == "Figure 1 Curve"
    svg = document.displays[3].svg
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        for name in archive.namelist():
            if name.endswith((".xml", ".rels")):
                ElementTree.fromstring(archive.read(name))
        assert archive.read("word/media/figure4.emf") == emf_of(svg)
        assert archive.read("word/media/figure4.svg").decode() == svg
        relations = archive.read("word/_rels/document.xml.rels").decode()
        for number in re.findall(r'r:(?:embed|id)="(rId\d+)"', archive.read("word/document.xml").decode()):
            assert f'Id="{number}"' in relations


def test_both_have_the_same_bytes_in_every_run(document: Document) -> None:
    assert docx_of(document) == docx_of(document) and rtf_of(document) == rtf_of(document)
    with zipfile.ZipFile(io.BytesIO(docx_of(document))) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


# A reader of RTF: groups, control words and symbols, text; as much as a report needs.
_TOKEN = re.compile(r"\\([a-z]+)(-?\d+)? ?|\\([^a-z])|([{}])|([^\\{}\r\n]+)|[\r\n]+")


def tokens(text: str) -> list[tuple[str, str]]:
    found, place = [], 0
    while place < len(text):
        match = _TOKEN.match(text, place)
        assert match is not None, text[place : place + 40]
        place = match.end()
        word, number, symbol, brace, plain = match.groups()
        if word:
            found.append(("word", word + (number or "")))
        elif symbol or brace or plain:
            found.append(("symbol" if symbol else "brace" if brace else "text", symbol or brace or plain))
    return found


def plain_text(text: str) -> str:
    """The text of an RTF fragment: symbols as themselves, \\u as UTF-16."""
    units, skip = b"", 0
    for kind, value in tokens(text):
        if kind == "word" and re.fullmatch(r"u-?\d+", value):
            units += (int(value[1:]) % 65536).to_bytes(2, "little")
            skip = 1
        elif kind == "word" and value in ("line", "tab"):
            units += {"line": "\n", "tab": "\t"}[value].encode("utf-16-le")
        elif kind in ("text", "symbol"):
            units += value[skip:].encode("utf-16-le")
            skip = 0
    return units.decode("utf-16-le")


@given(st.text(st.characters(exclude_categories=("Cs", "Cc"), include_characters="\\{}\n\t")))
def test_texts_of_rtf_read_back(text: str) -> None:
    coded = escaped(text)
    assert coded.isascii()
    assert plain_text(coded) == text


def rows_of(text: str) -> list[tuple[bool, list[str], list[int]]]:
    """Each table row: whether it is repeated, its cells, and where they end."""
    found = []
    for row in re.findall(r"\{\\trowd(.*?)\\row\}", text, re.DOTALL):
        ends = [int(end) for end in re.findall(r"\\cellx(\d+)", row)]
        cells = [plain_text(cell) for cell in re.findall(r"\\fs16 (.*?)\\cell\}", row, re.DOTALL)]
        found.append(("\\trhdr" in row, cells, ends))
    return found


def test_rtf_holds_every_table_with_repeated_heads(document: Document) -> None:
    text = rtf_of(document)
    assert text.isascii() and text.startswith("{\\rtf1")
    depth = 0
    for kind, value in tokens(text):
        depth += {"{": 1, "}": -1}.get(value, 0) if kind == "brace" else 0
        assert depth >= 0
    assert depth == 0
    rows = rows_of(text)
    assert [repeated for repeated, _, _ in rows].count(True) == 3
    assert (True, ["", "A (N=4)", "B (N=4)", "Total (N=8)"]) in [row[:2] for row in rows]
    assert (False, ["Median (range)", "45.0 (30–60)", "41.0 (31–51)", "41.0 (30–60)"]) in [
        row[:2] for row in rows
    ]
    assert all(len(cells) == len(ends) and ends == sorted(ends) for _, cells, ends in rows)
    assert {ends[-1] for _, _, ends in rows} == {SHORT - 2 * MARGIN}
    assert text.count("\\sbkpage") == 4 and text.count("\\lndscpsxn") == 1
    assert escaped("ST: tables – SYNTHETIC {data}") in text.partition("{\\header")[2].partition("\\par}")[0]


def test_rtf_has_figures_as_metafiles(document: Document) -> None:
    picture = rtf_of(document).partition("\\emfblip")[2].partition("}")[0]
    size, _, digits = picture.partition("\n")
    assert bytes.fromhex(digits.replace("\n", "")) == emf_of(document.displays[3].svg)
    goal = dict(re.findall(r"\\pic(wgoal|hgoal)(\d+)", size))
    assert 0 < int(goal["wgoal"]) <= LONG - 2 * MARGIN
