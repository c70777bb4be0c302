"""Strategies that make specs: every field of the spec model, also those that are new, with texts that are hard to keep.

All content is invented.
"""

from __future__ import annotations

from types import NoneType
from typing import Any, Literal, get_args, get_origin

from hypothesis import strategies as st

from specs import shape
from specs.model import Node, Sheet, Study, Workbook
from specs.workbook.cell_text import UNWRITABLE
from specs.workbook.define_sheets import BY_NAME, G3, ORIGINS, SOURCES, DefineTable, row_name

AWKWARD = (
    "1",
    "007",
    "1.10",
    "1E5",
    "NA",
    "NO",
    "null",
    "~",
    "true",
    "2024-01-01",
    "=1+1",
    "+1",
    "-28..-1",
    "@x",
    "'x",
    "a;b",
    "a, b",
    "{A}-{B}",
    "{A}",
    "{a: b}",
    "[x]",
    "[x",
    '""',
    '"x"',
    "a: b",
    "# x",
    "x #y",
    " x",
    "x ",
    "\tx",
    "x\ny",
    "x\n",
    "\n",
    "",
    "é",
    "日本",
    "\u00a0x",
    "TRUE",
    "<<",
    "- x",
    "*x",
    "&x",
    "%x",
    "|",
    ">",
    "x\r\ny",
    "\u0007",
    "\u2028",
    "Yes",
    "No",
    "more",
    "column",
    "Dataset",
    "a / b",
    "#N/A",
    "x" * 300,
)
NAMES = ("AETERM", "AESTDTC", "X", "IT.TEMP", "vs", "ae", "Column 1", "名", "A;B", "1", "a b")
DOMAINS = ("AE", "DM", "VS", "LB", "SE", "TA", "XX", "QSCG")
ANALYSES = ("ADSL", "ADAE", "ADVS")
_VERSIONS = {"sdtmig": ("3.4", "3.3"), "ct": ("2025-03-28", "1900-01-01"), "adamig": ("1.3",)}


def texts(most: int = 12) -> st.SearchStrategy[str]:
    """Any text that YAML and the model take, awkward ones often."""
    anything = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=most)
    return st.one_of(st.sampled_from(NAMES), st.sampled_from(AWKWARD), anything.filter(_is_writable))


def _is_writable(text: str) -> bool:
    found = UNWRITABLE.search(text)
    # Control characters can be kept, texts that look like Excel's escapes cannot.
    return found is None or len(found[0]) == 1


def trees() -> st.SearchStrategy[Any]:
    """What may stand below a key whose content the model leaves open."""
    return st.recursive(
        texts(),
        lambda below: st.lists(below, max_size=3) | st.dictionaries(texts(), below, max_size=3),
        max_leaves=4,
    )


def rules() -> st.SearchStrategy[Any]:
    """Mappings: a text, keys and values, or a list of them."""
    keys = st.sampled_from(
        ["column", "value", "expr", "terms", "format", "where", "algorithm", "template", "test", "source"]
    )
    flat = st.dictionaries(keys | texts(4), trees(), min_size=1, max_size=3)
    one = texts().filter(bool) | flat
    return one | st.lists(one, min_size=1, max_size=3)


def of(annotation: Any, least: int = 0) -> st.SearchStrategy[Any]:
    """Values that a field of the model may have, as keys and values, lists and texts; ``least``: items of a list."""
    options = shape.options(annotation)
    if str in options and dict[str, Any] in options and list[Any] in options:
        return rules()
    return st.one_of([_option(option, least) for option in options])


def _option(option: Any, least: int = 0) -> st.SearchStrategy[Any]:
    origin, inside = get_origin(option), get_args(option)
    if option is str:
        return texts()
    if option is bool:
        return st.sampled_from(["true", "false"])
    if option is int:
        return st.integers(1, 99).map(str)
    if option is Any:
        return trees()
    if origin is Literal:
        return st.sampled_from(inside)
    if origin is tuple:
        return st.lists(of(inside[0]), min_size=least, max_size=3)
    if origin is dict:
        return st.dictionaries(texts(), of(inside[1]), min_size=least, max_size=3)
    assert issubclass(option, Node), option
    return nodes(option)


def nodes(model: type[Node], leave_out: tuple[str, ...] = ()) -> st.SearchStrategy[dict[str, Any]]:
    """Keys and values of one class of the model; what it does not need is often left out."""
    needed, optional = {}, {}
    for key, field in shape.keys(model).items():
        if key in leave_out:
            continue
        least = max((getattr(limit, "min_length", 0) for limit in field.metadata), default=0)
        value = st.sampled_from(_VERSIONS[key]) if key in _VERSIONS else of(field.annotation, least)
        if key == "created":
            value = st.just("2025-03-28T00:00:00")
        if NoneType in get_args(field.annotation) and key == "not_done":
            value = value.filter(lambda given: given != [])
        (needed if field.is_required() else optional)[key] = value
    return st.fixed_dictionaries(needed, optional=optional)


@st.composite
def study_trees(draw: st.DrawFn) -> dict[str, Any]:
    """A whole study as its YAML files would say it, without what only workbooks hold."""
    from specs.adam_model import AnalysisDataset
    from specs.model import Domain

    tree: dict[str, Any] = draw(nodes(Study, ("sdtm", "adam", "tables", "figures", "workbook", "study")))
    tree["study"] = draw(st.sampled_from(["DEF-01", "S 1", "007"]))
    tree["sdtm"] = {}
    for name in sorted(draw(st.sets(st.sampled_from(DOMAINS), max_size=3))):
        tree["sdtm"][name] = {"domain": name, **draw(nodes(Domain, ("domain",)))}
    tree["adam"] = {}
    for name in sorted(draw(st.sets(st.sampled_from(ANALYSES), max_size=2))):
        described = {"dataset": name, **draw(nodes(AnalysisDataset, ("dataset", "derive")))}
        described["derive"] = draw(st.lists(derivation_steps(), max_size=3))
        tree["adam"][name] = described
    return {key: value for key, value in tree.items() if value or key not in ("adam",)}


def derivation_steps() -> st.SearchStrategy[dict[str, Any]]:
    """Steps as they stand in adam/*.yaml: the name of a derivation and values of any shape."""
    scalars = st.sampled_from(["Y", "USUBJID", "1.10", "CASE WHEN A = 'B' THEN 'Y' END", "007"])
    values = scalars | st.lists(scalars, min_size=1, max_size=2)
    values |= st.lists(
        st.dictionaries(st.sampled_from(["from", "date"]), scalars, min_size=1), min_size=1, max_size=2
    )
    params = st.dictionaries(st.sampled_from(["to", "from", "where", "order", "sources"]), values, min_size=1)
    return st.builds(lambda name, given: {name: given}, st.sampled_from(["expr", "impute_date"]), params)


def studies() -> st.SearchStrategy[Study]:
    """Studies with everything that a folder of YAML or a workbook may hold."""
    return st.builds(_study, study_trees(), workbooks())


def _study(tree: dict[str, Any], beyond: Workbook) -> Study:
    return Study.model_validate(tree, by_alias=True, by_name=False).model_copy(update={"workbook": beyond})


# --- what workbooks hold beyond the spec ---------------------------------------------------------------

_WORDS = st.sampled_from(
    ["AE.X", "text", "25 36", "C1", "Some words", "1E5", "=1+1", "it, is", "2 lines\nhere", "Yes", "10"]
)
_OWN = ("Reviewer", "Date of review")


@st.composite
def define_sheets(draw: st.DrawFn, table: DefineTable) -> Sheet:
    """Rows that people could write on a define sheet, of datasets that are no domains of the study."""
    own = draw(st.sampled_from([(), _OWN[:1], _OWN]))
    headers = [
        name for name in table.headers[G3] if name not in table.keys and name not in ("Order", "Source")
    ]
    rows = {}
    for number in range(draw(st.integers(0, 3))):
        keys = dict(zip(table.keys, ("ADSL", f"VAR{number}", f"PARAMCD EQ X{number}"), strict=False))
        keys[table.keys[-1]] += str(number) if len(table.keys) == 1 else ""
        cells = draw(st.dictionaries(st.sampled_from([*headers, *own]), _WORDS, min_size=1, max_size=4))
        if "Origin" in cells:
            cells["Origin"] = draw(st.sampled_from(ORIGINS[G3]))
            cells |= draw(st.fixed_dictionaries({}, optional={"Source": st.sampled_from(SOURCES)}))
        rows[row_name(table, keys)] = cells
    return Sheet(columns=own, rows=rows)


@st.composite
def workbooks(draw: st.DrawFn) -> Workbook:
    define = {}
    for name in sorted(draw(st.sets(st.sampled_from(sorted(BY_NAME)), max_size=3))):
        sheet = draw(define_sheets(BY_NAME[name]))
        if sheet.rows or sheet.columns:
            define[name] = sheet
    sheets = {}
    for name in draw(
        st.lists(st.sampled_from(["Notes", "Zeitplan", "Read me", "版本"]), unique=True, max_size=2)
    ):
        rows = draw(
            st.lists(st.lists(_WORDS | st.just(""), max_size=3).map(_trimmed), max_size=3).map(_trimmed)
        )
        sheets[name] = tuple(tuple(row) for row in rows)
    return Workbook(define=define, sheets=sheets)


def _trimmed(items: list[Any]) -> list[Any]:
    while items and not items[-1]:
        items = items[:-1]
    return items
