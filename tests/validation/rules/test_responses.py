"""Rules on responses and lesions (RECIST 1.1); which rows fail is read off the rows by hand."""

from __future__ import annotations

import pytest

CASES = [
    (
        "overall-response-differs",
        {
            "RS": """USUBJID|RSCAT|RSTESTCD|RSSTRESC|VISITNUM
                     S1|RECIST 1.1|TRGRESP|PR|1
                     S1|RECIST 1.1|NTRGRESP|NON-CR/NON-PD|1
                     S1|RECIST 1.1|NEWLIND|N|1
                     S1|RECIST 1.1|OVRLRESP|PR|1
                     S1|RECIST 1.1|TRGRESP|CR|2
                     S1|RECIST 1.1|NTRGRESP|NON-CR/NON-PD|2
                     S1|RECIST 1.1|NEWLIND|N|2
                     S1|RECIST 1.1|OVRLRESP|CR|2
                     S1|RECIST 1.1|TRGRESP|SD|3
                     S1|RECIST 1.1|NTRGRESP|NOT APPLICABLE|3
                     S1|RECIST 1.1|NEWLIND|Y|3
                     S1|RECIST 1.1|OVRLRESP|SD|3
                     S1|RECIST 1.1|TRGRESP|SD|4
                     S1|RECIST 1.1|NTRGRESP|NE|4
                     S1|RECIST 1.1|NEWLIND|N|4
                     S1|RECIST 1.1|OVRLRESP|PD|4
                     S1|RANO-BM|TRGRESP|PR|5
                     S1|RANO-BM|OVRLRESP|SD|5
                     S1|RECIST 1.1|TRGRESP|SD|6
                     S1|RECIST 1.1|NTRGRESP|NON-CR/NON-PD|6
                     S1|RECIST 1.1|OVRLRESP|PD|6
                     S1|RECIST 1.1|NTRGRESP|NON-CR/NON-PD|7
                     S1|RECIST 1.1|OVRLRESP|NON-CR/NON-PD|7""",
        },
        {"RS.RSSTRESC": [7, 11, 15]},
    ),
    (
        "target-response-differs",
        {
            "RS": """USUBJID|RSTESTCD|RSSTRESC|VISITNUM|RSDTC
                     S1|TRGRESP|PR|2|2024-02-15
                     S1|TRGRESP|SD|3|2024-04-01
                     S1|TRGRESP|PR|4|2024-05-15
                     S1|TRGRESP|SD|5|2024-07-01
                     S1|TRGRESP|CR|6|2024-08-15
                     S1|OVRLRESP|SD|6|2024-08-15
                     S2|TRGRESP|PD|2|2024-02-15""",
            "TR": """USUBJID|TRGRPID|TRLNKID|TRTESTCD|TRSTRESC|TRSTRESN|VISITNUM|TRDTC
                     S1|TARGET|T1|LDIAM|30|30|1|2024-01-01
                     S1|TARGET|T2|LPERP|20|20|1|2024-01-01
                     S1|TARGET|T1|LDIAM|20|20|2|2024-02-15
                     S1|TARGET|T2|LPERP|15|15|2|2024-02-15
                     S1|TARGET|T1|LDIAM|20.1|20.1|3|2024-04-01
                     S1|TARGET|T2|LPERP|14|14|3|2024-04-01
                     S1|TARGET|T1|LDIAM|24|24|4|2024-05-15
                     S1|TARGET|T2|LPERP|18|18|4|2024-05-15
                     S1|TARGET|T1|LDIAM|||5|2024-07-01
                     S1|TARGET|T2|LPERP|9|9|5|2024-07-01
                     S1|TARGET|T1|LDIAM|0|0|6|2024-08-15
                     S1|TARGET|T2|LPERP|9|9|6|2024-08-15""",
            "DM": "USUBJID|RFXSTDTC\nS1|2024-01-05T09:00\nS2|2024-01-05T09:00",
        },
        {"RS.RSSTRESC": [1, 2]},
    ),
    (
        "progression-without-evidence",
        {
            "RS": """USUBJID|RSTESTCD|RSSTRESC|VISITNUM|RSDTC
                     S1|OVRLRESP|PD|3|2024-04-01
                     S1|OVRLRESP|PD|4|2024-05-15
                     S1|OVRLRESP|PD|5|2024-07-01
                     S1|NTRGRESP|PD|2|2024-02-15
                     S1|OVRLRESP|PD|2|2024-02-15
                     S2|OVRLRESP|PD|2|2024-02-15""",
            "TR": """USUBJID|TRGRPID|TRLNKID|TRTESTCD|TRSTRESC|TRSTRESN|VISITNUM|TRDTC
                     S1|TARGET|T1|LDIAM|30|30|1|2024-01-01
                     S1|TARGET|T2|LPERP|20|20|1|2024-01-01
                     S1|TARGET|T1|LDIAM|20|20|2|2024-02-15
                     S1|TARGET|T2|LPERP|15|15|2|2024-02-15
                     S1|TARGET|T1|LDIAM|20.1|20.1|3|2024-04-01
                     S1|TARGET|T2|LPERP|14|14|3|2024-04-01
                     S1|TARGET|T1|LDIAM|24|24|4|2024-05-15
                     S1|TARGET|T2|LPERP|18|18|4|2024-05-15
                     S1|TARGET|T1|LDIAM|||5|2024-07-01
                     S1|TARGET|T2|LPERP|9|9|5|2024-07-01
                     S1|TARGET|T1|LDIAM|0|0|6|2024-08-15
                     S1|TARGET|T2|LPERP|9|9|6|2024-08-15""",
            "DM": "USUBJID|RFXSTDTC\nS1|2024-01-05T09:00\nS2|2024-01-05T09:00",
        },
        {"RS.RSSTRESC": [0]},
    ),
    (
        "progression-without-evidence",
        {
            "RS": "USUBJID|RSTESTCD|RSSTRESC|VISITNUM|RSDTC\nS1|OVRLRESP|PD|3|2024-04-01",
            "TR": """USUBJID|TRGRPID|TRLNKID|TRTESTCD|TRSTRESC|TRSTRESN|VISITNUM|TRDTC
                     S1|TARGET|T1|LDIAM|30|30|1|2024-01-01
                     S1|TARGET|T2|LPERP|20|20|1|2024-01-01
                     S1|TARGET|T1|LDIAM|20|20|2|2024-02-15
                     S1|TARGET|T2|LPERP|15|15|2|2024-02-15
                     S1|TARGET|T1|LDIAM|20.1|20.1|3|2024-04-01
                     S1|TARGET|T2|LPERP|14|14|3|2024-04-01
                     S1|TARGET|T1|LDIAM|24|24|4|2024-05-15
                     S1|TARGET|T2|LPERP|18|18|4|2024-05-15
                     S1|TARGET|T1|LDIAM|||5|2024-07-01
                     S1|TARGET|T2|LPERP|9|9|5|2024-07-01
                     S1|TARGET|T1|LDIAM|0|0|6|2024-08-15
                     S1|TARGET|T2|LPERP|9|9|6|2024-08-15""",
            "DM": "USUBJID|RFXSTDTC\nS1|2024-01-05T09:00\nS2|2024-01-05T09:00",
            "TU": "USUBJID|TULNKID|TUORRES|TUDTC\nS1|N1|NEW|2024-04-01",
        },
        {},
    ),
    (
        "response-without-assessment",
        {
            "RS": """USUBJID|RSTESTCD|RSSTRESC|VISITNUM|RSDTC
                     S1|OVRLRESP|PR|2|2024-02-15
                     S1|OVRLRESP|PR|8|2024-02
                     S1|OVRLRESP|PR|9|2024-12-01
                     S1|OVRLRESP|NE|9|2024-12-01
                     S2|OVRLRESP|SD|2|2024-02-15""",
            "TR": """USUBJID|TRGRPID|TRLNKID|TRTESTCD|TRSTRESC|TRSTRESN|VISITNUM|TRDTC
                     S1|TARGET|T1|LDIAM|30|30|1|2024-01-01
                     S1|TARGET|T2|LPERP|20|20|1|2024-01-01
                     S1|TARGET|T1|LDIAM|20|20|2|2024-02-15
                     S1|TARGET|T2|LPERP|15|15|2|2024-02-15
                     S1|TARGET|T1|LDIAM|20.1|20.1|3|2024-04-01
                     S1|TARGET|T2|LPERP|14|14|3|2024-04-01
                     S1|TARGET|T1|LDIAM|24|24|4|2024-05-15
                     S1|TARGET|T2|LPERP|18|18|4|2024-05-15
                     S1|TARGET|T1|LDIAM|||5|2024-07-01
                     S1|TARGET|T2|LPERP|9|9|5|2024-07-01
                     S1|TARGET|T1|LDIAM|0|0|6|2024-08-15
                     S1|TARGET|T2|LPERP|9|9|6|2024-08-15""",
        },
        {"RS.RSSTRESC": [2, 4]},
    ),
    (
        "lesion-not-identified",
        {
            "TR": "USUBJID|TRLNKID\nS1|T1\nS1|T2\nS2|T1\nS1|",
            "TU": "USUBJID|TULNKID\nS1|T1\nS3|T1",
        },
        {"TR.TRLNKID": [1, 2]},
    ),
    (
        "new-lesion-at-baseline",
        {
            "TU": "USUBJID|TUORRES|TUDTC\nS1|TARGET|2024-01-01\nS1|NEW|2024-01-01\nS1|NEW|2024-02-01\nS1|NEW|2024-01",
            "DM": "USUBJID|RFXSTDTC\nS1|2024-01-05T09:00\nS2|2024-01-05T09:00",
        },
        {"TU.TUORRES": [1]},
    ),
    (
        "too-many-target-lesions",
        {
            "TU": """USUBJID|TULNKID|TUORRES
                     S1|T0|TARGET
                     S1|T1|TARGET
                     S1|T2|TARGET
                     S1|T3|TARGET
                     S1|T4|TARGET
                     S1|T5|TARGET
                     S1|N1|NON-TARGET
                     S2|T0|TARGET
                     S2|T1|TARGET
                     S2|T2|TARGET
                     S2|T3|TARGET
                     S2|T4|TARGET""",
        },
        {"TU.TUORRES": [0, 1, 2, 3, 4, 5]},
    ),
]


@pytest.mark.parametrize(("rule", "datasets", "expected"), CASES, ids=[case[0] for case in CASES])
def test_rule(rule, datasets, expected, check_rule) -> None:
    check_rule(rule, datasets, expected)


@pytest.mark.parametrize(
    ("test", "value", "shown"),
    [
        ("DIAMETER", "20", "PR"),  # the diameter that was named counts, whatever the others say
        ("LDIAM", "20", "SD"),  # of a node the short axis counts: 28 after 30
    ],
)
def test_of_several_diameters_one_counts(test, value, shown, frames) -> None:
    """RECIST 1.1, 4.2: the longest diameter of a lesion, the short axis of a node."""
    from validation.rules.lesion_sums import assessments
    from validation.values import prepared

    rows = ["S1|TARGET|T1|LPERP|30|1|2024-01-01", "S1|TARGET|T1|LPERP|28|2|2024-02-15"]
    rows += [f"S1|TARGET|T1|{test}|30|1|2024-01-01", f"S1|TARGET|T1|{test}|{value}|2|2024-02-15"]
    heads = "USUBJID|TRGRPID|TRLNKID|TRTESTCD|TRSTRESN|VISITNUM|TRDTC"
    made = frames(
        TR="\n".join([heads, *rows]),
        TU="USUBJID|TULNKID|TULOC\nS1|T1|LYMPH NODE",
        DM="USUBJID|RFXSTDTC\nS1|2024-01-05",
    )
    measured = made["TR"].assign(TREVAL=None, TREVALID=None).astype({"TREVAL": "str", "TREVALID": "str"})
    found = assessments(prepared(measured), prepared(made["TU"]), prepared(made["DM"]))
    assert list(found.response) == [shown]
