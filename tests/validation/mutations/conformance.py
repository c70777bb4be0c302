"""Errors that conformance engines report: variables out of place, answers, times, comments, details of results."""

from __future__ import annotations

from mutation_changes import add, clear, drop, error, put, remove, rename, repeat

SUBJECT = "LXI15029-01-001"  # consent 2017-06-13, first dose 2017-06-21, last contact 2017-10-13
DEAD = "LXI15029-01-009"  # died on 2018-08-31
MULTIPLE = "LXI15029-01-027"  # of several races

MUTATIONS = [
    # variables and datasets that do not belong
    error("a variable of animals", "nonclinical-variable", "LB.LBDETECT", add("LB.LBDETECT", 1.0)),
    error("a species", "nonclinical-variable", "DM.SPECIES", add("DM.SPECIES", "HUMAN")),
    error("a beat outside EG", "variable-of-another-domain", "VS.VSBEATNO", add("VS.VSBEATNO", 1.0)),
    error("a method of a drug", "method-of-treatment", "CM.CMMETHOD", add("CM.CMMETHOD", "DIARY")),
    error("events asked for", "adverse-event-asked-for", "AE.AEOCCUR", add("AE.AEOCCUR", "Y")),
    error(
        "who filled a questionnaire",
        "evaluator-of-instrument",
        "QS.QSEVAL",
        rename("SS", "QS"),
        add("QS.QSEVAL", "SUBJECT"),
    ),
    error("a start of a finding", "start-date-of-finding", "VS.VSSTDTC", add("VS.VSSTDTC", "2017-06-16")),
    error("an amount of a vehicle", "vehicle-amount-beside-collected", "EX.EXVAMT", add("EX.EXVAMT", 100.0)),
    error(
        "a reference that nothing uses", "reference-point-unused", "VS.VSTPTREF", add("VS.VSTPTREF", "DOSE")
    ),
    error("a dataset of animals", "nonclinical-dataset", "TT", rename("SS", "TT")),
    error("parameters of nothing", "companion-absent", "PP", drop("PC")),
    error(
        "qualifiers of two datasets", "supplement-of-another-domain", "SUPPAE", put("SUPPAE.RDOMAIN", "CM")
    ),
    error("findings about nothing", "findings-about-absent", "FAHO", rename("SS", "FAHO")),
    error("records of nobody", "subject-variable-absent", "VS", drop("VS.USUBJID")),
    error(
        "findings without time",
        "timing-absent",
        "SS",
        *(drop(f"SS.{name}") for name in ("VISITNUM", "VISIT", "EPOCH", "SSDTC", "SSDY")),
    ),
    error("a link that leads nowhere", "link-in-one-dataset", "TR", drop("TU.TULNKID")),
    error("a domain of one letter", "domain-code-length", "VS.DOMAIN", put("VS.DOMAIN", "V")),
    # texts
    error("other", "topic-without-content", "CM.CMTRT", put("CM.CMTRT", "OTHER")),
    error("several at once", "topic-without-content", "AE.AETERM", put("AE.AETERM", "MULTIPLE")),
    error(
        "a part that is the whole",
        "subcategory-repeats-category",
        "DS.DSSCAT",
        put("DS.DSSCAT", "DISPOSITION EVENT", DSCAT="DISPOSITION EVENT"),
    ),
    error(
        "a category of one term",
        "category-repeats-term",
        "AE.AECAT",
        put("AE.AECAT", "NAUSEA", AEDECOD="Nausea"),
    ),
    error(
        "a category of one system",
        "category-repeats-body-system",
        "AE.AECAT",
        put("AE.AEBODSYS", "Eye disorders"),
        put("AE.AECAT", "EYE DISORDERS", AEBODSYS="Eye disorders"),
    ),
    error(
        "a category that is the domain",
        "category-repeats-domain",
        "CM.CMCAT",
        put("CM.CMCAT", "CONCOMITANT/PRIOR MEDICATIONS"),
    ),
    error(
        "a history of one kind",
        "category-of-all-history",
        "MH.MHCAT",
        put("MH.MHCAT", "GENERAL", rows=0, STUDYID=...),
    ),
    # answers
    error("asked for: no", "prespecified-not-y", "EC.ECPRESP", put("EC.ECPRESP", "N")),
    error(
        "an answer to nothing", "occurrence-not-prespecified", "EC.ECOCCUR", clear("EC.ECPRESP", ECOCCUR="Y")
    ),
    error("no answer", "prespecified-without-answer", "EC.ECPRESP", clear("EC.ECOCCUR", ECOCCUR="Y")),
    error(
        "a dose that was not given", "dose-of-nothing-given", "EC.ECDOSE", put("EC.ECDOSE", 10.0, ECOCCUR="N")
    ),
    error("a dose of nothing", "given-dose-not-positive", "EC.ECDOSE", put("EC.ECDOSE", 0.0, ECOCCUR="Y")),
    error("a dose without amount", "given-dose-without-amount", "EC.ECDOSE", clear("EC.ECDOSE", ECOCCUR="Y")),
    error(
        "an amount without its vehicle",
        "vehicle-amount-without-vehicle",
        "EC.ECVAMT",
        add("EC.ECVAMT", 100.0),
    ),
    error("a duration below nothing", "negative-duration", "AE.AEDUR", put("AE.AEDUR", "-P2D", AETERM=...)),
    error(
        "a seriousness that is unknown", "seriousness-neither-yes-nor-no", "AE.AESER", put("AE.AESER", "U")
    ),
    # times
    error(
        "a reference that is lost",
        "reference-point-missing",
        "PC.PCRFTDTC",
        clear("PC.PCTPTREF", PCRFTDTC=...),
    ),
    error(
        "a day and no relation", "anchor-without-relation", "MH.MHENTPT", clear("MH.MHENRTPT", MHENTPT=...)
    ),
    error(
        "a relation to no day", "relation-without-anchor", "MH.MHENRTPT", clear("MH.MHENTPT", MHENRTPT=...)
    ),
    error(
        "a start that goes on",
        "start-relation-unfitting",
        "MH.MHSTRTPT",
        add("MH.MHSTRTPT", "ONGOING"),
        add("MH.MHSTTPT", "SCREENING"),
    ),
    error(
        "after the day of the form",
        "relation-contradicts-anchor",
        "MH.MHENRTPT",
        add("MH.MHDTC", "2017-06-16"),
        put("MH.MHENTPT", "2017-06-16", MHENRTPT=...),
        put("MH.MHENRTPT", "AFTER", MHENTPT="2017-06-16"),
    ),
    error(
        "before, and did not occur",
        "relative-time-of-nothing",
        "EC.ECSTRF",
        put("EC.ECSTRF", "BEFORE", ECOCCUR="N"),
    ),
    error(
        "before a period that is not known",
        "relative-time-without-reference",
        "MH.MHSTRF",
        put("MH.MHSTRF", "BEFORE", USUBJID=SUBJECT),
        clear("DM.RFSTDTC", USUBJID=SUBJECT),
    ),
    error(
        "a time point with two names",
        "time-point-name-differs",
        "PC.PCTPTNUM",
        put("PC.PCTPT", "1 hour", PCTPT="1 h"),
    ),
    error(
        "a time point with two times",
        "elapsed-time-differs",
        "PC.PCTPTNUM",
        put("PC.PCELTM", "PT1H", rows=0, PCTPT="1 h"),
        put("PC.PCELTM", "PT2H", PCTPT="1 h"),
    ),
    error(
        "an end day before the start day",
        "end-day-before-start-day",
        "AE.AEENDY",
        put("AE.AEENDY", 1.0, AESTDY=3.0),
    ),
    error(
        "an end day before the collection",
        "end-day-before-collection-day",
        "LB.LBENDY",
        put("LB.LBENDY", -9.0, LBDY=-5.0),
    ),
    error("an end of no start", "end-without-start", "AE.AEENDTC", clear("AE.AESTDTC", AEENDTC=...)),
    error(
        "a history that begins in the study",
        "history-after-start",
        "MH.MHSTDTC",
        put("MH.MHSTDTC", "2017-07-01", USUBJID=SUBJECT),
    ),
    error(
        "a deviation before the consent",
        "deviation-before-consent",
        "DV.DVSTDTC",
        put("DV.DVSTDTC", "2017-06-01", USUBJID=SUBJECT),
    ),
    # comments, relations, qualifiers
    error(
        "a comment on a record of nothing",
        "comment-key-without-domain",
        "CO.IDVAR",
        clear("CO.RDOMAIN", RDOMAIN="AE"),
    ),
    error("a comment on no record", "comment-on-no-record", "CO.RDOMAIN", put("CO.RDOMAIN", "VS", COSEQ=2.0)),
    error(
        "a comment with a second date",
        "comment-with-date-of-its-record",
        "CO.CODTC",
        put("CO.CODTC", "2017-06-23", COSEQ=1.0),
    ),
    error(
        "datasets by their numbers",
        "relation-of-numbers",
        "RELREC.IDVAR",
        put("RELREC.RELTYPE", "ONE", RDOMAIN="AE"),
    ),
    error(
        "a subject and a pool",
        "subject-and-pool",
        "RELSUB.USUBJID",
        put("RELSUB.POOLID", "P1", USUBJID=SUBJECT),
    ),
    error(
        "a subject that is its own",
        "related-to-itself",
        "RELSUB.RSUBJID",
        put("RELSUB.RSUBJID", SUBJECT, USUBJID=SUBJECT),
    ),
    error(
        "a population in SDTM",
        "population-flag-as-qualifier",
        "SUPPDM.QNAM",
        put("SUPPDM.QNAM", "SAFFL", QNAM="RACEOTH"),
    ),
    error("races of one race", "races-of-one-race", "SUPPDM.QNAM", put("DM.RACE", "ASIAN", USUBJID=MULTIPLE)),
    error(
        "Spanish, and not Hispanic",
        "collected-race-differs",
        "SUPPDM.QVAL",
        put("SUPPDM.QNAM", "CETHNIC", QNAM="RACEOTH"),
        put("SUPPDM.QVAL", "SPANISH ORIGIN", QNAM="CETHNIC"),
    ),
    error(
        "serious in a way that is not told",
        "other-serious-without-criterion",
        "SUPPAE.QNAM",
        put("SUPPAE.QNAM", "AESOSP", IDVARVAL="1"),
    ),
    error(
        "a finding about something else",
        "object-differs-from-parent",
        "FA.FAOBJ",
        put("FA.FAOBJ", "Vomiting"),
    ),
    # subjects
    error("an unknown age", "age-missing", "DM.AGE", clear("DM.AGE", USUBJID=SUBJECT)),
    error(
        "a period without end",
        "arm-without-reference-end",
        "DM.RFENDTC",
        clear("DM.RFENDTC", USUBJID=SUBJECT),
    ),
    error(
        "an end without a start",
        "reference-end-without-arm",
        "DM.RFENDTC",
        put("DM.RFENDTC", "2017-11-24", ARMNRS="SCREEN FAILURE"),
    ),
    error(
        "screened and treated",
        "reason-contradicts-arms",
        "DM.ARMNRS",
        put("DM.ARMCD", "D010", ARMNRS="SCREEN FAILURE"),
    ),
    error(
        "an unplanned treatment without words",
        "unplanned-treatment-undescribed",
        "DM.ARMNRS",
        put("DM.ARMNRS", "UNPLANNED TREATMENT", ARMNRS="SCREEN FAILURE"),
    ),
    # disposition and death
    error(
        "completed, and coded as something else",
        "completed-otherwise-coded",
        "DS.DSDECOD",
        put("DS.DSTERM", "COMPLETED", DSDECOD="LOST TO FOLLOW-UP"),
    ),
    error("a disposition of no kind", "disposition-without-category", "DS.DSCAT", clear("DS.DSCAT")),
    error(
        "two ends of one treatment",
        "disposition-repeated",
        "DS.DSCAT",
        repeat(
            "DS", {"DSSEQ": 99.0, "DSDECOD": "LOST TO FOLLOW-UP"}, DSSCAT="STUDY TREATMENT", USUBJID=SUBJECT
        ),
    ),
    error(
        "another consent",
        "consent-dates-differ",
        "DM.RFICDTC",
        put("DM.RFICDTC", "2017-06-12", USUBJID=SUBJECT),
    ),
    error(
        "a subject without an end", "arm-without-disposition", "DM.ACTARMCD", remove("DS", USUBJID=SUBJECT)
    ),
    error(
        "an event after the end",
        "event-after-disposition",
        "AE.AESTDTC",
        put("AE.AESTDTC", "2017-10-20", USUBJID=SUBJECT),
    ),
    error("dead in follow-up", "dead-in-follow-up-only", "SS.SSSTRESC", put("SS.SSSTRESC", "DEAD")),
    error(
        "details of a death that was none",
        "death-details-of-the-living",
        "DD.DDTESTCD",
        put("DD.USUBJID", SUBJECT),
    ),
    error("an event DEATH", "clinical-event-death-without-death", "CE.CEDECOD", put("CE.CEDECOD", "DEATH")),
    error(
        "dead before the death",
        "dead-before-death",
        "SS.SSSTRESC",
        put("SS.SSDTC", "2018-08-01", USUBJID="LXI15029-01-002"),
        put("SS.SSSTRESC", "DEAD", USUBJID="LXI15029-01-002"),
        put("SS.USUBJID", DEAD, USUBJID="LXI15029-01-002"),
    ),
    error(
        "alive after the death",
        "contact-alive-after-death",
        "SS.SSSTRESC",
        put("SS.SSDTC", "2018-09-30", USUBJID="LXI15029-01-002"),
        put("SS.USUBJID", DEAD, USUBJID="LXI15029-01-002"),
    ),
    error("dead without disposition", "dead-without-disposition", "SS.SSSTRESC", put("SS.SSSTRESC", "DEAD")),
    error(
        "dead before the last disposition",
        "dead-before-disposition",
        "SS.SSSTRESC",
        put("SS.SSDTC", "2017-09-01", USUBJID="LXI15029-01-002"),
        put("SS.SSSTRESC", "DEAD", USUBJID="LXI15029-01-002"),
    ),
    # adverse events
    error(
        "a toxicity of no grade",
        "toxicity-without-grade-value",
        "AE.AETOX",
        add("AE.AETOX", "Nausea"),
        clear("AE.AETOXGR"),
    ),
    error(
        "a code of no term",
        "term-code-without-term",
        "AE.AEPTCD",
        put("AE.AEPTCD", 10028813.0, AEDECOD="Nausea"),
        clear("AE.AEDECOD", AEDECOD="Nausea"),
    ),
    error(
        "a system of no code",
        "body-system-without-code",
        "AE.AEBODSYS",
        put("AE.AEBODSYS", "Eye disorders", rows=2, AETERM=...),
        put("AE.AEBDSYCD", 10015919.0, AEBODSYS="Eye disorders"),
    ),
    error(
        "another system",
        "body-system-differs",
        "AE.AEBODSYS",
        put("AE.AEBODSYS", "Eye disorders", AETERM=...),
        put("AE.AESOC", "Ear disorders", AETERM=...),
    ),
    error(
        "another code of the system",
        "body-system-code-differs",
        "AE.AEBDSYCD",
        put("AE.AEBDSYCD", 10015919.0, AETERM=...),
        put("AE.AESOCCD", 10013993.0, AETERM=...),
    ),
    # results
    error(
        "a range upside down as collected",
        "original-range-reversed",
        "LB.LBORNRHI",
        put("LB.LBORNRHI", "0.001", LBORNRLO=...),
    ),
    error("words with a range", "range-of-words", "LB.LBORNRHI", put("LB.LBORRES", "NEGATIVE", LBORNRHI=...)),
    error("a unit of nothing", "detail-of-missing-result", "VS.VSSTRESU", clear("VS.VSSTRESC", VSSTRESU=...)),
    error(
        "a finding that was not collected",
        "standard-finding-without-original",
        "PE.PESTRESC",
        clear("PE.PEORRES"),
    ),
    error(
        "no standard reference",
        "standard-reference-missing",
        "LB.LBSTREFC",
        add("LB.LBORREF", "5"),
        put("LB.LBSTREFC", "5", LBSEQ=1.0),
    ),
    error(
        "no number of the reference",
        "numeric-reference-missing",
        "LB.LBSTREFN",
        add("LB.LBSTREFC", "5"),
        put("LB.LBSTREFN", 5.0, LBSEQ=1.0),
    ),
    error(
        "a specimen that could be used",
        "unusable-flag-not-n",
        "LB.LBSPCUFL",
        put("LB.LBSPCUFL", "Y", LBSEQ=1.0),
    ),
    error(
        "a repeat without number",
        "repeat-number-unclear",
        "EG.EGREPNUM",
        put("EG.EGDTC", "2017-06-16T09:46", USUBJID=SUBJECT, EGTESTCD="EGHRMN", EGREPNUM=2.0),
        clear("EG.EGREPNUM", USUBJID=SUBJECT, EGTESTCD="EGHRMN", EGREPNUM=2.0),
    ),
    error(
        "a number with a comma",
        "number-misspelt",
        "VS.VSSTRESC",
        put("VS.VSSTRESC", "36,5", VSTESTCD="TEMP"),
        clear("VS.VSSTRESN", VSSTRESC="36,5"),
    ),
    error("another analyte", "parameter-of-another-analyte", "PP.PPCAT", put("PP.PPCAT", "METABOLITE")),
    error(
        "two baselines of one time point",
        "baseline-repeated",
        "VS.VSBLFL",
        put("VS.VSBLFL", "Y", rows=2, VSTESTCD="PULSE", USUBJID=SUBJECT),
    ),
]
