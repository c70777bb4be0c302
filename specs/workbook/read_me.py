"""The sheet `Read me`: what each sheet and each column is for, in the words of the spec model."""

from __future__ import annotations

from collections.abc import Iterator

from specs.workbook.cell_text import CHOICE, FREE, PAIRS, SEPARATOR, WHOLE, WORDS, YES_NO
from specs.workbook.define_sheets import CHOICES, DEFINE_TABLES
from specs.workbook.layout import columns, tables
from specs.workbook.page import HELP, Page
from specs.workbook.read import FIRST_CELL, README
from specs.workbook.table import ALGORITHM, MAPPING_KEYS, MORE, RULE, SETTINGS, TEXTS, TRY, Table

HEADERS = [FIRST_CELL[README], "Sheet", "Column", "What it holds", "How it is written"]

INTRODUCTION = (
    ("Blue tabs", "The study spec. What stands there is what `sdtm run` does."),
    (
        "Green tabs",
        "The sheets of a define.xml workbook. Grey cells are filled in from the spec and the standards, each time "
        "the workbook is exported. Write over a grey cell or into an empty one: what you write is kept and goes first.",
    ),
    ("Grey tabs", "Sheets of your own. They are kept as they are; so are columns of your own on any sheet."),
    (
        "Text",
        "All cells are formatted as text, so that Excel changes nothing (007, 1E5, 1-2). Formulas, merged headers "
        "and hidden columns are refused: what is read is what you see.",
    ),
    (
        "Several values",
        f"Names are separated by `{SEPARATOR}`. Keys and values are written as in YAML: {{FOLDER: FOLDER}}; text with "
        'special signs then stands in double quotes: {"1": MILD}. A list of texts may be written so, too: ["", "."].',
    ),
    (
        "Repeats",
        "An empty Dataset, Source, List, ID or Name means the one above it, except where the sheet says otherwise.",
    ),
    (
        "Source",
        "The raw dataset (or domain) that a row belongs to, or the number of the source on sheet Sources where one raw "
        "dataset is used twice. May stay empty where a dataset has one source only.",
    ),
    ("Commands", "sdtm lint FILE.xlsx --mark MARKED.xlsx writes what is wrong as comments on the cells."),
    ("", "sdtm run FILE.xlsx converts; sdtm spec import FILE.xlsx FOLDER writes the same spec as YAML."),
)

_FORMS = {
    WORDS: f"names, separated by {SEPARATOR}",
    YES_NO: "Yes or No",
    PAIRS: "{name: value, ...}",
    FREE: "a column of the raw dataset, or a mapping such as {column: TEMPU}",
    WHOLE: "a whole number",
}

# What the fields of the model do not say themselves, by sheet and header.
ABOUT: dict[tuple[str, str], str] = {
    ("", "Dataset"): "the dataset, as on sheet Datasets",
    ("", "Source"): "the source of that dataset; see above",
    ("", "Raw"): "the name of the raw dataset, as on sheet Raw",
    ("", "TESTCD"): "--TESTCD of a test",
    ("", "Variable"): "the variable that is made",
    ("", "List"): "the codelist of the study, as on sheet Term lists",
    ("", "Arm"): "ARMCD of the arm, as on sheet Arms",
    ("", "Where"): "SQL over the columns of the source: for which rows",
    ("", "Digits"): "digits after the decimal point, rounded half up",
    ("", "Epoch"): "the epoch",
    ("", MORE): "anything that has no column here, as in YAML: {key: value}",
    ("", TRY): "1, 2, ... where a variable has several mappings: the first that gives a value wins",
    ("", ALGORITHM): "how the value is made; see sheet Algorithms. Filled in on export",
    ("Raw", "Raw"): "a short name for the raw dataset, used on the other sheets",
    ("Raw", "Format"): "only where the ending of the file does not say it",
    ("Raw", "Missing"): 'exact texts that count as missing, such as ["", "."]',
    ("Raw", "Encoding"): "only where it is not UTF-8",
    ("Subject", "Raw"): "empty: in all raw datasets",
    ("Subject", "Variable"): "SITEID, SUBJID or USUBJID",
    ("Sources", "No."): "order of the sources of a dataset; may stay empty",
    ("Sources", "From domain"): "a domain of this study, instead of a raw dataset",
    ("Joins", "With"): "the raw dataset whose columns are taken",
    ("Joins", "By"): "its column: ours",
    ("Joins", "Take"): "columns to take, or {new name: column}",
    ("Joins", "Expect"): "how many of its rows belong to each of ours",
    ("Mappings", "TESTCD"): "only for a variable of one test of sheet Findings",
    ("Supp", "QNAM"): "name of the qualifier, at most 8 characters",
    ("Findings", "Result"): "the column with the result",
    ("Findings", "Unit"): "the unit itself (mmHg), or {column: UNITS}",
    ("Not done", "No."): "1, 2, ... where a source has several such rules",
    ("Not submitted", "Raw"): "empty: in all raw datasets",
    ("Not submitted", "Column"): "a column, or a pattern such as *_INT",
    ("Not submitted", "Reason"): "why it is not in SDTM",
    ("Terms", "Raw text"): "exactly as in the raw file; blanks count",
    ("Terms", "Value"): "the submission value",
    ("Units", "Factor"): "a decimal number, or a fraction such as 5/9",
    ("Units", "Test"): "--TESTCD; empty: every test",
    ("Visits", "Raw"): "the collected texts that mean this visit",
    ("Finishing", "Epoch"): "date variable that EPOCH follows; if not --STDTC or --DTC",
    (
        "Finishing",
        "Sequence by",
    ): "order of --SEQ, if not the keys; raw_order means the order of the raw rows",
    ("Finishing", "Baseline skip"): "Yes: make no --LOBXFL",
    ("Reference dates", "Variable"): "RFSTDTC, RFENDTC and so on",
    ("Elements", "Start earliest"): "the element begins with the earliest of these dates",
    ("Elements", "Start latest"): "the element begins with the latest of these dates",
    ("Elements", "End earliest"): "the element ends with the earliest of these dates",
    ("Elements", "End latest"): "the element ends with the latest of these dates",
}

_KEYS = {
    "column": "a column of the raw dataset; alone, the value as it is (with terminology where there is a codelist)",
    "value": "a constant",
    "terms": "raw text: value, such as {1: MILD, 2: MODERATE}",
    "date": "the column with the date; format says how it is written",
    "time": "the column with the time",
    "format": "such as dd MMM yyyy; several as a list: [dd/MM/yyyy, MMM-yyyy]",
    "expr": "a SQL expression over the columns of the source",
    "template": "text with columns in braces: {SITE}-{SUBJ}",
    "where": "SQL: the value is given where it is true",
    "codelist": "another codelist than the variable's, or none",
    "others": "keep: texts outside terms stay as they are",
    "origin": "if not the algorithm's",
    "pages": "pages of the annotated CRF",
    "comment": "a comment for define.xml",
}
_DEFINE = {
    "Length": "stays empty until the data are known",
    "Pages": "pages of the annotated CRF, separated by blanks",
    "Method": "ID of sheet Methods",
    "Comment": "ID of sheet Comments",
    "Document": "ID of sheet Documents",
    "Codelist": "ID of sheet Codelists or Dictionaries",
    "Where Clause": "such as VSTESTCD EQ SYSBP; conditions joined with AND",
    "Key Variables": "separated by commas",
    "Mandatory": "Yes for required variables",
}


def read_me(shown: list[Page]) -> Page:
    """The page; ``shown``: the others, in order."""
    rows = [["", "", "", "", ""]]
    rows += [[title, "", "", text, ""] for title, text in INTRODUCTION]
    rows.append(["", "", "", "", ""])
    page = Page("Read me", HELP, HEADERS, rows)
    about = {SETTINGS: _settings(), **{t.sheet: list(_table(t)) for t in tables()}, **dict(_define())}
    names = {table.sheet: table.about for table in tables()} | {t.name: t.about for t in DEFINE_TABLES}
    names |= {SETTINGS: "what holds for the whole study", "Study": names["Define"]}
    names["WhereClauses"] = "the conditions that sheet ValueLevel names"
    for each in shown:
        page.links[len(rows), 1] = f"#'{each.name}'!A1"
        text = names.get(each.name, "a sheet of your own, kept as it is")
        rows.append(["", each.name, "", text[:1].upper() + text[1:], ""])
        known = {title: (what, how) for title, what, how in about.get(each.name, [])}
        for title in each.headers:
            what, how = known.get(title, ("", ""))
            if what or how:
                rows.append(["", "", title, what, how])
    return page


def _settings() -> list[tuple[str, str, str]]:
    return [
        ("Key", "what is set; the keys are those of study.yaml", ""),
        ("Value", "empty: the default", ""),
    ]


def _table(table: Table) -> Iterator[tuple[str, str, str]]:
    for title in [*table.headers(), *([TRY, ALGORITHM] if table.holds == RULE else [])]:
        yield title, _about(table.sheet, title), ""
    if table.holds == RULE:
        yield from ((key, _KEYS[key], "") for key in MAPPING_KEYS)
        if table.sheet == "Supp":
            yield "label", "label of the qualifier, at most 40 characters", ""
            yield "evaluator", "QEVAL", ""
            yield "idvar", "the variable that IDVARVAL is a value of, if not --SEQ: CMGRPID", ""
    elif table.holds == TEXTS:
        yield table.value, _about(table.sheet, table.value), ""
    else:
        for column in columns(table):
            how = ", ".join(column.choices) if column.form == CHOICE else _FORMS.get(column.form, "")
            what = _about(table.sheet, column.header) or column.about
            yield column.header, what, " ".join(filter(None, [how, "(needed)" if column.required else ""]))
    yield MORE, _about(table.sheet, MORE), ""


def _about(sheet: str, header: str) -> str:
    return ABOUT.get((sheet, header)) or ABOUT.get(("", header), "")


def _define() -> Iterator[tuple[str, list[tuple[str, str, str]]]]:
    for table in DEFINE_TABLES:
        found = []
        for title in {header: None for headers in table.headers.values() for header in headers}:
            what = _DEFINE.get(title, "")
            found.append((title, "" if title in table.keys else what, ", ".join(CHOICES.get(title, ()))))
        yield table.name, found
