"""Who says what identifies a record: option, spec, define.xml, standard, a guess, and --SEQ as the last resort."""

from __future__ import annotations

import pytest

from sdtm.trace.diff.compare import diff
from sdtm.trace.diff.facts import Facts
from sdtm.trace.diff.settings import settings_of
from specs.adam_model import AnalysisDataset
from specs.model import Domain, Study

AE = ("USUBJID AESEQ# AETERM AEDECOD AESTDTC", "S1 1 Rash RASH 2024-01-01", "S1 2 Ache HEADACHE 2024-01-01")
DECLARED = Facts(keys={"AE": ("USUBJID", "AESTDTC", "AESEQ")})


def key(deliver, make_frame, lines=AE, name="AE", old=None, new=None, study=None, **options):  # type: ignore[no-untyped-def]
    data = {name: make_frame(*lines)}
    found = diff(deliver(facts=old, **data), deliver(facts=new, **data), study, settings_of(**options))
    return found.datasets[name].key.variables, found.datasets[name].key.source


def test_an_option_goes_before_all_else(deliver, make_frame):
    told = key(deliver, make_frame, old=DECLARED, new=DECLARED, key=["AE=USUBJID,AETERM"])
    assert told == (("USUBJID", "AETERM"), "--key")


def test_the_spec_goes_before_define_xml(deliver, make_frame):
    study = Study(study="SYNTH", sdtm={"AE": Domain(domain="AE", keys=("USUBJID", "AETERM"))})
    assert key(deliver, make_frame, old=DECLARED, study=study) == (("USUBJID", "AETERM"), "spec")


def test_the_spec_has_keys_of_analysis_datasets(deliver, make_frame):
    own = AnalysisDataset.model_validate({"dataset": "ADXX", "class": "BDS", "keys": ["USUBJID", "AVISIT"]})
    lines = ("USUBJID PARAMCD AVISIT", "S1 A V1", "S1 A V2")
    told = key(deliver, make_frame, lines, "ADXX", study=Study(study="SYNTH", adam={"ADXX": own}))
    assert told == (("USUBJID", "AVISIT"), "spec")


@pytest.mark.parametrize("old, new", [(DECLARED, None), (None, DECLARED), (DECLARED, DECLARED)])
def test_define_xml_of_either_is_enough_and_numbers_are_taken_out(deliver, make_frame, old, new):
    assert key(deliver, make_frame, old=old, new=new) == (("USUBJID", "AESTDTC"), "define.xml")


def test_of_two_that_differ_the_common_part_counts(deliver, make_frame):
    other = Facts(keys={"AE": ("AESTDTC", "AEDECOD", "USUBJID")})
    assert set(key(deliver, make_frame, old=DECLARED, new=other)[0]) == {"USUBJID", "AESTDTC"}


def test_the_standard_knows_domains_and_supplemental_qualifiers(deliver, make_frame):
    # SDTMIG 3.4, 3.2.1: STUDYID, USUBJID, AEDECOD, AESTDTC; variables that are not there are left out.
    assert key(deliver, make_frame) == (("USUBJID", "AEDECOD", "AESTDTC"), "standard")
    lines = ("RDOMAIN USUBJID IDVAR IDVARVAL QNAM QVAL", "AE S1 AESEQ 1 AETRTEM Y")
    told = key(deliver, make_frame, lines, "SUPPAE")
    assert told == (("RDOMAIN", "USUBJID", "IDVAR", "IDVARVAL", "QNAM"), "standard")


@pytest.mark.parametrize(
    "name, lines, expected",
    [
        ("ADSL", ("USUBJID AGE#", "S1 40"), ("USUBJID",)),
        ("ADLB", ("USUBJID PARAMCD ADT# AVAL# ASEQ#", "S1 ALT 1 40 1"), ("USUBJID", "PARAMCD", "ADT")),
        ("ADTTE", ("USUBJID PARAMCD CNSR# AVAL#", "S1 PFS 1 40"), ("USUBJID", "PARAMCD")),
        ("ADCM", ("USUBJID CMTRT ASTDT# CMSEQ#", "S1 X 4 1"), ("USUBJID", "CMTRT", "ASTDT")),
    ],
)
def test_analysis_datasets_without_keys_get_those_of_their_structure(
    deliver, make_frame, name, lines, expected
):
    assert key(deliver, make_frame, lines, name) == (expected, "guessed")


def test_a_domain_of_ones_own_is_guessed_by_topic_and_time(deliver, make_frame):
    lines = ("USUBJID XYSEQ# XYTERM XYSTDTC", "S1 1 A 2024-01-01")
    assert key(deliver, make_frame, lines, "XY") == (("USUBJID", "XYTERM", "XYSTDTC"), "guessed")


def test_a_sequence_is_the_last_resort(deliver, make_frame):
    lines = ("USUBJID XXSEQ# XXVAL", "S1 1 a", "S1 2 b")
    told = key(deliver, make_frame, lines, "XX")
    assert told == (("USUBJID", "XXSEQ"), "last resort: the record number")
