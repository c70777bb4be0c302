"""Collected dates to ISO 8601 (traps 6, 7, 14, 16, 20). Expected values worked out by hand."""

from __future__ import annotations

import locale
import re

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from sdtm import columns, iso8601
from sdtm.mapping.dates import AssignDatetime, assign_datetime, explain_loss
from sdtm.mapping.registry import catalogue

DMY, ISO = "dd MMM yyyy", "yyyy-MM-dd"

# format, raw text, expected ISO 8601 text (None: missing, and the reason)
TEXTS = [
    # whole dates
    (DMY, "12 MAR 2018", "2018-03-12", ""),
    (DMY, "12 mar 2018", "2018-03-12", ""),
    (DMY, "  12 MAR 2018 ", "2018-03-12", ""),
    ("d MMM yyyy", "5 Mar 2018", "2018-03-05", ""),
    ("dd-MMM-yyyy", "13-Apr-2024", "2024-04-13", ""),
    ("ddMMMyyyy", "13APR2024", "2024-04-13", ""),
    ("MM/dd/yyyy", "04/15/2024", "2024-04-15", ""),
    ("dd/MM/yyyy", "05/04/2024", "2024-04-05", ""),
    ("MM/dd/yyyy", "05/04/2024", "2024-05-04", ""),
    ("M/d/yyyy", "5/4/2024", "2024-05-04", ""),
    ("yyyyMMdd", "20240229", "2024-02-29", ""),
    ("d MMMM yyyy", "1 September 2024", "2024-09-01", ""),
    (ISO, "2024-03-01", "2024-03-01", ""),
    ("yyyy", "2014", "2014", ""),
    # unknown parts
    (DMY, "UN MAR 2018", "2018-03", ""),
    (DMY, "UN UNK 2018", "2018", ""),
    (DMY, "un unk 2018", "2018", ""),
    ("dd-MMM-yyyy", "12-UNK-2024", "2024---12", ""),
    ("dd-MMM-yyyy", "---MAR-2024", "2024-03", ""),
    (DMY, "12 MAR UNKN", "--03-12", ""),
    ("dd/MM/yyyy", "UN/UNK/2024", "2024", ""),
    ("MM/dd/yyyy", "05/UN/2024", "2024-05", ""),
    ("MM/dd/yyyy", "UN/05/2024", "2024---05", ""),
    (ISO, "2024---15", "2024---15", ""),
    (DMY, "UN UNK UNKN", None, "every part is unknown: there is no date to keep"),
    (DMY, "UNK", None, "every part is unknown: there is no date to keep"),
    # date and time in one text (trap 7)
    ("yyyy-MM-ddTHH:mm", "2024-03-01T10:30", "2024-03-01T10:30", ""),
    ("yyyy-MM-dd HH:mm", "2024-03-01 10:30", "2024-03-01T10:30", ""),
    ("yyyy-MM-dd HH:mm:ss", "2024-03-01 10:30:05", "2024-03-01T10:30:05", ""),
    ("yyyy-MM-dd HH:mm:ss.SSS", "2024-03-01 10:30:05.250", "2024-03-01T10:30:05.250", ""),
    ("ddMMMyyyy:HH:mm:ss", "01MAR2024:10:30:00", "2024-03-01T10:30:00", ""),
    ("yyyy-MM-ddTHH:mm:ssXXX", "2024-03-01T10:30:00+0800", "2024-03-01T10:30:00+08:00", ""),
    ("MM/dd/yyyy h:mm a", "03/01/2024 2:30 PM", "2024-03-01T14:30", ""),
    ("MM/dd/yyyy h:mm a", "03/01/2024 12:30 am", "2024-03-01T00:30", ""),
    ("yyyy-MM-dd HH:mm", "2024-03-UN 10:30", "2024-03--T10:30", ""),
    ("yyyy-MM-dd HH:mm", "2024-03-01 UN:30", "2024-03-01T-:30", ""),
    (ISO, "2024-03-01T10:30", None, "no declared format fits; first difference at character 11: "
     "'T10:30' against the end of format 'yyyy-MM-dd'"),
    # impossible (traps 14, 16, 20)
    ("dd/MM/yyyy", "31/04/2024", None, "impossible date: April has 30 days"),
    (ISO, "2023-02-29", None, "impossible date: February 2023 has 28 days"),
    (ISO, "2024-02-30", None, "impossible date: February has 29 days"),
    (ISO, "2024-13-45", None, "impossible date: there is no month 13"),
    (ISO, "2020-02-60", None, "impossible date: there is no day 60"),
    (ISO, "2024-00-10", None, "impossible date: there is no month 00"),
    (ISO, "0000-01-10", None, "impossible date: there is no year 0000"),
    ("dd/MM/yyyy", "04/15/2024", None, "impossible date: there is no month 15"),
    ("yyyy-MM-dd HH:mm", "2024-03-01 25:61", None, "impossible time: there is no hour 25"),
    ("yyyy-MM-dd HH:mm", "2024-03-01 10:60", None, "impossible time: there is no minute 60"),
    ("yyyy-MM-dd HH:mm", "2024-03-01 24:00", None,
     "impossible time: a day ends at 23:59; 24:00 is 00:00 of the next day"),
    ("MM/dd/yyyy h:mm a", "03/01/2024 13:30 PM", None, "impossible time: there is no hour 13 with AM or PM"),
    ("yyyy-MM-ddTHH:mmXXX", "2024-03-01T10:30+15:00", None, "impossible time: there is no zone +15:00"),
    # text that the format does not read
    (DMY, "12/03/2018", None, "no declared format fits; first difference at character 3: "
     "'/03/2018' against ' ' of format 'dd MMM yyyy'"),
    (DMY, "2 MAR 2018", None, "no declared format fits; first difference at character 1: "
     "'2 MAR 2018' against 'dd' of format 'dd MMM yyyy'"),
    (DMY, "12 MAR 2018?", None, "no declared format fits; first difference at character 12: "
     "'?' against the end of format 'dd MMM yyyy'"),
    (DMY, "12 MAR", None, "no declared format fits; first difference at character 7: "
     "the end against ' ' of format 'dd MMM yyyy'"),
    (DMY, "ca. 12 MAR 2018", None, "no declared format fits; first difference at character 1: "
     "'ca. 12 MAR 2018' against 'dd' of format 'dd MMM yyyy'"),
    ("dd-MMM-yy", "13-APR-24", "2024-04-13", ""),
    ("dd-MMM-yy", "13-APR-69", "1969-04-13", ""),
]  # fmt: skip


def params(**given) -> AssignDatetime:
    return AssignDatetime.model_validate({"date": "DAT", **given})


def read(params: AssignDatetime, **cells) -> list[str | None]:
    block = pd.DataFrame({name: columns.text(texts) for name, texts in cells.items()})
    made = assign_datetime(block, params)
    assert made.index.equals(block.index)
    return made.astype(object).where(made.notna(), None).tolist()


@pytest.mark.parametrize(("date_format", "raw", "expected", "reason"), TEXTS)
def test_table_of_date_texts(date_format, raw, expected, reason):
    given = params(format=date_format, **({"century": 68} if "yy" in re.findall("y+", date_format) else {}))
    assert read(given, DAT=[raw]) == [expected]
    assert explain_loss([raw], given) == [reason]
    assert expected is None or iso8601.is_datetime([expected])[0]


def test_the_table_has_more_than_forty_texts():
    assert len(TEXTS) > 40 and len(set(TEXTS)) == len(TEXTS)


TIMES = [
    ("12 MAR 2018", "10:30", "2018-03-12T10:30"),
    ("12 MAR 2018", "10:30:05", "2018-03-12T10:30:05"),
    ("12 MAR 2018", None, "2018-03-12"),
    ("12 MAR 2018", "UN:UN", "2018-03-12"),
    ("12 MAR 2018", "UNK", "2018-03-12"),
    ("12 MAR 2018", "08:UN", "2018-03-12T08"),
    ("12 MAR 2018", "UN:15", "2018-03-12T-:15"),
    ("12 MAR 2018", "13:UN:17", "2018-03-12T13:-:17"),
    ("UN MAR 2018", "10:30", "2018-03--T10:30"),
    ("UN UNK 2018", "10:30", "2018----T10:30"),
    (None, "07:15", "-----T07:15"),
    ("UNK", "07:15", "-----T07:15"),
    (None, None, None),
]


@pytest.mark.parametrize(("day", "time", "expected"), TIMES)
def test_a_time_of_its_own_column(day, time, expected):
    given = params(format=DMY, time="TIM")
    assert read(given, DAT=[day], TIM=[time]) == [expected]
    assert explain_loss([(day, time)], given) == [""]
    assert expected is None or iso8601.is_datetime([expected])[0]


@pytest.mark.parametrize(
    ("time", "reason"),
    [
        (
            "9:5",
            "no declared format fits; first difference at character 1: '9:5' against 'HH' of format 'HH:mm'",
        ),
        ("25:61", "impossible time: there is no hour 25"),
        ("24:00", "impossible time: a day ends at 23:59; 24:00 is 00:00 of the next day"),
        (
            "0930",
            "no declared format fits; first difference at character 3: '30' against ':' of format 'HH:mm'",
        ),
    ],
)
def test_a_time_that_cannot_be_read_takes_the_date_with_it_so_that_the_loss_is_seen(time, reason):
    given = params(format=DMY, time="TIM")
    assert read(given, DAT=["12 MAR 2018"], TIM=[time]) == [None]
    assert explain_loss([("12 MAR 2018", time)], given) == [reason]


def test_single_letters_take_one_digit_or_two():
    given = params(format=DMY, time="TIM", time_format="H:m")
    assert read(given, DAT=["12 MAR 2018"] * 2, TIM=["9:5", "09:05"]) == ["2018-03-12T09:05"] * 2


def test_contradictory_orders_are_ambiguous_value_by_value():
    # Trap 6: both orders declared for one column. Only what just one of them can read is read.
    given = params(format=["dd/MM/yyyy", "MM/dd/yyyy"])
    raw = ["05/04/2024", "04/15/2024", "15/04/2024", "05/05/2024", "UN/04/2024", "31/31/2024"]
    assert read(given, DAT=raw) == [None, "2024-04-15", "2024-04-15", "2024-05-05", None, None]
    assert explain_loss(raw, given) == [
        "two declared formats read this differently: 2024-04-05 and 2024-05-04", "", "", "",
        "two declared formats read this differently: 2024-04 and 2024---04",
        "impossible date: there is no month 31",
    ]  # fmt: skip


def test_one_order_declared_reads_one_order():
    # Trap 6 with one order: the other is told, never read the other way round.
    assert read(params(format="dd/MM/yyyy"), DAT=["05/04/2024", "04/15/2024"]) == ["2024-04-05", None]


def test_several_formats_in_one_column():
    # def01: DD/MM/YYYY, DD-Mon-YYYY and Mon-YYYY in one column.
    given = params(format=["dd/MM/yyyy", "dd-MMM-yyyy", "MMM-yyyy"])
    assert read(given, DAT=["03/02/2024", "14-Feb-2024", "FEB-2024", None]) == [
        "2024-02-03", "2024-02-14", "2024-02", None,
    ]  # fmt: skip


def test_year_month_and_day_in_columns_of_their_own():
    given = params(date={"year": "Y", "month": "M", "day": "D"})
    assert given.columns() == ("Y", "M", "D")
    made = read(
        given,
        Y=["2024", "2024", "2024", None, None, "2024", "2024"],
        M=["3", "MAR", None, "3", None, "UNK", "2"],
        D=["5", None, "05", "5", None, "12", "30"],
    )
    assert made == ["2024-03-05", "2024-03", "2024---05", "--03-05", None, "2024---12", None]
    assert explain_loss([("2024", "2", "30")], given) == ["impossible date: February has 29 days"]
    assert read(params(date={"year": "Y"}), Y=["2024", "24"]) == ["2024", None]


def test_several_columns_with_a_format_for_each():
    given = params(date=["D", "MY"], format="dd MMM/yyyy")
    assert given.columns() == ("D", "MY")
    assert read(given, D=["05", None, "05"], MY=["MAR/2024", "MAR/2024", None]) == [
        "2024-03-05",
        "2024-03",
        "----05",
    ]
    assert explain_loss([("05", "2024")], given) == [
        "no declared format fits; first difference at character 1: "
        "'2024' against 'MMM' of format 'dd MMM/yyyy'"
    ]
    both = params(date=["DAT", "TIM"], format="yyyy-MM-dd HH:mm")
    assert read(both, DAT=["2024-03-01"] * 2, TIM=["10:30", None]) == ["2024-03-01T10:30", "2024-03-01"]


def test_unknown_words_are_declared_and_closed():
    assert read(params(format=DMY, unknown=["99"]), DAT=["99 MAR 2018", "UN MAR 2018"]) == ["2018-03", None]
    assert read(params(format=DMY, unknown=[]), DAT=["UN MAR 2018"]) == [None]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"date": "A"}, "declare the format of the date"),
        ({"date": "A", "format": "dd MMM yy"}, "declare century"),
        ({"date": "A", "format": "DD MMM yyyy"}, "did you mean dd"),
        ({"date": "A", "format": "HH:mm"}, "has no token for the year"),
        ({"date": "A", "time": "B", "format": "yyyy-MM-dd HH:mm"}, "the time comes from column B"),
        ({"date": "A", "time": "B", "format": ISO, "time_format": "yyyy"}, "has tokens of a date"),
        ({"date": ["A", "B"], "format": "ddMMMyyyy"}, "is to read 2 columns"),
        ({"date": {"year": "A", "day": "B"}}, "date has a day but no month"),
        ({"date": {"year": "A", "month": "B"}, "format": "MMM yyyy"}, "not in the order year, month, day"),
        ({"date": "A", "format": ISO, "unknown": [""]}, "a word for unknown parts is empty"),
        ({"date": "A", "format": ISO, "locale": "de"}, "locale"),
        ({"date": "", "format": ISO}, "a value for date, which is empty"),
        ({"date": "A", "format": "dd MMM yy", "century": "120"}, "century"),
    ],
)
def test_a_mapping_that_makes_no_sense_is_refused(given, told):
    with pytest.raises(ValidationError) as refused:
        AssignDatetime.model_validate(given)
    assert told in str(refused.value)


def test_a_yaml_text_is_a_century():
    assert params(format="dd MMM yy", century="68").century == 68


def test_registered_for_generic_loss_reporting():
    registered = catalogue_entry()
    assert (registered.key, registered.loss, registered.rule) == ("date", "reported", "date-not-read")
    assert registered.expected(params(format=DMY, unknown=["UN", "UNK"])) == (
        "a date in format dd MMM yyyy (unknown parts: UN, UNK)"
    )
    assert registered.expected(params(format=DMY, time="TIM", unknown=[])) == (
        "a date in format dd MMM yyyy and a time in format HH:mm or HH:mm:ss"
    )
    assert registered.explain(["31 APR 2018"], params(format=DMY)) == ["impossible date: April has 30 days"]


def catalogue_entry():
    try:
        return catalogue()["assign_datetime"]
    except ImportError:  # another algorithm's file; not the matter of this test
        from sdtm.mapping.registry import _registered

        return _registered["assign_datetime"]


def test_example_of_the_documentation():
    example = re.search(r"Example: \(format ([^)]+)\) (.*)\.$", catalogue_entry().doc.replace("\n", " "))
    pairs = [pair.split(" -> ") for pair in re.sub(" +", " ", example[2]).split("; ")]
    assert len(pairs) == 5
    for raw, expected in pairs:
        assert read(params(format=example[1]), DAT=[raw]) == [None if expected == "missing" else expected]


def test_the_machine_s_language_does_not_matter():
    before = locale.setlocale(locale.LC_TIME)
    try:
        for name in ("de_DE.UTF-8", "fr_FR.UTF-8", "C"):
            try:
                locale.setlocale(locale.LC_TIME, name)
            except locale.Error:
                continue
            assert read(params(format=DMY), DAT=["12 MAY 2018"]) == ["2018-05-12"]
    finally:
        locale.setlocale(locale.LC_TIME, before)


def test_a_huge_cell_is_a_short_reason():
    [reason] = explain_loss(["12 MAR 2018" + "9" * 3_000_000], params(format=[DMY, ISO]))
    assert (
        reason.startswith("no declared format fits; first difference at character 12: '9999")
        and len(reason) < 200
    )


def test_no_rows():
    assert read(params(format=DMY), DAT=[]) == []
    assert read(params(format=DMY, time="TIM"), DAT=[], TIM=[]) == []
    assert read(params(format=DMY, time="TIM"), DAT=[None], TIM=[None]) == [None]


@given(st.dates(), st.sampled_from(["dd MMM yyyy", "MM/dd/yyyy", "yyyyMMdd", "d/M/yyyy", "ddMMMyyyy"]))
def test_a_written_date_is_read_back(day, date_format):
    months = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
    raw = date_format
    for token, text in (
        ("MMM", months[day.month - 1]), ("yyyy", f"{day.year:04}"), ("dd", f"{day.day:02}"),
        ("MM", f"{day.month:02}"), ("d/M/", f"{day.day}/{day.month}/"),
    ):  # fmt: skip
        raw = raw.replace(token, text)
    assert read(params(format=date_format), DAT=[raw]) == [day.isoformat()]


@given(st.lists(st.sampled_from([text for _, text, _, _ in TEXTS] + [None]), max_size=30), st.randoms())
def test_the_order_of_rows_does_not_matter(texts, random):
    given = params(format=[DMY, "dd/MM/yyyy", "MM/dd/yyyy", ISO])
    shuffled = list(range(len(texts)))
    random.shuffle(shuffled)
    straight = read(given, DAT=texts)
    assert read(given, DAT=[texts[row] for row in shuffled]) == [straight[row] for row in shuffled]


@given(st.text(alphabet="0123456789/-: TUNKMARapr", max_size=18))
def test_whatever_comes_out_is_valid_and_whatever_is_lost_has_a_reason(text):
    given = params(format=[DMY, "d/M/yyyy", "yyyy-MM-dd HH:mm", "yyyy-MM-ddTHH:mm:ss", "MMM yyyy"])
    [made] = read(given, DAT=[text])
    [reason] = explain_loss([text], given)
    assert (made is None) == bool(reason)
    assert made is None or iso8601.is_datetime([made])[0]
