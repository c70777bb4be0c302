"""Makes the SYNTHETIC raw extracts of the tutorial study TUT77: ``python docs/tutorial/make_raw.py FOLDER``.

Every value is invented and calibrated to nothing; no real patient is described. Standard library only, no clock and
no random numbers: the same bytes on every machine. What happened to each subject stands in ``facts.py``, the
forms in ``forms.py``; this file turns them into what a German-language EDC and a laboratory would export: one
ODM-XML snapshot and one CSV.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date
from hashlib import sha256
from pathlib import Path
from xml.sax.saxutils import quoteattr

sys.path.insert(0, str(Path(__file__).parent))
import facts
from forms import FORMS

Items = dict[str, str]
Group = tuple[str, list[Items]]  # item group, its repeats
SYNTHETIC = "SYNTHETIC DATA: no real patient is described"

LAB_HEADER = "PATIENT;VISITE;ENTNAHME;UHRZEIT;MATERIAL;ANALYT;WERT;EINHEIT;NORM_VON;NORM_BIS;BEMERKUNG"


def main(arguments: list[str]) -> int:
    if len(arguments) != 1 or arguments[0].startswith("-"):
        print("usage: python docs/tutorial/make_raw.py FOLDER", file=sys.stderr)
        return 2
    for path in build(Path(arguments[0])):
        print(path)
    return 0


def build(folder: Path) -> list[Path]:
    """Write the raw extracts into ``folder``; their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {
        "snapshot.xml": "\n".join(odm()).encode("utf-8") + b"\n",
        "labor.csv": ("\r\n".join(laboratory()) + "\r\n").encode("latin-1"),
        "SYNTHETIC-DATA.md": f"{SYNTHETIC}.\nMade by docs/tutorial/make_raw.py.\n".encode("ascii"),
    }
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return [folder / name for name in files]


def german(day: date) -> str:
    return day.strftime("%d.%m.%Y")


def decimal_comma(tenths: int) -> str:
    """A number of tenths as it is written in German: 235 -> 23,5."""
    return f"{tenths // 10},{tenths % 10}"


# The EDC: one snapshot of all forms.


def odm() -> Iterator[str]:
    head = attributes(
        xmlns="http://www.cdisc.org/ns/odm/v1.3",
        ODMVersion="1.3.2",
        FileType="Snapshot",
        FileOID="TUT77.20240930",
        CreationDateTime="2024-09-30T12:00:00+02:00",
        Description=SYNTHETIC,
    )
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield f"<ODM{head}>"
    yield from metadata()
    yield '  <ClinicalData StudyOID="TUT77" MetaDataVersionOID="MDV.3">'
    for subject in facts.SUBJECTS:
        yield f"    <SubjectData{attributes(SubjectKey=subject.id)}>"
        yield f"      <SiteRef{attributes(LocationOID=subject.site)}/>"
        for event, repeat, groups in events(subject):
            yield from event_xml(event, repeat, groups)
        yield "    </SubjectData>"
    yield "  </ClinicalData>"
    yield "</ODM>"


def metadata() -> Iterator[str]:
    yield '  <Study OID="TUT77">'
    yield "    <GlobalVariables>"
    yield "      <StudyName>TUT77</StudyName>"
    yield f"      <StudyDescription>{SYNTHETIC}</StudyDescription>"
    yield "      <ProtocolName>TUT77</ProtocolName>"
    yield "    </GlobalVariables>"
    yield '    <MetaDataVersion OID="MDV.3" Name="Version 3">'
    for group, (_, title, items) in FORMS.items():
        yield f"      <ItemGroupDef{attributes(OID=group, Name=title, Repeating='Yes')}>"
        for item in items:
            yield f"        <ItemRef{attributes(ItemOID=item, Mandatory='No')}/>"
        yield "      </ItemGroupDef>"
    for _, _, items in FORMS.values():
        for item, question in items.items():
            yield f"      <ItemDef{attributes(OID=item, Name=item, DataType='text', Length='200')}>"
            text = f'<TranslatedText xml:lang="de">{question}</TranslatedText>'
            yield f"        <Question>{text}</Question>"
            yield "      </ItemDef>"
    yield "    </MetaDataVersion>"
    yield "  </Study>"


def event_xml(event: str, repeat: str, groups: list[Group]) -> Iterator[str]:
    key = {"StudyEventRepeatKey": repeat} if repeat else {}
    yield f"      <StudyEventData{attributes(StudyEventOID=event, **key)}>"
    for group, repeats in groups:
        yield f"        <FormData{attributes(FormOID=FORMS[group][0])}>"
        for number, items in enumerate(repeats, 1):
            opening = attributes(ItemGroupOID=group, ItemGroupRepeatKey=str(number))
            yield f"          <ItemGroupData{opening}>"
            for item, value in items.items():
                if value:
                    yield f"            <ItemData{attributes(ItemOID=item, Value=value)}/>"
            yield "          </ItemGroupData>"
        yield "        </FormData>"
    yield "      </StudyEventData>"


def attributes(**values: str) -> str:
    return "".join(f" {name}={quoteattr(value)}" for name, value in values.items())


def events(subject: facts.Subject) -> Iterator[tuple[str, str, list[Group]]]:
    """Study event, its repeat key, its forms; in the order of the casebook."""
    screening: list[Group] = [
        ("IG.VISIT", [{"VISDAT": german(subject.consent)}]),
        ("IG.DM", [demography(subject)]),
        ("IG.IC", [{"ICDAT": german(subject.consent), "ICVERS": "2.0"}]),
        ("IG.IE", [eligibility(subject)]),
    ]
    if subject.first_dose is not None:
        screening += lesions(subject, 0)
    yield "SCR", "", screening
    if subject.first_dose is None:
        yield "EOS", "", [("IG.EOS", [{"EOSDAT": german(subject.end), "EOSREAS": "Screening-Fehlschlag"}])]
        return
    for event, day in facts.VISITS.items():
        if subject.on(day) <= subject.last_dose:
            yield event, "", [("IG.VISIT", [{"VISDAT": german(subject.on(day))}])]
    for number in range(1, len(subject.responses) + 1):
        scanned = german(subject.scan(number))
        response = subject.responses[number - 1]
        forms: list[Group] = [("IG.VISIT", [{"VISDAT": scanned}]), *lesions(subject, number)]
        yield "TUMOR", str(number), [*forms, ("IG.RESPONSE", [{"RSDAT": scanned, **judged(response)}])]
    if subject.stopped is not None:
        reason, words = subject.stopped
        last = german(subject.last_dose)
        yield (
            "EOT",
            "",
            [
                ("IG.VISIT", [{"VISDAT": last}]),
                ("IG.EOT", [{"EOTDAT": last, "EOTREAS": reason, "EOTSPEC": words}]),
            ],
        )
    log: list[Group] = [("IG.EX", [dose(subject, *row) for row in subject.doses])]
    adverse = [event_items(subject, row) for row in facts.ADVERSE_EVENTS if row.subject == subject.id]
    yield "LOG", "", [*log, *([("IG.AE", adverse)] if adverse else [])]
    if subject.ended is not None:
        closing: list[Group] = [("IG.EOS", [{"EOSDAT": german(subject.end), "EOSREAS": subject.ended}])]
        if subject.cause:
            closing.append(("IG.DEATH", [{"DTHDAT": german(subject.end), "DTHCAUS": subject.cause}]))
        yield "EOS", "", closing


def demography(subject: facts.Subject) -> Items:
    return {
        "BRTHDAT": subject.birth,
        "SEX": subject.sex,
        "RACE": subject.race,
        "DOSELVL": f"{subject.dose} mg" if subject.dose else "",
    }


def eligibility(subject: facts.Subject) -> Items:
    failed = subject.failed
    return {"IEYN": "nein" if failed else "ja", "IETESTCD": failed, "IEDAT": german(subject.consent)}


def dose(subject: facts.Subject, first: int, last: int, milligrams: int, change: str, reason: str) -> Items:
    return {
        "EXSTDAT": german(subject.on(first)),
        "EXENDAT": german(subject.on(last)),
        "EXDOSE": str(milligrams),
        "EXDOSU": "mg",
        "EXADJ": change,
        "EXADJRSN": reason,
    }


def event_items(subject: facts.Subject, row: facts.AdverseEvent) -> Items:
    english, term, organs = facts.TERMS[row.term]
    start = row.start if isinstance(row.start, str) else german(subject.on(row.start))
    end = row.end if isinstance(row.end, str) else german(subject.on(row.end))
    return {
        "AETERM": row.term,
        "AETERM_EN": english,
        "AEPT": term,
        "AESOC": organs,
        "AESTDAT": start,
        "AEENDAT": end,
        "AETOXGR": str(row.grade),
        "AESER": row.serious,
        "AESDTH": "" if row.serious == "nein" else "ja" if row.grade == 5 else "nein",
        "AESHOSP": "" if row.serious == "nein" else "ja",
        "AEREL": row.related,
        "AEACN": row.action,
        "AEOUT": row.outcome,
        "AEDLT": row.limiting,
    }


def lesions(subject: facts.Subject, number: int) -> list[Group]:
    """The lesions of one scan; number 0 is screening."""
    scanned = german(subject.scan(number))
    target = [
        {
            "TRNUM": f"T{n:02}",
            "TRLOC": organ,
            "TRMETH": subject.method,
            "TRDAT": scanned,
            "TRDIAM": decimal_comma(sizes[number]),
        }
        for n, (organ, sizes) in enumerate(subject.target, 1)
    ]
    other = [
        {
            "NTNUM": f"NT{n:02}",
            "NTLOC": organ,
            "NTMETH": subject.method,
            "NTDAT": scanned,
            "NTSTATE": states[number],
        }
        for n, (organ, states) in enumerate(subject.non_target, 1)
    ]
    new = [
        {"NLNUM": f"NL{n:02}", "NLLOC": organ, "NLMETH": subject.method, "NLDAT": scanned}
        for n, (organ, seen) in enumerate(subject.new, 1)
        if seen <= number
    ]
    named: list[Group] = [("IG.TARGET", target), ("IG.NONTARGET", other), ("IG.NEW", new)]
    return [(group, repeats) for group, repeats in named if repeats]


def judged(response: tuple[str, str, str, str]) -> Items:
    return dict(zip(("RSTRG", "RSNTRG", "RSNEW", "RSOVR"), response, strict=True))


# The laboratory: one CSV in the encoding of old Windows programs, with decimal commas.


def laboratory() -> Iterator[str]:
    yield LAB_HEADER
    for subject in facts.SUBJECTS:
        for visit, day in subject.samples():
            drawn = german(subject.on(day) if subject.first_dose else subject.consent)
            for analyte in facts.ANALYTES:
                yield result(subject, visit, day, drawn, analyte)
    # A sample of a patient whom nobody entered in the EDC: a question for the site.
    yield "AT01-009;Screening;04.03.2024;08:10;Serum;ALT (GPT);31;U/l;10;50;"


def result(subject: facts.Subject, visit: str, day: int, drawn: str, analyte: facts.Analyte) -> str:
    given = facts.RESULTS.get((subject.id, visit, analyte.name))
    words = ""
    if given is None:
        value = drawn_value(analyte, subject.id, visit)
    else:
        value, words = given
    time = f"{7 + len(subject.id + visit) % 3:02}:{(len(visit) * 7 + day) % 60:02}"
    limits = (comma(analyte.low), comma(analyte.high))
    cells = (
        subject.id,
        visit,
        drawn,
        time,
        analyte.material,
        analyte.name,
        value,
        analyte.unit,
        *limits,
        words,
    )
    return ";".join(cells)


def drawn_value(analyte: facts.Analyte, *words: str) -> str:
    """A value somewhere in the middle of the normal range, fixed by the words."""
    steps = round((analyte.high - analyte.low) * 10**analyte.digits)
    text = "|".join([analyte.name, *words])
    position = int.from_bytes(sha256(text.encode("utf-8")).digest()[:6], "big") % (steps * 6 // 10)
    number = round(analyte.low * 10**analyte.digits) + steps * 2 // 10 + position
    shown = f"{number / 10**analyte.digits:.{analyte.digits}f}"
    return shown.replace(".", ",")


def comma(number: float) -> str:
    return f"{number:g}".replace(".", ",")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
