"""The one model of a study spec, whatever file it came from.

A mapping is kept as the name of its algorithm and its values, as they stand: which algorithms exist and
what their values mean is known upstairs and handed to ``specs.lint`` and ``sdtm.plan`` as a
``Catalogue``. All models are frozen and refuse unknown keys.

Locations are kept beside the values: ``Study.where("sdtm", "AE", "sources", 0, "map", "AETERM")``.

Every text may be what a YAML file or a cell holds: numbers and truth values are read from their text,
strictly (``specs.values``). A loader makes Problems of pydantic's errors (``specs.model_errors``).
"""

from __future__ import annotations

import pathlib
from collections.abc import Mapping as MappingABC
from collections.abc import Sequence as SequenceABC
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import (
    BaseModel,
    Discriminator,
    Field,
    PrivateAttr,
    Tag,
)

from specs.adam_model import AnalysisDataset
from specs.data_cut import DataCut
from specs.draft_model import DraftStatus, Evidence, Question
from specs.links import Link, Specimen
from specs.location import Location
from specs.node import Node as Node
from specs.tables_model import Figure, Table
from specs.trial_model import Arm as Arm
from specs.trial_model import ArmElement as ArmElement
from specs.trial_model import Criterion as Criterion
from specs.trial_model import DateSource as DateSource
from specs.trial_model import Element as Element
from specs.trial_model import Parameter as Parameter
from specs.trial_model import Unscheduled as Unscheduled
from specs.trial_model import Visit as Visit
from specs.values import DomainCode, Moment, Rule, Truth, Whole, Words

Path = tuple[str | int, ...]


# Which of two forms was meant, so that errors speak of that one only. The tags appear in pydantic's paths.
FORMS = ("(keys)", "(list)")
_FORM = Discriminator(lambda value: FORMS[not isinstance(value, (dict, BaseModel))])


class Standards(Node):
    """Versions of the published standards the study follows."""

    sdtmig: str = "3.4"
    adamig: str = "1.3"
    ct: str = "2025-03-28"
    meddra: str = ""
    whodrug: str = ""


class RawDataset(Node):
    """One raw table: its file or files, how they are written, and what identifies a row."""

    file: str = Field(description="path or glob below raw.folder")
    format: str = Field(default="", description="csv, xlsx, xpt, sas7bdat, parquet, odm; default: by ending")
    sheet: str = Field(default="", description="sheet of a workbook; default: the only one")
    header_row: Whole = Field(default=1, ge=1, description="row of the column names")
    encoding: str = ""
    delimiter: str = ""
    quote: str = ""
    formats: str = Field(default="", description="path of a .sas7bcat")
    item_group: str = Field(default="", description="ItemGroupOID of an ODM file")
    missing: Words | None = None
    key: Words = Field(default=(), description="columns that identify a row; duplicates are findings")
    subject: dict[str, Rule] = Field(
        default={}, description="how this table names subject and site, if not as the study"
    )
    visit: str = Field(default="", description="column with the collected visit")
    derive: dict[str, str] = Field(
        default={},
        description="new column -> SQL over the columns of the row, for keys written in another way",
    )
    lookup: Truth = Field(
        default=False, description="a table of codes, not of subjects; its rows need make no record"
    )
    not_submitted: dict[str, str] = Field(
        default={}, description="column (or pattern) -> reason, wherever used"
    )
    rows_not_submitted: str = Field(default="", description="reason why no row of this table makes a record")
    status: DraftStatus = ""
    evidence: Evidence = ""


class Raw(Node):
    folder: str = "raw"
    missing: Words = ("",)
    encoding: str = ""
    visit: str = Field(default="", description="column with the collected visit, in every table that has it")
    not_submitted: dict[str, str] = Field(
        default={}, description="column (or pattern) -> reason, in every table"
    )
    datasets: dict[str, RawDataset] = {}


class Codelist(Node):
    """A codelist of the study: a published one, its raw terms, and what the study adds to it."""

    codelist: str = Field(default="", description="c-code or short name of the published codelist")
    terms: dict[str, str] = Field(default={}, description="raw text -> submission value")
    extend: dict[str, str] = Field(default={}, description="added submission value -> decode")
    synonyms: Truth = Field(default=False, description="also match published synonyms and preferred terms")
    ignore_case: Truth = False
    closed: Truth = Field(default=True, description="a codelist of the study's own: nothing else is allowed")


class UnitConversion(Node):
    """(value + offset) x factor, exactly, then rounded half up to ``digits``."""

    test: str = Field(default="", description="--TESTCD, or empty for every test")
    specimen: str = Field(default="", description="--SPEC of the results, or empty for every specimen")
    unit: str
    to: str
    factor: str = "1"
    offset: str = "0"
    digits: Whole | None = None


class Join(Node):
    """Columns of another raw table beside those of the source; one, optional or many rows for each."""

    # `with` is a Python word, hence the alias.
    table: str = Field(alias="with")
    by: dict[str, str] = Field(min_length=1, description="column of the joined table: column of ours")
    take: Annotated[Annotated[Words, Tag("(list)")] | Annotated[dict[str, str], Tag("(keys)")], _FORM] = (
        Field(description="columns, or new name: column")
    )
    expect: Literal["one", "optional", "many"]
    where: str = Field(default="", description="SQL over the columns of the joined table")
    distinct: Truth = Field(default=False, description="equal rows of the joined table count once")


class FindingsTest(Node):
    """One test of a wide form: the column with its result, and what goes with it."""

    result: Rule
    unit: Rule | None = None
    standard_unit: str = ""
    digits: Whole | None = None
    status: Rule | None = None
    reason: Rule | None = None
    where: str = ""
    map: dict[str, Rule] = {}


class NotDone(Node):
    """Rows that say that tests were not done."""

    where: str
    reason: Rule | None = None
    tests: Words = Field(default=(), description="--TESTCD of the tests; default: all of the source")
    form: str = Field(
        default="", description="one record for the whole form with this --TESTCD, such as VSALL"
    )
    status: DraftStatus = ""
    evidence: Evidence = ""


class Source(Node):
    """One raw table (or made dataset) that feeds a domain."""

    from_: str = Field(default="", alias="from", description="name under raw.datasets")
    from_domain: str = Field(default="", description="a domain of this study, instead of a raw table")
    where: str = ""
    because: str = Field(default="", description="why rows outside `where` make no record")
    join: tuple[Join, ...] = ()
    visit: Rule | None = None
    map: dict[str, Rule] = {}
    findings: dict[str, FindingsTest] = {}
    not_done: (
        Annotated[Annotated[NotDone, Tag("(keys)")] | Annotated[tuple[NotDone, ...], Tag("(list)")], _FORM]
        | None
    ) = None
    supp: dict[str, dict[str, Any]] = {}
    not_submitted: dict[str, str] = {}
    status: DraftStatus = ""
    evidence: Evidence = ""


class Sequence(Node):
    by: Words = ()


class Baseline(Node):
    """--LOBXFL, and whether it is made."""

    flag: str = "LOBXFL"
    by: Words = Field(
        default=(), description="what makes one test; default: test, specimen, method, position, location"
    )
    before: str = "RFXSTDTC"
    skip: Truth = False


class Domain(Node):
    domain: DomainCode
    label: str = ""
    class_: str = Field(default="", alias="class")
    structure: str = ""
    keys: Words = ()
    sources: tuple[Source, ...] = ()
    collapse: dict[str, Any] = Field(
        default={}, description="by: [variables]; variable: earliest|latest|first"
    )
    sequence: Sequence = Sequence()
    baseline: Baseline = Baseline()
    reference_dates: dict[str, DateSource] = {}
    elements: Truth = Field(default=False, description="SE: made from the elements of the study")
    assign_arms: Truth = Field(
        default=False, description="DM: actual arm, names of arms and ARMNRS by rule, where not mapped"
    )
    epoch: str = Field(
        default="", description="date variable that EPOCH follows; default: --STDTC, else --DTC"
    )
    long_text: dict[str, str] = Field(
        default={}, description="variable -> supp (split into SUPP--) or refuse"
    )
    copy_of: str = Field(
        default="",
        description="the records of this domain again, for standard results in other units (LC of LB)",
    )
    unit_system: Literal["", "standard", "conventional"] = Field(
        default="", description="units of standard results: standard_units, or conventional_units before them"
    )
    drop: Words = Field(default=(), description="variables not wanted although they could be made")


class Sheet(Node):
    """What people keep on a sheet of a workbook beside what the rest of the spec says."""

    columns: Words = Field(default=(), description="columns of their own, in order")
    rows: dict[str, dict[str, str]] = Field(
        default={}, description="key of the row, such as `AE / AETERM` -> column -> text"
    )


class Workbook(Node):
    """What a workbook holds beyond the spec; kept so that nothing of it gets lost.

    ``define``: content of define.xml that the spec does not say itself (pages, comments, codelist names …), by
    sheet as Define-XML 2.1 workbooks name them; it goes before what the toolkit fills in. ``notes``: columns of
    people's own on the toolkit's sheets. ``sheets``: all other sheets, as rows of texts.
    """

    define: dict[str, Sheet] = {}
    notes: dict[str, Sheet] = {}
    sheets: dict[str, tuple[Words, ...]] = {}


class Override(NamedTuple):
    """A value of a library that a folder above it replaces, or takes away (``becomes`` is None)."""

    path: Path
    was: Any
    was_at: Location
    becomes: Any
    becomes_at: Location


class Study(Node):
    """All that the spec says about one study.

    Two studies are equal when they say the same, wherever they were read from.
    """

    study: str
    title: str = ""
    standards: Standards = Standards()
    created: Moment = Field(
        default="1970-01-01T00:00:00", description="date and time written into file headers"
    )
    raw: Raw = Raw()
    subject: dict[str, Rule] = {}
    codelists: dict[str, Codelist] = {}
    visits: tuple[Visit, ...] = ()
    unscheduled: Unscheduled | None = None
    visit_windows: Literal["", "check", "assign"] = Field(
        default="",
        description="check: tell visits out of their window; assign: also give visits to records without one",
    )
    no_visit: Words = Field(
        default=(), description="collected texts that mean no visit, such as a log folder"
    )
    units: tuple[UnitConversion, ...] = ()
    standard_units: dict[str, str] = Field(
        default={}, description="--TESTCD, or --TESTCD/--SPEC -> unit of its standard results"
    )
    conventional_units: dict[str, str] = Field(
        default={},
        description="--TESTCD, or --TESTCD/--SPEC -> unit of its standard results in datasets of conventional units",
    )
    unit_system: Literal["standard", "conventional"] = Field(
        default="standard", description="of all datasets, where theirs is empty"
    )
    elements: tuple[Element, ...] = ()
    arms: tuple[Arm, ...] = ()
    criteria: tuple[Criterion, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    links: tuple[Link, ...] = Field(default=(), description="records that belong together (RELREC)")
    specimens: dict[str, Specimen] = Field(
        default={}, description="dataset -> how its specimens are named (RELSPEC)"
    )
    transliterate: dict[str, str] = Field(
        default={}, description="character -> ASCII text, for transport files"
    )
    accept: dict[str, str] = Field(
        default={}, description="finding rule (or rule:DATASET.VARIABLE) -> reason it is accepted"
    )
    questions: tuple[Question, ...] = Field(
        default=(), description="what a draft leaves open; a person answers it in the spec and takes it out"
    )
    data_cut: DataCut | None = None
    workbook: Workbook = Workbook()
    sdtm: dict[str, Domain] = {}
    adam: dict[str, AnalysisDataset] = {}
    tables: dict[str, Table] = {}
    figures: dict[str, Figure] = {}

    _locations: dict[Path, Location] = PrivateAttr(default_factory=dict)
    _folder: pathlib.Path = PrivateAttr(default=pathlib.Path())
    _files: tuple[tuple[str, str], ...] = PrivateAttr(default=())
    _overrides: tuple[Override, ...] = PrivateAttr(default=())

    def __eq__(self, other: object) -> bool:
        return self.__dict__ == other.__dict__ if isinstance(other, Study) else NotImplemented

    @property
    def folder(self) -> pathlib.Path:
        """The folder that ``raw.folder`` is relative to; the working folder for a spec made in Python."""
        return self._folder

    def sources(self) -> list[tuple[str, str]]:
        """The files that the spec was read from, libraries too: path relative to ``folder``, SHA-256."""
        return list(self._files)

    def overrides(self) -> list[Override]:
        """What the study (or a library above another) replaces of the libraries that it extends."""
        return list(self._overrides)

    def with_origin(
        self,
        folder: pathlib.Path,
        files: SequenceABC[tuple[str, str]],
        overrides: SequenceABC[Override] = (),
    ) -> Study:
        """Note where the spec was read from; part of reading it."""
        self._folder, self._files, self._overrides = folder, tuple(files), tuple(overrides)
        return self

    def with_locations(self, locations: MappingABC[Path, Location]) -> Study:
        self._locations.update(locations)
        return self

    def where(self, *path: str | int) -> Location:
        """The place of a value, or of the nearest thing around it that has a place."""
        for end in range(len(path), -1, -1):
            if path[:end] in self._locations:
                return self._locations[path[:end]]
        return Location()
