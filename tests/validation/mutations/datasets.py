"""Errors between datasets: what is not there, and what two datasets say differently."""

from __future__ import annotations

from mutation_changes import clear, drop, error, put, remove, rename, repeat

DEAD = "LXI15029-01-009"  # died on 2018-08-31, of an adverse event
SUBJECT = "LXI15029-01-001"  # first dose 2017-06-21T08:24, last one on 2017-09-13, last contact 2017-10-13
SCREEN_FAILURE = "LXI15029-01-004"

MUTATIONS = [
    # datasets
    error("no DM", "demographics-absent", "DM", drop("DM")),
    error("no EX", "exposure-absent", "EX", drop("EX")),
    error("a dataset without records", "empty-dataset", "AE", remove("AE"), remove("SUPPAE")),
    error("a dataset of another name", "unknown-dataset", "XX", rename("AE", "XX"), drop("SUPPAE")),
    error("a longer name", "dataset-name-differs", "AEDATA", rename("AE", "AEDATA"), drop("SUPPAE")),
    error(
        "records of AE in CM", "wrong-constant", "CM.DOMAIN", drop("CM"), rename("AE", "CM"), drop("SUPPAE")
    ),
    error("a name of nine characters", "invalid-dataset-name", "AEDATASET", rename("AE", "AEDATASET")),
    # subjects and study
    error(
        "an unknown subject",
        "orphan-subject",
        "VS.USUBJID",
        put("VS.USUBJID", "LXI15029-01-999", USUBJID=SUBJECT),
    ),
    error(
        "a subject without its zeros",
        "orphan-subject",
        "AE.USUBJID",
        put("AE.USUBJID", "LXI15029-1-1", rows=0, USUBJID=SUBJECT),
    ),
    error("a subject that DM lost", "orphan-subject", "EX.USUBJID", remove("DM", USUBJID=SUBJECT)),
    error("another study", "study-differs", "AE.STUDYID", put("AE.STUDYID", "LXI-15029")),
    error("a study in small letters", "study-differs", "SUPPAE.STUDYID", put("SUPPAE.STUDYID", "lxi15029")),
    error("an epoch of no arm", "epoch-not-planned", "VS.EPOCH", put("VS.EPOCH", "RUN-IN")),
    # SUPP--
    error(
        "a qualifier of no record", "parent-record-missing", "SUPPAE.IDVARVAL", put("SUPPAE.IDVARVAL", "99")
    ),
    error(
        "a record that lost its number",
        "parent-record-missing",
        "SUPPAE.IDVARVAL",
        put("AE.AESEQ", 77.0, AESEQ=1.0, USUBJID=SUBJECT),
    ),
    error(
        "a qualifier of a dataset that is not there",
        "related-domain-absent",
        "SUPPAE.RDOMAIN",
        put("SUPPAE.RDOMAIN", "HO", rows=0, STUDYID=...),
    ),
    error(
        "a qualifier by no variable", "parent-variable-unknown", "SUPPAE.IDVAR", put("SUPPAE.IDVAR", "AESPID")
    ),
    error(
        "a qualifier by nothing",
        "qualifier-without-parent-key",
        "SUPPAE.IDVAR",
        put("SUPPAE.IDVARVAL", None, IDVARVAL="1"),
        put("SUPPAE.IDVAR", None, IDVARVAL=None),
    ),
    error(
        "a qualifier without number", "parent-key-without-value", "SUPPAE.IDVARVAL", clear("SUPPAE.IDVARVAL")
    ),
    error("a number of nothing", "parent-value-without-key", "SUPPAE.IDVARVAL", clear("SUPPAE.IDVAR")),
    error("a qualifier twice", "duplicate-qualifier", "SUPPAE.QNAM", repeat("SUPPAE", {"QVAL": "other"})),
    error(
        "a qualifier that has a variable",
        "qualifier-is-a-variable",
        "SUPPAE.QNAM",
        put("SUPPAE.QNAM", "AESEV"),
    ),
    error(
        "races that are not listed",
        "multiple-races-not-listed",
        "DM.RACE",
        remove("SUPPDM", QNAM="RACE1"),
    ),
    # exposure and reference dates
    error(
        "another first dose", "first-exposure-differs", "DM.RFXSTDTC", put("DM.RFXSTDTC", "2017-06-20T08:24")
    ),
    error(
        "a first dose that DM lacks",
        "first-exposure-differs",
        "DM.RFXSTDTC",
        clear("DM.RFXSTDTC", USUBJID=SUBJECT),
    ),
    error("another last dose", "last-exposure-differs", "DM.RFXENDTC", put("DM.RFXENDTC", "2017-09-12")),
    error("an arm without a dose", "arm-without-exposure", "DM.ACTARMCD", remove("EX", USUBJID=SUBJECT)),
    error(
        "a dose of an untreated subject",
        "exposure-without-arm",
        "DM.ARMNRS",
        put("EX.USUBJID", SCREEN_FAILURE, USUBJID=SUBJECT),
    ),
    error(
        "a baseline after the first dose",
        "baseline-after-exposure",
        "VS.VSLOBXFL",
        put("VS.VSLOBXFL", "Y", USUBJID=SUBJECT, VISITNUM=3.0),
    ),
    error(
        "a baseline two hours after the first dose",
        "baseline-after-exposure",
        "PC.PCLOBXFL",
        put("PC.PCLOBXFL", "Y", USUBJID=SUBJECT, PCTPTNUM=2.0),
    ),
    error(
        "a date after the last contact",
        "date-after-participation",
        "VS.VSDTC",
        put("VS.VSDTC", "2027-06-16", USUBJID=SUBJECT),
    ),
    # death
    error(
        "a fatal event of a living subject",
        "fatal-event-without-death",
        "AE.AEOUT",
        put("AE.AEOUT", "FATAL", USUBJID=SUBJECT),
    ),
    error(
        "a death criterion of a living subject",
        "fatal-event-without-death",
        "AE.AESDTH",
        put("AE.AESDTH", "Y", USUBJID=SUBJECT),
    ),
    error(
        "a fatal event that ends later",
        "fatal-event-end-differs",
        "AE.AEOUT",
        put("AE.AEENDTC", "2018-09-02", AEOUT="FATAL"),
    ),
    error(
        "a disposition DEATH of a living subject",
        "disposition-death-without-death",
        "DS.DSDECOD",
        put("DS.DSDECOD", "DEATH", USUBJID=SUBJECT, DSDECOD="COMPLETED"),
    ),
    error(
        "another day of death",
        "disposition-death-date-differs",
        "DS.DSDECOD",
        put("DS.DSSTDTC", "2018-08-30", rows=0, USUBJID=DEAD, DSDECOD="DEATH"),
    ),
    error(
        "a death without disposition",
        "death-without-disposition",
        "DM.DTHFL",
        remove("DS", USUBJID=DEAD, DSDECOD="DEATH"),
    ),
    error(
        "vital signs after death",
        "result-after-death",
        "VS.VSDTC",
        put("VS.VSDTC", "2018-09-05", USUBJID=DEAD),
    ),
    error(
        "a dose after death", "start-after-death", "EX.EXSTDTC", put("EX.EXSTDTC", "2018-09-05", USUBJID=DEAD)
    ),
    error(
        "an event after death",
        "start-after-death",
        "AE.AESTDTC",
        put("AE.AESTDTC", "2018-09-05", USUBJID=DEAD),
    ),
    # RELREC
    error(
        "a relation of one record",
        "relation-of-one",
        "RELREC.RELID",
        remove("RELREC", IDVAR="CMSEQ"),
    ),
    error(
        "a relation to no record",
        "parent-record-missing",
        "RELREC.IDVARVAL",
        put("RELREC.IDVARVAL", "99", IDVAR="AESEQ"),
    ),
    error(
        "a relation by no variable",
        "parent-variable-unknown",
        "RELREC.IDVAR",
        put("RELREC.IDVAR", "AEGRPID", IDVAR="AESEQ"),
    ),
    error(
        "a relation to a dataset that is not there",
        "related-domain-absent",
        "RELREC.RDOMAIN",
        put("RELREC.RDOMAIN", "PR", RDOMAIN="CM"),
        drop("PR"),
        drop("SUPPPR"),
    ),
]
