"""Rules on analysis datasets. All data are invented; the sources of expected values stand beside them.

SAS counts days from 1960-01-01: 23436 is 2024-03-01 (64 years of 365 days, 16 leap days before 2024, 31 + 29 days),
and a date-time of that day at 09:00 is 23436 * 86400 + 32400 = 2024902800.
"""

from __future__ import annotations

import pandas as pd
import pytest

from specs.standards import implementation_guide
from specs.standards.adam_ig import analysis_guide
from validation.analysis_tables import analysis_table
from validation.rules.engine import run_rules
from validation.rules.registry import ADAM, rules
from validation.tables import Metadata

ADSL = """STUDYID|USUBJID|SUBJID|SITEID|TRT01P|SAFFL|TRTSDT|SEX
          X1     |S1     |1     |01    |A     |Y    |23436 |F
          X1     |S2     |2     |01    |B     |N    |      |M"""

CASES = [
    ("adsl-absent", {"ADAE": "STUDYID|USUBJID|AESEQ|AETERM\nX1|S1|1|a"}, {"ADSL": "all"}),
    ("analysis-dataset-empty", {"ADSL": ADSL, "ADLB": "STUDYID|USUBJID|PARAMCD|AVAL"}, {"ADLB": "all"}),
    ("analysis-name-without-ad", {"LABS": "STUDYID|USUBJID|PARAMCD|AVAL\nX1|S1|A|1"}, {"LABS": "all"}),
    (
        "analysis-study-differs",
        {"ADSL": ADSL, "ADAE": "STUDYID|USUBJID|AESEQ|AETERM\nX1|S1|1|a\nX2|S1|2|b\n|S1|3|c"},
        {"ADAE.STUDYID": [1]},
    ),
    ("analysis-value-absent", {"ADLB": "STUDYID|USUBJID|PARAMCD|PARAM\nX1|S1|A|Alpha"}, {"ADLB": "all"}),
    (
        "analysis-value-missing",
        {"ADLB": "USUBJID|PARAMCD|AVAL|AVALC\nS1|A|1|\nS1|A||\nS1|B||\nS2|B||\nS1|C||x"},
        {"ADLB.PARAMCD": [2, 3]},
    ),
    ("treatment-absent", {"ADLB": "USUBJID|PARAMCD|AVAL\nS1|A|1"}, {"ADLB": "all"}),
    ("dataset-of-no-structure", {"ADDOSE": "LEVEL|COHORTN\n1|2"}, {"ADDOSE": "all"}),
    # Flags. AD0005: Y, N or null; AD0019: a population flag is never null; AD0010 to AD0012: 1 is Y, 0 is N.
    (
        "flag-value-unknown",
        {"ADLB": "USUBJID|PARAMCD|AVAL|ANL01FL|SAFFL\nS1|A|1|Y|Y\nS1|A|2||N\nS1|A|3|1|\nS1|A|4|y|YES"},
        {"ADLB.ANL01FL": [2, 3], "ADLB.SAFFL": [3]},
    ),
    (
        "record-flag-not-y",
        {"ADLB": "USUBJID|PARAMCD|AVAL|ABLFL|SAFFL|ANL01FL\nS1|A|1|Y|N|\nS1|A|2|N|N|Y\nS1|A|3||N|N"},
        {"ADLB.ABLFL": [1], "ADLB.ANL01FL": [2]},
    ),
    ("population-flag-missing", {"ADSL": "USUBJID|SAFFL|PKFL\nS1|Y|\nS2||\nS3|N|"}, {"ADSL.SAFFL": [1]}),
    ("population-flag-absent", {"ADSL": "USUBJID|PKFL\nS1|Y"}, {"ADSL": "all"}),
    ("numeric-flag-alone", {"ADSL": "USUBJID|SAFFN|ITTFL|ITTFN\nS1|1|Y|1"}, {"ADSL.SAFFN": "all"}),
    (
        "numeric-flag-differs",
        {"ADSL": "USUBJID|SAFFL|SAFFN\nS1|Y|1\nS2|N|0\nS3||\nS4|Y|0\nS5|N|1\nS6|Y|\nS7||1"},
        {"ADSL.SAFFN": [3, 4, 5, 6]},
    ),
    (
        "criterion-flag-alone",
        {"ADLB": "USUBJID|PARAMCD|AVAL|CRIT1|CRIT1FL\nS1|A|1|AVAL > 5|N\nS1|A|9||Y\nS1|A|3||"},
        {"ADLB.CRIT1FL": [1]},
    ),
    # Pairs.
    (
        "pair-not-one-to-one",
        {
            "ADLB": """USUBJID|PARAMCD|AVAL|TRTA|TRTAN|AVALCAT1|AVALCA1N
                       S1     |A      |1   |P   |1    |low     |1
                       S2     |A      |2   |P   |1    |high    |2
                       S3     |A      |3   |Q   |2    |high    |2
                       S4     |A      |3   |Q   |1    |high    |3
                       S1     |B      |1   |P   |1    |low     |2"""
        },
        {"ADLB.TRTAN": [2, 3], "ADLB.AVALCA1N": [3]},
    ),
    (
        "twin-populated-alone",
        {"ADLB": "USUBJID|PARAMCD|AVAL|AVISIT|AVISITN\nS1|A|1|WEEK 1|1\nS1|A|2||2\nS1|A|3||"},
        {"ADLB.AVISITN": [1]},
    ),
    (
        "twin-alone",
        {"ADLB": "USUBJID|PARAMCD|AVAL|AVISITN|TRTA|TRTAN|ADURN\nS1|A|1|1|P|1|3"},
        {"ADLB.AVISITN": "all"},
    ),
    # Dates.
    (
        "date-not-whole",
        {"ADLB": "USUBJID|PARAMCD|AVAL|ADT\nS1|A|1|23436\nS1|A|1|23436.5\nS1|A|1|2024902800\nS1|A|1|"},
        {"ADLB.ADT": [1, 2]},
    ),
    (
        "date-and-datetime-differ",
        {
            "ADLB": """USUBJID|PARAMCD|AVAL|ADTM      |ADT  |ATM
                       S1     |A      |1   |2024902800|23436|32400
                       S1     |A      |1   |2024902800|23437|32400
                       S1     |A      |1   |2024902800|23436|36000
                       S1     |A      |1   |          |23436|"""
        },
        {"ADLB.ADT": [1], "ADLB.ATM": [2]},
    ),
    (
        "imputation-flag-alone",
        {"ADAE": "USUBJID|AESEQ|AETERM|ASTDT|ASTDTF\nS1|1|a|23436|D\nS1|2|b||M\nS1|3|c||"},
        {"ADAE.ASTDTF": [1]},
    ),
    (
        "analysis-end-before-start",
        {
            "ADAE": """USUBJID|AESEQ|AETERM|ASTDT|AENDT|TRTSDT|TRTEDT|TR01SDT|TR01EDT
                       S1     |1    |a     |23436|23436|1     |2     |5      |5
                       S1     |2    |a     |23436|23435|2     |1     |5      |4
                       S1     |3    |a     |     |23435|2     |      |5      |"""
        },
        {"ADAE.AENDT": [1], "ADAE.TRTEDT": [1], "ADAE.TR01EDT": [1]},
    ),
    (
        "analysis-day-zero",
        {"ADLB": "USUBJID|PARAMCD|AVAL|ADY\nS1|A|1|0\nS1|A|1|1\nS1|A|1|"},
        {"ADLB.ADY": [0]},
    ),
    (
        "analysis-day-differs",  # 2024-03-01 is day 1 and 2024-02-29 day -1 of a treatment from 2024-03-01
        {
            "ADLB": """USUBJID|PARAMCD|AVAL|ADT  |ADY|TRTSDT
                       S1     |A      |1   |23436|1  |23436
                       S1     |A      |1   |23435|-1 |23436
                       S1     |A      |1   |23437|1  |23436
                       S1     |A      |1   |23435|0  |23436
                       S2     |A      |1   |23437|7  |"""
        },
        {"ADLB.ADY": [2]},
    ),
    (
        "analysis-day-without-date",
        {"ADLB": "USUBJID|PARAMCD|AVAL|ADT|ADY\nS1|A|1|23436|1\nS1|A|1||2\nS1|A|1||"},
        {"ADLB.ADY": [1]},
    ),
    (
        "date-differs-from-source",
        {
            "ADAE": """USUBJID|AESEQ|AETERM|AESTDTC         |ASTDT
                       S1     |1    |a     |2024-03-01      |23436
                       S1     |2    |a     |2024-03-01T09:00|23436
                       S1     |3    |a     |2024-03-02      |23436
                       S1     |4    |a     |2024-03         |23436
                       S1     |5    |a     |2024-03-01      |"""
        },
        {"ADAE.ASTDT": [2]},
    ),
    (
        "imputed-without-flag",
        {
            "ADAE": """USUBJID|AESEQ|AETERM|AESTDTC   |ASTDT|ASTDTF
                       S1     |1    |a     |2024-03   |23436|D
                       S1     |2    |a     |2024-03   |23436|
                       S1     |3    |a     |2024-03-01|23436|
                       S1     |4    |a     |2024-03   |     |"""
        },
        {"ADAE.ASTDT": [1]},
    ),
    (
        "flagged-though-complete",
        {"ADAE": "USUBJID|AESEQ|AETERM|AESTDTC|ASTDT|ASTDTF\nS1|1|a|2024-03-01|23436|D\nS1|2|a|2024|23376|M"},
        {"ADAE.ASTDTF": [0]},
    ),
    (
        "duration-differs",
        {
            "ADAE": """USUBJID|AESEQ|AETERM|ASTDT|AENDT|ADURN|ADURU
                       S1     |1    |a     |23436|23436|1    |DAYS
                       S1     |2    |a     |23436|23449|2    |WEEKS
                       S1     |3    |a     |23436|23437|1    |DAYS
                       S1     |4    |a     |23436|     |     |DAYS"""
        },
        {"ADAE.ADURN": [2]},
    ),
    # Parameters.
    (
        "parameter-code-invalid",
        {"ADLB": "USUBJID|PARAMCD|AVAL\nS1|ALT|1\nS1|1ALT|1\nS1|ALANINE_T|1\nS1|alt|1"},
        {"ADLB.PARAMCD": [1, 2, 3]},
    ),
    (
        "parameter-not-one-to-one",
        {
            "ADLB": """USUBJID|PARAMCD|PARAM  |PARAMN|AVAL
                       S1     |ALT    |ALT U/L|1     |1
                       S2     |ALT    |ALT U/L|1     |1
                       S3     |ALT    |ALT    |1     |1
                       S1     |AST    |AST U/L|2     |1
                       S2     |AST    |AST U/L|2     |1
                       S3     |AST    |AST U/L|1     |1"""
        },
        {"ADLB.PARAM": [2], "ADLB.PARAMN": [5]},
    ),
    (
        "parameter-category-differs",
        {
            "ADLB": "USUBJID|PARAMCD|PARCAT1|AVAL\nS1|ALT|LIVER|1\nS2|ALT|LIVER|1\nS3|ALT|CHEM|1\nS1|AST|LIVER|1"
        },
        {"ADLB.PARCAT1": [2]},
    ),
    (
        "analysis-value-not-one-to-one",
        {
            "ADLB": """USUBJID|PARAMCD|AVAL|AVALC
                       S1     |A      |1   |LOW
                       S2     |A      |1   |LOW
                       S3     |A      |2   |LOW
                       S1     |B      |2   |LOW
                       S4     |A      |    |LOW
                       S5     |A      |3   |"""
        },
        {"ADLB.AVALC": [2]},
    ),
    (
        "analysis-value-differs-from-text",
        {"ADLB": "USUBJID|PARAMCD|AVAL|AVALC\nS1|A|5|5\nS1|A|5.04|5.0\nS1|A|5|<5\nS1|A|5|6\nS1|A||7"},
        {"ADLB.AVALC": [1, 3]},
    ),
    (
        "analysis-unit-differs",
        {
            "ADPP": """USUBJID|PARAMCD|PCTEST|AVAL|AVALU
                       S1     |CMAX   |P     |1   |ng/mL
                       S2     |CMAX   |P     |1   |ng/mL
                       S3     |CMAX   |P     |1   |ug/mL
                       S1     |CMAX   |M     |1   |ug/mL"""
        },
        {"ADPP.AVALU": [2]},
    ),
    (
        "range-indicator-differs",
        {
            "ADLB": """USUBJID|PARAMCD|AVAL|ANRLO|ANRHI|ANRIND
                       S1     |A      |5   |1    |10   |NORMAL
                       S1     |A      |11  |1    |10   |HIGH
                       S1     |A      |11  |1    |10   |NORMAL
                       S1     |A      |5   |1    |10   |LOW
                       S1     |A      |0   |1    |10   |HIGH
                       S1     |A      |11  |1    |     |NORMAL"""
        },
        {"ADLB.ANRIND": [2, 3, 4]},
    ),
    # Baseline. Changes by hand: 12 - 10 = 2, 100 * 2 / 10 = 20, 12 / 10 = 1.2.
    (
        "baseline-flagged-twice",
        {
            "ADLB": """USUBJID|PARAMCD|BASETYPE|AVAL|ABLFL
                       S1     |A      |LAST    |1   |Y
                       S1     |A      |MEAN    |1   |Y
                       S1     |B      |LAST    |1   |Y
                       S1     |B      |LAST    |1   |Y
                       S2     |A      |LAST    |1   |Y"""
        },
        {"ADLB.ABLFL": [2, 3]},
    ),
    (
        "base-differs",
        {
            "ADLB": """USUBJID|PARAMCD|AVAL|ANRIND|ABLFL|BASE|BNRIND
                       S1     |A      |10  |NORMAL|Y    |10  |NORMAL
                       S1     |A      |12  |HIGH  |     |10  |NORMAL
                       S1     |A      |13  |HIGH  |     |12  |HIGH
                       S1     |A      |13  |HIGH  |     |    |
                       S2     |A      |13  |HIGH  |     |12  |HIGH"""
        },
        {"ADLB.BASE": [2], "ADLB.BNRIND": [2]},
    ),
    (
        "base-without-baseline-record",
        {"ADLB": "USUBJID|PARAMCD|AVAL|ABLFL|BASE\nS1|A|10|Y|10\nS1|A|11||10\nS2|A|11||10\nS2|B|11||"},
        {"ADLB.BASE": [2]},
    ),
    (
        "base-type-missing",
        {"ADLB": "USUBJID|PARAMCD|AVAL|BASETYPE|BASE\nS1|A|1|LAST|1\nS1|A|1||1\nS1|A|1||\nS1|B|1||1"},
        {"ADLB.BASETYPE": [1]},
    ),
    (
        "change-differs",
        {
            "ADLB": """USUBJID|PARAMCD|AVAL|BASE|CHG|PCHG|R2BASE
                       S1     |A      |12  |10  |2  |20  |1.2
                       S1     |A      |12  |10  |-2 |20  |1.2
                       S1     |A      |12  |10  |2  |0.2 |1.2
                       S1     |A      |12  |10  |2  |20  |0.8
                       S1     |A      |12  |0   |12 |    |
                       S1     |A      |12  |    |   |    |
                       S1     |A      |12  |    |2  |    |"""
        },
        {"ADLB.CHG": [1, 6], "ADLB.PCHG": [2], "ADLB.R2BASE": [3]},
    ),
    # Time to event.
    (
        "censoring-not-whole",
        {"ADTTE": "USUBJID|PARAMCD|AVAL|CNSR\nS1|OS|1|0\nS2|OS|1|1\nS3|OS|1|-1\nS4|OS|1|0.5\nS5|OS||"},
        {"ADTTE.CNSR": [2, 3]},
    ),
    (
        "censoring-missing",
        {"ADTTE": "USUBJID|PARAMCD|AVAL|CNSR\nS1|OS|1|0\nS2|OS|1|\nS3|OS||"},
        {"ADTTE.CNSR": [1]},
    ),
    (
        "event-undescribed",
        {"ADTTE": "USUBJID|PARAMCD|AVAL|CNSR|EVNTDESC\nS1|OS|1|0|DEATH\nS2|OS|1|1|\nS3|OS|||"},
        {"ADTTE.EVNTDESC": [1]},
    ),
    (
        "event-described-as-two",
        {
            "ADTTE": """USUBJID|PARAMCD|AVAL|CNSR|EVNTDESC
                        S1     |OS     |1   |0   |DEATH
                        S2     |OS     |1   |1   |DEATH
                        S3     |OS     |1   |1   |ALIVE
                        S1     |PFS    |1   |1   |ALIVE"""
        },
        {"ADTTE.EVNTDESC": [0, 1]},
    ),
    (
        "censoring-date-undescribed",
        {"ADTTE": "USUBJID|PARAMCD|AVAL|CNSR|CNSDTDSC\nS1|OS|1|0|\nS2|OS|1|1|LAST ALIVE\nS3|OS|1|2|"},
        {"ADTTE.CNSDTDSC": [2]},
    ),
    (
        "event-before-origin",
        {
            "ADTTE": "USUBJID|PARAMCD|AVAL|CNSR|STARTDT|ADT\nS1|OS|1|0|23436|23436\nS2|OS|1|0|23436|23435\nS3|OS|1|0||1"
        },
        {"ADTTE.ADT": [1]},
    ),
    (
        "time-to-event-differs",  # 31 days with the first counted: 31 / 30.4375 = 1.0185 months
        {
            "ADTTE": """USUBJID|PARAMCD|PARAM        |AVALU |AVAL  |CNSR|STARTDT|ADT
                        S1     |OS     |OS           |DAYS  |31    |0   |23436  |23466
                        S2     |OS     |OS           |DAYS  |30    |0   |23436  |23466
                        S3     |OS     |OS           |MONTHS|1.0185|0   |23436  |23466
                        S4     |OS     |OS           |DAYS  |40    |0   |23436  |23466
                        S5     |OS     |OS           |MONTHS|31    |0   |23436  |23466
                        S6     |OS     |OS           |DAYS  |      |    |23436  |23466"""
        },
        {"ADTTE.AVAL": [3, 4]},
    ),
    (
        "times-to-one-event",
        {"ADTTE": "USUBJID|PARAMCD|AVAL|CNSR\nS1|OS|1|0\nS1|PFS|1|0\nS2|OS|1|0\nS2|OS|2|1"},
        {"ADTTE.PARAMCD": [2, 3]},
    ),
    # Subjects.
    (
        "subject-not-in-adsl",
        {"ADSL": ADSL, "ADAE": "USUBJID|AESEQ|AETERM\nS1|1|a\nS3|1|a\n|1|a"},
        {"ADAE.USUBJID": [1]},
    ),
    (
        "subject-variable-differs",
        {
            "ADSL": ADSL,
            "ADAE": """USUBJID|AESEQ|AETERM|SAFFL|TRTSDT|SEX
                       S1     |1    |a     |Y    |23436 |F
                       S1     |2    |a     |N    |23437 |F
                       S2     |1    |a     |N    |      |
                       S9     |1    |a     |     |1     |U""",
        },
        {"ADAE.SAFFL": [1], "ADAE.TRTSDT": [1], "ADAE.SEX": [2]},
    ),
    (
        "adsl-subject-not-in-dm",
        {"ADSL": ADSL, "DM": "STUDYID|DOMAIN|USUBJID|SEX\nX1|DM|S1|F"},
        {"ADSL.USUBJID": [1]},
    ),
    (
        "copy-differs-from-dm",
        {"ADSL": ADSL, "DM": "STUDYID|DOMAIN|USUBJID|SEX\nX1|DM|S1|M\nX1|DM|S2|M"},
        {"ADSL.SEX": [0]},
    ),
    (
        "safety-without-treatment",
        {"ADSL": "USUBJID|SAFFL|TRTSDT|TRTSDTM\nS1|Y|23436|\nS2|Y||\nS3|N||\nS4|Y||2024902800"},
        {"ADSL.SAFFL": [1]},
    ),
    (
        "actual-treatment-without-planned",
        {"ADSL": "USUBJID|TRT01P|TRT01A|TRT02A\nS1|A|A|B"},
        {"ADSL.TRT02A": "all"},
    ),
    (
        "alive-after-death",
        {"ADSL": "USUBJID|DTHDT|LSTALVDT|TRTEDT\nS1|10|10|9\nS2|10|11|10\nS3|10|10|12\nS4||11|12"},
        {"ADSL.LSTALVDT": [1], "ADSL.TRTEDT": [2]},
    ),
    (
        "death-flag-differs",
        {"ADSL": "USUBJID|DTHDT|DTHFL\nS1|10|Y\nS2|10|\nS3||\nS4||Y"},
        {"ADSL.DTHFL": [1]},
    ),
    # Occurrences.
    (
        "emergent-before-treatment",
        {
            "ADAE": """USUBJID|AESEQ|AETERM|ASTDT|AENDT|TRTSDT|TRTEMFL
                       S1     |1    |a     |10   |12   |10    |Y
                       S1     |2    |a     |8    |9    |10    |Y
                       S1     |3    |a     |8    |     |10    |Y
                       S1     |4    |a     |8    |9    |10    |"""
        },
        {"ADAE.TRTEMFL": [1]},
    ),
    (
        "emergent-without-treatment",
        {"ADAE": "USUBJID|AESEQ|AETERM|TRTSDT|TRTEMFL\nS1|1|a|10|Y\nS2|1|a||Y\nS2|2|a||"},
        {"ADAE.TRTEMFL": [1]},
    ),
    (
        "under-treatment-not-emergent",
        {
            "ADAE": """USUBJID|AESEQ|AETERM|ASTDT|TRTSDT|TRTEDT|TRTEMFL
                       S1     |1    |a     |11   |10    |20    |Y
                       S1     |2    |a     |20   |10    |20    |
                       S1     |3    |a     |10   |10    |20    |
                       S1     |4    |a     |21   |10    |20    |N"""
        },
        {"ADAE.TRTEMFL": [1]},
    ),
    (
        "first-occurrence-twice",
        {
            "ADAE": """USUBJID|AESEQ|AETERM|AEDECOD|AEBODSYS|AOCCFL|AOCCPFL|AOCCSFL
                       S1     |1    |a     |A      |X       |Y     |Y      |Y
                       S1     |2    |a     |A      |X       |Y     |Y      |
                       S1     |3    |a     |B      |Y       |      |Y      |Y
                       S2     |1    |a     |A      |X       |Y     |Y      |Y"""
        },
        {"ADAE.AOCCFL": [0, 1], "ADAE.AOCCPFL": [0, 1]},
    ),
    (
        "first-occurrence-missing",
        {"ADAE": "USUBJID|AESEQ|AETERM|TRTEMFL|AOCCFL\nS1|1|a|Y|Y\nS1|2|a|Y|\nS2|1|a|Y|\nS3|1|a||"},
        {"ADAE.AOCCFL": [2]},
    ),
    # Sources.
    (
        "sequence-not-in-source",
        {
            "ADAE": "USUBJID|AESEQ|AETERM\nS1|1|a\nS1|2|b\nS2|1|c\nS2|2|c",
            "AE": "DOMAIN|USUBJID|AESEQ|AETERM\nAE|S1|1|a\nAE|S2|1|c\nAE|S2|2|c",
        },
        {"ADAE.AESEQ": [1]},
    ),
    (
        "copy-differs-from-source",
        {
            "ADLB": """USUBJID|LBSEQ|PARAMCD|AVAL|LBSTRESN|VISIT
                       S1     |1    |A      |1   |1       |W1
                       S1     |2    |A      |2   |3       |W2
                       S2     |1    |A      |1   |1       |W1
                       S9     |1    |A      |1   |1       |W1""",
            "LB": "DOMAIN|USUBJID|LBSEQ|LBSTRESN|VISIT\nLB|S1|1|1|W1\nLB|S1|2|2|W2\nLB|S2|1|1|W2",
        },
        {"ADLB.LBSTRESN": [1], "ADLB.VISIT": [2]},
    ),
    (
        "source-record-missing",
        {
            "ADTTE": """USUBJID|PARAMCD|AVAL|CNSR|SRCDOM|SRCVAR|SRCSEQ
                        S1     |OS     |1   |0   |RS    |RSDTC |1
                        S2     |OS     |1   |0   |RS    |RSDTC |2
                        S1     |PFS    |1   |0   |ADRS  |ADT   |2
                        S2     |PFS    |1   |0   |ADRS  |ADT   |1
                        S3     |PFS    |1   |0   |DM    |DTHDTC|""",
            "RS": "DOMAIN|USUBJID|RSSEQ\nRS|S1|1\nRS|S2|1",
            "ADRS": "USUBJID|PARAMCD|AVAL|ASEQ\nS1|A|1|2\nS2|A|1|2",
        },
        {"ADTTE.SRCSEQ": [1, 3]},
    ),
    (
        "source-dataset-unknown",
        {"ADTTE": "USUBJID|PARAMCD|AVAL|CNSR|SRCDOM\nS1|OS|1|0|RS\nS2|OS|1|0|QQQQ\nS3|OS|1|0|ADRS"},
        {"ADTTE.SRCDOM": [1]},
    ),
    (
        "source-incomplete",
        {"ADTTE": "USUBJID|PARAMCD|AVAL|CNSR|SRCDOM|SRCSEQ\nS1|OS|1|0|RS|1\nS2|OS|1|0||1\nS3|OS|1|0||"},
        {"ADTTE.SRCSEQ": [1]},
    ),
]


@pytest.mark.parametrize(("rule", "datasets", "expected"), CASES, ids=[case[0] for case in CASES])
def test_rule(rule, datasets, expected, check_rule) -> None:
    check_rule(rule, datasets, expected)


BY_FORMAT = ("date-without-format",)  # tested below, since a frame has no formats


def test_every_rule_on_analysis_datasets_is_tested_here() -> None:
    tested = {case[0] for case in CASES} | set(BY_FORMAT)
    assert {rule.id for rule in rules() if rule.model == ADAM} == tested


@pytest.mark.parametrize(
    ("formats", "expected"),
    [
        ({"ADT": "DATE9", "ADTM": "DATETIME20", "ATM": "TIME8"}, []),
        ({"ADT": "E8601DA10.", "ADTM": "E8601DT19.", "ATM": "TOD8."}, []),
        ({"ADT": "BEST12", "ADTM": "DATETIME20", "ATM": ""}, ["ADT", "ATM"]),
        ({"ADT": "DATETIME20", "ADTM": "DATE9", "ATM": "TIME8"}, ["ADTM", "ADT"]),
        ({}, []),  # a file that knows no formats
    ],
)
def test_a_date_is_shown_as_one(formats: dict[str, str], expected: list[str]) -> None:
    frame = pd.DataFrame({"USUBJID": ["S1"], "PARAMCD": ["A"], "ADT": [1.0], "ADTM": [86400.0], "ATM": [0.0]})
    made = analysis_table(
        "ADLB", frame, analysis_guide(), implementation_guide(), metadata=Metadata(formats=formats)
    )
    (rule,) = (rule for rule in rules() if rule.id == "date-without-format")
    assert [failure.variable for failure in run_rules([rule], {"ADLB": made}).failures] == expected


def test_a_rule_that_looks_up_in_sdtm_tells_that_it_could_not(check_rule, frames) -> None:
    from validation.judge import judge

    made = frames(ADSL=ADSL, ADAE="STUDYID|USUBJID|AESEQ|AETERM|TRTA\nX1|S1|1|a|A")
    told = {one.rule: one.reason for one in judge(made).not_run}
    assert told["sequence-not-in-source"] == "there is no dataset AE"
    assert told["adsl-subject-not-in-dm"] == "there is no dataset DM"


def test_datasets_beside_are_looked_up_in_and_not_judged(frames) -> None:
    from validation.judge import judge

    made = frames(ADSL=ADSL, ADAE="STUDYID|USUBJID|AESEQ|AETERM|TRTA\nX1|S1|7|a|A")
    beside = frames(AE="DOMAIN|USUBJID|AESEQ|AETERM\nAE|S1|1|a")
    found = judge(made, references=beside)
    assert ("sequence-not-in-source", "ADAE") in {(f.rule, f.dataset) for f in found.findings}
    assert "AE" not in found.records
    assert not [f for f in found.findings if f.dataset == "AE"]
