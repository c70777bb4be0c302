"""Errors within the records of one dataset: what the rules across variables have to find."""

from __future__ import annotations

from mutation_changes import add, clear, drop, error, put, repeat

SUBJECT = "LXI15029-01-001"
SCREEN_FAILURE = "LXI15029-01-004"

MUTATIONS = [
    # texts
    error("a blank before the text", "leading-blank", "AE.AETERM", put("AE.AETERM", " nausea")),
    error("a dot for nothing", "dot-for-missing", "CM.CMTRT", put("CM.CMTRT", ".")),
    error("a letter that is not ASCII", "not-printable-ascii", "MH.MHTERM", put("MH.MHTERM", "Anämie")),
    error("a line break", "not-printable-ascii", "AE.AETERM", put("AE.AETERM", "nausea\nvomiting")),
    # the same twice, or one thing under two names
    error(
        "a record twice",
        "duplicate-record",
        "AE",
        repeat("AE", {"AESEQ": 99.0}),
    ),
    error(
        "a code with two names",
        "code-name-differs",
        "LB.LBTESTCD",
        put("LB.LBTEST", "Albumine", LBTESTCD="ALB"),
    ),
    error(
        "a name with two codes",
        "code-name-differs",
        "VS.VSTESTCD",
        put("VS.VSTESTCD", "PULSES", VSTESTCD="PULSE"),
    ),
    error("an arm with two names", "code-name-differs", "DM.ARMCD", put("DM.ARM", "10 mg", ARMCD="D010")),
    error(
        "a visit with two names", "visit-name-differs", "VS.VISITNUM", put("VS.VISIT", "SCREEN", VISITNUM=1.0)
    ),
    error(
        "a visit name with two numbers",
        "visit-name-differs",
        "LB.VISITNUM",
        put("LB.VISITNUM", 1.5, VISIT="SCREENING"),
    ),
    error(
        "a dictionary code for two terms",
        "dictionary-code-differs",
        "AE.AEDECOD",
        put("AE.AEPTCD", 10028813.0, rows=0, AEDECOD="Nausea"),
        put("AE.AEPTCD", 10047700.0, AEDECOD="Nausea"),
    ),
    error(
        "a QNAM with two labels", "qualifier-label-differs", "SUPPAE.QNAM", put("SUPPAE.QLABEL", "Toxicity")
    ),
    # dates and days
    error("an end before the start", "end-before-start", "AE.AEENDTC", put("AE.AEENDTC", "2017-06-22")),
    error(
        "an end earlier on the day",
        "end-before-start",
        "EX.EXENDTC",
        put("EX.EXENDTC", "2017-06-21T08:00", EXSTDTC="2017-06-21T08:24"),
    ),
    error(
        "an end before the collection",
        "end-before-collection",
        "LB.LBENDTC",
        put("LB.LBENDTC", "2017-06-15", LBDTC="2017-06-16T07:03"),
    ),
    error("a day 0", "study-day-zero", "AE.AESTDY", put("AE.AESTDY", 0.0)),
    error("a planned day 0", "study-day-zero", "TV.VISITDY", put("TV.VISITDY", 0.0)),
    error("another day", "study-day-differs", "AE.AESTDY", put("AE.AESTDY", 2.0, AESTDY=3.0)),
    error("a day counted with a day 0", "study-day-differs", "VS.VSDY", put("VS.VSDY", -4.0, VSDY=-5.0)),
    error("no day", "study-day-missing", "AE.AESTDY", clear("AE.AESTDY")),
    error(
        "a day of a partial date",
        "study-day-without-full-date",
        "CM.CMSTDY",
        put("CM.CMSTDY", -600.0, CMSTDTC="2015-08"),
    ),
    error("a day without its date", "start-day-variable-without-date", "AE.AESTDY", drop("AE.AESTDTC")),
    error("a day of collection without date", "day-variable-without-date", "VS.VSDY", drop("VS.VSDTC")),
    error("an end day without end date", "end-day-variable-without-date", "AE.AEENDY", drop("AE.AEENDTC")),
    error("a start date without day", "start-date-without-day-variable", "AE.AESTDTC", drop("AE.AESTDY")),
    error("an end date without day", "end-date-without-day-variable", "EX.EXENDTC", drop("EX.EXENDY")),
    error("a collection date without day", "date-without-day-variable", "LB.LBDTC", drop("LB.LBDY")),
    # variables that go together
    error("a time point without number", "time-point-without-number", "PC.PCTPT", drop("PC.PCTPTNUM")),
    error("a time point without name", "time-point-without-name", "PC.PCTPTNUM", drop("PC.PCTPT")),
    error(
        "a reference time of nothing", "reference-time-without-reference", "PC.PCRFTDTC", drop("PC.PCTPTREF")
    ),
    error(
        "an elapsed time of nothing", "elapsed-time-without-reference", "VS.VSELTM", add("VS.VSELTM", "PT2H")
    ),
    error("a side without a place", "laterality-without-location", "VS.VSLAT", add("VS.VSLAT", "LEFT")),
    error("a direction without a place", "direction-without-location", "VS.VSDIR", add("VS.VSDIR", "UPPER")),
    error("a portion without a place", "portion-without-location", "VS.VSPORTOT", add("VS.VSPORTOT", "ALL")),
    error(
        "a subcategory column without categories",
        "subcategory-variable-without-category",
        "DS.DSSCAT",
        drop("DS.DSCAT"),
    ),
    error("a toxicity without grades", "toxicity-without-grade", "LB.LBTOX", add("LB.LBTOX", "Anemia")),
    error(
        "a relation to no time point", "end-reference-without-time-point", "MH.MHENRTPT", drop("MH.MHENTPT")
    ),
    error("a time point of nothing", "end-time-point-without-relation", "MH.MHENTPT", drop("MH.MHENRTPT")),
    error(
        "a start relation to no time point",
        "start-reference-without-time-point",
        "MH.MHSTRTPT",
        add("MH.MHSTRTPT", "BEFORE"),
    ),
    error(
        "a start time point of nothing",
        "start-time-point-without-relation",
        "MH.MHSTTPT",
        add("MH.MHSTTPT", "SCREENING"),
    ),
    error(
        "a milestone date without milestone",
        "milestone-date-without-milestone",
        "VS.MIDSDTC",
        add("VS.MIDSDTC", "2017-06-13"),
    ),
    error(
        "an occurrence nobody asked for", "occurrence-without-prespecified", "EC.ECOCCUR", drop("EC.ECPRESP")
    ),
    error(
        "a status nobody asked for", "status-without-prespecified", "CM.CMSTAT", add("CM.CMSTAT", "NOT DONE")
    ),
    error(
        "a reason nobody asked for",
        "reason-without-prespecified",
        "CM.CMREASND",
        add("CM.CMREASND", "unknown"),
    ),
    error("the place of a lesion twice", "location-with-measurement", "TR.TRLOC", add("TR.TRLOC", "LUNG")),
    # adverse events
    error(
        "serious without a criterion",
        "serious-without-criterion",
        "AE.AESER",
        put("AE.AESER", "Y", AESER="N"),
    ),
    error(
        "a criterion without seriousness",
        "non-serious-with-criterion",
        "AE.AESER",
        put("AE.AESHOSP", "Y", AESER="N"),
    ),
    error(
        "not recovered, with an end",
        "not-recovered-with-end-date",
        "AE.AEOUT",
        put("AE.AEOUT", "NOT RECOVERED/NOT RESOLVED", AEENDTC=...),
    ),
    error(
        "recovered without an end",
        "recovered-without-end-date",
        "AE.AEOUT",
        clear("AE.AEENDTC", AEOUT="RECOVERED/RESOLVED"),
    ),
    error(
        "fatal without the criterion",
        "fatal-without-death-criterion",
        "AE.AEOUT",
        put("AE.AESDTH", "N", AEOUT="FATAL"),
    ),
    # demographics
    error("an age without unit", "age-without-unit", "DM.AGE", clear("DM.AGEU")),
    error("a unit without age", "age-unit-without-age", "DM.AGEU", clear("DM.AGE")),
    error("an age below 0", "negative-age", "DM.AGE", put("DM.AGE", -1.0)),
    error("a birth after the start", "birth-after-start", "DM.RFSTDTC", put("DM.BRTHDTC", "2018-01-01")),
    error(
        "a consent after the first dose",
        "consent-after-start",
        "DM.RFXSTDTC",
        put("DM.RFICDTC", "2017-06-22"),
    ),
    error(
        "a consent after the collection",
        "consent-after-collection",
        "DM.DMDTC",
        add("DM.DMDTC", "2016-01-01"),
    ),
    error("half an arm", "arm-half-missing", "DM.ARMCD", clear("DM.ARM")),
    error("half an actual arm", "arm-half-missing", "DM.ACTARMCD", clear("DM.ACTARMCD")),
    error(
        "no arm and no reason", "arm-without-reason", "DM.ARMCD", clear("DM.ARMNRS", USUBJID=SCREEN_FAILURE)
    ),
    error(
        "a reason beside arms",
        "reason-although-arms",
        "DM.ARMNRS",
        put("DM.ARMNRS", "NOT ASSIGNED", USUBJID=SUBJECT),
    ),
    error(
        "an arm that says there is none",
        "no-arm-as-arm",
        "DM.ARM",
        put("DM.ARM", "Screen Failure", USUBJID=SCREEN_FAILURE),
        put("DM.ARMCD", "SCRNFAIL", USUBJID=SCREEN_FAILURE),
    ),
    error("treated in another arm", "actual-arm-differs", "DM.ACTARMCD", put("DM.ACTARMCD", "D020")),
    error(
        "a start without any arm",
        "reference-start-without-arm",
        "DM.RFSTDTC",
        put("DM.RFSTDTC", "2017-11-24", USUBJID=SCREEN_FAILURE),
    ),
    error(
        "an end of the period before its start",
        "reference-period-reversed",
        "DM.RFENDTC",
        put("DM.RFENDTC", "2017-06-20"),
    ),
    error(
        "an end of exposure before its start",
        "reference-period-reversed",
        "DM.RFXENDTC",
        put("DM.RFXENDTC", "2017-06-20"),
    ),
    error(
        "a number of a subject twice", "duplicate-subject-identifier", "DM.SUBJID", put("DM.SUBJID", "002")
    ),
    error("a death without flag", "death-date-without-flag", "DM.DTHDTC", clear("DM.DTHFL")),
    error("a flag without death", "death-flag-without-date", "DM.DTHFL", clear("DM.DTHDTC")),
    # flags
    error("a flag N", "flag-not-y", "VS.VSLOBXFL", put("VS.VSLOBXFL", "N", VSLOBXFL=None)),
    error("a flag of death N", "flag-not-y", "DM.DTHFL", put("DM.DTHFL", "N", DTHFL=None)),
    error(
        "two baselines of one test",
        "baseline-repeated",
        "VS.VSLOBXFL",
        put("VS.VSLOBXFL", "Y", rows=2, VSTESTCD="PULSE", USUBJID=SUBJECT),
    ),
    error(
        "a baseline without result",
        "baseline-without-result",
        "VS.VSLOBXFL",
        clear("VS.VSSTRESC", VSLOBXFL="Y"),
    ),
    # results
    error(
        "a result of a test that was not done",
        "result-although-not-done",
        "VS.VSSTAT",
        put("VS.VSSTAT", "NOT DONE", VSORRES=...),
    ),
    error("no result at all", "result-missing", "VS.VSORRES", clear("VS.VSORRES")),
    error("no standard result", "standard-result-missing", "VS.VSSTRESC", clear("VS.VSSTRESC")),
    error(
        "another number", "numeric-result-differs", "VS.VSSTRESN", put("VS.VSSTRESN", 740.0, VSSTRESC="74")
    ),
    error("no number", "numeric-result-missing", "VS.VSSTRESN", clear("VS.VSSTRESN")),
    error(
        "a number of a text",
        "number-for-text-result",
        "PC.PCSTRESN",
        put("PC.PCSTRESN", 0.0, PCSTRESC="BLQ"),
    ),
    error("a number without unit", "unit-missing", "VS.VSSTRESN", clear("VS.VSSTRESU")),
    error(
        "two units of one test", "units-differ", "VS.VSSTRESU", put("VS.VSSTRESU", "kPa", VSTESTCD="DIABP")
    ),
    error(
        "a reason although done",
        "reason-although-done",
        "VS.VSREASND",
        put("VS.VSREASND", "Refused", VSSTAT=None),
    ),
    error(
        "not done without reason",
        "not-done-without-reason",
        "VS.VSSTAT",
        clear("VS.VSREASND", VSSTAT="NOT DONE"),
    ),
    error(
        "a subcategory without category",
        "subcategory-without-category",
        "DS.DSSCAT",
        clear("DS.DSCAT", DSSCAT=...),
    ),
    error(
        "a range upside down",
        "reference-range-reversed",
        "LB.LBSTNRHI",
        put("LB.LBSTNRHI", 30.0, LBSTNRLO=40.0),
    ),
    # exposure
    error("a dose below 0", "negative-dose", "EX.EXDOSE", put("EX.EXDOSE", -10.0)),
    error("a dose without unit", "dose-without-unit", "EX.EXDOSE", clear("EX.EXDOSU")),
    error("a dose in two ways", "dose-and-dose-text", "EX.EXDOSTXT", put("EX.EXDOSTXT", "10-20", EXDOSE=...)),
    error("a number as text", "number-in-dose-text", "EX.EXDOSTXT", put("EX.EXDOSTXT", "10", EXDOSE=...)),
    error("placebo with a dose", "placebo-with-dose", "EX.EXTRT", put("EX.EXTRT", "PLACEBO")),
    error("no start", "exposure-without-start", "EX.EXSTDTC", clear("EX.EXSTDTC")),
    error("no end", "exposure-without-end", "EX.EXENDTC", clear("EX.EXENDTC")),
]
