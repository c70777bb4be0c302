"""Expected values are of SDTM CT 2025-03-28 as NCI publishes it."""

from __future__ import annotations

from pathlib import Path

import pytest

from specs.problems import ProblemsFound
from specs.standards import (
    Codelist,
    CodelistEntry,
    Term,
    ct_folder,
    implementation_guide,
    known_versions,
    terminology,
)
from specs.standards.package_file import write_package

CT = terminology()


def codelist(**terms: tuple[str, ...]) -> Codelist:
    """An invented codelist: submission value -> (preferred term, synonyms...)."""
    entry = CodelistEntry("C900001", "INVENTED", "Invented", False)
    found = {
        value: Term(f"C9{number}", preferred, tuple(synonyms))
        for number, (value, (preferred, *synonyms)) in enumerate(terms.items())
    }
    return Codelist(entry, found)


def test_a_codelist_is_found_by_code_and_by_short_name():
    ny = CT.codelist("C66742")
    assert CT.codelist("NY") is ny
    assert (ny.code, ny.name, ny.title, ny.extensible) == ("C66742", "NY", "No Yes Response", False)
    assert list(ny.terms) == ["N", "NA", "U", "Y"]
    assert ny.terms["Y"] == Term("C49488", "Yes", ("Yes",))
    assert ny.by_code("C49487") == "N"
    assert ny.by_code("C1") is None


def test_what_is_not_published_is_none():
    assert CT.codelist("NYY") is None
    assert CT.codelist("") is None
    # The guide names C85495 (MSRESCAT) for MS; it was retired before this version.
    assert CT.codelist("C85495") is None


def test_the_package_has_every_codelist_and_says_which_are_extensible():
    assert len(CT.codelists) == 1158
    assert sum(len(CT.codelist(entry.code).terms) for entry in CT.codelists) == 43_698
    assert CT.codelist("UNIT").extensible
    assert CodelistEntry("C66742", "NY", "No Yes Response", False) in CT.codelists


@pytest.mark.parametrize("package", ["sdtm", "adam", "define-xml", "protocol"])
def test_short_names_and_codes_are_unique_in_the_bundled_packages(package):
    entries = terminology(package=package).codelists
    assert len({entry.name for entry in entries}) == len(entries) > 10
    assert len({entry.code for entry in entries}) == len(entries)


def test_every_codelist_of_the_guide_but_one_is_published():
    guide = implementation_guide()
    named = {code for dataset in guide.datasets for v in guide.variables(dataset) for code in v.codelists}
    assert {code for code in named if CT.codelist(code) is None} == {"C85495"}


def test_terms_cannot_be_changed():
    with pytest.raises(TypeError):
        CT.codelist("NY").terms["X"] = Term("C1", "")  # type: ignore[index]


def test_a_synonym_or_preferred_term_names_its_term():
    ny = CT.codelist("NY")
    assert ny.match_synonym("Yes") == "Y"
    assert ny.match_synonym("yes") == "Y"
    assert ny.match_synonym("Y") == "Y"
    assert ny.match_synonym("Unknown") == "U"
    assert ny.match_synonym("Yess") is None
    assert ny.match_synonym("") is None


def test_a_synonym_of_two_terms_names_none():
    colours = codelist(RED=("Red Colour", "Warm"), ORANGE=("Orange Colour", "Warm"))
    assert colours.match_synonym("Warm") is None
    assert colours.match_synonym("warm") is None
    assert colours.match_synonym("red colour") == "RED"


def test_exact_case_decides_between_synonyms_that_differ_in_case_only():
    units = codelist(MEGA=("Mega", "M"), MILLI=("Milli", "m"))
    assert units.match_synonym("M") == "MEGA"
    assert units.match_synonym("m") == "MILLI"
    both = codelist(MEGA=("Mega", "Mx"), MILLI=("Milli", "mX"))
    assert both.match_synonym("MX") is None


def test_a_submission_value_means_itself_and_blocks_synonyms_of_others():
    shadowed = codelist(U=("Unit",), UNKNOWN=("Not Known", "U", "unit "))
    assert shadowed.match_synonym("U") == "U"
    assert shadowed.match_synonym("u") is None
    assert shadowed.match_synonym("unknown") is None
    assert shadowed.match_synonym("NOT KNOWN") == "UNKNOWN"


@pytest.mark.parametrize(
    ("key", "testcd", "name"),
    [
        ("C66741", "SYSBP", "Systolic Blood Pressure"),
        ("VSTESTCD", "TEMP", "Temperature"),
        ("LBTESTCD", "ALT", "Alanine Aminotransferase"),
        ("ONCRTSCD", "OVRLRESP", "Overall Response"),
        ("TRTESTCD", "LDIAM", "Longest Diameter"),
        ("TSPARMCD", "TITLE", "Trial Title"),
        ("TENMW1TC", "TENMW101", "TENMW1-Was Walk/Run Performed"),
    ],
)
def test_the_test_name_is_found_through_the_shared_code(key, testcd, name):
    assert CT.paired_test_name(key, testcd) == name


def test_what_has_no_pair_has_no_name():
    assert CT.paired_test_name("C66741", "NOSUCH") is None
    assert CT.paired_test_name("NY", "Y") is None
    assert CT.paired_test_name("NOSUCH", "Y") is None


def test_every_codelist_of_short_names_pairs_completely():
    pairs = 0
    for entry in CT.codelists:
        paired = CT.paired_codelist(entry.code)
        if paired:
            pairs += 1
            codes = {term.code for term in CT.codelist(entry.code).terms.values()}
            assert codes == {term.code for term in paired.terms.values()}, entry.name
    # 63 named xxxCD/xxx and 341 named xxxTC/xxxTN.
    assert pairs == 404


def test_an_unknown_version_names_the_known_ones():
    with pytest.raises(ProblemsFound) as caught:
        terminology("2024-01-01")
    (problem,) = caught.value.problems
    assert problem.found == '"sdtm 2024-01-01"'
    assert "2025-03-28" in problem.expected


def test_an_unknown_package_names_the_near_one():
    with pytest.raises(ProblemsFound) as caught:
        terminology(package="sdmt")
    assert "did you mean sdtm" in caught.value.problems[0].do


@pytest.mark.parametrize("version", ["../../x", "*", "", "2025-03-28/../2025-03-28"])
def test_a_version_is_never_a_path(version):
    with pytest.raises(ProblemsFound):
        terminology(version)


def write(folder: Path, version: str, value: str = "ONE", names: tuple[str, ...] = ("KITE",)) -> Path:
    entries = [CodelistEntry(f"C90000{n}", name, "Kite", False) for n, name in enumerate(names)]
    return write_package(folder, "sdtm", version, [(entry, {value: Term("C9", "One")}) for entry in entries])


def test_a_folder_adds_versions_and_is_looked_at_first(tmp_path):
    write(tmp_path, "2031-01-01")
    write(tmp_path, "2025-03-28", "MINE")
    assert known_versions("sdtm", tmp_path) == ("2025-03-28", "2031-01-01")
    assert list(terminology("2031-01-01", folder=tmp_path).codelist("KITE").terms) == ["ONE"]
    assert list(terminology("2025-03-28", folder=tmp_path).codelist("KITE").terms) == ["MINE"]
    assert terminology("2025-03-28", package="adam", folder=tmp_path).codelists
    assert known_versions("nosuch", tmp_path) == ()


def test_terminology_added_again_is_read_again(tmp_path):
    write(tmp_path, "2031-01-01")
    old = terminology("2031-01-01", folder=tmp_path)
    write(tmp_path, "2031-01-01", "ANOTHER VALUE")
    assert list(terminology("2031-01-01", folder=tmp_path).codelist("KITE").terms) == ["ANOTHER VALUE"]
    assert list(old.codelist("KITE").terms) == ["ONE"]


def test_an_ambiguous_short_name_is_a_problem_and_the_code_is_not(tmp_path):
    write(tmp_path, "2031-01-01", names=("KITE", "KITE"))
    added = terminology("2031-01-01", folder=tmp_path)
    with pytest.raises(ProblemsFound) as caught:
        added.codelist("KITE")
    assert caught.value.problems[0].do == "write one of C900000, C900001 instead of KITE"
    assert added.codelist("C900001").code == "C900001"


def test_a_folder_that_is_not_there_is_a_problem(tmp_path):
    with pytest.raises(ProblemsFound) as caught:
        terminology(folder=tmp_path / "nosuch")
    assert caught.value.problems[0].id == "ct-folder-missing"


def test_the_folder_is_the_option_or_the_variable(monkeypatch, tmp_path):
    monkeypatch.delenv("SDTM_CT_FOLDER", raising=False)
    assert ct_folder() is None
    monkeypatch.setenv("SDTM_CT_FOLDER", str(tmp_path))
    assert ct_folder() == tmp_path
    assert ct_folder("elsewhere") == Path("elsewhere")
    assert ct_folder("") == tmp_path
