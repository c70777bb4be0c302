"""Errors of single variables: what the schemas that are made from the standards have to find."""

from __future__ import annotations

from mutation_changes import add, clear, double, drop, error, label, length, move, put, rename, repeat, retype

LONG = "x" * 201

MUTATIONS = [
    # names, presence, order, type
    error("a variable of the sponsor's own", "unknown-variable", "AE.AEXYZ", add("AE.AEXYZ", "1")),
    error("a variable of another class", "unknown-variable", "AE.AETESTCD", add("AE.AETESTCD", "X")),
    error("a variable of another domain", "unknown-variable", "VS.AETERM", rename("VS.VSTESTCD", "AETERM")),
    error("a name of nine characters", "invalid-variable-name", "AE.AETERMXYZ", add("AE.AETERMXYZ", "1")),
    error("a name with a hyphen", "invalid-variable-name", "AE.AE-X", add("AE.AE-X", "1")),
    error("no topic variable", "required-variable-absent", "AE.AETERM", drop("AE.AETERM")),
    error("no test name", "required-variable-absent", "VS.VSTEST", drop("VS.VSTEST")),
    error("no sequence number", "required-variable-absent", "EX.EXSEQ", drop("EX.EXSEQ")),
    error("no STUDYID", "required-variable-absent", "DM.STUDYID", drop("DM.STUDYID")),
    error("an empty topic", "required-value-missing", "AE.AETERM", clear("AE.AETERM")),
    error("a blank topic", "required-value-missing", "AE.AETERM", put("AE.AETERM", " ")),
    error("an empty dictionary term", "required-value-missing", "AE.AEDECOD", clear("AE.AEDECOD")),
    error("an empty subject", "required-value-missing", "VS.USUBJID", clear("VS.USUBJID")),
    error("an empty test code", "required-value-missing", "LB.LBTESTCD", clear("LB.LBTESTCD")),
    error("an empty QVAL", "required-value-missing", "SUPPAE.QVAL", clear("SUPPAE.QVAL")),
    error("no seriousness", "expected-variable-absent", "AE.AESER", drop("AE.AESER")),
    error("no baseline flag", "expected-variable-absent", "LB.LBLOBXFL", drop("LB.LBLOBXFL")),
    error("no date of consent", "expected-variable-absent", "DM.RFICDTC", drop("DM.RFICDTC")),
    error("a qualifier before the topic", "variable-order", "AE.AESER", move("AE.AESER", 4)),
    error("identifiers at the end", "variable-order", "VS.VSSEQ", move("VS.USUBJID", 20)),
    error("numbers as text", "wrong-type", "VS.VSSTRESN", retype("VS.VSSTRESN", str)),
    error("text as numbers", "wrong-type", "AE.AETERM", retype("AE.AETERM", float)),
    error(
        "a text among numbers",
        "not-a-number",
        "DM.AGE",
        retype("DM.AGE", str),
        put("DM.AGE", "57 years"),
    ),
    error("an infinite dose", "number-not-finite", "EX.EXDOSE", put("EX.EXDOSE", float("inf"))),
    error("201 bytes", "text-too-long", "AE.AETERM", put("AE.AETERM", LONG)),
    error("101 letters of two bytes", "text-too-long", "MH.MHTERM", put("MH.MHTERM", "é" * 101)),
    error("201 bytes in QVAL", "text-too-long", "SUPPAE.QVAL", put("SUPPAE.QVAL", LONG)),
    error("a variable twice", "repeated-variable", "AE.AETERM", double("AE.AETERM")),
    # codelists and constants
    error("the domain of another dataset", "wrong-constant", "AE.DOMAIN", put("AE.DOMAIN", "CM")),
    error("Y/N written out", "term-not-in-codelist", "AE.AESER", put("AE.AESER", "YES", AESER="Y")),
    error("a term in small letters", "term-not-in-codelist", "AE.AESER", put("AE.AESER", "n", AESER="N")),
    error("half a term", "term-not-in-codelist", "AE.AEOUT", put("AE.AEOUT", "RESOLVED")),
    error("an action of no codelist", "term-not-in-codelist", "AE.AEACN", put("AE.AEACN", "STOPPED")),
    error("a grade 6", "toxicity-grade-unknown", "AE.AETOXGR", put("AE.AETOXGR", "6")),
    error("a grade in words", "toxicity-grade-unknown", "AE.AETOXGR", put("AE.AETOXGR", "GRADE 2")),
    error("a sex written out", "term-not-in-codelist", "DM.SEX", put("DM.SEX", "Female")),
    error("a term with a blank behind", "term-not-in-codelist", "DM.SEX", put("DM.SEX", "F ")),
    error("a race in mixed case", "term-not-in-codelist", "DM.RACE", put("DM.RACE", "Asian")),
    error("a country of two letters", "country-not-iso3166", "DM.COUNTRY", put("DM.COUNTRY", "CN")),
    error("a country by its name", "country-not-iso3166", "DM.COUNTRY", put("DM.COUNTRY", "China")),
    error("an own reason without arm", "term-not-declared", "DM.ARMNRS", put("DM.ARMNRS", "FAILED")),
    error("a position of no codelist", "term-not-declared", "VS.VSPOS", put("VS.VSPOS", "LYING")),
    error("an invented test", "term-not-declared", "VS.VSTESTCD", put("VS.VSTESTCD", "NOSUCH")),
    error("an invented unit", "term-not-declared", "VS.VSSTRESU", put("VS.VSSTRESU", "mm of Hg")),
    error("a route of no codelist", "term-not-declared", "EX.EXROUTE", put("EX.EXROUTE", "BY MOUTH")),
    error("a disposition of one's own", "term-not-declared", "DS.DSDECOD", put("DS.DSDECOD", "GONE")),
    error("an epoch of one's own", "term-not-declared", "VS.EPOCH", put("VS.EPOCH", "THERAPY")),
    # dates and durations
    *(
        error(f"the date {text}", "not-iso8601-date", "AE.AESTDTC", put("AE.AESTDTC", text))
        for text in (
            "23JUN2017",
            "06/23/2017",
            "2017-02-30",
            "2017-13-01",
            "2017-6-23",
            "2017-06-UN",
            "2017-06-23 10:30",
            "2017-06-23T25:00",
            "20170623",
            "2017-06-23T",
        )
    ),
    error("an end date in words", "not-iso8601-date", "AE.AEENDTC", put("AE.AEENDTC", "ongoing")),
    error("a birth date that is no day", "not-iso8601-date", "DM.BRTHDTC", put("DM.BRTHDTC", "1961-02-29")),
    error("a duration in words", "not-iso8601-duration", "PC.PCELTM", add("PC.PCELTM", "2 hours")),
    error("a duration without P", "not-iso8601-duration", "PC.PCELTM", add("PC.PCELTM", "T2H")),
    # short names and the names beside them
    error("a code that begins with a digit", "invalid-short-name", "LB.LBTESTCD", put("LB.LBTESTCD", "1ALB")),
    error("a code of nine letters", "invalid-short-name", "LB.LBTESTCD", put("LB.LBTESTCD", "ALBUMINES")),
    error("a QNAM in small letters", "invalid-short-name", "SUPPAE.QNAM", put("SUPPAE.QNAM", "aedlt")),
    error("a test of 41 letters", "name-too-long", "LB.LBTEST", put("LB.LBTEST", "x" * 41)),
    error("a QLABEL of 41 letters", "name-too-long", "SUPPAE.QLABEL", put("SUPPAE.QLABEL", "x" * 41)),
    error(
        "the name of another test",
        "published-name-differs",
        "VS.VSTEST",
        put("VS.VSTEST", "Systolic Blood Pressure", VSTESTCD="DIABP", rows=0),
    ),
    # numbers and keys
    error("half a number", "sequence-not-whole", "AE.AESEQ", put("AE.AESEQ", 1.5)),
    error("a number 0", "sequence-not-whole", "VS.VSSEQ", put("VS.VSSEQ", 0.0)),
    error("a number twice", "duplicate-sequence", "AE.AESEQ", put("AE.AESEQ", 2.0, AESEQ=1.0)),
    error("the declared key twice", "duplicate-keys", "MH", repeat("MH", {"MHSEQ": 99.0})),
    error("no key variable", "key-variable-absent", "LB.LBREFID", drop("LB.LBREFID")),
    error(
        "the usual key twice",
        "duplicate-natural-keys",
        "AE",
        repeat("AE", {"AESEQ": 99.0, "AETERM": "other words"}),
    ),
    error("a subject twice", "duplicate-subject", "DM.USUBJID", repeat("DM", {"AGE": 58.0})),
    # what files say of their variables
    error("a label of 41 bytes", "label-too-long", "AE.AETERM", label("AE.AETERM", "x" * 41)),
    error("another label", "label-differs", "AE.AETERM", label("AE.AETERM", "Adverse Event")),
    error("no label", "label-missing", "AE.AETERM", label("AE.AETERM", "")),
    error("another label of a dataset", "label-differs", "AE", label("AE", "Events")),
    error("a length of 201", "length-too-long", "AE.AETERM", length("AE.AETERM", 201)),
]
