"""A spec as a folder of YAML: what stands there reads back as the same spec, and nobody's files are replaced."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from specs import load_study
from specs.problems import ProblemsFound
from specs.yaml_out import document, flow
from specs.yaml_text import parse, plain
from specs.yaml_write import study_tree, write_study

STUDY = """\
study: X1
raw: {missing: ["", "."], datasets: {ae: {file: ae.csv, key: [SUBJ]}}}
subject: {SUBJID: SUBJ, USUBJID: "{STUDYID}-{SUBJID}"}
codelists: {SEV: {codelist: AESEV, terms: {"1": MILD, "007": MODERATE, "NO": SEVERE}}}
"""
AE = "domain: AE\nsources: [{from: ae, map: {AETERM: TERM}, where: AEYN = 'Y'}]\n"


def test_a_study_is_written_as_one_file_for_each_domain(build_study, tmp_path):
    study = load_study(build_study(STUDY, {"ae": AE}, {}))
    written = write_study(study, tmp_path / "new")
    assert [path.relative_to(tmp_path / "new").as_posix() for path in written] == [
        "study.yaml",
        "sdtm/ae.yaml",
    ]
    assert load_study(tmp_path / "new") == study
    assert "standards" not in (tmp_path / "new" / "study.yaml").read_text(encoding="utf-8")  # a default


def test_the_same_study_gives_the_same_files(build_study, tmp_path):
    study = load_study(build_study(STUDY, {"ae": AE}, {}))
    for name in ("a", "b"):
        write_study(study, tmp_path / name)
    for path in ("study.yaml", "sdtm/ae.yaml"):
        assert (tmp_path / "a" / path).read_bytes() == (tmp_path / "b" / path).read_bytes()


@pytest.mark.parametrize("there", ["study.yaml", "workbook.yaml", "sdtm/x.yaml"])
def test_a_folder_with_a_spec_is_left_alone(build_study, tmp_path, there):
    study = load_study(build_study(STUDY, {"ae": AE}, {}))
    place = tmp_path / "place"
    (place / there).parent.mkdir(parents=True)
    (place / there).write_text("mine", encoding="utf-8")
    with pytest.raises(ProblemsFound, match="folder-exists"):
        write_study(study, place)
    assert [path.read_text(encoding="utf-8") for path in place.rglob("*") if path.is_file()] == ["mine"]
    assert [path.name for path in tmp_path.iterdir()] == ["place"]  # nothing half done beside it


def test_other_files_of_a_folder_stay(build_study, tmp_path):
    study = load_study(build_study(STUDY, {"ae": AE}, {}))
    (tmp_path / "raw").mkdir()
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    write_study(study, tmp_path)
    assert (tmp_path / "notes.txt").read_text(encoding="utf-8") == "mine" and load_study(tmp_path) == study


def test_a_place_that_is_a_file_is_refused(build_study, tmp_path):
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    study = load_study(build_study(STUDY, {"ae": AE}, {}))
    for place in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(ProblemsFound, match=r"folder-exists|not-writable"):
            write_study(study, place)


def test_the_tree_has_texts_only_and_no_defaults(build_study):
    tree = study_tree(load_study(build_study(STUDY, {"ae": AE}, {})))
    assert tree["codelists"]["SEV"]["terms"] == {"1": "MILD", "007": "MODERATE", "NO": "SEVERE"}
    assert "visits" not in tree and "standards" not in tree


# --- texts in YAML ---------------------------------------------------------------------------------------

ODD = ["", " ", "N", "NO", "true", "null", "~", "1.10", "007", "1E5", "2024-01-01", "a: b", "a #b", "#b", "- a", "[x",
       "{x}", "*a", "&a", "!a", "%a", "@a", "`a", "'a", '"a', "a'b", "|", ">", "a\nb", "a\n", "\n", "\ta", "ü", "恶心",
       "🙂", "a\\b", "?", "=", "<<", "0x1F", "\u2028", "\x85", "\x07"]  # fmt: skip
TEXTS = st.one_of(
    st.sampled_from(ODD),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12),
)
TREES = st.recursive(
    TEXTS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXTS, inner, max_size=3)),
    max_leaves=8,
)


@pytest.mark.parametrize("text", ODD)
def test_odd_texts_come_back_as_they_are(text):
    for tree in ({"key": text}, {text: "value"}, {"list": [text, text]}):
        assert plain(parse(document(tree), "x.yaml")) == tree
        assert plain(parse(flow(tree), "x.yaml")) == tree


@settings(max_examples=150)
@given(st.dictionaries(TEXTS, TREES, min_size=1, max_size=4))
def test_any_tree_comes_back_as_it_is(tree):
    assert plain(parse(document(tree), "x.yaml")) == tree
    assert plain(parse(flow(tree), "x.yaml")) == tree
