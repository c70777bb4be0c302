"""What a schema finds: the defects of single variables, in words."""

from __future__ import annotations

from validation.defects import Defect

UNKNOWN_VARIABLE = Defect(
    id="unknown-variable",
    severity="error",
    message="a variable that the standard does not have here",
    expected="variables that the SDTMIG lists for this dataset or SDTM 2.0 allows in its class",
    do="move it to SUPP-- (or leave it out), or correct its name",
    why="a dataset with variables of the sponsor's own is refused; supplemental qualifiers are their place",
    sources=("CORE-000550", "CG0013", "CG0351", "CORE-000376", "CG0349"),
    sensitivity="dataset",
)
INVALID_VARIABLE_NAME = Defect(
    id="invalid-variable-name",
    severity="error",
    message="a name that a transport file cannot hold",
    expected="1 to 8 characters A-Z, 0-9 or _, a letter first",
    do="rename the variable",
    why="SAS transport files, version 5, have no room for anything else",
    sources=("CORE-000182", "CG0310"),
    sensitivity="dataset",
)
REQUIRED_VARIABLE_ABSENT = Defect(
    id="required-variable-absent",
    severity="error",
    message="the variable is not there",
    expected="a required variable (core Req) in every dataset of this kind",
    do="add the variable with a value in each record",
    why="records cannot be read without their required variables",
    sources=("CORE-000355", "CG0014"),
    sensitivity="dataset",
)
REQUIRED_VALUE_MISSING = Defect(
    id="required-value-missing",
    severity="error",
    message="no value",
    expected="a value in each record, as the variable is required (core Req)",
    do="complete the mapping of the variable, or query the source",
    sources=("CORE-000356", "CG0014"),
)
EXPECTED_VARIABLE_ABSENT = Defect(
    id="expected-variable-absent",
    severity="warning",
    message="the variable is not there",
    expected="an expected variable (core Exp), with empty values where nothing was collected",
    do="add the variable, empty if nothing was collected",
    sources=("CORE-000334", "CG0016"),
    sensitivity="dataset",
)
KEY_VARIABLE_ABSENT = Defect(
    id="key-variable-absent",
    severity="error",
    message="a key variable of the spec is not there",
    expected="every variable that the spec names under keys",
    do="add the variable, or correct keys in the spec of the domain",
    sensitivity="dataset",
)
WRONG_TYPE = Defect(
    id="wrong-type",
    severity="error",
    message="the type is not that of the standard",
    expected="the type of the standard",
    do="write the variable with the type of the standard",
    sources=("CORE-001082", "CG0012"),
    sensitivity="dataset",
)
NOT_A_NUMBER = Defect(
    id="not-a-number",
    severity="error",
    message="a text where the standard has a number",
    expected="a number",
    do="map the value to a number, or keep the text in a Char variable or in SUPP--",
    sources=("CORE-001082", "CG0012"),
    by_value=True,
)
NUMBER_NOT_FINITE = Defect(
    id="number-not-finite",
    severity="error",
    message="an infinite number",
    expected="a number that a transport file can hold",
    do="correct the calculation of the variable",
)
TEXT_TOO_LONG = Defect(
    id="text-too-long",
    severity="error",
    message="a text of more than 200 bytes",
    expected="at most 200 bytes",
    do="split the text: 200 bytes here and the rest in SUPP-- (long_text: supp in the spec)",
    why="a transport file holds 200 bytes; some writers cut the rest without a word",
    sources=("SDTMIG 3.4, 4.5.3",),
)
WRONG_CONSTANT = Defect(
    id="wrong-constant",
    severity="error",
    message="not the one value that is allowed here",
    expected="the one value that the standard gives",
    do="correct the value, or move the record to its own dataset",
    sources=("CORE-000598", "CG0413"),
    by_value=True,
)
TERM_NOT_IN_CODELIST = Defect(
    id="term-not-in-codelist",
    severity="error",
    message="no term of the codelist",
    expected="a term of the codelist",
    do="map the value to a term of the codelist; it cannot be extended",
    why="values outside a closed codelist are refused by every reviewer's tool",
    sources=("CG0001",),
    by_value=True,
)
TERM_NOT_DECLARED = Defect(
    id="term-not-declared",
    severity="warning",
    message="no published term of the codelist, and no declared extension",
    expected="a published term, or an extension that the spec declares",
    do="use a published term, or declare the value under codelists: extend",
    sources=("CG0001",),
    by_value=True,
)
NOT_A_DATE = Defect(
    id="not-iso8601-date",
    severity="error",
    message="no ISO 8601 date, date-time or interval",
    expected="an ISO 8601 date, whole or partial: 2024-02-29T10:30, 2024-02, 2024---15",
    do="declare the format of the source, or query the value",
    sources=("SDTMIG 3.4, 4.4.2",),
    by_value=True,
)
NOT_A_DURATION = Defect(
    id="not-iso8601-duration",
    severity="error",
    message="no ISO 8601 duration",
    expected="an ISO 8601 duration: P2D, PT1H30M, -PT15M",
    do="write the duration in ISO 8601",
    sources=("CORE-000779", "CG0376", "SDTMIG 3.4, 4.4.3"),
    by_value=True,
)
INVALID_SHORT_NAME = Defect(
    id="invalid-short-name",
    severity="error",
    message="no valid short name",
    expected="1 to 8 letters, digits or _, not a digit first (QNAM: capitals)",
    do="choose a short name that can name a variable",
    why="short names become variable names when records are put side by side",
    sources=("CORE-000220", "CG0372", "CORE-000221", "CG0417", "CORE-000541"),
    by_value=True,
)
NAME_TOO_LONG = Defect(
    id="name-too-long",
    severity="error",
    message="a name that is too long",
    expected="at most 40 characters",
    do="shorten the name; the full text may stand in the codelist or in define.xml",
    why="names of tests become labels, and a label has 40 characters",
    sources=(
        "CORE-000199",
        "CG0406",
        "CORE-000222",
        "CG0416",
        "CORE-000010",
        "CG0153",
        "CORE-000143",
        "CG0246",
        "CORE-000147",
        "CG0257",
        "CORE-000088",
        "CG0149",
        "CORE-000148",
        "CG0258",
        "CORE-000157",
        "CG0297",
        "CORE-000185",
        "CG0123",
    ),
    by_value=True,
)
NAME_DIFFERS = Defect(
    id="published-name-differs",
    severity="error",
    message="a published code with another name than the published one",
    expected="code and name of one published term",
    do="map code and name together; one of the two is wrong",
    why="the code says one test and the name another",
    sources=("CG0001",),
    by_value=True,
)
SEQUENCE_NOT_WHOLE = Defect(
    id="sequence-not-whole",
    severity="error",
    message="no whole positive number",
    expected="1, 2, 3 and so on",
    do="number the records of each subject again",
)
DUPLICATE_SEQUENCE = Defect(
    id="duplicate-sequence",
    severity="error",
    message="a sequence number that occurs more than once for a subject",
    expected="a number of its own for each record of a subject",
    do="number the records of the subject again",
    why="SUPP--, CO and RELREC find their record by this number",
    sources=("CORE-000544", "CG0028", "CORE-000154", "CG0268"),
)
DUPLICATE_KEYS = Defect(
    id="duplicate-keys",
    severity="error",
    message="several records with the same keys",
    expected="one record for each combination of the keys that the spec declares",
    do="remove the duplicate at its source, or add what tells the records apart to keys",
)
DUPLICATE_NATURAL_KEYS = Defect(
    id="duplicate-natural-keys",
    severity="note",
    message="several records with the same natural keys",
    expected="one record for each combination of the usual keys of this dataset",
    do="look whether these are duplicates; if not, declare keys in the spec that tell them apart",
)
DUPLICATE_SUBJECT = Defect(
    id="duplicate-subject",
    severity="error",
    message="several records of one subject",
    expected="one record for each subject",
    do="merge the records, or give each subject an identifier of its own",
    sources=("CORE-000351", "CG0151"),
)
VARIABLE_ORDER = Defect(
    id="variable-order",
    severity="warning",
    message="variables in another order than the standard's",
    expected="identifiers, topic, qualifiers, timing, each in the order of SDTM 2.0",
    do="write the variables in the standard's order",
    sources=("CORE-000852", "CG0664"),
    sensitivity="dataset",
)

SCHEMA_DEFECTS = tuple(value for value in tuple(globals().values()) if isinstance(value, Defect))
