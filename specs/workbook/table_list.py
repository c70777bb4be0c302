"""The toolkit's sheets by name: what belongs together, and how the columns of the place are called."""

from __future__ import annotations

from specs import shape
from specs.model import (
    Arm,
    ArmElement,
    Codelist,
    Criterion,
    DateSource,
    Domain,
    Element,
    FindingsTest,
    Join,
    NotDone,
    Parameter,
    RawDataset,
    Source,
    Study,
    UnitConversion,
    Visit,
)
from specs.workbook.table import DOMAINS, RULE, TEXTS, Choice, Item, Name, Place, Row, Table

SOURCE_LABELS = ("from", "from_domain")
DOMAIN: Place = ("sdtm", Name("Dataset"))
SOURCE: Place = (*DOMAIN, "sources", Item("Source", SOURCE_LABELS))
_REPEATS = ("Dataset", "Source")
# Texts of the whole study under one name each; which they are is taken from the model.
OTHER_TEXTS = tuple(
    (name.replace("_", " "), name)
    for name, field in shape.keys(Study).items()
    if shape.options(field.annotation) == [dict[str, str]]
)

TABLES: tuple[Table, ...] = (
    Table(
        "Raw",
        "the raw files, and what identifies a row of each",
        RawDataset,
        (("raw", "datasets", Name("Raw")),),
    ),
    Table(
        "Subject",
        "how SITEID, SUBJID and USUBJID are made, in all raw datasets or in one",
        RULE,
        (("subject", Name("Variable")), ("raw", "datasets", Name("Raw"), "subject", Name("Variable"))),
    ),
    Table(
        "Sources",
        "where the records of each dataset come from",
        Source,
        ((*DOMAIN, "sources", Row("No.")),),
        repeats=("Dataset",),
    ),
    Table(
        "Joins",
        "other raw tables beside those of a source",
        Join,
        ((*SOURCE, "join", Row()),),
        repeats=_REPEATS,
    ),
    Table(
        "Mappings",
        "how each variable is made from a source; also those of one test of sheet Findings",
        RULE,
        (
            (*SOURCE, "map", Name("Variable")),
            (*SOURCE, "findings", Name("TESTCD"), "map", Name("Variable")),
        ),
        repeats=_REPEATS,
    ),
    Table(
        "Findings",
        "tests that stand side by side in a row of the source: each makes a record",
        FindingsTest,
        ((*SOURCE, "findings", Name("TESTCD")),),
        repeats=_REPEATS,
    ),
    Table(
        "Not done",
        "how rows say that tests were not done",
        NotDone,
        ((*SOURCE, "not_done"), (*SOURCE, "not_done", Row("No."))),
        repeats=_REPEATS,
    ),
    Table(
        "Supp",
        "values without a variable, for the SUPP-- datasets",
        RULE,
        ((*SOURCE, "supp", Name("QNAM")),),
        repeats=_REPEATS,
    ),
    Table(
        "Not submitted",
        "raw columns that are not used, with the reason: everywhere, in one raw dataset, or in one source",
        TEXTS,
        (
            ("raw", "not_submitted", Name("Column")),
            ("raw", "datasets", Name("Raw"), "not_submitted", Name("Column")),
            (*SOURCE, "not_submitted", Name("Column")),
        ),
        value="Reason",
    ),
    Table(
        "Term lists",
        "codelists of the study: the published one that each refines, and how texts are matched",
        Codelist,
        (("codelists", Name("List")),),
    ),
    Table(
        "Terms",
        "raw texts and the submission values they mean",
        TEXTS,
        (("codelists", Name("List"), "terms", Name("Raw text", exact=True)),),
        value="Value",
        repeats=("List",),
    ),
    Table(
        "Extensions",
        "submission values that the study adds to a list, with their decodes",
        TEXTS,
        (("codelists", Name("List"), "extend", Name("Term", exact=True)),),
        value="Decode",
        repeats=("List",),
    ),
    Table("Visits", "the visit schedule (TV), and the raw texts of each visit", Visit, (("visits", Row()),)),
    Table(
        "Units",
        "conversions: (value + offset) x factor, rounded to digits",
        UnitConversion,
        (("units", Row()),),
    ),
    Table(
        "Elements",
        "elements of the trial (TE), and how subjects pass them (SE)",
        Element,
        (("elements", Row()),),
    ),
    Table("Arms", "planned arms (TA)", Arm, (("arms", Row()),)),
    Table(
        "Arm elements",
        "the elements of each arm, in order",
        ArmElement,
        (("arms", Item("Arm", ("ARMCD",)), "elements", Row()),),
        repeats=("Arm",),
    ),
    Table("Criteria", "inclusion and exclusion criteria (TI)", Criterion, (("criteria", Row()),)),
    Table("Parameters", "trial summary parameters (TS)", Parameter, (("parameters", Row()),)),
    Table(
        "Reference dates",
        "RFSTDTC and the like: the earliest or latest of other dates",
        DateSource,
        ((*DOMAIN, "reference_dates", Name("Variable")),),
        repeats=("Dataset",),
    ),
    Table(DOMAINS, "what happens to the records of each dataset after mapping", Domain, (DOMAIN,)),
    Table(
        "Other",
        "short texts of the study under a name: " + ", ".join(words for words, _ in OTHER_TEXTS),
        TEXTS,
        ((Choice("What", OTHER_TEXTS), Name("Name", exact=True)),),
        value="Text",
    ),
)
