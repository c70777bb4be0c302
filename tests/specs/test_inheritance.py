"""What a study takes over from libraries, what it changes, and what it may not do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from specs import Problem, ProblemsFound, load_study, spec_hash
from specs.inheritance import merge
from specs.location import Location
from specs.model import Study
from specs.yaml_text import Branch, parse, plain

MESSAGES = Path(__file__).parents[1] / "messages"

ORGANISATION = {
    "study.yaml": """\
title: the library
raw: {missing: ["", "."], datasets: {ae: {file: AE.csv, key: [SUBJECT]}, cm: {file: CM.csv}}}
subject: {USUBJID: {concat: [STUDYID, SUBJID], separator: "-"}}
codelists:
  SEV: {codelist: C66769, terms: {1: MILD, 2: MODERATE}}
  OUT: {codelist: C66768}
units:
  - {unit: g, to: mg, factor: 1000}
""",
    "sdtm/ae.yaml": "domain: AE\nlabel: Adverse Events\nsources: [{from: ae, map: {AETERM: AETERM}}]\n",
    "sdtm/cm.yaml": "domain: CM\nsources: [{from: cm, map: {CMTRT: CMTRT}}]\n",
    "sdtm/mh.yaml": "domain: MH\nsources: [{from: ae}]\n",
}

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write folders of files beside each other, and return the one called ``study``."""

    def write(**folders: dict[str, str]) -> Path:
        for folder, files in folders.items():
            for name, content in files.items():
                file = tmp_path / folder / name
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(content, encoding="utf-8")
        return tmp_path / "study"

    return write


def problems(folder: Path) -> list[Problem]:
    with pytest.raises(ProblemsFound) as caught:
        load_study(folder)
    return caught.value.problems


def the_problem(folder: Path) -> Problem:
    (problem,) = problems(folder)
    return problem


def extends(text: str, rest: str = "") -> dict[str, str]:
    return {"study.yaml": f"study: S\nextends: {text}\n{rest}"}


def test_the_study_level_is_inherited_except_its_name(write: Write) -> None:
    study = load_study(write(organisation=ORGANISATION, study=extends("../organisation")))
    assert (study.study, study.title) == ("S", "")
    assert list(study.codelists) == ["SEV", "OUT"]
    assert study.units[0].factor == "1000"
    assert study.raw.datasets["cm"].file == "CM.csv"


def test_keys_merge_and_the_study_wins(write: Write) -> None:
    rest = "codelists: {SEV: {terms: {2: SEVERE, 3: LIFE}}}\nraw: {datasets: {ae: {encoding: latin-1}}}\n"
    study = load_study(write(organisation=ORGANISATION, study=extends("../organisation", rest)))
    assert study.codelists["SEV"].terms == {"1": "MILD", "2": "SEVERE", "3": "LIFE"}
    assert study.codelists["SEV"].codelist == "C66769"
    assert (study.raw.datasets["ae"].file, study.raw.datasets["ae"].encoding) == ("AE.csv", "latin-1")


def test_lists_and_rules_are_replaced_whole(write: Write) -> None:
    rest = "units: [{unit: kg, to: g}]\nsubject: {USUBJID: {expr: SUBJID}}\nraw: {missing: NA}\n"
    study = load_study(write(organisation=ORGANISATION, study=extends("../organisation", rest)))
    assert [unit.unit for unit in study.units] == ["kg"]
    assert study.subject == {"USUBJID": {"expr": "SUBJID"}}
    assert study.raw.missing == ("NA",)


def test_nothing_takes_an_inherited_key_away(write: Write) -> None:
    rest = "codelists: {SEV: , OUT: {codelist: null, closed: false}}\nraw: {datasets: {cm: ~}}\nunits:\n"
    study = load_study(write(organisation=ORGANISATION, study=extends("../organisation", rest)))
    assert list(study.codelists) == ["OUT"]
    assert study.codelists["OUT"].codelist == ""
    assert list(study.raw.datasets) == ["ae"]
    assert study.units == ()


def test_nothing_that_takes_nothing_away_is_a_problem(write: Write) -> None:
    problem = the_problem(
        write(organisation=ORGANISATION, study=extends("../organisation", "codelists: {SVE: }"))
    )
    assert (problem.id, problem.where) == ("bad-value", Location("study.yaml", 3, "codelists.SVE"))
    assert "nothing is inherited here" in problem.do


def test_only_the_domains_that_the_study_wants_are_inherited(write: Write) -> None:
    study = extends("../organisation", "domains: [CM]\n")
    study["sdtm/ae.yaml"] = "domain: AE\n"
    made = load_study(write(organisation=ORGANISATION, study=study))
    assert list(made.sdtm) == ["AE", "CM"]
    assert made.sdtm["AE"].label == "Adverse Events"
    assert made.sdtm["CM"].sources[0].map == {"CMTRT": "CMTRT"}


def test_a_domain_file_overrides_key_by_key_and_its_sources_as_a_whole(write: Write) -> None:
    study = extends("../organisation")
    study["sdtm/adverse.yaml"] = "domain: AE\nsources: [{from: ae, where: X = 1}]\ndrop: AETERM\n"
    made = load_study(write(organisation=ORGANISATION, study=study)).sdtm["AE"]
    assert (made.label, made.drop) == ("Adverse Events", ("AETERM",))
    assert (made.sources[0].where, made.sources[0].map) == ("X = 1", {})


def test_a_domain_that_nobody_describes_is_a_problem(write: Write) -> None:
    study = extends("../organisation", "domains: [AE, CN, [MH]]\n")
    found = problems(write(organisation=ORGANISATION, study=study))
    assert [(p.id, p.where.line, p.where.key, p.do) for p in found] == [
        ("unknown-domain", 3, "domains[2]", "write one of those, or describe CN in sdtm/cn.yaml"),
        ("unknown-domain", 3, "domains[3]", "write domains: [AE, CM]"),
    ]


def test_each_value_keeps_the_place_it_came_from(write: Write) -> None:
    study = extends("../organisation", "codelists: {SEV: {terms: {2: SEVERE}}}\n")
    study["sdtm/ae.yaml"] = "domain: AE\nlabel: Events\n"
    made = load_study(write(organisation=ORGANISATION, study=study))
    assert made.where("codelists", "SEV", "terms", "1") == Location(
        "../organisation/study.yaml", 5, "codelists.SEV.terms.1"
    )
    assert made.where("codelists", "SEV", "terms", "2") == Location("study.yaml", 3, "codelists.SEV.terms.2")
    assert made.where("sdtm", "AE", "label") == Location("sdtm/ae.yaml", 2, "label")
    assert made.where("sdtm", "AE", "sources", 0, "map", "AETERM").file == "../organisation/sdtm/ae.yaml"


def test_the_files_of_libraries_are_files_of_the_study(write: Write) -> None:
    made = load_study(write(organisation=ORGANISATION, study=extends("../organisation")))
    assert [name for name, _ in made.sources()] == [
        "../organisation/sdtm/ae.yaml",
        "../organisation/sdtm/cm.yaml",
        "../organisation/sdtm/mh.yaml",
        "../organisation/study.yaml",
        "study.yaml",
    ]


def test_what_is_overridden_is_told_with_both_places(write: Write) -> None:
    study = extends("../organisation", "codelists:\n  SEV: {terms: {2: SEVERE, 9: NEW}}\n  OUT:\n")
    study["sdtm/ae.yaml"] = "domain: AE\nlabel: Events\n"
    made = load_study(write(organisation=ORGANISATION, study=study))
    library = "../organisation/study.yaml"
    assert [
        (o.path, o.was, o.was_at.file, o.was_at.line, o.becomes, o.becomes_at) for o in made.overrides()
    ] == [
        (
            ("codelists", "SEV", "terms", "2"),
            "MODERATE",
            library,
            5,
            "SEVERE",
            Location("study.yaml", 4, "codelists.SEV.terms.2"),
        ),
        (
            ("codelists", "OUT"),
            {"codelist": "C66768"},
            library,
            6,
            None,
            Location("study.yaml", 5, "codelists.OUT"),
        ),
        (
            ("sdtm", "AE", "label"),
            "Adverse Events",
            "../organisation/sdtm/ae.yaml",
            2,
            "Events",
            Location("sdtm/ae.yaml", 2, "label"),
        ),
    ]


def test_organisation_project_and_study_lie_above_each_other(write: Write) -> None:
    project = {
        "study.yaml": "extends: ../organisation\ncodelists: {SEV: {terms: {2: PROJECT, 3: PROJECT}}}\n",
        "sdtm/ae.yaml": "domain: AE\nlabel: Project\n",
    }
    study = extends("../project", "codelists: {SEV: {terms: {3: STUDY}}}\ndomains: AE\n")
    made = load_study(write(organisation=ORGANISATION, project=project, study=study))
    assert made.codelists["SEV"].terms == {"1": "MILD", "2": "PROJECT", "3": "STUDY"}
    assert made.sdtm["AE"].label == "Project"
    assert made.sdtm["AE"].sources[0].from_ == "ae"


def test_of_several_libraries_the_later_wins_and_a_shared_one_counts_once(write: Write) -> None:
    folders = {
        "base": {"study.yaml": "codelists: {A: {codelist: BASE}, B: {codelist: BASE}, C: {codelist: BASE}}"},
        "one": {"study.yaml": "extends: ../base\ncodelists: {A: {codelist: ONE}, B: {codelist: ONE}}"},
        "two": {"study.yaml": "extends: [../base]\ncodelists: {B: {codelist: TWO}}"},
    }
    made = load_study(write(**folders, study=extends("[../one, ../two]")))
    # `two` does not bring the value of `base` back over the one of `one`.
    assert {name: item.codelist for name, item in made.codelists.items()} == {
        "A": "ONE",
        "B": "TWO",
        "C": "BASE",
    }


def test_a_library_needs_no_study_file(write: Write) -> None:
    library = {"sdtm/ae.yaml": "domain: AE\nlabel: L\n"}
    made = load_study(write(library=library, study=extends("../library", "domains: AE")))
    assert made.sdtm["AE"].label == "L"


def test_an_absolute_folder_is_allowed(write: Write, tmp_path: Path) -> None:
    made = load_study(write(organisation=ORGANISATION, study=extends(str(tmp_path / "organisation"))))
    assert made.where("units").file == "../organisation/study.yaml"


def test_an_inherited_spec_has_the_hash_of_the_same_spec_in_one_folder(write: Write, tmp_path: Path) -> None:
    inherited = load_study(
        write(organisation=ORGANISATION, study=extends("../organisation", "domains: [AE]"))
    )
    whole = "study: S\n" + ORGANISATION["study.yaml"].replace("title: the library\n", "")
    write(alone={"study.yaml": whole, "sdtm/ae.yaml": ORGANISATION["sdtm/ae.yaml"]})
    alone = load_study(tmp_path / "alone")
    assert inherited == alone
    assert spec_hash(inherited) == spec_hash(alone)


def test_a_cycle_is_shown_as_its_whole_path(write: Write) -> None:
    problem = the_problem(
        write(
            a={"study.yaml": "extends: ../b"},
            b={"study.yaml": "\nextends:\n  - ../c\n"},
            c={"study.yaml": "extends: ../a"},
            study=extends("../a"),
        )
    )
    assert problem.id == "extends-cycle"
    assert problem.found == "../a -> ../b -> ../c -> ../a"
    assert problem.where == Location("../c/study.yaml", 1, "extends")


@pytest.mark.parametrize("text", [".", "../study", "./../study/"])
def test_a_study_that_extends_itself_is_a_cycle(write: Write, text: str) -> None:
    problem = the_problem(write(study=extends(text)))
    assert (problem.id, problem.found) == ("extends-cycle", "study -> study")


@pytest.mark.parametrize(
    "text",
    [
        "https://example.org/library",
        "file:///library",
        "//server/share",
        "'\\\\server\\share'",
        "'s3://x'",
        "''",
        "{a: b}",
    ],
)
def test_only_local_folders_are_extended(write: Write, text: str) -> None:
    problem = the_problem(write(study=extends(text)))
    assert (problem.id, problem.where) == ("bad-value", Location("study.yaml", 2, "extends"))


@pytest.mark.parametrize(
    "text", ["../organization", "../nothing/there", "x" + "y" * 5000, "../organisation/study.yaml"]
)
def test_a_folder_that_is_not_there_is_a_problem(write: Write, text: str) -> None:
    problem = the_problem(write(organisation=ORGANISATION, study=extends(text)))
    assert (problem.id, problem.where) == ("extends-missing", Location("study.yaml", 2, "extends"))
    if text == "../organization":
        assert problem.do == "did you mean organisation?"


def test_a_folder_without_a_spec_is_no_library(write: Write) -> None:
    problem = the_problem(write(library={"README.md": "x"}, study=extends("../library")))
    assert problem.id == "extends-missing"
    assert "without study.yaml and sdtm" in problem.found
    assert problem.do == "check the path; `..` is the folder above"  # not its own name as the near one


def test_a_link_to_itself_is_a_problem(write: Write, tmp_path: Path) -> None:
    folder = write(study=extends("../loop"))
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    assert the_problem(folder).id == "extends-missing"


def test_problems_of_libraries_and_study_are_told_together(write: Write) -> None:
    library = {
        "study.yaml": "extends: ../study\ncodelist: {}\n",
        "sdtm/ae.yaml": "domain: AE\nsource: []\n",
        "sdtm/cm.yaml": "domain: cm\n",
        "sdtm/mh.yaml": "domain: 'MH\n",
    }
    study = extends(
        "[../library, ../libary, https://example.org/library]", "domains: [AE, MH, XX]\nunit: []\n"
    )
    error = ProblemsFound(problems(write(library=library, study=study)))
    assert str(error) + "\n" == (MESSAGES / "specs_extends.txt").read_text(encoding="utf-8")


def test_an_unreadable_library_makes_no_key_look_missing(write: Write) -> None:
    library = {**ORGANISATION, "study.yaml": "raw: [\n"}
    study = extends("../library", "raw: {datasets: {ae: {encoding: latin-1}}}\n")
    assert [p.where.file for p in problems(write(library=library, study=study))] == ["../library/study.yaml"]


names = st.sampled_from(["SEV", "OUT", "REL"])
codelists = st.dictionaries(names, st.dictionaries(st.sampled_from(["1", "2", "3"]), st.sampled_from("abc")))


@settings(deadline=None)
@given(codelists, codelists, codelists)
def test_merging_layers_is_the_same_from_below_and_from_above(
    first: dict[str, dict[str, str]], second: dict[str, dict[str, str]], third: dict[str, dict[str, str]]
) -> None:
    def branch(content: dict[str, dict[str, str]]) -> Branch:
        terms = {
            name: f"{{terms: {{{', '.join(f'{k}: {v}' for k, v in t.items())}}}}}"
            for name, t in content.items()
        }
        return parse(
            f"codelists: {{{', '.join(f'{name}: {text}' for name, text in terms.items())}}}", "x.yaml"
        )

    def merged(below: Branch, above: Branch) -> Branch:
        return merge(below, above, Study, (), [])

    a, b, c = branch(first), branch(second), branch(third)
    assert plain(merged(merged(a, b), c)) == plain(merged(a, merged(b, c)))
    expected = {
        name: {"terms": {**first.get(name, {}), **second.get(name, {})}} for name in {**first, **second}
    }
    assert plain(merged(a, b)) == {"codelists": expected}
