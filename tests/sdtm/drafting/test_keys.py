"""What identifies a row of a raw table. All data are synthetic."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from sdtm.columns import text
from sdtm.drafting.keys import natural_key
from sdtm.drafting.material import RawColumn, RawTableRead
from sdtm.extract.profile_types import type_of
from sdtm.extract.profile_values import counted_texts
from sdtm.extract.value_kinds import kinds_of


def test_subject_and_visit_before_others(table: Callable[..., RawTableRead]) -> None:
    made = table("vs", {"ID": ["1", "2", "3"], "SUBJID": ["1", "1", "2"], "VISIT": ["A", "B", "A"]})
    assert natural_key(made, "SUBJID", "", "VISIT") == (("SUBJID", "VISIT"), "different in all 3 rows")


def test_a_term_stays_also_where_few_rows_make_it_needless(table: Callable[..., RawTableRead]) -> None:
    made = table(
        "ae", {"SUBJID": ["1", "2"], "AETERM": ["Rash", "Pain"], "AESTDAT": ["2024-01-01", "2024-01-02"]}
    )
    assert natural_key(made, "SUBJID", "", "")[0] == ("SUBJID", "AETERM")


def test_the_site_only_where_it_is_needed(table: Callable[..., RawTableRead]) -> None:
    columns = {"SITE": ["1", "2"], "SUBJID": ["01", "02"]}
    assert natural_key(table("dm", columns), "SUBJID", "SITE", "")[0] == ("SUBJID",)
    assert natural_key(table("dm", columns), "SUBJID", "SITE", "", composite=True)[0] == ("SITE", "SUBJID")


def test_numbers_of_the_system_are_no_key(table: Callable[..., RawTableRead]) -> None:
    made = table(
        "ae", {"SUBJID": ["1", "1"], "RECORDID": ["901", "902"], "MINCREATED": ["2024-01-01", "2024-01-02"]}
    )
    key, why = natural_key(made, "SUBJID", "", "")
    assert (key, why) == ((), "1 of 2 rows repeat all that identifies a row")


@given(
    st.lists(
        st.tuples(st.sampled_from("AB"), st.sampled_from("xyz"), st.sampled_from("12")),
        min_size=1,
        max_size=12,
    )
)
def test_a_key_tells_all_rows_apart(rows: list[tuple[str, str, str]]) -> None:
    columns = {}
    for name, values in zip(("SUBJID", "VISIT", "AETERM"), zip(*rows, strict=True), strict=True):
        column = text(list(values))
        texts = counted_texts(column)
        kinds = kinds_of(list(texts), list(texts.values()))
        columns[name] = RawColumn(name, "", texts, kinds, type_of(kinds), column)
    made = RawTableRead("t", "t.csv", "", {}, columns, len(rows))
    key, _ = natural_key(made, "SUBJID", "", "VISIT")
    places = [("SUBJID", "VISIT", "AETERM").index(name) for name in key]
    told = {tuple(row[place] for place in places) for row in rows}
    assert bool(key) == (len(set(rows)) == len(rows))
    assert not key or len(told) == len(rows)
