"""YAML text becomes a tree of texts, or problems that a person can act on."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from specs.location import Location
from specs.problems import Problem, ProblemsFound
from specs.yaml_text import MAX_BYTES, MAX_DEPTH, Branch, dotted, locations, parse, plain

MESSAGES = Path(__file__).parents[1] / "messages"


def tree(text: str | bytes) -> Any:
    return plain(parse(text, "study.yaml"))


def problems(text: str | bytes) -> list[Problem]:
    with pytest.raises(ProblemsFound) as caught:
        parse(text, "study.yaml")
    return caught.value.problems


def the_problem(text: str | bytes) -> Problem:
    (problem,) = problems(text)
    return problem


# What YAML 1.1 or a typed loader would turn into truth values, numbers, dates or nothing.
SWALLOWED = ("N", "NO", "no", "Y", "yes", "on", "off", "true", "False", "1.10", "007", "1E3", "0x1F", "0o17")
SWALLOWED += ("1_000", "2024-01-01", "12:30:45", "190:20:30", ".inf", "NaN", "NA", "NULL", "Null", ".", "=")


@pytest.mark.parametrize("word", SWALLOWED)
def test_an_unquoted_word_stays_the_text_that_stands_there(word: str) -> None:
    assert tree(f"key: {word}") == {"key": word}
    assert tree(f"key: [{word}, x]") == {"key": [word, "x"]}
    assert tree(f"{word}: x") == {word: "x"}
    assert tree(f"key: '{word}'") == {"key": word}


@pytest.mark.parametrize("nothing", ["", "~", "null", "# only a comment"])
def test_an_empty_value_tilde_and_null_are_nothing(nothing: str) -> None:
    assert tree(f"key: {nothing}\nother: x") == {"key": None, "other": "x"}


@pytest.mark.parametrize("word", ["", "~", "null"])
def test_in_quotes_the_words_for_nothing_are_text(word: str) -> None:
    assert tree(f"key: '{word}'") == {"key": word}
    assert tree(f'key: "{word}"') == {"key": word}


def test_keys_are_always_text() -> None:
    assert tree("~: a\nnull: b\n1: c\nNO: d\n'': e") == {"~": "a", "null": "b", "1": "c", "NO": "d", "": "e"}


def test_a_set_of_one_in_braces_is_a_key_with_nothing() -> None:
    assert tree("day: {-28..-1}") == {"day": {"-28..-1": None}}


def test_texts_over_several_lines_keep_their_text() -> None:
    text = (
        "literal: |\n  a\n    b\nstripped: |-\n  a\nfolded: >\n  a\n  b\nplain: a\n  b\nquoted: 'a\n\n  b'\n"
    )
    assert tree(text) == {
        "literal": "a\n  b\n",
        "stripped": "a",
        "folded": "a b\n",
        "plain": "a b",
        "quoted": "a\nb",
    }


def test_sql_needs_quotes_only_where_yaml_needs_them() -> None:
    assert tree("where: AEYN = 'Y' AND X <> '#'") == {"where": "AEYN = 'Y' AND X <> '#'"}


@pytest.mark.parametrize("text", ["", "# nothing but a comment\n", "---\n", "~"])
def test_an_empty_document_is_nothing(text: str) -> None:
    assert tree(text) is None


def test_a_byte_order_mark_and_windows_line_ends_are_no_text() -> None:
    assert tree(b"\xef\xbb\xbfa: b\r\nc: d\r\n") == {"a": "b", "c": "d"}


def test_every_value_knows_its_line() -> None:
    branch = parse("a:\n  - x\n  - {b: 1,\n     c: 2}\n'd.e':\n  long\n", "sdtm/ae.yaml")
    found = locations(branch)
    assert {path: where.line for path, where in found.items()} == {
        (): 1,
        ("a",): 1,
        ("a", 0): 2,
        ("a", 1): 3,
        ("a", 1, "b"): 3,
        ("a", 1, "c"): 4,
        ("d.e",): 5,
    }
    assert found["a", 1, "c"] == Location("sdtm/ae.yaml", 4, "a[2].c")
    assert found[("d.e",)].key == '"d.e"'


def test_paths_are_written_with_dots_and_items_count_from_one() -> None:
    assert dotted(("sources", 0, "map", "AETERM")) == "sources[1].map.AETERM"
    assert dotted(("not_submitted", "*_RAW")) == "not_submitted.*_RAW"
    assert dotted(("terms", "1.5", "")) == 'terms."1.5".""'


def test_an_alias_repeats_a_value_with_its_own_lines_below_it() -> None:
    branch = parse("a: &dates\n  format: x\nb: *dates\n", "study.yaml")
    assert plain(branch) == {"a": {"format": "x"}, "b": {"format": "x"}}
    found = locations(branch)
    assert (found[("b",)].line, found["b", "format"].line) == (3, 2)


def test_trees_of_one_anchor_are_not_one_object() -> None:
    found = tree("a: &x [p]\nb: *x")
    found["a"].append("q")
    assert found["b"] == ["p"]


def test_merge_keys_fill_in_what_is_not_there() -> None:
    text = "a: &a {x: 1, y: 2}\nb: &b {y: 3, z: 4}\nc: {<<: [*a, *b], x: 9}\nd:\n  <<: *b\n  '<<': text\n"
    found = tree(text)
    assert found["c"] == {"x": "9", "y": "2", "z": "4"}
    assert found["d"] == {"<<": "text", "y": "3", "z": "4"}


def test_a_merge_of_something_else_than_keys_is_refused() -> None:
    assert the_problem("a: &a [x]\nb: {<<: *a}").id == "yaml-merge"


def test_a_second_key_names_both_lines_wherever_it_stands() -> None:
    found = problems("a: 1\nb:\n  - c: 1\n    d: 2\n    c: 3\n'a': 2\n")
    assert [(p.id, p.where.line, p.where.key) for p in found] == [
        ("duplicate-key", 5, "b[1].c"),
        ("duplicate-key", 6, "a"),
    ]
    assert "the first is on line 3" in found[0].found
    assert "the first is on line 1" in found[1].found


@pytest.mark.parametrize(
    "tag", ["!!python/object/apply:os.system [ls]", "!!str 5", "!!set {a}", "!own x", "! x", "!!int 1"]
)
def test_no_tag_is_obeyed(tag: str) -> None:
    problem = the_problem(f"x: y\nkey: {tag}")
    assert (problem.id, problem.where.line, problem.where.key) == ("yaml-tag", 2, "key")
    assert tag.split()[0] in problem.found


def test_a_billion_laughs_stop_early() -> None:
    lines = ["a0: &a0 [ha, ha, ha, ha, ha, ha, ha, ha, ha, ha]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    problem = the_problem("\n".join(lines))
    # 1 + 10 values on line 1, ten times as many on each further one: above 200,000 on line 6.
    assert (problem.id, problem.where.line) == ("yaml-too-large", 6)


def test_merge_keys_cannot_multiply_either() -> None:
    wide = ", ".join(f"k{n}: v" for n in range(1000))
    merges = "\n".join(f"m{n}: {{<<: [{', '.join(['*w'] * 20)}]}}" for n in range(20))
    assert the_problem(f"w: &w {{{wide}}}\n{merges}").id == "yaml-too-large"


@pytest.mark.parametrize(
    ("text", "line"), [("a: &a [*a]", 1), ("a: b\nc: *nobody", 2), ("x: &a {y: {z: *a}}", 1), ("*x : y", 1)]
)
def test_an_alias_of_nothing_or_of_itself_is_refused(text: str, line: int) -> None:
    problem = problems(text)[0]
    assert (problem.id, problem.where.line) == ("yaml-alias", line)


def test_levels_have_an_end_also_through_aliases() -> None:
    assert the_problem("[" * 1000).id == "yaml-too-deep"
    assert the_problem("- " * 1000).id == "yaml-too-deep"
    half = "[" * 30 + "x" + "]" * 30
    assert the_problem(f"a: &a {half}\nb: {'[' * 30}*a{']' * 30}").id == "yaml-too-deep"
    fits = MAX_DEPTH - 1
    assert tree(f"a: {'[' * fits}x{']' * fits}") is not None


def test_a_huge_file_is_not_even_parsed() -> None:
    problem = the_problem(b"a" * (MAX_BYTES + 1))
    assert (problem.id, problem.where.file) == ("yaml-too-large", "study.yaml")


def test_bytes_that_are_not_utf8_are_named_with_their_place() -> None:
    problem = the_problem("a: b\nstadt: K\xf6ln".encode("cp1252"))
    assert (problem.id, problem.where.line) == ("yaml-encoding", 2)
    assert problem.found == "the byte 0xF6 at column 9"
    assert the_problem("a: b".encode("utf-16")).found == "a file in UTF-16"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: b\nc: x\0y", 2),
        ('a: b\nc: "\\0"', 2),
        ('a: "\\ud83d\\ude00"', 1),
        ('a: b\nc: "\\UFFFFFFFF"', 2),
        ('a: "\\U00110000"', 1),
    ],
)
def test_characters_that_no_text_can_hold_are_refused(text: str, line: int) -> None:
    problem = the_problem(text)
    assert (problem.id, problem.where.line) == ("yaml-syntax", line)


@pytest.mark.parametrize(
    ("text", "line", "id"),
    [
        ("---\na: b\n---\nc: d", 3, "yaml-syntax"),
        ("%YAML 1.1\n---\na: NO", 2, "yaml-version"),
        ("? [a, b]\n: c", 1, "yaml-syntax"),
        ("{{STUDYID}}: c", 1, "yaml-syntax"),
        (": c", 1, "yaml-syntax"),
    ],
)
def test_what_yaml_allows_and_a_spec_does_not(text: str, line: int, id: str) -> None:
    problem = problems(text)[0]
    assert (problem.id, problem.where.line) == (id, line)


def test_version_1_2_may_be_stated() -> None:
    assert tree("%YAML 1.2\n---\na: b\n...\n") == {"a": "b"}


# One broken file each, with the line where a person would look.
BROKEN = {
    "tab": "raw:\n\tfolder: raw\n",
    "second colon": "where: AETERM = 'x: y'\n",
    "key without colon": "study LXI\nraw: {}\n",
    "line without colon": "a: x\nfolder\nb: y\n",
    "indentation": "raw:\n    folder: raw\n  missing: x\n",
    "open bracket": "key: [SUBJECT, RECPOS\nraw: {}\n",
    "closed bracket": "key: [SUBJECT]]\n",
    "two commas": "key: [SUBJECT,, RECPOS]\n",
    "open quote": "title: 'a study\nraw: {}\n",
    "template": "USUBJID: {STUDYID}-{SUBJID}\n",
    "text after quotes": "where: 'Y' = AEYN\n",
    "at sign": "title: @home\n",
    "backslash": 'file: "raw\\data.csv"\n',
    "bar": "where: |AEYN\n  = 'Y'\n",
}


def test_syntax_errors_are_told_in_plain_words() -> None:
    told = [f"# {name}\n{problem}\n" for name, text in BROKEN.items() for problem in problems(text)]
    assert "\n".join(told) == (MESSAGES / "specs_yaml_syntax.txt").read_text(encoding="utf-8")


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
scalars = st.none() | texts
trees = st.dictionaries(
    texts,
    st.recursive(
        scalars,
        lambda below: st.lists(below, max_size=4) | st.dictionaries(texts, below, max_size=4),
        max_leaves=12,
    ),
    max_size=5,
)


@settings(deadline=None)
@given(trees)
@example({"NO": "007", "": "~", "null": None, "a": ["1.10", {"x": "null"}]})
def test_a_tree_of_quoted_texts_loads_back_equal(value: Any) -> None:
    writer = YAML()
    writer.width = 10_000
    stream = io.StringIO()
    writer.dump(_quoted(value), stream)
    assert tree(stream.getvalue().encode("utf-8")) == value


def _quoted(value: Any) -> Any:
    """Texts in quotes, nothing as nothing."""
    if isinstance(value, dict):
        return {DoubleQuotedScalarString(key): _quoted(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_quoted(item) for item in value]
    return None if value is None else DoubleQuotedScalarString(value)


@settings(deadline=None)
@given(
    st.text(alphabet="ab:-?,[]{}#&*!|>'\"%@`\\ \n\t~<01.é\x85\u2028\ufeff", max_size=40)
    | st.text(max_size=40)
)
def test_any_text_is_a_tree_or_problems_with_the_file(text: str) -> None:
    try:
        assert isinstance(parse(text, "study.yaml"), Branch)
    except ProblemsFound as error:
        assert error.problems
        assert all(problem.where.file == "study.yaml" and problem.found for problem in error.problems)


@settings(deadline=None)
@given(st.binary(max_size=40))
def test_any_bytes_are_a_tree_or_problems(content: bytes) -> None:
    try:
        assert isinstance(parse(content, "study.yaml"), Branch)
    except ProblemsFound as error:
        assert error.problems
