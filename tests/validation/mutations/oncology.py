"""Errors in lesions, responses and treatment that a reader of an oncology study would see."""

from __future__ import annotations

from mutation_changes import clear, error, put, remove, repeat

SUBJECT = (
    "LXI15029-01-003"  # three target lesions, SD at weeks 4 to 52 but week 20, where one was not measured
)
FIRST = "LXI15029-01-001"  # treatment ended on 2017-09-13

MUTATIONS = [
    error(
        "a lesion measured twice",
        "lesion-measured-twice",
        "TR.TRLNKID",
        repeat("TR", {"TRSEQ": 99.0, "TRSTRESN": 1.0}, USUBJID=SUBJECT, TRLNKID="T01"),
    ),
    error(
        "target, then non-target",
        "lesion-group-changes",
        "TR.TRLNKID",
        put("TR.TRGRPID", "NON-TARGET", USUBJID=SUBJECT, TRLNKID="T01", VISITNUM=32.0),
    ),
    error(
        "a lesion of two kinds",
        "lesion-changes-kind",
        "TU.TULNKID",
        repeat("TU", {"TUSEQ": 99.0, "TUORRES": "NON-TARGET"}, USUBJID=SUBJECT, TULNKID="T01"),
    ),
    error(
        "a lesion that nobody found",
        "lesion-not-identified",
        "TR.TRLNKID",
        put("TR.TRLNKID", "T09", USUBJID=SUBJECT, VISITNUM=32.0),
    ),
    error(
        "new before treatment",
        "new-lesion-at-baseline",
        "TU.TUORRES",
        put("TU.TUORRES", "NEW", USUBJID=SUBJECT, VISITNUM=1.0),
    ),
    error(
        "six target lesions",
        "too-many-target-lesions",
        "TU.TUORRES",
        *(
            repeat("TU", {"TUSEQ": 90.0 + n, "TULNKID": f"T1{n}"}, USUBJID=SUBJECT, TULNKID="T01")
            for n in range(3)
        ),
    ),
    error(
        "a response on no day", "response-without-date", "RS.RSORRES", clear("RS.RSDTC", RSTESTCD="OVRLRESP")
    ),
    error(
        "a response to nothing",
        "response-without-assessment",
        "RS.RSSTRESC",
        remove("TR", USUBJID=SUBJECT, VISITNUM=35.0),
    ),
    error(
        "a response that its parts do not give",
        "overall-response-differs",
        "RS.RSSTRESC",
        put("RS.RSSTRESC", "PR", USUBJID=SUBJECT, RSTESTCD="OVRLRESP", VISITNUM=34.0),
    ),
    error(
        "progression of no part",
        "overall-response-differs",
        "RS.RSSTRESC",
        put("RS.RSSTRESC", "PD", USUBJID=SUBJECT, RSTESTCD="OVRLRESP", VISITNUM=34.0),
    ),
    error(
        "progression without growth",
        "target-response-differs",
        "RS.RSSTRESC",
        put("RS.RSSTRESC", "PD", USUBJID=SUBJECT, RSTESTCD="TRGRESP", VISITNUM=34.0),
    ),
    error(
        "a response without shrinkage",
        "target-response-differs",
        "RS.RSSTRESC",
        put("RS.RSSTRESC", "PR", USUBJID=SUBJECT, RSTESTCD="TRGRESP", VISITNUM=34.0),
    ),
    error(
        "growth that nobody called so",
        "target-response-differs",
        "RS.RSSTRESC",
        put("TR.TRSTRESN", 60.0, USUBJID=SUBJECT, TRLNKID="T01", VISITNUM=34.0),
    ),
    error(
        "progression without a lesion that grew or is new",
        "progression-without-evidence",
        "RS.RSSTRESC",
        put("RS.RSSTRESC", "PD", USUBJID=SUBJECT, RSTESTCD="OVRLRESP", VISITNUM=34.0),
    ),
    error(
        "a dose after the end of treatment",
        "dose-after-discontinuation",
        "EX.EXSTDTC",
        put("EX.EXSTDTC", "2017-09-25", USUBJID=FIRST),
    ),
]
