"""What happened to the subjects of the tutorial study TUT77. SYNTHETIC: all of it is invented, nobody is described.

Days are study days: day 1 is the first dose, day -1 the day before. Sizes of lesions are tenths of a millimetre, first
at screening, then at each scan (about every eight weeks).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

VISITS = {
    "Z1T1": 1,
    "Z1T8": 8,
    "Z1T15": 15,
    "Z2T1": 29,
    "Z3T1": 57,
    "Z4T1": 85,
    "Z5T1": 113,
    "Z6T1": 141,
    "Z7T1": 169,
}
SAMPLES = {"Screening": -7, "Zyklus 1 Tag 1": 1, "Zyklus 1 Tag 15": 15, "Zyklus 2 Tag 1": 29}


@dataclass(frozen=True)
class Subject:
    """One subject. ``doses``: first day, last day, mg, change, reason of the change."""

    id: str
    sex: str
    birth: str
    consent: date
    dose: int
    first_dose: date | None
    doses: tuple[tuple[int, int, int, str, str], ...] = ()
    stopped: tuple[str, str] | None = None  # end of treatment: reason, words
    ended: str | None = None  # end of study: reason
    end_day: int = 0
    cause: str = ""  # of death
    method: str = "CT"
    target: tuple[tuple[str, tuple[int, ...]], ...] = ()
    non_target: tuple[tuple[str, tuple[str, ...]], ...] = ()
    new: tuple[tuple[str, int], ...] = ()  # organ, scan at which it was first seen
    responses: tuple[tuple[str, str, str, str], ...] = ()  # target, non-target, new lesion, overall
    race: str = "weiß"
    failed: str = ""  # criterion not met

    @property
    def site(self) -> str:
        return self.id[:4]

    @property
    def last_dose(self) -> date:
        return self.on(self.doses[-1][1])

    @property
    def end(self) -> date:
        return self.on(self.end_day) if self.first_dose else self.consent + timedelta(days=6)

    def on(self, day: int) -> date:
        """The date of a study day; there is no day 0."""
        assert self.first_dose is not None
        return self.first_dose + timedelta(days=day - 1 if day > 0 else day)

    def scan(self, number: int) -> date:
        """The date of a scan: at screening, then every eight weeks, give or take four days."""
        shift = (7 * int(self.id[-1]) + 5 * number + len(self.target)) % 9 - 4
        return self.on(56 * number + shift) if number else self.on(-10)

    def samples(self) -> Iterator[tuple[str, int]]:
        """Visit and day of each blood sample."""
        for visit, day in SAMPLES.items():
            if self.first_dose is None:
                if day < 0:
                    yield visit, day
            elif self.on(day) <= self.last_dose:
                yield visit, day


PROGRESSION = ("Progression der Erkrankung", "")
SD, PR, PD = "SD", "PR", "PD"
THERE, WORSE, GONE = "vorhanden", "eindeutige Progression", "nicht mehr nachweisbar"
NONE, LESS, PAUSE = "keine", "Reduktion", "Unterbrechung"

SUBJECTS = (
    Subject(
        "AT01-001", "w", "14.05.1961", date(2024, 1, 8), 40, date(2024, 1, 22),
        doses=((1, 170, 40, NONE, ""),),
        stopped=PROGRESSION, ended="Progression der Erkrankung", end_day=200,
        target=(("Lunge", (235, 228, 221, 302)), ("Leber", (310, 305, 300, 384))),
        non_target=(("Lymphknoten", (THERE, THERE, THERE, THERE)),),
        responses=((SD, "NON-CR/NON-PD", "nein", SD), (SD, "NON-CR/NON-PD", "nein", SD),
                   (PD, "NON-CR/NON-PD", "nein", PD)),
    ),
    Subject(
        "AT01-002", "m", "02.11.1954", date(2024, 1, 15), 40, date(2024, 1, 29),
        doses=((1, 56, 40, NONE, ""),),
        stopped=PROGRESSION, ended="Tod", end_day=121, cause="Progression der Grunderkrankung",
        target=(("Leber", (420, 561)),),
        responses=((PD, "", "nein", PD),),
    ),
    Subject(
        "AT01-003", "w", "27.08.1970", date(2024, 1, 25), 40, date(2024, 2, 5),
        doses=((1, 190, 40, NONE, ""),),
        target=(("Lunge", (182, 151, 120, 118)), ("Lunge", (143, 120, 95, 97))),
        responses=((SD, "", "nein", SD), (PR, "", "nein", PR), (PR, "", "nein", PR)),
    ),
    Subject(
        "AT01-004", "m", "19.01.1949", date(2024, 2, 1), 0, None,
        ended="Screening-Fehlschlag", failed="EX03",
    ),
    Subject(
        "DE02-001", "m", "17.03.1958", date(2024, 2, 6), 40, date(2024, 2, 19),
        doses=((1, 112, 40, NONE, ""),),
        stopped=PROGRESSION, ended="Tod", end_day=160, cause="Progression der Grunderkrankung",
        method="MRT",
        target=(("Leber", (275, 280, 351)),),
        non_target=(("Knochen", (THERE, THERE, THERE)),),
        responses=((SD, "NON-CR/NON-PD", "nein", SD), (PD, "NON-CR/NON-PD", "nein", PD)),
    ),
    Subject(
        "DE02-002", "w", "30.06.1966", date(2024, 2, 12), 40, date(2024, 2, 26),
        doses=((1, 75, 40, NONE, ""),),
        stopped=("Rückzug der Einwilligung", "Lange Anfahrt"), ended="Rückzug der Einwilligung", end_day=80,
        target=(("Lunge", (156, 149)), ("Nebenniere", (201, 205))),
        responses=((SD, "", "nein", SD),),
        race="asiatisch",
    ),
    Subject(
        "AT01-005", "m", "08.12.1963", date(2024, 3, 4), 80, date(2024, 3, 18),
        doses=((1, 168, 80, NONE, ""),),
        stopped=PROGRESSION, ended="Progression der Erkrankung", end_day=198,
        target=(("Leber", (333, 221, 205, 210)), ("Leber", (188, 120, 118, 115))),
        new=(("Knochen", 3),),
        responses=((PR, "", "nein", PR), (PR, "", "nein", PR), (PR, "", "ja", PD)),
    ),
    Subject(
        "AT01-006", "w", "23.09.1957", date(2024, 3, 11), 80, date(2024, 3, 25),
        doses=((1, 18, 80, NONE, ""), (19, 28, 0, PAUSE, "Dosislimitierende Toxizität"),
               (29, 160, 40, LESS, "Dosislimitierende Toxizität")),
        target=(("Lunge", (254, 240, 236)),),
        non_target=(("Pleura", (THERE, THERE, THERE)),),
        responses=((SD, "NON-CR/NON-PD", "nein", SD), (SD, "NON-CR/NON-PD", "nein", SD)),
    ),
    Subject(
        "DE02-003", "m", "11.02.1951", date(2024, 3, 18), 80, date(2024, 4, 2),
        doses=((1, 41, 80, NONE, ""),),
        stopped=("Unerwünschtes Ereignis", "Pneumonie"), ended="Tod", end_day=48, cause="Pneumonie",
        target=(("Lunge", (412,)),),
    ),
    Subject(
        "DE02-004", "w", "05.04.1975", date(2024, 3, 25), 80, date(2024, 4, 8),
        doses=((1, 175, 80, NONE, ""),),
        target=(("Lymphknoten", (225, 180, 130, 90)), ("Leber", (260, 190, 140, 135))),
        responses=((SD, "", "nein", SD), (PR, "", "nein", PR), (PR, "", "nein", PR)),
        race="schwarz",
    ),
    Subject(
        "DE02-005", "m", "16.10.1968", date(2024, 4, 2), 80, date(2024, 4, 15),
        doses=((1, 57, 80, NONE, ""),),
        stopped=PROGRESSION, ended="Progression der Erkrankung", end_day=90,
        target=(("Lunge", (301, 298)),),
        new=(("Leber", 1),),
        responses=((SD, "", "ja", PD),),
    ),
    Subject(
        "DE02-006", "w", "29.07.1960", date(2024, 4, 8), 80, date(2024, 4, 22),
        doses=((1, 35, 80, NONE, ""), (36, 42, 0, PAUSE, "Unerwünschtes Ereignis"), (43, 161, 80, NONE, "")),
        method="MRT",
        target=(("Leber", (198, 190, 185)), ("Lunge", (120, 118, 117))),
        responses=((SD, "", "nein", SD), (SD, "", "nein", SD)),
    ),
)  # fmt: skip

# What a site writes -> translation, preferred term, system organ class (plain names, no dictionary codes).
TERMS = {
    "Übelkeit": ("Nausea", "Nausea", "Gastrointestinal disorders"),
    "Durchfall": ("Diarrhoea", "Diarrhoea", "Gastrointestinal disorders"),
    "Erbrechen": ("Vomiting", "Vomiting", "Gastrointestinal disorders"),
    "Müdigkeit": ("Tiredness", "Fatigue", "General disorders and administration site conditions"),
    "Hautausschlag": ("Skin rash", "Rash", "Skin and subcutaneous tissue disorders"),
    "Kopfschmerzen": ("Headache", "Headache", "Nervous system disorders"),
    "Blutarmut": ("Anaemia", "Anaemia", "Blood and lymphatic system disorders"),
    "Abfall der Thrombozyten": ("Drop of platelets", "Platelet count decreased", "Investigations"),
    "Lungenentzündung": ("Pneumonia", "Pneumonia", "Infections and infestations"),
    "Erhöhte Leberwerte": ("Raised liver values", "Hepatic enzyme increased", "Investigations"),
}


class AdverseEvent(NamedTuple):
    """One adverse event. ``start``, ``end``: study day, or the text of the form."""

    subject: str
    term: str
    start: int | str
    end: int | str
    grade: int
    related: str
    action: str = "keine"
    outcome: str = "genesen"
    serious: str = "nein"
    limiting: str = "nein"


ADVERSE_EVENTS = (
    AdverseEvent("AT01-001", "Übelkeit", 3, 9, 1, "ja"),
    AdverseEvent("AT01-001", "Müdigkeit", "UN.03.2024", "", 2, "ja", outcome="nicht genesen"),
    AdverseEvent("AT01-002", "Kopfschmerzen", -4, -3, 1, "nein"),
    AdverseEvent("AT01-002", "Übelkeit", 5, 12, 2, "ja"),
    AdverseEvent("AT01-002", "Blutarmut", 40, "", 2, "nein", outcome="nicht genesen"),
    AdverseEvent("AT01-003", "Durchfall", 10, 14, 1, "ja"),
    AdverseEvent("AT01-003", "Hautausschlag", 22, 60, 2, "ja", outcome="genesen mit Folgeschäden"),
    AdverseEvent("DE02-001", "Müdigkeit", 15, 80, 1, "nein", outcome="in Besserung"),
    AdverseEvent("DE02-001", "Erbrechen", 30, 31, 2, "ja"),
    AdverseEvent("DE02-002", "Übelkeit", 2, 20, 1, "ja"),
    # The site has changed day and month of the end: it is before the start, a question for the site.
    AdverseEvent("AT01-005", "Durchfall", "12.04.2024", "05.04.2024", 2, "ja"),
    AdverseEvent("AT01-005", "Erhöhte Leberwerte", 43, 70, 3, "ja"),
    AdverseEvent(
        "AT01-006", "Abfall der Thrombozyten", 18, 29, 4, "ja", "unterbrochen", serious="ja", limiting="ja"
    ),
    AdverseEvent("AT01-006", "Müdigkeit", 20, "", 2, "ja", outcome="nicht genesen"),
    AdverseEvent("AT01-006", "Übelkeit", 33, 36, 1, "ja"),
    AdverseEvent("DE02-003", "Durchfall", 20, 26, 2, "ja"),
    AdverseEvent("DE02-003", "Lungenentzündung", 39, 48, 5, "nein", "abgesetzt", "tödlich", serious="ja"),
    AdverseEvent("DE02-004", "Hautausschlag", 12, 40, 1, "ja"),
    AdverseEvent("DE02-004", "Blutarmut", 57, 90, 2, "nein"),
    AdverseEvent("DE02-005", "Übelkeit", 4, 30, 2, "ja"),
    AdverseEvent("DE02-006", "Erhöhte Leberwerte", 35, 43, 3, "ja", "unterbrochen"),
    AdverseEvent("DE02-006", "Kopfschmerzen", 70, 71, 1, "nein"),
)


class Analyte(NamedTuple):
    """One laboratory test as the laboratory writes it."""

    name: str
    material: str
    unit: str
    low: float
    high: float
    digits: int


ANALYTES = (
    Analyte("Hämoglobin", "Blut", "g/dl", 12, 16, 1),
    Analyte("Thrombozyten", "Blut", "10³/µl", 150, 400, 0),
    Analyte("ALT (GPT)", "Serum", "U/l", 10, 50, 0),
    Analyte("Bilirubin", "Serum", "mg/dl", 0.2, 1.2, 1),
    Analyte("Kreatinin", "Serum", "mg/dl", 0.5, 1.2, 2),
)

# Results that are told by the story of a subject: result, remark.
RESULTS = {
    ("AT01-006", "Zyklus 1 Tag 15", "Thrombozyten"): ("62", ""),
    ("AT01-006", "Zyklus 2 Tag 1", "Thrombozyten"): ("141", ""),
    ("AT01-002", "Zyklus 2 Tag 1", "Hämoglobin"): ("9,4", ""),
    ("DE02-006", "Zyklus 2 Tag 1", "ALT (GPT)"): ("188", ""),
    ("DE02-001", "Zyklus 1 Tag 1", "Bilirubin"): ("<0,2", ""),
    ("DE02-004", "Zyklus 1 Tag 15", "Kreatinin"): ("", "Probe hämolytisch"),
}
