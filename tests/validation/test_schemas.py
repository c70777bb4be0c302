"""pandera schemas made from the standards: each check, on text and on categories, and in a pipeline."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pandera.pandas as pandera
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from specs.model import Study
from specs.problems import ProblemsFound
from specs.standards import implementation_guide
from validation import schema_for
from validation.schema_checks import failures
from validation.tables import table_of

GUIDE = implementation_guide()


def _ae(**changes: object) -> pd.DataFrame:
    """A synthetic AE that passes every check, with some columns replaced."""
    frame = pd.DataFrame(
        {
            "STUDYID": ["X1"] * 3,
            "DOMAIN": ["AE"] * 3,
            "USUBJID": ["S1", "S1", "S2"],
            "AESEQ": [1.0, 2.0, 1.0],
            "AETERM": ["headache", "cough", "headache"],
            "AEDECOD": ["Headache", "Cough", "Headache"],
            "AESEV": ["MILD", "SEVERE", None],
            "AESER": ["N", "Y", "N"],
            "AESTDTC": ["2024-03-01", "2024-03", "2024---15"],
            "AEDUR": ["P1D", None, "PT4H"],
        }
    )
    for name, values in changes.items():
        frame[name] = values
    return frame[GUIDE.order("AE", list(frame.columns))]


def _found(
    frame: pd.DataFrame, dataset: str = "AE", study: Study | None = None
) -> dict[tuple[str, str], object]:
    """(rule, variable) -> positions ("all" for the dataset as a whole), without absent expected variables."""
    table = table_of(dataset, frame, GUIDE, study)
    schema = schema_for(dataset, study, variables=[str(name) for name in frame.columns])
    return {
        (f.defect.id, f.variable): "all" if f.positions is None else f.positions.tolist()
        for f in failures(schema, table.frame, dataset)
        if f.defect.id != "expected-variable-absent"
    }


def test_a_dataset_without_a_fault_passes() -> None:
    assert _found(_ae()) == {}


FAULTS = {
    "required-value-missing": (dict(AETERM=["a", "", None]), "AETERM", [1, 2]),
    "wrong-type": (dict(AETERM=[1.0, 2.0, 3.0]), "AETERM", "all"),
    "not-a-number": (dict(AESTDY=["1", "two", None]), "AESTDY", [1]),
    "number-not-finite": (dict(AESTDY=[1.0, np.inf, np.nan]), "AESTDY", [1]),
    "sequence-not-whole": (dict(AESEQ=[0.0, 1.5, 3.0]), "AESEQ", [0, 1]),
    "duplicate-sequence": (dict(AESEQ=[1.0, 1.0, 1.0]), "AESEQ", [0, 1]),
    "text-too-long": (dict(AETERM=["x" * 201, "é" * 101, "x" * 200]), "AETERM", [0, 1]),
    "wrong-constant": (dict(DOMAIN=["AE", "CM", "AE"]), "DOMAIN", [1]),
    "not-iso8601-date": (dict(AESTDTC=["2024-02-30", "UN/UNK/2024", "2024-02"]), "AESTDTC", [0, 1]),
    "not-iso8601-duration": (dict(AEDUR=["1 day", "PT4H", None]), "AEDUR", [0]),
    "term-not-in-codelist": (dict(AESEV=["Mild", "MILD", "TERRIBLE"]), "AESEV", [0, 2]),
    "term-not-declared": (dict(AELOC=["LUNG", "lung", "NOSUCHPLACE"]), "AELOC", [1, 2]),
    "unknown-variable": (dict(AEMINE=["a", "b", "c"]), "AEMINE", "all"),
}


@pytest.mark.parametrize("kind", ["str", "category"])
@pytest.mark.parametrize("rule", FAULTS)
def test_a_fault_is_found_where_it_is(rule: str, kind: str) -> None:
    changes, variable, positions = FAULTS[rule]
    frame = _ae(**changes)
    if kind == "category":
        frame = frame.astype({n: "category" for n in frame if isinstance(frame[n].dtype, pd.StringDtype)})
    found = _found(frame)
    assert found.pop((rule, variable)) == positions
    assert found == {}


def test_text_that_is_all_numbers_is_of_the_wrong_type() -> None:
    assert _found(_ae(AESTDY=["1", "2", None])) == {("wrong-type", "AESTDY"): "all"}


def test_a_required_variable_that_is_not_there() -> None:
    assert _found(_ae().drop(columns="AEDECOD")) == {("required-variable-absent", "AEDECOD"): "all"}


def test_expected_variables_that_are_not_there() -> None:
    schema = schema_for("AE")
    absent = [f.variable for f in failures(schema, table_of("AE", _ae(), GUIDE).frame, "AE")]
    assert "AEOUT" not in absent  # permissible
    assert {"AELLT", "AEACN", "AEREL", "AEENDTC"} <= set(absent)


def test_names_that_a_transport_file_cannot_hold() -> None:
    frame = _ae().rename(columns={"AEDUR": "aedur"})
    found = _found(frame)
    assert found[("invalid-variable-name", "aedur")] == "all"


def test_the_order_of_variables() -> None:
    frame = _ae()
    swapped = frame[[*list(frame.columns[:4]), "AEDECOD", "AETERM", *list(frame.columns[6:])]]
    schema = schema_for("AE")
    told = [f for f in failures(schema, swapped, "AE") if f.defect.id == "variable-order"]
    assert [(f.variable, f.found) for f in told] == [("AEDECOD", "AEDECOD stands where AETERM belongs")]


@pytest.mark.parametrize(
    ("dataset", "variable", "value", "rule"),
    [
        ("VS", "VSTESTCD", "1SYSBP", "invalid-short-name"),
        ("VS", "VSTEST", "T" * 41, "name-too-long"),
        ("SUPPAE", "QNAM", "lower", "invalid-short-name"),
        ("SUPPAE", "QLABEL", "L" * 41, "name-too-long"),
        ("DM", "ARMCD", "A" * 21, "name-too-long"),
        ("TE", "ETCD", "E" * 9, "name-too-long"),
        ("SUPPAE", "RDOMAIN", "CM", "wrong-constant"),
        ("QSCG", "DOMAIN", "LB", "wrong-constant"),
        ("VS", "VSELTM", "PT-0.083H", "not-iso8601-duration"),
        ("VS", "VSENDTC", "2024-13", "not-iso8601-date"),  # allowed by the model, not listed by the guide
    ],
)
def test_a_wrong_value(dataset: str, variable: str, value: str, rule: str) -> None:
    assert _found(pd.DataFrame({variable: [value]}), dataset)[(rule, variable)] == [0]


def test_the_text_of_a_criterion_may_be_long() -> None:
    assert ("name-too-long", "IETEST") not in _found(pd.DataFrame({"IETEST": ["c" * 150]}), "IE")


def test_a_published_code_has_its_published_name() -> None:
    frame = pd.DataFrame(
        {
            "VSTESTCD": ["SYSBP", "SYSBP", "SYSBP", "OWNTEST"],
            "VSTEST": ["Systolic Blood Pressure", "Diastolic Blood Pressure", None, "Anything"],
        }
    )
    assert _found(frame, "VS")[("published-name-differs", "VSTEST")] == [1]


def test_tests_of_published_instruments() -> None:
    frame = pd.DataFrame(
        {
            "RSTESTCD": ["ECOG101", "ECOG101", "OVRLRESP", "MYSCORE"],
            "RSTEST": ["ECOG1-Performance Status", "Performance", "Overall Response", "My Score"],
        }
    )
    found = _found(frame, "RS")
    assert found[("term-not-declared", "RSTESTCD")] == [3]
    assert found[("published-name-differs", "RSTEST")] == [1]
    scale = pd.DataFrame({"QSTESTCD": ["ECOG101"], "QSTEST": ["Performance"]})
    assert _found(scale, "QS")[("published-name-differs", "QSTEST")] == [0]


def test_measured_results_are_not_judged_by_a_codelist_of_words() -> None:
    frame = pd.DataFrame({"LBSTRESC": ["7.9", "<0.5", "POSITIVE", "SORT OF"]})
    assert _found(frame, "LB")[("term-not-declared", "LBSTRESC")] == [3]


def test_a_declared_extension_is_a_term_and_its_decode_a_name() -> None:
    study = Study(
        study="X",
        codelists={
            "VSTESTS": {"codelist": "C66741", "extend": {"OWNTEST": "Our Own Test"}},
            "PLACES": {"codelist": "LOC", "extend": {"NOSUCHPLACE": ""}},
        },
    )
    frame = pd.DataFrame({"VSTESTCD": ["OWNTEST"], "VSTEST": ["Our Own Test"], "VSLOC": ["NOSUCHPLACE"]})
    assert ("term-not-declared", "VSTESTCD") in _found(frame, "VS")
    found = _found(frame, "VS", study)
    assert not [key for key in found if key[0].startswith("term-")]


def test_one_record_for_each_subject_in_dm() -> None:
    assert _found(pd.DataFrame({"USUBJID": ["S1", "S2", "S1"]}), "DM")[("duplicate-subject", "USUBJID")] == [
        0,
        2,
    ]


def test_keys_of_the_study() -> None:
    study = Study(study="X", sdtm={"AE": {"domain": "AE", "keys": ["USUBJID", "AETERM", "AESPID"]}})
    frame = _ae(AETERM=["headache", "headache", "headache"])
    found = _found(frame, study=study)
    assert found[("duplicate-keys", "")] == [0, 1]
    assert found[("key-variable-absent", "AESPID")] == "all"


def test_natural_keys_that_repeat_are_a_note() -> None:
    frame = _ae(AEDECOD=["Headache"] * 3, AESTDTC=[None, None, "2024"])
    assert _found(frame) == {("duplicate-natural-keys", ""): [0, 1]}


def test_trial_summary_numbers_count_within_a_parameter() -> None:
    frame = pd.DataFrame({"TSSEQ": [1.0, 2.0, 1.0, 1.0], "TSPARMCD": ["INDIC", "INDIC", "TITLE", "TITLE"]})
    assert _found(frame, "TS")[("duplicate-sequence", "TSSEQ")] == [2, 3]


def test_a_schema_serves_an_ordinary_pipeline() -> None:
    schema = schema_for("AE")
    assert isinstance(schema, pandera.DataFrameSchema)
    assert schema.columns["AESTDTC"].metadata == {"type": "Char", "core": "Exp", "role": "Timing"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", pandera.errors.SchemaWarning)
        pd.testing.assert_frame_equal(schema.validate(_ae(), lazy=True), _ae())
        with pytest.raises(pandera.errors.SchemaErrors) as caught:
            schema.validate(_ae(AESEV=["Mild", "MILD", None], AESEQ=[1.0, 1.0, 1.0]), lazy=True)
    checks = set(caught.value.failure_cases["check"])
    assert checks == {
        "no term of the codelist; expected a term of C66769 (AESEV): MILD, MODERATE, SEVERE",
        "a sequence number that occurs more than once for a subject; "
        "expected a number of its own for each record of a subject",
    }


def test_an_unknown_version_of_a_standard_is_a_problem() -> None:
    with pytest.raises(ProblemsFound, match="2099-01-01"):
        schema_for("AE", Study(study="X", standards={"ct": "2099-01-01"}))


def test_nothing_is_known_of_a_dataset_without_a_class() -> None:
    assert _found(pd.DataFrame({"ANY": ["a", "a"], "THING": [1.0, 1.0]}), "NOTES") == {}


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_a_planted_fault_never_passes(data: st.DataObject) -> None:
    rule = data.draw(st.sampled_from(sorted(FAULTS)))
    changes, variable, positions = FAULTS[rule]
    order = data.draw(st.permutations(range(3)))
    frame = _ae(**changes).iloc[list(order)]
    expected = "all" if positions == "all" else sorted(order.index(row) for row in positions)
    assert _found(frame)[(rule, variable)] == expected
