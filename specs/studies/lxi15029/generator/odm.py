"""ECOG_EG.xml: two forms, ECOG performance status and 12-lead ECG, as an ODM-XML 1.3.2 snapshot."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from xml.sax.saxutils import quoteattr

from specs.studies.lxi15029.generator.adverse_events import events
from specs.studies.lxi15029.generator.draws import chance, draw
from specs.studies.lxi15029.generator.facts import Subject, failures, subjects
from specs.studies.lxi15029.generator.rave import SITE, clock
from specs.studies.lxi15029.generator.timeline import timeline

ITEMS = {
    "IG.ECOG": {"ECOGDAT": "partialDate", "ECOGPS": "integer"},
    "IG.EG": {
        "EGPERF": "text", "EGREASND": "text", "EGDAT": "partialDate", "EGTIM": "partialTime", "EGPOS": "text",
        "EGHR": "integer", "EGPR": "integer", "EGQRS": "integer", "EGQT": "integer", "EGQTCF": "integer",
        "EGINTP": "text", "EGCLSIG": "text",
    },
}  # fmt: skip
FORMS = {"IG.ECOG": ("FO.ECOG", "ECOG Performance Status"), "IG.EG": ("FO.EG", "12-Lead ECG")}
Values = dict[str, str]


def attributes(**values: str) -> str:
    return "".join(f" {name}={quoteattr(value)}" for name, value in values.items())


def metadata() -> list[str]:
    lines = [
        '  <Study OID="LXI15029">',
        "    <GlobalVariables>",
        "      <StudyName>LXI15029</StudyName>",
        "      <StudyDescription>SYNTHETIC DATA: phase I study of LXI-15029</StudyDescription>",
        "      <ProtocolName>LXI15029</ProtocolName>",
        "    </GlobalVariables>",
        '    <MetaDataVersion OID="MDV.1" Name="Version 1">',
    ]
    for group, (form, title) in FORMS.items():
        lines += [
            f"      <FormDef{attributes(OID=form, Name=title, Repeating='No')}>",
            f"        <ItemGroupRef{attributes(ItemGroupOID=group, Mandatory='Yes')}/>",
            "      </FormDef>",
        ]
    for group, items in ITEMS.items():
        lines.append(f"      <ItemGroupDef{attributes(OID=group, Name=FORMS[group][1], Repeating='Yes')}>")
        lines += [f"        <ItemRef{attributes(ItemOID=item, Mandatory='No')}/>" for item in items]
        lines.append("      </ItemGroupDef>")
    for items in ITEMS.values():
        for item, kind in items.items():
            size = {"Length": "40"} if kind == "text" else {}
            lines.append(f"      <ItemDef{attributes(OID=item, Name=item, DataType=kind, **size)}/>")
    return [*lines, "    </MetaDataVersion>", "  </Study>"]


def group_xml(group: str, repeats: list[Values]) -> list[str]:
    lines = [f"        <FormData{attributes(FormOID=FORMS[group][0])}>"]
    for number, values in enumerate(repeats, 1):
        lines.append(
            f"          <ItemGroupData{attributes(ItemGroupOID=group, ItemGroupRepeatKey=str(number))}>"
        )
        lines += [
            f"            <ItemData{attributes(ItemOID=item, Value=value)}/>"
            for item, value in values.items()
            if value
        ]
        lines.append("          </ItemGroupData>")
    return [*lines, "        </FormData>"]


def performance_status(subject: Subject, folder: str, day: int) -> str:
    if day <= 1:
        return subject.ecog
    if folder in ("EOT", "30-Day Follow-up") and chance(40, subject.id, folder, "ECOG"):
        return str(int(subject.ecog) + 1)
    return subject.ecog


def electrocardiogram(subject: Subject, folder: str, day: int, replicate: int) -> Values:
    going_on = {e.term for e in events() if e.subject == subject and e.first <= day < e.last}
    slow = "Sinus bradycardia" in going_on
    rate = (
        draw(51, 57, subject.id, folder, replicate) if slow else draw(62, 88, subject.id, folder, replicate)
    )
    corrected = draw(398, 438, subject.id, folder, replicate)
    if "ECG QT prolonged" in going_on:
        corrected = draw(453, 476, subject.id, folder, replicate)
    # QT of a machine that corrects by Fridericia: QTcF = QT / (RR in s) ** (1/3), in whole ms.
    interval = round(corrected * (60 / rate) ** (1 / 3))
    life = timeline(subject)
    minutes = life.dose_time - 35 if folder == "C1D1" else 9 * 60 + draw(0, 100, subject.id, folder, "EG")
    return {
        "EGPERF": "Y", "EGDAT": str(subject.on(day)), "EGTIM": clock(minutes + 2 * replicate),
        "EGPOS": "SUPINE",
        "EGHR": str(rate), "EGPR": str(draw(128, 178, subject.id, folder, replicate, "PR")),
        "EGQRS": str(draw(80, 104, subject.id, folder, replicate, "QRS")), "EGQT": str(interval),
        "EGQTCF": str(corrected), "EGINTP": "SINUS BRADYCARDIA" if slow else "SINUS RHYTHM",
        "EGCLSIG": "N",
    }  # fmt: skip


def subject_xml(subject: Subject) -> list[str]:
    lines = [
        f"    <SubjectData{attributes(SubjectKey=subject.id)}>",
        f"      <SiteRef{attributes(LocationOID=SITE)}/>",
    ]
    for folder, visit in timeline(subject).visits.items():
        if folder == "C1D28":
            continue
        day = visit.last_day if folder == "Screening" else visit.day
        lines.append(f"      <StudyEventData{attributes(StudyEventOID=folder, StudyEventRepeatKey='1')}>")
        status = {"ECOGDAT": str(subject.on(day)), "ECOGPS": performance_status(subject, folder, day)}
        lines += group_xml("IG.ECOG", [status])
        replicates = 3 if folder == "Screening" else 1  # triplicate at screening
        traces = [electrocardiogram(subject, folder, day, number) for number in range(replicates)]
        if (subject.id, folder) == ("010", "C1D15"):
            traces = [{"EGPERF": "N", "EGREASND": "Subject refused"}]
        if (subject.id, folder) == ("003", "EOT"):
            traces[0]["EGDAT"] = traces[0]["EGDAT"][:7]
            traces[0]["EGTIM"] = ""
        lines += group_xml("IG.EG", traces)
        lines.append("      </StudyEventData>")
    return [*lines, "    </SubjectData>"]


def failures_xml() -> list[str]:
    lines = []
    for failure in failures():
        status = "2" if failure.criterion == "IN04" else "1"
        day = failure.consent + timedelta(days=1)
        lines += [
            f"    <SubjectData{attributes(SubjectKey=failure.id)}>",
            f"      <SiteRef{attributes(LocationOID=SITE)}/>",
            f"      <StudyEventData{attributes(StudyEventOID='Screening', StudyEventRepeatKey='1')}>",
            *group_xml("IG.ECOG", [{"ECOGDAT": str(day), "ECOGPS": status}]),
            "      </StudyEventData>",
            "    </SubjectData>",
        ]
    return lines


def write(folder: Path) -> Path:
    head = attributes(
        xmlns="http://www.cdisc.org/ns/odm/v1.3", ODMVersion="1.3.2", FileType="Snapshot",
        FileOID="LXI15029.ECOG_EG",
        CreationDateTime="2022-05-16T12:00:00+08:00",
        Description="SYNTHETIC DATA: no real patient is described",
    )  # fmt: skip
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f"<ODM{head}>", *metadata()]
    lines.append('  <ClinicalData StudyOID="LXI15029" MetaDataVersionOID="MDV.1">')
    for subject in subjects():
        lines += subject_xml(subject)
    lines += [*failures_xml(), "  </ClinicalData>", "</ODM>"]
    path = folder / "ECOG_EG.xml"
    path.write_bytes(("\n".join(lines) + "\n").encode("utf-8"))
    return path
