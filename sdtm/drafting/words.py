"""Words of names, labels and questions, and whether a piece of a name stands for a word."""

from __future__ import annotations

import re
from collections.abc import Iterable

# Says nothing about what is collected.
IDLE = frozenset(
    (
        "a", "an", "and", "any", "as", "at", "by", "did", "do", "does", "for", "from", "has", "have", "if", "in",
        "is", "it", "its", "name", "of", "on", "or", "please", "study", "select", "specify", "the", "this", "to", "was",
        "were", "what", "when", "which", "with", "subject", "s", "patient", "participant",
    )
)  # fmt: skip
SAME = {
    "dt": "date", "dat": "date", "date": "date", "dtm": "date", "dtc": "date", "tim": "time", "tm": "time",
    "stop": "end", "finish": "end", "begin": "start", "st": "start", "en": "end", "stdt": "start date",
    "birthdate": "birth date", "dob": "birth date", "gender": "sex", "ethnic": "ethnicity",
    "ic": "informed consent", "freq": "frequency", "frq": "frequency", "frm": "form", "fm": "form",
    "col": "collection", "collected": "collection", "drug": "treatment", "medication": "treatment",
    "trt": "treatment", "cd": "code", "no": "number", "num": "number", "pos": "position", "loc": "location",
    "reas": "reason", "rsn": "reason", "sev": "severity", "ser": "serious", "sd": "dose", "u": "unit",
    "units": "unit", "desc": "description", "sp": "specify", "act": "actual", "plan": "planned",
    "sub": "subject", "subj": "subject", "bp": "blood pressure", "hr": "heart rate", "temp": "temperature",
    "wt": "weight", "ht": "height", "sys": "systolic", "dia": "diastolic",
    "sbp": "systolic blood pressure", "dbp": "diastolic blood pressure", "wgt": "weight", "hgt": "height",
    "spo2": "oxygen saturation", "hospitalisation": "hospitalization",
}  # fmt: skip


def words(text: str) -> list[str]:
    """The words of a label or question: small letters, without idle ones, synonyms made one word.

    Example: ``Start Date/Time of Adverse Event`` -> start, date, adverse, event (a date may have its time).
    """
    text = re.sub(r"date/time", "date", text, flags=re.IGNORECASE)
    found = re.findall(r"[a-z]+|[0-9]+", re.sub(r"([a-z])([A-Z])", r"\1 \2", text).lower())
    alike = [same for word in found for same in SAME.get(word, word).split()]
    return [singular(word) for word in alike if word not in IDLE]


def singular(word: str) -> str:
    plural = len(word) > 4 and word.endswith("s") and not word.endswith(("ss", "us", "is"))
    return word[:-1] if plural else word


def stands_for(piece: str, word: str) -> bool:
    """Whether a piece of a name abbreviates a word: its beginning (three letters or more).

    Example: ``outcome``, ``out`` for outcome; ``dis`` for disability; not ``cno`` for congenital.
    """
    return piece == word or (len(piece) >= 3 and word.startswith(piece))


def overlap(one: Iterable[str], other: Iterable[str]) -> float:
    """How much two sets of words have in common: shared words over all words, 0 to 1."""
    a, b = set(one), set(other)
    return len(a & b) / len(a | b) if a and b else 0.0
