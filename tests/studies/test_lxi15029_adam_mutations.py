"""Errors seeded one at a time into the analysis datasets of LXI-15029: each is found by the right rule.

What has to be found is stated by hand. The clean datasets are those of the bundled study (synthetic) without the
subject whose laboratory results belong to nobody (036, as its README says).
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from sdtm.pipeline import metadata_of
from validation import validate
from validation.judge import judge
from validation.rules.registry import ADAM, rules
from validation.tables import Metadata

pytestmark = pytest.mark.xdist_group("lxi15029")

_PLACE = Path(__file__).resolve().parents[1] / "validation" / "mutations" / "changes.py"
_FOUND = importlib.util.spec_from_file_location("adam_mutation_changes", _PLACE)
assert _FOUND is not None and _FOUND.loader is not None
changes: Any = importlib.util.module_from_spec(_FOUND)
sys.modules["adam_mutation_changes"] = changes
_FOUND.loader.exec_module(changes)
add, clear, drop, error, move = changes.add, changes.clear, changes.drop, changes.error, changes.move
put, remove, rename, repeat, retype = (
    *(changes.put, changes.remove, changes.rename, changes.repeat, changes.retype),
)

BEFORE: dict[frozenset[str], set[tuple[str, str]]] = {}
Y, N = "Y", "N"

MUTATIONS = [
    # Datasets.
    error("ADSL is left out", "adsl-absent", "ADSL", drop("ADSL"), clear("ADAE.EPOCH")),
    error("no record is left", "analysis-dataset-empty", "ADVS", remove("ADVS")),
    error("a name without AD", "analysis-name-without-ad", "VITALS", rename("ADVS", "VITALS")),
    error(
        "a record of another study", "analysis-study-differs", "ADAE.STUDYID", put("ADAE.STUDYID", "OTHER")
    ),
    error(
        "AVAL and AVALC are dropped", "analysis-value-absent", "ADVS", drop("ADVS.AVAL"), drop("ADVS.AVALC")
    ),
    error(
        "all values of a parameter are lost",
        "analysis-value-missing",
        "ADVS.PARAMCD",
        clear("ADVS.AVAL", rows=0, PARAMCD="PULSE"),
        clear("ADVS.AVALC", rows=0, PARAMCD="PULSE"),
    ),
    error("no treatment", "treatment-absent", "ADVS", drop("ADVS.TRTA")),
    # Flags.
    error("a flag is YES", "flag-value-unknown", "ADSL.SAFFL", put("ADSL.SAFFL", "YES")),
    error("a flag is 1", "flag-value-unknown", "ADAE.TRTEMFL", put("ADAE.TRTEMFL", "1")),
    error("a baseline flag is N", "record-flag-not-y", "ADLB.ABLFL", put("ADLB.ABLFL", N, ABLFL=None)),
    error("an analysis flag is N", "record-flag-not-y", "ADRS.ANL01FL", put("ADRS.ANL01FL", N)),
    error("a subject is in and out of safety", "population-flag-missing", "ADSL.SAFFL", clear("ADSL.SAFFL")),
    error("no population", "population-flag-absent", "ADSL", drop("ADSL.SAFFL"), drop("ADSL.ENRLFL")),
    error(
        "a numeric flag alone",
        "numeric-flag-alone",
        "ADSL.ITTFN",
        add("ADSL.ITTFN", 1.0),
        retype("ADSL.ITTFN", float),
    ),
    error(
        "a numeric flag says otherwise",
        "numeric-flag-differs",
        "ADSL.SAFFN",
        add("ADSL.SAFFN", 0.0),
        retype("ADSL.SAFFN", float),
    ),
    error(
        "a criterion without words", "criterion-flag-alone", "ADEG.CRIT1FL", clear("ADEG.CRIT1", CRIT1FL=...)
    ),
    # Pairs.
    error("a second number of a treatment", "pair-not-one-to-one", "ADAE.TRTAN", put("ADAE.TRTAN", 999.0)),
    error("a second number of a visit", "pair-not-one-to-one", "ADVS.AVISITN", put("ADVS.AVISITN", 999.0)),
    error("a number without its text", "twin-populated-alone", "ADSL.AGEGR1N", clear("ADSL.AGEGR1")),
    error("the text of a pair is dropped", "twin-alone", "ADVS.AVISITN", drop("ADVS.AVISIT")),
    # Dates.
    error("seconds in a date", "date-not-whole", "ADVS.ADT", put("ADVS.ADT", 1.9e9)),
    error("half a day", "date-not-whole", "ADSL.TRTEDT", put("ADSL.TRTEDT", 21800.5)),
    error(
        "date and date-time differ", "date-and-datetime-differ", "ADSL.TRTSDT", put("ADSL.TRTSDT", 20000.0)
    ),
    error(
        "a flag without its date",
        "imputation-flag-alone",
        "ADAE.ASTDTF",
        put("ADAE.ASTDTF", "D"),
        clear("ADAE.ASTDT", ASTDTF="D"),
    ),
    error(
        "an end before its start",
        "analysis-end-before-start",
        "ADCM.AENDT",
        put("ADCM.AENDT", 10000.0, ASTDT=...),
    ),
    error(
        "treatment ends before it starts",
        "analysis-end-before-start",
        "ADSL.TRTEDT",
        put("ADSL.TRTEDT", 10000.0),
    ),
    error("day 0", "analysis-day-zero", "ADVS.ADY", put("ADVS.ADY", 0.0)),
    error(
        "a day that is one too late", "analysis-day-differs", "ADVS.ADY", put("ADVS.ADY", 5000.0, TRTSDT=...)
    ),
    error("a day without a date", "analysis-day-without-date", "ADVS.ADY", clear("ADVS.ADT", ADY=...)),
    error(
        "a complete date is moved",
        "date-differs-from-source",
        "ADAE.ASTDT",
        put("ADAE.ASTDT", 20000.0, ASTDTF=None),
    ),
    error(
        "an imputation without a flag",
        "imputed-without-flag",
        "ADCM.ASTDT",
        clear("ADCM.ASTDTF", rows=0, ASTDTF=...),
    ),
    error(
        "a flag on a complete date",
        "flagged-though-complete",
        "ADAE.ASTDTF",
        put("ADAE.ASTDTF", "D", ASTDTF=None, ASTDT=...),
    ),
    error("a duration of another length", "duration-differs", "ADAE.ADURN", put("ADAE.ADURN", 999.0)),
    # Parameters.
    error(
        "a code of nine characters",
        "parameter-code-invalid",
        "ADVS.PARAMCD",
        put("ADVS.PARAMCD", "PULSERATE"),
    ),
    error(
        "a second name of a parameter", "parameter-not-one-to-one", "ADVS.PARAM", put("ADVS.PARAM", "Pulse")
    ),
    error(
        "a second number of a parameter", "parameter-not-one-to-one", "ADVS.PARAMN", put("ADVS.PARAMN", 99.0)
    ),
    error("a second category", "parameter-category-differs", "ADLB.PARCAT1", put("ADLB.PARCAT1", "OTHER")),
    error(
        "a text of two values",
        "analysis-value-not-one-to-one",
        "ADRS.AVALC",
        put("ADRS.AVAL", 99.0, AVALC="PD"),
    ),
    error(
        "text and number differ", "analysis-value-differs-from-text", "ADVS.AVALC", put("ADVS.AVALC", "999")
    ),
    error("a second unit", "analysis-unit-differs", "ADTTE.AVALU", put("ADTTE.AVALU", "WEEKS")),
    error(
        "low and inside its range",
        "range-indicator-differs",
        "ADLB.ANRIND",
        put("ADLB.ANRIND", "LOW", ANRIND="NORMAL"),
    ),
    # Baseline.
    error(
        "a second baseline",
        "baseline-flagged-twice",
        "ADVS.ABLFL",
        put("ADVS.ABLFL", Y, rows=2, ABLFL=None, PARAMCD="PULSE", BASE=...),
    ),
    error("another baseline value", "base-differs", "ADVS.BASE", put("ADVS.BASE", 999.0, CHG=...)),
    error("the baseline flag is lost", "base-without-baseline-record", "ADVS.BASE", clear("ADVS.ABLFL")),
    error(
        "a baseline of no type",
        "base-type-missing",
        "ADVS.BASETYPE",
        add("ADVS.BASETYPE", "LAST"),
        clear("ADVS.BASETYPE", BASE=...),
    ),
    error("a change with the wrong sign", "change-differs", "ADVS.CHG", put("ADVS.CHG", -999.0)),
    error(
        "a ratio for a percent change",
        "change-differs",
        "ADTR.PCHG",
        put("ADTR.PCHG", 0.5, CHG=..., PARAMCD="SDIAM", BASE=...),
    ),
    # Time to event.
    error("half censored", "censoring-not-whole", "ADTTE.CNSR", put("ADTTE.CNSR", 0.5)),
    error("event or not is left open", "censoring-missing", "ADTTE.CNSR", clear("ADTTE.CNSR")),
    error("an event without words", "event-undescribed", "ADTTE.EVNTDESC", clear("ADTTE.EVNTDESC")),
    error(
        "an event that is censored",
        "event-described-as-two",
        "ADTTE.EVNTDESC",
        put("ADTTE.CNSR", 1.0, CNSR=0.0),
    ),
    error(
        "a censoring date without words",
        "censoring-date-undescribed",
        "ADTTE.CNSDTDSC",
        clear("ADTTE.CNSDTDSC"),
    ),
    error("an event before the start", "event-before-origin", "ADTTE.ADT", put("ADTTE.ADT", 10000.0)),
    error("a time of another length", "time-to-event-differs", "ADTTE.AVAL", put("ADTTE.AVAL", 999.0)),
    error("a subject twice", "times-to-one-event", "ADTTE.PARAMCD", repeat("ADTTE", {"ASEQ": 99.0})),
    # Subjects.
    error(
        "a subject of nowhere", "subject-not-in-adsl", "ADVS.USUBJID", put("ADVS.USUBJID", "LXI15029-99-999")
    ),
    error("another population", "subject-variable-differs", "ADVS.SAFFL", put("ADVS.SAFFL", N, SAFFL=Y)),
    error(
        "another start of treatment", "subject-variable-differs", "ADAE.TRTSDT", put("ADAE.TRTSDT", 20000.0)
    ),
    error(
        "a subject that DM has not",
        "adsl-subject-not-in-dm",
        "ADSL.USUBJID",
        put("ADSL.USUBJID", "LXI15029-99-999"),
    ),
    error("another sex than in DM", "copy-differs-from-dm", "ADSL.SEX", put("ADSL.SEX", "U")),
    error(
        "safe and never treated",
        "safety-without-treatment",
        "ADSL.SAFFL",
        clear("ADSL.TRTSDT"),
        clear("ADSL.TRTSDTM"),
    ),
    error(
        "an actual treatment alone",
        "actual-treatment-without-planned",
        "ADSL.TRT02A",
        add("ADSL.TRT02A", "A"),
    ),
    error(
        "alive after death", "alive-after-death", "ADSL.LSTALVDT", put("ADSL.LSTALVDT", 30000.0, DTHDT=...)
    ),
    error("dead without a flag", "death-flag-differs", "ADSL.DTHFL", clear("ADSL.DTHFL")),
    error("two records of a subject", "duplicate-subject", "ADSL.USUBJID", repeat("ADSL", {})),
    # Occurrences.
    error(
        "emergent and over before treatment",
        "emergent-before-treatment",
        "ADAE.TRTEMFL",
        put("ADAE.TRTEMFL", Y, TRTEMFL=None),
        put("ADAE.ASTDT", 10000.0, rows=0, TRTEMFL=Y),
        put("ADAE.AENDT", 10001.0, rows=0, TRTEMFL=Y),
    ),
    error(
        "emergent and never treated",
        "emergent-without-treatment",
        "ADAE.TRTEMFL",
        clear("ADAE.TRTSDT", TRTEMFL=Y),
    ),
    error(
        "under treatment, not emergent",
        "under-treatment-not-emergent",
        "ADAE.TRTEMFL",
        clear("ADAE.TRTEMFL", rows=0, TRTEMFL=Y),
    ),
    error(
        "two first events",
        "first-occurrence-twice",
        "ADAE.AOCCFL",
        put("ADAE.AOCCFL", Y, rows=0, STUDYID=...),
    ),
    error(
        "no first event", "first-occurrence-missing", "ADAE.AOCCFL", clear("ADAE.AOCCFL", rows=0, AOCCFL=Y)
    ),
    # Sources.
    error("a number that AE has not", "sequence-not-in-source", "ADAE.AESEQ", put("ADAE.AESEQ", 999.0)),
    error(
        "another term than AE has", "copy-differs-from-source", "ADAE.AEDECOD", put("ADAE.AEDECOD", "Hiccups")
    ),
    error(
        "another visit than VS has",
        "copy-differs-from-source",
        "ADTR.VISIT",
        put("ADTR.VISIT", "NOWHERE", TRSEQ=...),
    ),
    error("a source that is not there", "source-record-missing", "ADRS.SRCSEQ", put("ADRS.SRCSEQ", 9999.0)),
    error("a source of no dataset", "source-dataset-unknown", "ADTTE.SRCDOM", put("ADTTE.SRCDOM", "QQQQ")),
    error(
        "a number without its dataset", "source-incomplete", "ADRS.SRCSEQ", clear("ADRS.SRCDOM", SRCSEQ=...)
    ),
    # Schemas.
    error("no PARAMCD", "required-value-missing", "ADVS.PARAMCD", clear("ADVS.PARAMCD")),
    error("no STUDYID", "required-value-missing", "ADTR.STUDYID", clear("ADTR.STUDYID")),
    error("a required variable is dropped", "required-variable-absent", "ADSL.TRT01P", drop("ADSL.TRT01P")),
    error("numbers as text", "wrong-type", "ADVS.ADT", retype("ADVS.ADT", str)),
    error("text as numbers", "wrong-type", "ADVS.AVISIT", retype("ADVS.AVISIT", float)),
    error("a name of nine characters", "invalid-variable-name", "ADVS.TREATMENT", add("ADVS.TREATMENT", "A")),
    error("a term of no codelist", "term-not-in-codelist", "ADAE.ASTDTF", put("ADAE.ASTDTF", "X")),
    error("a text of 201 bytes", "text-too-long", "ADVS.PARAM", put("ADVS.PARAM", "x" * 201)),
    error("a number that is infinite", "number-not-finite", "ADVS.AVAL", put("ADVS.AVAL", float("inf"))),
    error("one number twice", "duplicate-sequence", "ADVS.ASEQ", repeat("ADVS", {})),
    error("another label than ADaM's", "label-differs", "ADVS.AVAL", changes.label("ADVS.AVAL", "Value")),
    error("another label than SDTM's", "label-differs", "ADAE.AETERM", changes.label("ADAE.AETERM", "Term")),
    error("a text that is not ASCII", "not-printable-ascii", "ADAE.AETERM", put("ADAE.AETERM", "caf\u00e9")),
    error("a blank before a text", "leading-blank", "ADAE.AEDECOD", put("ADAE.AEDECOD", " Nausea")),
    error("a dot for a missing text", "dot-for-missing", "ADVS.AVISIT", put("ADVS.AVISIT", ".")),
]


@pytest.fixture(scope="module")
def clean(lxi_run: Any) -> Any:
    """The datasets without a fault; what a test changes is a copy."""
    made = {**lxi_run.conversion.datasets, **lxi_run.analyses.datasets}
    frames = {name: dataset.frame for name, dataset in made.items()}
    known = frames["DM"]["USUBJID"]
    for name in ("LB", "ADLB"):
        kept = frames[name]["USUBJID"].astype(object).isin(known.astype(object))
        frames[name] = frames[name][kept].reset_index(drop=True)
    metadata = {name: metadata_of(dataset) for name, dataset in lxi_run.analyses.datasets.items()}
    labels = {name: {"": told.label, **told.labels} for name, told in metadata.items()}
    return lxi_run.conversion.study, changes.Data(frames, labels), metadata


def _told(study: Any, data: Any, metadata: Any, names: Iterable[str]) -> set[tuple[str, str]]:
    analyses = {name: data.frames[name] for name in names if name in data.frames and name not in SDTM}
    told = {
        name: Metadata(
            labels={k: v for k, v in data.labels.get(name, {}).items() if k and k in frame},
            formats=metadata[name].formats if name in metadata else {},
        )
        for name, frame in analyses.items()
    }
    references = {name: data.frames[name] for name in SDTM & set(names)}
    found = judge(analyses, study, metadata=told, references=references).findings
    return {(f.rule, f"{f.dataset}.{f.variable}".rstrip(".")) for f in found if f.severity != "note"}


SDTM = {"AE", "CM", "DM", "RS", "TR", "VS"}
_BESIDE = {"ADAE": {"AE"}, "ADCM": {"CM"}, "ADRS": {"RS"}, "ADTR": {"TR"}, "ADTTE": {"RS", "ADRS"}}


def _needed(mutation: Any) -> frozenset[str]:
    """The dataset with the error, ADSL and DM, and what its records come from."""
    touched = {name for change in mutation.changes for name in change.touches}
    return frozenset({"ADSL", "DM"} | touched | {n for name in touched for n in _BESIDE.get(name, ())})


def test_clean_analysis_datasets_have_no_finding(clean: Any) -> None:
    study, data, metadata = clean
    names = set(metadata)
    references = {name: frame for name, frame in data.frames.items() if name not in names}
    judged = {name: data.frames[name] for name in names}
    found = judge(judged, study, metadata=metadata, references=references).findings
    assert [str(finding) for finding in found] == []


@pytest.mark.parametrize("mutation", MUTATIONS, ids=str)
def test_a_seeded_error_is_found_by_the_right_rule(mutation: Any, clean: Any, record_property: Any) -> None:
    study, data, metadata = clean
    record_property("seeded error", mutation.rule)  # counted at the end, see tests/conftest.py
    changed = changes.Data(dict(data.frames), dict(data.labels))
    for change in mutation.changes:
        change.apply(changed)
    names = _needed(mutation)
    if names not in BEFORE:
        BEFORE[names] = _told(study, data, metadata, names)
    assert (mutation.rule, mutation.at) not in BEFORE[names]
    told = _told(study, changed, metadata, names | (changed.frames.keys() - data.frames))
    assert (mutation.rule, mutation.at) in told


# Each has a test of its own: a frame has no formats, and every dataset of this study has a class in the spec.
NOT_SEEDED = {"date-without-format", "dataset-of-no-structure"}


def test_every_rule_on_analysis_datasets_has_a_seeded_error() -> None:
    seeded = {mutation.rule for mutation in MUTATIONS}
    known = {rule.id for rule in rules() if rule.model == ADAM}
    assert known - seeded == NOT_SEEDED


def test_data_frames_are_as_they_were(clean: Any) -> None:
    """The seeding works on copies, or one error would be found in place of another."""
    _, data, _ = clean
    assert isinstance(data.frames["ADVS"], pd.DataFrame)
    assert "TREATMENT" not in data.frames["ADVS"] and (data.frames["ADVS"]["AVAL"] != 999).all()


def test_the_define_xml_of_a_run_agrees_with_its_data(lxi_run: Any) -> None:
    """But for the event that was entered twice, which the keys of AE do not tell apart (README, 019)."""
    found = {
        (finding.rule, finding.dataset)
        for finding in validate(lxi_run.out).findings
        if finding.rule.startswith("define-")
    }
    assert found == {("define-keys-repeated", "AE")}
