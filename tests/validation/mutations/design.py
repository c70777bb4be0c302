"""Errors in the plan of the trial, and in what subjects went through: TI, IE, TA, TE, SE, TS, TV, SV, SM."""

from __future__ import annotations

from mutation_changes import add, clear, drop, error, put, repeat

SUBJECT = "LXI15029-01-001"  # screening from 2017-06-13, treatment from 2017-06-21, follow-up from 2017-09-14

MUTATIONS = [
    # eligibility
    error(
        "a criterion that was kept",
        "criterion-met-as-violation",
        "IE.IEORRES",
        put("IE.IEORRES", "Y", IECAT="INCLUSION"),
    ),
    error("two answers", "criterion-answers-differ", "IE.IESTRESC", put("IE.IESTRESC", "Y", IEORRES="N")),
    error("an unknown criterion", "criterion-not-planned", "IE.IETESTCD", put("IE.IETESTCD", "IN99")),
    error("other words", "criterion-not-planned", "IE.IETEST", put("IE.IETEST", "Age")),
    error(
        "the category of another criterion",
        "criterion-differs",
        "IE.IECAT",
        put("IE.IECAT", "EXCLUSION", IETESTCD="IN04"),
    ),
    error(
        "a criterion twice",
        "criterion-repeated",
        "TI.IETESTCD",
        repeat("TI", {"IETEST": "Age above 18"}, IETESTCD="IN01"),
    ),
    error(
        "a part of nothing",
        "criterion-subcategory-without-category",
        "TI.IESCAT",
        put("TI.IESCAT", "LABORATORY", IETESTCD="IN01"),
        clear("TI.IECAT", IETESTCD="IN01"),
    ),
    error(
        "a part without the whole",
        "criterion-subcategory-without-variable",
        "TI.IESCAT",
        add("TI.IESCAT", "LABORATORY"),
        drop("TI.IECAT"),
    ),
    # elements
    error("an element without start", "element-without-start", "SE.SESTDTC", clear("SE.SESTDTC")),
    error(
        "an unplanned element with a name",
        "unplanned-element-described-as-planned",
        "SE.ELEMENT",
        put("SE.ETCD", "UNPLAN"),
    ),
    error(
        "an unplanned element without words",
        "unplanned-element-undescribed",
        "SE.ETCD",
        put("SE.ETCD", "UNPLAN"),
    ),
    error(
        "a planned element with words",
        "unplanned-element-undescribed",
        "SE.ETCD",
        put("SE.SEUPDES", "Other drug", ETCD="FU"),
    ),
    error("an element that never ends", "element-without-end-rule", "TE.ETCD", clear("TE.TEENRL")),
    error("half an order", "element-order-not-whole", "TA.TAETORD", put("TA.TAETORD", 1.5)),
    error(
        "two elements in one place",
        "element-order-repeated",
        "TA.TAETORD",
        put("TA.TAETORD", 1.0, TAETORD=2.0),
    ),
    error("an element of no definition", "element-not-defined", "TA.ETCD", put("TA.ETCD", "RUNIN")),
    error(
        "an element of a subject without definition",
        "element-not-defined",
        "SE.ETCD",
        put("SE.ETCD", "RUNIN"),
    ),
    error("an element twice", "element-defined-twice", "TE.ETCD", repeat("TE", {"TESTRL": "Other start"})),
    error(
        "an open element in between",
        "element-without-end",
        "SE.SEENDTC",
        clear("SE.SEENDTC", ETCD="SCRN", USUBJID=SUBJECT),
    ),
    error(
        "a gap of a day",
        "element-gap",
        "SE.SEENDTC",
        put("SE.SEENDTC", "2017-06-20", ETCD="SCRN", USUBJID=SUBJECT),
    ),
    error(
        "numbers against time",
        "sequence-not-by-start",
        "SE.SESEQ",
        put("SE.SESEQ", 9.0, ETCD="SCRN", USUBJID=SUBJECT),
    ),
    error("a milestone twice", "milestone-repeated", "SM.MIDSTYPE", repeat("SM", {"SMSEQ": 2.0})),
    error(
        "a milestone of no definition",
        "milestone-without-definition",
        "VS.MIDS",
        add("VS.MIDS", "CONSENT"),
        drop("TM"),
    ),
    error(
        "an epoch before its time",
        "epoch-not-of-date",
        "VS.EPOCH",
        put("VS.EPOCH", "FOLLOW-UP", USUBJID=SUBJECT),
    ),
    error("a lost epoch", "epoch-missing", "VS.VSDTC", clear("VS.EPOCH", USUBJID=SUBJECT, VISITNUM=3.0)),
    error("no epoch at all", "epoch-missing", "LB.LBDTC", drop("LB.EPOCH")),
    error(
        "an element before its time",
        "element-order-not-of-date",
        "VS.TAETORD",
        put("VS.TAETORD", 3.0, USUBJID=SUBJECT, VISITNUM=1.0),
    ),
    # trial summary
    error(
        "a parameter without a word",
        "parameter-without-value",
        "TS.TSPARMCD",
        clear("TS.TSVAL", TSPARMCD="TITLE"),
    ),
    error(
        "a value and none",
        "parameter-value-and-null-flavor",
        "TS.TSVALNF",
        put("TS.TSVALNF", "NA", TSPARMCD="TITLE"),
    ),
    error(
        "no value as a value",
        "null-flavor-as-value",
        "TS.TSVAL",
        put("TS.TSVAL", "Unknown", TSPARMCD="TITLE"),
    ),
    error(
        "the rest of a lost text",
        "long-value-starts-late",
        "TS.TSVAL1",
        put("TS.TSVAL1", "of cancer", TSPARMCD="PCLAS"),
    ),
    error(
        "a version of nothing",
        "code-version-without-dictionary",
        "TS.TSVCDVER",
        clear("TS.TSVCDREF", TSPARMCD="SEXPOP"),
    ),
    error(
        "a version in words",
        "terminology-version-not-a-date",
        "TS.TSVCDVER",
        put("TS.TSVCDVER", "March 2025", TSPARMCD="SEXPOP"),
    ),
    error(
        "a term as its code",
        "terminology-code-form",
        "TS.TSVALCD",
        put("TS.TSVALCD", "BOTH", TSPARMCD="SEXPOP"),
    ),
    error("an age in words", "parameter-form", "TS.TSVAL", put("TS.TSVAL", "65 years", TSPARMCD="AGEMAX")),
    error(
        "a start without its day", "parameter-form", "TS.TSVAL", put("TS.TSVAL", "2017-06", TSPARMCD="SSTDTC")
    ),
    error(
        "one code for two terms",
        "parameter-code-differs",
        "TS.TSVALCD",
        repeat("TS", {"TSSEQ": 2.0, "TSVAL": "F"}, TSPARMCD="SEXPOP"),
    ),
    error(
        "no start of the study",
        "trial-parameter-absent",
        "TS",
        put("TS.TSPARMCD", "OTHERDTC", TSPARMCD="SSTDTC"),
    ),
    # visits
    error(
        "a planned day of no plan",
        "planned-day-of-unplanned-visit",
        "SV.VISITDY",
        put("SV.VISITDY", 8.0, SVPRESP=None),
    ),
    error(
        "a planned day of an unscheduled visit",
        "planned-day-without-plan",
        "VS.VISITDY",
        put("VS.VISITNUM", 3.5, VISITNUM=3.0),
    ),
    error("another planned day", "planned-day-differs", "VS.VISITDY", put("VS.VISITDY", 9.0, VISITNUM=3.0)),
    error(
        "a plan that has no such visit",
        "planned-visit-not-in-schedule",
        "SV.VISITNUM",
        put("SV.VISITNUM", 3.5, VISITNUM=3.0),
    ),
    error(
        "a visit that lost its mark",
        "scheduled-visit-not-marked",
        "SV.SVPRESP",
        clear("SV.SVPRESP", VISITNUM=3.0),
    ),
    error(
        "a visit twice",
        "visit-repeated",
        "SV.VISITNUM",
        repeat("SV", {"SVSTDTC": "2017-06-20"}, USUBJID=SUBJECT, VISITNUM=3.0),
    ),
    error("an arm of no plan", "arm-not-planned", "DM.ARMCD", put("DM.ARMCD", "D999")),
    error("a visit of no arm", "arm-not-planned", "TV.ARMCD", put("TV.ARMCD", "D999", rows=1, VISITNUM=1.0)),
    error(
        "an arm by another name",
        "arm-name-not-planned",
        "DM.ARM",
        put("DM.ARM", "10mg twice a day", ARMCD="D010"),
    ),
    error(
        "a visit that nobody made",
        "unscheduled-visit-without-record",
        "VS.VISITNUM",
        put("VS.VISITNUM", 3.5, VISITNUM=3.0),
    ),
]
