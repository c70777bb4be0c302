"""Effects on populations, events, responses, deaths and ends: counted, and listed by subject. Data are invented."""

from __future__ import annotations

from sdtm.trace.diff.compare import diff
from sdtm.trace.diff.facts import Facts


def told(found):  # type: ignore[no-untyped-def]
    return {
        effect.place: (
            effect.effect,
            dict(effect.counts),
            [(row.subject, row.old, row.new) for row in effect.rows],
        )
        for effect in found.effects
    }


def test_subject_level_effects_come_from_adsl(deliver, make_frame):
    head = "USUBJID SAFFL EFFFL DTHFL DTHDT# TRT01A EOSSTT"
    old = deliver(
        ADSL=make_frame(head, "S1 Y Y . . A ONGOING", "S2 Y N . . A ONGOING", "S3 Y Y Y 5 B COMPLETED"),
        DM=make_frame("USUBJID DTHFL RFXSTDTC", "S1 . 2024-01-01", "S2 . 2024-01-01", "S3 Y 2024-01-01"),
    )
    new = deliver(
        ADSL=make_frame(head, "S1 Y Y Y 9 A DISCONTINUED", "S2 N N . . B ONGOING", "S4 Y Y . . B ONGOING"),
        DM=make_frame("USUBJID DTHFL RFXSTDTC", "S1 Y 2024-01-01", "S2 . .", "S4 . 2024-01-01"),
    )
    gone, come = "(no record)", "(no record)"
    assert told(diff(old, new)) == {
        "ADSL.SAFFL": (
            "population",
            {"N": (0, 1), "Y": (3, 2)},
            [("S2", "Y", "N"), ("S3", "Y", gone), ("S4", come, "Y")],
        ),
        "ADSL.EFFFL": ("population", {"Y": (2, 2)}, [("S3", "Y", gone), ("S4", come, "Y")]),
        "ADSL.DTHFL": (
            "death",
            {"(missing)": (2, 2), "Y": (1, 1)},
            [("S1", "(missing)", "Y"), ("S3", "Y", gone), ("S4", come, "(missing)")],
        ),
        "ADSL.DTHDT": (
            "death",
            {"(missing)": (2, 2), "5": (1, 0), "9": (0, 1)},
            [("S1", "(missing)", "9"), ("S3", "5", gone), ("S4", come, "(missing)")],
        ),
        "ADSL.TRT01A": (
            "treatment",
            {"A": (2, 1), "B": (1, 2)},
            [("S2", "A", "B"), ("S3", "B", gone), ("S4", come, "B")],
        ),
        "ADSL.EOSSTT": (
            "discontinuation",
            {"COMPLETED": (1, 0), "DISCONTINUED": (0, 1), "ONGOING": (2, 2)},
            [("S1", "ONGOING", "DISCONTINUED"), ("S3", "COMPLETED", gone), ("S4", come, "ONGOING")],
        ),
    }


def test_without_adsl_in_both_they_come_from_the_tabulations(deliver, make_frame):
    ds = "USUBJID DSSEQ# DSCAT DSSCAT DSDECOD DSSTDTC"
    dm = "USUBJID DTHFL RFXSTDTC ACTARM"
    old = deliver(
        ADSL=make_frame("USUBJID SAFFL", "S1 Y"),
        DM=make_frame(dm, "S1 . 2024-01-01 A", "S2 . . A"),
        DS=make_frame(ds, "S1 1 DISPOSITION_EVENT STUDY COMPLETED 2024-02-01"),
        SUPPAE=make_frame("RDOMAIN USUBJID IDVAR IDVARVAL QNAM QVAL", "AE S1 AESEQ 1 AETRTEM Y"),
        RS=make_frame("USUBJID RSSEQ# RSTESTCD RSSTRESC", "S1 1 BESTRESP PR", "S1 2 OVRLRESP PR"),
    )
    new = deliver(
        DM=make_frame(dm, "S1 Y . B", "S2 . . A"),
        DS=make_frame(
            ds,
            "S1 1 DISPOSITION_EVENT STUDY DEATH 2024-02-01",
            "S1 2 OTHER_EVENT . DEATH 2024-02-01",
        ),
        SUPPAE=make_frame("RDOMAIN USUBJID IDVAR IDVARVAL QNAM QVAL", "AE S1 AESEQ 1 AETRTEM N"),
        RS=make_frame("USUBJID RSSEQ# RSTESTCD RSSTRESC", "S1 1 BESTRESP SD", "S1 2 OVRLRESP PD"),
    )
    assert told(diff(old, new)) == {
        "DM.DTHFL": ("death", {"(missing)": (2, 1), "Y": (0, 1)}, [("S1", "(missing)", "Y")]),
        "DM.RFXSTDTC": (
            "population",
            {"(missing)": (1, 2), "treated": (1, 0)},
            [("S1", "treated", "(missing)")],
        ),
        "DM.ACTARM": ("treatment", {"A": (2, 1), "B": (0, 1)}, [("S1", "A", "B")]),
        "DS.DSDECOD of STUDY": (
            "discontinuation",
            {"COMPLETED": (1, 0), "DEATH": (0, 1)},
            [("S1", "COMPLETED", "DEATH")],
        ),
        "SUPPAE.QVAL of AETRTEM": (
            "treatment-emergent event",
            {"N": (0, 1), "Y": (1, 0)},
            [("S1", "Y", "N")],
        ),
        "RS.RSSTRESC of BESTRESP": ("best response", {"PR": (1, 0), "SD": (0, 1)}, [("S1", "PR", "SD")]),
    }


def test_another_first_dose_is_no_other_population(deliver, make_frame):
    sides = [deliver(DM=make_frame("USUBJID RFXSTDTC", f"S1 {day}")) for day in ("2024-01-01", "2024-01-02")]
    assert not diff(*sides).effects


def test_events_are_counted_record_by_record(deliver, make_frame):
    facts = Facts(keys={"ADAE": ("USUBJID", "AEDECOD")})
    head = "USUBJID AEDECOD TRTEMFL"
    old = deliver(facts=facts, ADAE=make_frame(head, "S1 RASH Y", "S1 COUGH Y", "S2 RASH Y", "S3 RASH ."))
    new = deliver(ADAE=make_frame(head, "S1 RASH .", "S1 COUGH Y", "S3 RASH .", "S4 RASH Y", "S5 RASH ."))
    (effect,) = diff(old, new).effects
    assert (effect.place, effect.unit, dict(effect.counts)) == ("ADAE.TRTEMFL", "records", {"Y": (3, 2)})
    assert [(r.subject, r.record, r.old, r.new) for r in effect.rows] == [
        ("S1", "AEDECOD=RASH", "Y", "(missing)"),
        ("S2", "AEDECOD=RASH", "Y", "(no record)"),
        ("S4", "AEDECOD=RASH", "(no record)", "Y"),
    ]


def test_best_responses_are_known_by_code_or_by_name(deliver, make_frame):
    head = "USUBJID PARAMCD PARAM AVALC"
    old = deliver(
        ADRS=make_frame(
            head, "S1 CBOR x PR", "S2 CBOR x SD", "S1 BESTR Best_Overall_Response PR", "S1 OVR x PR"
        )
    )
    new = deliver(
        ADRS=make_frame(
            head, "S1 CBOR x CR", "S2 CBOR x SD", "S1 BESTR Best_Overall_Response SD", "S1 OVR x PD"
        )
    )
    assert told(diff(old, new)) == {
        "ADRS.AVALC of CBOR": ("best response", {"CR": (0, 1), "PR": (1, 0)}, [("S1", "PR", "CR")]),
        "ADRS.AVALC of BESTR": ("best response", {"PR": (1, 0), "SD": (0, 1)}, [("S1", "PR", "SD")]),
    }
