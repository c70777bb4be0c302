"""Rules on the trial summary; which rows fail is read off the rows by hand."""

from __future__ import annotations

import pytest

CASES = [
    (
        "parameter-without-value",
        {
            "TS": "TSPARMCD|TSVAL|TSVALNF\nAGEMAX||PINF\nAGEMIN||\nTITLE|A study|",
        },
        {"TS.TSPARMCD": [1]},
    ),
    (
        "parameter-value-and-null-flavor",
        {
            "TS": "TSVAL|TSVALNF\nP18Y|\n|NA\nP18Y|NA",
        },
        {"TS.TSVALNF": [2]},
    ),
    (
        "null-flavor-as-value",
        {
            "TS": "TSVAL|TSVALNF\nUnknown|\nNAME|\n|UNK",
        },
        {"TS.TSVAL": [0]},
    ),
    (
        "long-value-starts-late",
        {
            "TS": "TSVAL|TSVAL1|TSVAL2\na|b|\n|b|\na||c",
        },
        {"TS.TSVAL1": [1], "TS.TSVAL2": [2]},
    ),
    (
        "code-version-without-dictionary",
        {
            "TS": "TSVCDREF|TSVCDVER\nCDISC CT|2025-03-28\n|2025-03-28\n|",
        },
        {"TS.TSVCDVER": [1]},
    ),
    (
        "terminology-version-not-a-date",
        {
            "TS": "TSVCDREF|TSVCDVER\nCDISC CT|2025-03-28\nCDISC|5.0\nCDISC|2025-02-28\nSNOMED|5.0",
        },
        {"TS.TSVCDVER": [1, 2]},
    ),
    (
        "terminology-code-form",
        {
            "TS": "TSVCDREF|TSVALCD\nCDISC CT|C49636\nCDISC CT|BOTH\nSNOMED|254837009",
        },
        {"TS.TSVALCD": [1]},
    ),
    (
        "parameter-form",
        {
            "TS": """TSPARMCD|TSVAL
                     AGEMIN|P18Y
                     AGEMIN|18 YEARS
                     SSTDTC|2024-02-29
                     SSTDTC|2024-02
                     PLANSUB|120
                     PLANSUB|about 120
                     TITLE|about 120""",
        },
        {"TS.TSVAL": [1, 3, 5]},
    ),
    (
        "parameter-code-differs",
        {
            "TS": """TSVAL|TSVALCD|TSVCDREF
                     Y|C49488|CDISC CT
                     N|C49487|CDISC CT
                     Y|C49488|CDISC CT
                     Y|C49487|CDISC CT
                     N|C49487|CDISC CT
                     N|C49487|SNOMED""",
        },
        {"TS.TSVALCD": [3]},
    ),
]


@pytest.mark.parametrize(("rule", "datasets", "expected"), CASES, ids=[case[0] for case in CASES])
def test_rule(rule, datasets, expected, check_rule) -> None:
    check_rule(rule, datasets, expected)


def test_parameters_that_are_required_depend_on_the_study(frames) -> None:
    from specs.rules.trial_summary import INTERVENTIONAL, PATIENTS, REQUIRED
    from specs.standards import implementation_guide
    from validation.rules.trial_summary import trial_parameter_absent
    from validation.tables import table_of

    rows = [f"{name}|Y" for name in REQUIRED if name not in ("STYPE", "HLTSUBJI")]
    summary = "TSPARMCD|TSVAL\n" + "\n".join(
        [*rows, "STYPE|INTERVENTIONAL", "HLTSUBJI|N", "TRT|X", "INTTYPE|DRUG"]
    )
    tables = {"TS": table_of("TS", frames(TS=summary)["TS"], implementation_guide())}
    missing = sorted({*INTERVENTIONAL, *PATIENTS} - {"TRT", "INTTYPE"})
    assert trial_parameter_absent(tables) == {"TS": f"no {', '.join(missing)}"}  # "trial-parameter-absent"
    whole = summary + "".join(f"\n{name}|Y" for name in missing)
    assert (
        trial_parameter_absent({"TS": table_of("TS", frames(TS=whole)["TS"], implementation_guide())}) == {}
    )
    assert trial_parameter_absent({}) == {}
