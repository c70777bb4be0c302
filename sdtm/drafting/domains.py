"""Which domain a raw table feeds: by the names of file and form, its columns, their labels, and its tests."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from sdtm.drafting.context import Context
from sdtm.drafting.evidence import AHEAD, ASKED, Reason, together
from sdtm.drafting.findings_tests import match_test, match_test_column
from sdtm.drafting.material import RawTableRead, stem_of
from sdtm.drafting.names import CONVENTION, Name, by_label, by_name, parse_names
from sdtm.drafting.words import singular, words

SURE_DOMAIN = 0.6
PREFIXED = 4  # columns that begin alike
FITTING = 0.79  # of a label that is the whole name of a variable
FEW = 60  # distinct texts of a column that may hold the tests of a long form
NOT_MAPPED = ("RELREC", "SUPPQUAL", "RELSUB", "RELSPEC", "APRELSUB", "POOLDEF", "DI", "OI", "DR", "AC", "TX")
# Made from the study's design or from other domains, never from a form.
MADE = ("TA", "TE", "TV", "TI", "TS", "TD", "TM", "SE", "SM", "CO")
# How forms are called, beside the label of the dataset.
TITLES = {
    "AE": ("adverse event", "adverse events log"),
    "CM": (
        "concomitant medication", "prior medication", "con meds", "concomitant therapy", "conmeds",
        "prior and concomitant medication",
    ),
    "DD": ("death details",),
    "DM": ("demographics", "demography"),
    "DS": (
        "disposition", "end of study", "study completion", "end of treatment", "study termination",
        "informed consent", "randomization",
    ),
    "DV": ("protocol deviation", "deviations"),
    "EC": ("exposure as collected",),
    "EG": ("ecg", "electrocardiogram"),
    "EX": ("study drug administration", "dosing", "drug administration", "exposure"),
    "FA": ("findings about",),
    "IE": ("eligibility", "inclusion exclusion", "eligibility criteria", "inclusion exclusion criteria"),
    "LB": (
        "laboratory", "lab results", "hematology", "haematology", "chemistry", "urinalysis", "clinical chemistry",
        "coagulation", "local laboratory",
    ),
    "MH": ("medical history", "relevant medical history"),
    "PC": ("pk concentrations", "pharmacokinetic concentrations"),
    "PE": ("physical exam", "physical examination"),
    "PR": ("procedures", "prior surgery", "radiotherapy"),
    "QS": ("questionnaire",),
    "RS": ("disease response", "tumor response", "response assessment", "overall response", "tumor assessment"),
    "SS": ("survival status",),
    "SU": ("substance use", "smoking history", "alcohol use"),
    "SV": ("date of visit", "visit dates", "visit date"),
    "TR": ("tumor results", "tumor measurements", "target lesions", "non target lesions", "new lesions"),
    "TU": ("tumor identification", "target lesions", "non target lesions", "new lesions"),
    "VS": ("vital signs", "vitals"),
}  # fmt: skip
# Words in names of files that mean one domain.
SHORT = {
    "ADVERSE": "AE", "AES": "AE", "CHEM": "LB", "CONMED": "CM", "CONMEDICATION": "CM", "CONMEDS": "CM",
    "DEMO": "DM", "DEMOG": "DM", "DEMOGRAPHICS": "DM", "DEMOGRAPHY": "DM", "DEVIATIONS": "DV", "DISPOSITION": "DS",
    "DOSING": "EX", "ECG": "EG", "EXPOSURE": "EX", "HEMA": "LB", "HEMATOLOGY": "LB", "LAB": "LB", "LABS": "LB",
    "MEDHIST": "MH", "MEDHX": "MH", "PHYSEXAM": "PE", "URIN": "LB", "URINALYSIS": "LB", "VITAL": "VS", "VITALS": "VS",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class DomainChoice:
    """The domain of a table; empty if it has to be asked, then with the candidates."""

    domain: str
    evidence: str = ""
    candidates: Mapping[str, str] = ()  # type: ignore[assignment]


def choose_domain(context: Context, table: RawTableRead, idle: frozenset[str]) -> DomainChoice:
    """The domain that the evidence is sure of, ahead of every other.

    ``idle``: columns that say nothing of the domain (subject, visit, constants of the export).
    """
    reasons = domain_reasons(context, table, idle)
    scores = {domain: together(found) for domain, found in reasons.items()}
    ordered = sorted(scores, key=lambda domain: (-scores[domain], domain))
    told = {domain: _told(reasons[domain]) for domain in ordered if scores[domain] >= ASKED}
    if not ordered or scores[ordered[0]] < SURE_DOMAIN:
        return DomainChoice("", "", told)
    first = ordered[0]
    if len(ordered) > 1 and scores[first] - scores[ordered[1]] < AHEAD:
        return DomainChoice("", "", told)
    return DomainChoice(first, _told(reasons[first]), told)


def _told(reasons: list[Reason]) -> str:
    return "; ".join(reason.text for reason in sorted(reasons, key=lambda reason: -reason.weight))


def domain_reasons(context: Context, table: RawTableRead, idle: frozenset[str]) -> dict[str, list[Reason]]:
    """Domain -> what speaks for it."""
    found: dict[str, list[Reason]] = {}
    names = parse_names([name for name in table.columns if name not in idle])
    for domain in _form_domains(context):
        reasons = [*_by_title(context, table, domain), *_by_columns(context, table, names, domain)]
        reasons += [*_by_prefix(names, domain), *_by_labels(context, table, names, domain)]
        reasons += _by_tests(context, table, names, domain)
        if reasons:
            found[domain] = reasons
    return found


def _form_domains(context: Context) -> list[str]:
    return [name for name in context.guide.datasets if name not in NOT_MAPPED + MADE and len(name) == 2]


def _by_title(context: Context, table: RawTableRead, domain: str) -> list[Reason]:
    name = re.sub(r"[^A-Z0-9]+", " ", (table.part or stem_of(table.file)).upper())
    bare = [token.rstrip("0123456789") or token for token in name.split() if not token.isdigit()]
    tokens = [SHORT.get(token, token) for token in bare]
    reasons = []
    if domain in tokens and domain not in name.split() and len(tokens) <= 2:
        reasons.append(Reason(0.65, f"{table.part or stem_of(table.file)} is a usual name for {domain}"))
    elif domain in tokens:
        reasons.append(Reason(0.55 if len(tokens) <= 2 else 0.35, f"the name of the file has {domain} in it"))
    elif any(re.fullmatch(rf"{domain}[0-9]+", token) for token in tokens):
        reasons.append(Reason(0.45, f"the name of the file begins with {domain}"))
    label = context.guide.dataset(domain)
    titles = {_title(text) for text in (label.label if label else "", *TITLES.get(domain, ())) if text}
    for text in table.titles:
        if len(text) > 2 and _title(text) in titles:
            reasons.append(Reason(0.6, f"{text!r} is a title of {domain}"))
            break
    return reasons


def _title(text: str) -> frozenset[str]:
    return frozenset(words(text)) or frozenset(singular(word) for word in text.lower().split())


def _by_columns(
    context: Context, table: RawTableRead, names: Mapping[str, Name], domain: str
) -> list[Reason]:
    """Columns that are variables of this domain by a name that no other domain would give them."""
    stems: dict[str, str] = {}
    for column, name in names.items():
        letters = name.letters
        own = letters.startswith(domain) and len(letters) > len(domain)
        if domain == "DM":
            own = (
                own
                or context.guide.variable("DM", letters) is not None
                or letters.startswith(("BRTH", "RFIC"))
            )
        if own and _strong(context, name, domain):
            stems.setdefault(name.stem, column)
    if not stems:
        return []
    share = len(stems) / max(1, len({name.stem for name in names.values()}))
    weight = 0.9 * min(1.0, len(stems) / 4) * (0.5 + 0.5 * min(1.0, 2 * share))
    listed = ", ".join(list(stems.values())[:4])
    more = f" and {len(stems) - 4} more" if len(stems) > 4 else ""
    return [Reason(round(weight, 4), f"columns of {domain} by name: {listed}{more}")]


def _by_prefix(names: Mapping[str, Name], domain: str) -> list[Reason]:
    """Most columns begin with the code of the domain, whatever follows: AETEXT, AECAUS, AEACTN."""
    stems = {name.stem for name in names.values()}
    grouped = {n.stem for c, n in names.items() if c.rpartition(".")[0].upper() == domain}  # ae.onset
    begin = grouped | {stem for stem in stems if stem.startswith(domain) and len(stem) > len(domain) + 1}
    if len(begin) < PREFIXED or 3 * len(begin) < 2 * len(stems):
        return []
    return [Reason(0.5, f"{len(begin)} of {len(stems)} columns begin with {domain}")]


def _by_labels(context: Context, table: RawTableRead, names: Mapping[str, Name], domain: str) -> list[Reason]:
    """Labels and headers in words: some name the form (start date of adverse event), some its variables."""
    labels = {name: table.columns[name].label for name in names if table.columns[name].label}
    if not labels:
        return []
    definition = context.guide.dataset(domain)
    titles = {_title(text) for text in (definition.label if definition else "", *TITLES.get(domain, ()))}
    naming = [
        label
        for label in labels.values()
        if any(title and title <= frozenset(words(label)) for title in titles)
    ]
    fitting = [
        name
        for name, label in labels.items()
        if any(c.score >= FITTING for c in by_label(name, label, context.guide, domain))
    ]
    reasons = []
    if naming:
        told = ", ".join(repr(label) for label in naming[:2])
        reasons.append(Reason(min(0.75, 0.35 + 0.15 * len(naming)), f"labels name it: {told}"))
    if len(fitting) >= 3:
        weight = 0.4 * len(fitting) / len(labels)
        reasons.append(Reason(round(weight, 4), f"{len(fitting)} labels are those of its variables"))
    return reasons


def _strong(context: Context, name: Name, domain: str) -> bool:
    return any(
        candidate.score >= CONVENTION or (domain == "DM" and candidate.score >= 0.75)
        for candidate in by_name(name, context.guide, domain)
    )


def _by_tests(context: Context, table: RawTableRead, names: Mapping[str, Name], domain: str) -> list[Reason]:
    """A wide form has columns named as tests of the domain, a long one a column of them."""
    if domain not in context.test_lists:
        return []
    reasons = []
    wide = {
        match.code: column
        for column, name in names.items()
        if (match := match_test_column(context, domain, name.stem, table.columns[column].label))
    }
    if len(wide) >= 2:
        weight = 0.8 * min(1.0, len(wide) / 4)
        reasons.append(
            Reason(round(weight, 4), f"columns named as tests: {', '.join(list(wide.values())[:5])}")
        )
    best = Reason(0.0, "")
    for name, column in table.columns.items():
        texts = list(column.texts)
        if name not in names or len(texts) < 2 or len(texts) > FEW or column.type != "text":
            continue
        known = [text for text in texts if match_test(context, domain, text)]
        share = len(known) / len(texts)
        if len(known) >= 2 and share >= 0.5 and 0.6 * share > best.weight:
            told = f"{len(known)} of {len(texts)} texts of {name} are tests: {', '.join(known[:4])}"
            best = Reason(round(0.6 * share, 4), told)
    return [*reasons, best] if best.weight else reasons
