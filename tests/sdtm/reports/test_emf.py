"""Metafiles, read back record by record as [MS-EMF] lays them out."""

from __future__ import annotations

import math
import struct
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdtm.reports.emf import _dashed, emf_of, size_of
from sdtm.reports.svg import Drawing

Record = tuple[int, bytes]


def records(metafile: bytes) -> list[Record]:
    """Type and content of each record; sizes are multiples of four and lead exactly to the end."""
    found, place = [], 0
    while place < len(metafile):
        kind, size = struct.unpack_from("<II", metafile, place)
        assert size >= 8 and size % 4 == 0
        found.append((kind, metafile[place + 8 : place + size]))
        place += size
    assert place == len(metafile)
    return found


def drawn() -> Drawing:
    drawing = Drawing(200, 100, "A title", "described")
    drawing.bar(10, 20, 30, 40, "#123456", "said")
    drawing.frame(50, 20, 30, 40)
    drawing.mark(5, 5, "circle", "#0072B2", 2)
    drawing.mark(15, 5, "triangle", "#0072B2", 2)
    drawing.line(0, 0, 12, 0, "#ff0000", 2, "5 4")
    drawing.text(100, 50, "n ≥ 3", anchor="middle", bold=True)
    drawing.text(9, 50, "up", turned=True)
    return drawing


def test_the_header_says_what_follows() -> None:
    metafile = emf_of(drawn().document())
    found = records(metafile)
    assert found[0][0] == 1 and found[-1][0] == 14
    frame = struct.unpack_from("<4i", metafile, 24)
    assert frame == (0, 0, round(200 / 96 * 2540), round(100 / 96 * 2540))  # hundredths of a millimetre
    signature, _, size, count, handles = struct.unpack_from("<IIIIH", metafile, 40)
    assert struct.pack("<I", signature) == b" EMF"
    assert (size, count) == (len(metafile), len(found))
    made = [kind for kind, _ in found if kind in (39, 82, 95)]
    assert handles == len(made) + 1


def test_shapes_stand_where_the_figure_has_them() -> None:
    """Twenty units are a pixel."""
    found = records(emf_of(drawn().document()))
    boxes = [struct.unpack("<4i", content) for kind, content in found if kind == 43]
    assert boxes == [(0, 0, 4000, 2000), (200, 400, 800, 1200), (1000, 400, 1600, 1200)]
    (circle,) = [struct.unpack("<4i", content) for kind, content in found if kind == 42]
    assert circle == (60, 60, 140, 140)
    dashes = [struct.unpack_from("<4i", content, 20) for kind, content in found if kind == 4]
    assert dashes == [(0, 0, 100, 0), (180, 0, 240, 0)]  # 5 of 12 pixels drawn, 4 left out, 3 drawn


def test_texts_with_alignment_and_the_advance_of_every_sign() -> None:
    found = records(emf_of(drawn().document()))
    texts = []
    for kind, content in found:
        if kind == 84:
            x, y, count, start = struct.unpack_from("<iiII", content, 28)
            text = content[start - 8 : start - 8 + 2 * count].decode("utf-16-le")
            (place,) = struct.unpack_from("<I", content, 64)
            steps = struct.unpack_from(f"<{count}I", content, place - 8)
            texts.append((x, y, text, steps))
    assert [text[:3] for text in texts] == [(2000, 1000, "n ≥ 3"), (180, 1000, "up")]
    assert texts[1][3] == (133, 133)  # 0.556 of 12 pixels, Helvetica
    assert [struct.unpack("<I", content)[0] for kind, content in found if kind == 22] == [24 + 6, 24]
    fonts = [struct.unpack_from("<iiiii", content, 4) for kind, content in found if kind == 82]
    assert fonts == [(-240, 0, 0, 0, 700), (-240, 0, 900, 900, 400)]


def test_every_object_is_made_before_it_is_used_and_once() -> None:
    known = set()
    for kind, content in records(emf_of(drawn().document())):
        (handle,) = struct.unpack_from("<I", content) if kind in (37, 39, 82, 95) else (0,)
        if kind in (39, 82, 95):
            assert handle not in known
            known.add(handle)
        elif kind == 37 and handle < 0x80000000:
            assert handle in known


def test_the_same_figure_gives_the_same_bytes() -> None:
    svg = drawn().document()
    assert emf_of(svg) == emf_of(svg) and size_of(svg) == (200, 100)


def test_an_unknown_element_is_no_silent_gap() -> None:
    with pytest.raises(ValueError, match="ellipse"):
        emf_of('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><ellipse rx="1" ry="1"/></svg>')


def length(piece: list[tuple[float, float]]) -> float:
    return sum(math.dist(one, other) for one, other in pairwise(piece))


@given(
    st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=2, max_size=8, unique=True),
    st.sampled_from(["7 3", "2 3", "9 3 2 3", "1 2"]),
)
def test_dashes_follow_the_line_and_their_pattern(points: list[tuple[int, int]], pattern: str) -> None:
    """The drawn length is that of the pattern laid along the whole line, as SVG says."""
    places = [(float(x), float(y)) for x, y in points]
    whole, lengths = length(places), [float(part) for part in pattern.split()]
    expected, place, index = 0.0, 0.0, 0
    while place < whole:
        step = min(lengths[index % len(lengths)], whole - place)
        expected += step if index % 2 == 0 else 0
        place += step
        index += 1
    assert sum(map(length, _dashed(places, pattern))) == pytest.approx(expected, abs=1e-6)
