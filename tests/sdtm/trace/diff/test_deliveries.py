"""Deliveries as folders: what counts as one, what it says of itself, and what bad input gets."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from sdtm.trace.diff.compare import diff
from sdtm.trace.diff.deliveries import read_delivery
from sdtm.trace.diff.facts import fact_changes, read_define
from sdtm.trace.diff.listing import value_rows
from sdtm.trace.diff.settings import settings_of
from specs.problems import ProblemsFound

AE = "USUBJID AESEQ# AETERM AEDECOD AESTDTC"
ADSL = "USUBJID SAFFL AGE#"
DEFINE = """<?xml version="1.0" encoding="UTF-8"?>
<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3" xmlns:def="http://www.cdisc.org/ns/def/v2.1">
 <Study OID="S"><GlobalVariables><StudyName>SYNTH</StudyName></GlobalVariables>
 <MetaDataVersion OID="M" Name="M">
  <def:Standards>
   <def:Standard OID="1" Name="SDTMIG" Type="IG" Version="3.4"/>
   <def:Standard OID="2" Name="CDISC/NCI" Type="CT" PublishingSet="SDTM" Version="{ct}"/>
  </def:Standards>
  <ItemGroupDef OID="IG.AE" Name="AE">
   <ItemRef ItemOID="IT.2" KeySequence="2"/><ItemRef ItemOID="IT.1" KeySequence="1"/><ItemRef ItemOID="IT.3"/>
  </ItemGroupDef>
  <ItemDef OID="IT.1" Name="USUBJID"/><ItemDef OID="IT.2" Name="AETERM"/><ItemDef OID="IT.3" Name="AESEQ"/>
 </MetaDataVersion></Study>
</ODM>"""


@pytest.fixture
def frames(make_frame) -> dict[str, pd.DataFrame]:  # type: ignore[no-untyped-def]
    return {
        "AE": make_frame(AE, "S1 1 Nausea NAUSEA 2024-01-03", "S1 2 Rash RASH 2024-01-04"),
        "ADSL": make_frame(ADSL, "S1 Y 40"),
    }


def refused(*deliveries: object) -> list[tuple[str, str]]:
    with pytest.raises(ProblemsFound) as found:
        diff(*deliveries)  # type: ignore[arg-type]
    return [(problem.id, Path(problem.where.file).name) for problem in found.value.problems]


# --- what a delivery is -----------------------------------------------------------------------------------


def test_an_output_folder_a_package_and_a_plain_folder_are_the_same_delivery(
    tmp_path, frames, write_datasets
):
    out, package, plain = tmp_path / "out", tmp_path / "package", tmp_path / "plain"
    study = package / "m5/datasets/synth"
    for sdtm, adam in (
        (out / "sdtm", out / "adam"),
        (study / "tabulations/sdtm", study / "analysis/adam/datasets"),
        (plain, plain),
    ):
        write_datasets(sdtm, {"AE": frames["AE"]})
        write_datasets(adam, {"ADSL": frames["ADSL"]})
    for place in (out, package, package / "m5", study, plain):
        delivery = read_delivery(place)
        assert delivery.kinds == {"AE": "sdtm", "ADSL": "adam"}, place
        assert diff(out, place).is_equal, place


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_transport_files_equal_the_same_data_in_another_form(tmp_path, frames, write_datasets, ending):
    ours = write_datasets(tmp_path / "ours", frames)
    theirs = write_datasets(tmp_path / "theirs", frames, ending)
    found = diff(ours, theirs)
    assert found.is_equal, [one.metadata for one in found.datasets.values()]


def test_dates_of_parquet_are_compared_with_the_numbers_of_sas(tmp_path, write_datasets):
    # SAS counts days from 1960-01-01 (2024-01-03 is day 23378) and seconds from its midnight.
    ours = pd.DataFrame({"USUBJID": ["S1"], "TRTSDT": [23378.0], "TRTSDTM": [23378 * 86400.0 + 60]})
    day = pd.to_datetime(["2024-01-03"])
    theirs = ours.assign(TRTSDT=day, TRTSDTM=day + pd.Timedelta("1min"))
    one = write_datasets(tmp_path / "one", {"ADSL": ours})
    other = write_datasets(tmp_path / "other", {"ADSL": theirs}, "parquet")
    assert diff(one, other).is_equal


def test_dates_that_no_standard_knows_are_texts(tmp_path, write_datasets):
    day = pd.to_datetime(["2024-01-03", None, "2024-01-04"])
    data = pd.DataFrame({"XXID": ["a", "b", "c"], "XXDAY": day})
    texts = data.assign(XXDAY=["2024-01-03", "", "2024-01-05"])
    one = write_datasets(tmp_path / "one", {"XX": data}, "parquet")
    other = write_datasets(tmp_path / "other", {"XX": texts}, "csv")
    found = diff(one, other, settings=settings_of(key=["XX=XXID"]))
    assert [(v.record, v.old, v.new) for v in value_rows(found)] == [("XXID=c", "2024-01-04", "2024-01-05")]


def test_a_number_that_is_text_elsewhere_is_told_and_compared_as_text(tmp_path, write_datasets):
    one = write_datasets(
        tmp_path / "one", {"XX": pd.DataFrame({"USUBJID": ["S1", "S2"], "XXVAL": [1.0, 2.5]})}
    )
    other = write_datasets(
        tmp_path / "two", {"XX": pd.DataFrame({"USUBJID": ["S1", "S2"], "XXVAL": ["1", "2.50"]})}
    )
    found = diff(one, other, settings=settings_of(key=["XX=USUBJID"])).datasets["XX"]
    assert [(c.what, c.old, c.new) for c in found.metadata if c.what == "type"] == [("type", "Num", "Char")]
    assert [len(d.pairs) for d in found.values] == [1]  # 2.5 and 2.50 are two texts


def test_labels_lengths_and_added_variables_are_told(tmp_path, frames, write_datasets):
    old = write_datasets(tmp_path / "old", {"AE": frames["AE"]}, file_label="Adverse Events")
    changed = frames["AE"].assign(AETERM=["Nausea and more", "Rash"], AESEV=["MILD", "MILD"])
    new = write_datasets(
        tmp_path / "new", {"AE": changed}, file_label="Events", column_labels={"AESEQ": "Number"}
    )
    again = write_datasets(tmp_path / "again", {"AE": frames["AE"]}, column_labels={"AESEQ": "Sequence"})
    told = {(c.variable, c.what, c.old, c.new) for c in diff(old, new).datasets["AE"].metadata}
    assert told == {
        ("", "label", "Adverse Events", "Events"),
        ("AETERM", "length", "6", "15"),
        ("AESEV", "added", "", ""),
    }
    labels = {(c.variable, c.what, c.old, c.new) for c in diff(new, again).datasets["AE"].metadata}
    assert ("AESEQ", "label", "Number", "Sequence") in labels


# --- what it says of itself -------------------------------------------------------------------------------


def test_keys_and_terminology_come_from_define_xml(tmp_path, frames, write_datasets):
    sides = []
    for name, ct in (("old", "2024-09-27"), ("new", "2025-03-28")):
        sides.append(write_datasets(tmp_path / name, {"AE": frames["AE"]}))
        (sides[-1] / "define.xml").write_text(DEFINE.format(ct=ct), encoding="utf-8")
    found = diff(*sides)
    assert (found.datasets["AE"].key.variables, found.datasets["AE"].key.source) == (
        ("USUBJID", "AETERM"),
        "define.xml",
    )
    assert [(f.kind, f.name, f.old, f.new) for f in found.facts] == [
        ("CT", "SDTM", "2024-09-27", "2025-03-28")
    ]
    assert not found.is_equal and not found.facts[0].explains


def test_a_define_xml_2_0_tells_its_standard_too(tmp_path):
    text = (
        '<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3" xmlns:def="http://www.cdisc.org/ns/def/v2.0"><Study OID="S">'
        '<MetaDataVersion OID="M" def:StandardName="SDTM-IG" def:StandardVersion="3.2"/></Study></ODM>'
    )
    (tmp_path / "define.xml").write_text(text, encoding="utf-8")
    assert read_define(tmp_path / "define.xml")[1] == {("standard", "SDTM-IG"): "3.2"}


def test_what_only_one_delivery_says_is_no_difference(tmp_path, frames, write_datasets):
    old = write_datasets(tmp_path / "old", {"AE": frames["AE"]})
    (old / "define.xml").write_text(DEFINE.format(ct="2024-09-27"), encoding="utf-8")
    new = read_delivery(write_datasets(tmp_path / "new", {"AE": frames["AE"]}))
    assert fact_changes(read_delivery(old).facts, new.facts) == []


# --- bad input --------------------------------------------------------------------------------------------


def test_parts_of_a_large_dataset_stand_beside_it_and_are_not_read_again(tmp_path, frames, write_datasets):
    place = tmp_path / "m5/datasets/synth/tabulations/sdtm"
    write_datasets(place, {"AE": frames["AE"]})
    write_datasets(place / "split", {"AE1": frames["AE"]})
    assert list(read_delivery(tmp_path).datasets) == ["AE"]


def test_what_is_wrong_with_either_delivery_is_told_at_once(tmp_path):
    (tmp_path / "empty").mkdir()
    assert refused(tmp_path / "gone", tmp_path / "empty") == [
        ("no-datasets", "empty"),
        ("folder-missing", "gone"),
    ]


def test_a_truncated_transport_file_is_refused_with_its_folder(tmp_path, frames, write_datasets):
    old, new = (write_datasets(tmp_path / name, {"AE": frames["AE"]}) for name in ("old", "new"))
    whole = (new / "ae.xpt").read_bytes()
    (new / "ae.xpt").write_bytes(whole[:-90])
    with pytest.raises(ProblemsFound) as found:
        diff(old, new)
    assert [problem.where.file for problem in found.value.problems] == [(new / "ae.xpt").as_posix()]


def test_two_files_of_one_dataset_are_refused(tmp_path, frames, write_datasets):
    old = write_datasets(tmp_path / "old", {"AE": frames["AE"]})
    write_datasets(old, {"AE": frames["AE"]}, "csv")
    assert refused(old, old) == [("dataset-twice", "ae.xpt")]
    both = tmp_path / "both"
    for place in ("sdtm", "adam"):
        write_datasets(both / place, {"AE": frames["AE"]})
    assert refused(both, both) == [("dataset-twice", "ae.xpt")]


def test_a_package_of_two_studies_is_refused(tmp_path, frames, write_datasets):
    for study in ("one", "two"):
        write_datasets(tmp_path / f"m5/datasets/{study}/tabulations/sdtm", {"AE": frames["AE"]})
    assert refused(tmp_path, tmp_path) == [("several-studies", tmp_path.name)]


@pytest.mark.parametrize("text", ["", "<ODM", '<!DOCTYPE x [<!ENTITY a "b">]><ODM/>', "not xml"])
def test_a_damaged_or_dangerous_define_xml_is_refused(tmp_path, frames, write_datasets, text):
    old = write_datasets(tmp_path / "old", {"AE": frames["AE"]})
    (old / "define.xml").write_text(text, encoding="utf-8")
    assert {file for _, file in refused(old, old)} == {"define.xml"}


@pytest.mark.parametrize("text", ["[]", "{}", '{"findings": 1}', '{"findings": [1]}', "[" * 100_000, "\xff"])
def test_a_damaged_findings_file_is_refused(tmp_path, frames, write_datasets, text):
    write_datasets(tmp_path / "sdtm", {"AE": frames["AE"]})
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports/findings.json").write_bytes(text.encode("latin-1"))
    assert refused(tmp_path, tmp_path) == [("damaged-file", "findings.json")]


def test_a_manifest_of_others_is_not_ours_to_judge(tmp_path, frames, write_datasets):
    write_datasets(tmp_path, {"AE": frames["AE"]})
    (tmp_path / "manifest.json").write_text(json.dumps({"files": 1}), encoding="utf-8")
    assert diff(tmp_path, tmp_path).is_equal


@pytest.mark.parametrize("name", ["ae", "adsl"])
def test_a_variable_that_a_file_has_twice_is_refused(tmp_path, name):
    import pyarrow as pa
    import pyarrow.parquet as pq

    column = pa.array(["a"])
    pq.write_table(
        pa.Table.from_arrays([column, column], names=["USUBJID", "USUBJID"]), tmp_path / f"{name}.parquet"
    )
    ((rule, _),) = set(refused(tmp_path, tmp_path))
    assert rule in ("variable-twice", "dataset-unreadable")


def test_files_that_are_no_datasets_are_named(tmp_path, frames, write_datasets):
    write_datasets(tmp_path, {"AE": frames["AE"]})
    (tmp_path / "lb.sas7bdat").write_bytes(b"x")
    assert read_delivery(tmp_path).not_read == ("lb.sas7bdat",)


def test_special_missing_values_are_told_since_they_are_read_as_missing(tmp_path, write_datasets):
    data = pd.DataFrame({"USUBJID": ["S1", "S2", "S3", "S4"], "AVAL": [1.0, float("nan"), float("nan"), 2.0]})
    path = write_datasets(tmp_path, {"ADXX": data}) / "adxx.xpt"
    plain = path.read_bytes()
    # SAS TS-140: a missing number is "." and seven zeros, .A is "A" and zeros; 1.0 is 41 10 00 ... in IBM form.
    assert plain.count(b"." + bytes(7)) == 2 and b"A\x10" + bytes(6) in plain
    assert read_delivery(tmp_path).special == {}
    path.write_bytes(plain.replace(b"." + bytes(7), b"A" + bytes(7), 1))
    assert read_delivery(tmp_path).special == {"ADXX.AVAL": 1}


def test_a_dataset_that_nobody_knows_is_compared_without_keys(tmp_path, make_frame, write_datasets):
    old = write_datasets(tmp_path / "old", {"ZZZZZ": make_frame("A B#", "x 1", "y 2")})
    new = write_datasets(tmp_path / "new", {"ZZZZZ": make_frame("A B#", "y 2", "x 3")})
    one = diff(old, new).datasets["ZZZZZ"]
    assert (one.key.variables, len(one.matches.removed), len(one.matches.added)) == ((), 1, 1)


def test_empty_datasets_are_equal_and_without_shared_variables_all_is_new(deliver, make_frame):
    empty = make_frame("USUBJID AESEQ#")
    assert diff(deliver(AE=empty), deliver(AE=empty)).is_equal
    found = diff(deliver(XX=make_frame("A", "x")), deliver(XX=make_frame("B", "x"))).datasets["XX"]
    assert (len(found.matches.removed), len(found.matches.added)) == (1, 1)
