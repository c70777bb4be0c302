"""Who and where: the columns with study, subject and site, and the rules for SITEID, SUBJID and USUBJID."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from sdtm.combinations import combinations
from sdtm.drafting.context import Context, drafted
from sdtm.drafting.material import Material, RawColumn, RawTableRead

_ID = "(_?(IDENTIFIER|ID|NUMBER|NUM|NO|NR|KEY|CODE|STR|OID|MNEMONIC|NAME|NM|LABEL))*"
SUBJECT = re.compile(rf"(STUDY_?)?(U?SUBJ|U?SUBJECT|PATIENT|PARTICIPANT|PAT|PT|SCREENING|SCRN|SCR)_?{_ID}")
# The group of users of a REDCap project that may see a record is its site.
SITE = re.compile(rf"(STUDY_?)?(SITE|CENTER|CENTRE|CTR|LOCATION)_?{_ID}|(REDCAP_)?DATA_ACCESS_GROUP")
STUDY = re.compile(rf"(STUDY|PROJECT|PROTOCOL|TRIAL)_?{_ID}")
LABEL_NOISE = re.compile(r"\b(unique|for the study|participant)\b|[?:.]")
PARTS = re.compile(r"([A-Za-z0-9]+)([-_/.])([A-Za-z0-9]+)")


@dataclass(frozen=True, slots=True)
class Identity:
    """How the tables name study, subject and site.

    ``subjects``, ``sites``: table -> column. ``rules``: what goes under ``subject:`` of the study; ``own``:
    table -> its own rules; ``site_from``: tables that get the site by a join with ``home``.
    """

    study: str = ""
    study_columns: frozenset[str] = frozenset()
    subjects: Mapping[str, str] = field(default_factory=dict)
    sites: Mapping[str, str] = field(default_factory=dict)
    rules: Mapping[str, Any] = field(default_factory=dict)
    own: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    home: str = ""
    site_from: frozenset[str] = frozenset()
    composite: bool = False  # a subject's number is unique within its site only

    def person(self, table: RawTableRead) -> list[pd.Series]:
        """The columns that tell one subject from another in a table."""
        names = [self.sites.get(table.name, "")] if self.composite else []
        return [table.columns[name].values for name in (*names, self.subjects[table.name]) if name]


def find_identity(context: Context, material: Material, study: str = "") -> Identity:
    """The identity columns of all tables; what is unsure is asked."""
    study_columns, found_study = _study(context, material)
    subjects = _columns(material, SUBJECT, study_columns)
    if not _home(material, subjects, {}):
        subjects = _shared(context, material, study_columns)
    sites = _columns(material, SITE, study_columns, subjects)
    sites = {name: column for name, column in sites.items() if subjects.get(name, column) != column}
    home = _home(material, subjects, sites)
    if not home:
        context.ask(
            "subject",
            "Which column names the subject? No column was found by its name.",
            candidates={f"{t.name}.{key}": "is different in every row" for t, key in _unique(material)},
        )
        return Identity(study or found_study, study_columns)
    subjects = _same_subjects(context, material, subjects, home)
    return _rules(context, material, study or found_study, study_columns, subjects, sites, home)


def sql_name(column: str) -> str:
    """A column name as SQL takes it, whatever signs are in it."""
    return (
        column if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", column) else '"' + column.replace('"', '""') + '"'
    )


def _stem(column: str) -> str:
    return re.sub(
        r"[^A-Z0-9]+", "_", re.sub(r"([a-z])([A-Z])", r"\1_\2", column.rpartition(".")[2]).upper()
    ).strip("_")


def _study(context: Context, material: Material) -> tuple[frozenset[str], str]:
    """The columns with the name of the study, and that name: of several the one that most tables have.

    A name goes before a number beside it, which is a key of the system (Rave: project and projectid).
    """
    columns: set[str] = set()
    values: Counter[str] = Counter()
    for table in material.tables.values():
        for column in table.columns.values():
            if _is_named(column, STUDY) and column.constant:
                columns.add(column.name)
                values[column.constant] += 1
    ordered = sorted(values, key=lambda value: (-values[value], value.isdigit(), " " in value))
    if len(values) > 1:
        told = {value: f"{values[value]} tables" for value in ordered}
        told[ordered[0]] += "; drafted"
        context.ask("study", "What is the STUDYID? The tables name more than one.", sorted(columns), told)
    return frozenset(columns), ordered[0] if ordered else ""


def _is_named(column: RawColumn, pattern: re.Pattern[str]) -> bool:
    """Whether the name or the label of a column says what a pattern says."""
    said = _stem(LABEL_NOISE.sub("", column.label.casefold()))
    return pattern.fullmatch(_stem(column.name)) is not None or pattern.fullmatch(said) is not None


def _is_record(table: RawTableRead, column: RawColumn) -> bool:
    """Whether a column is the record of a REDCap project: its first one, beside columns that REDCap itself adds."""
    first = next(iter(table.columns), "")
    return column.name == first and any(name.startswith("redcap_") for name in table.columns)


def _columns(
    material: Material,
    pattern: re.Pattern[str],
    not_these: frozenset[str],
    subjects: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Table -> its column by name or label; where several fit, the one that most tables have.

    ``subjects``: of the columns of sites, the one that the subjects' texts begin with goes first.
    """
    fitting: dict[str, list[str]] = {}
    for table in material.tables.values():
        for column in table.columns.values():
            named = _is_named(column, pattern) or (pattern is SUBJECT and _is_record(table, column))
            if named and column.name not in not_these and column.texts:
                fitting.setdefault(table.name, []).append(column.name)
    spread = Counter(name for names in fitting.values() for name in names)
    chosen = {}
    for table_name, names in fitting.items():
        table, subject = material.tables[table_name], (subjects or {}).get(table_name, "")
        chosen[table_name] = max(names, key=lambda name: (spread[name], *_fits(table, name, subject)))
    return chosen


def _fits(table: RawTableRead, name: str, subject: str) -> tuple[bool, ...]:
    """Of columns that name the same thing in as many tables, which one people write: it compares as greater.

    Subjects: a column called SUBJID, then one with more than digits in it (Rave: Subject, not subjectId), USUBJID
    last. Sites: what the subjects' texts begin with, then a number (Rave: SiteNumber, not siteid), then no words.
    """
    column, stem = table.columns[name], _stem(name)
    bare = stem.replace("_", "")
    if not subject:
        unique = bare.startswith("USUBJ")
        return (bare == "SUBJID" and name.isupper(), not unique, column.type != "integer")
    numbered = stem.endswith(("NUMBER", "NUM", "NO", "NR"))
    plain = not any(" " in text for text in column.texts)
    return (_holds_site(table, subject, name), bare == "SITEID" and name.isupper(), numbered, plain)


def _shared(context: Context, material: Material, not_these: frozenset[str]) -> dict[str, str]:
    """Table -> the column that all files share and that identifies the rows of one: the subject, whatever its name.

    Just one column may be like that; a confirmation is asked for. Several are no evidence for any.
    """
    places: dict[str, list[str]] = {}
    for table in material.tables.values():
        for column in table.columns.values():
            dated = any(kind.startswith(("yyyy", "dd")) for kind in column.kinds)
            if column.name not in not_these and len(column.texts) > 1 and not dated:
                places.setdefault(column.name, []).append(table.name)
    found = {}
    for name, tables in places.items():
        unique = [t for t in tables if len(material.tables[t].columns[name].texts) == material.tables[t].rows]
        if len(tables) < 2 or 2 * len(tables) <= len(material.tables) or not unique:
            continue
        known = max((material.tables[t].columns[name].texts for t in unique), key=len)
        same = [
            t
            for t in tables
            if 2 * sum(x in known for x in material.tables[t].columns[name].texts) >= len(known)
        ]
        if any(t not in unique for t in same):
            found[name] = tables
    if len(found) != 1:
        return {}
    [(name, tables)] = found.items()
    told = f"{len(tables)} files share it, and it is different in every row of one of them"
    context.ask(
        "subject-column",
        f"Does {name} name the subject?",
        [f"{t}.{name}" for t in tables],
        {"yes, as drafted": told},
    )
    return dict.fromkeys(tables, name)


def _home(material: Material, subjects: Mapping[str, str], sites: Mapping[str, str]) -> str:
    """The table with one row per subject (of a site) that has the most subjects: usually demographics."""
    best, most = "", (False, 0, False)
    for name, column in subjects.items():
        table = material.tables[name]
        named = [table.columns[column].values]
        if name in sites:
            named.append(table.columns[sites[name]].values)
        people = len(combinations(named)[1])
        size = (people == table.rows > 1, people, name in sites)
        if size > most:
            best, most = name, size
    return best


def _unique(material: Material) -> list[tuple[RawTableRead, str]]:
    return [
        (table, column.name)
        for table in material.tables.values()
        for column in table.columns.values()
        if len(column.texts) == table.rows > 1
    ][:8]


def _same_subjects(
    context: Context, material: Material, subjects: Mapping[str, str], home: str
) -> dict[str, str]:
    """The tables whose subjects are those of ``home``; the others are asked about and left out."""
    known = material.tables[home].columns[subjects[home]].texts
    kept = {}
    for name, column in subjects.items():
        texts = material.tables[name].columns[column].texts
        met = sum(text in known for text in texts)
        if 2 * met >= len(texts):
            kept[name] = column
            continue
        shown, other = next(iter(texts)), next(iter(known))
        context.ask(
            f"{name}-subject",
            f"How do the subjects of {material.tables[name].file} belong to those of {material.tables[home].file}? "
            f"{len(texts) - met} of {len(texts)} are not there.",
            [name, f"{name}.{column}"],
            {f"raw.datasets.{name}.derive and subject": f"it writes {shown!r} where {home} writes {other!r}"},
        )
    return kept


def _rules(
    context: Context,
    material: Material,
    study: str,
    study_columns: frozenset[str],
    subjects: dict[str, str],
    sites: dict[str, str],
    home: str,
) -> Identity:
    column = subjects[home]
    site = sites.get(home, "")
    subject = material.tables[home].columns[column]
    shown = next(iter(subject.texts), "")
    here = sum(other == column for other in subjects.values())
    named = f"{column} names the subject in {here} of {len(material.tables)} tables"
    rules: dict[str, Any] = {}
    needs_site = False
    if study and all(text.startswith(study) and len(text) > len(study) for text in subject.texts):
        rules["SUBJID"] = drafted({"column": column}, named)
        rules["USUBJID"] = drafted({"column": column}, f"every text begins with the study, as {shown} does")
        if site:
            rules["SITEID"] = drafted({"column": site}, f"the name {site} is a usual one for the site")
        _ask_parts(context, home, column, shown, "SUBJID")
    elif site and not _holds_site(material.tables[home], column, site):
        needs_site = True
        rules["SITEID"] = drafted({"column": site}, f"the name {site} is a usual one for the site")
        rules["SUBJID"] = drafted({"column": column}, named)
        rules["USUBJID"] = drafted(
            {"template": "{STUDYID}-{SITEID}-{SUBJID}"}, _why_site(material.tables[home], column, site)
        )
    else:
        rules["SUBJID"] = drafted({"column": column}, named)
        why = f"every text of {column} begins with the site" if site else f"{column} is all there is"
        rules["USUBJID"] = drafted({"template": "{STUDYID}-{SUBJID}"}, f"{why}, such as {shown}")
        if site:
            rules["SITEID"] = drafted({"column": site}, f"the name {site} is a usual one for the site")
            _ask_parts(context, home, column, shown, "SUBJID")
        else:
            rules |= _site_in_subject(context, home, subject, shown)
    own: dict[str, dict[str, Any]] = {}
    for name, other in subjects.items():
        if other != column:
            own.setdefault(name, {})["SUBJID"] = drafted(
                {"column": other}, f"{other} holds the subjects of {home}.{column}"
            )
    without = frozenset(name for name in subjects if site and name not in sites)
    for name, other in sites.items():
        if name in subjects and other != site and site:
            own.setdefault(name, {})["SITEID"] = drafted(
                {"column": other}, f"the name {other} is a usual one for the site"
            )
    if without and not needs_site:
        # Only DM needs SITEID, so the tables that have no site need none.
        own.setdefault(home, {})["SITEID"] = rules.pop("SITEID")
    if not site and "SITEID" in rules and any(other != column for other in subjects.values()):
        own.setdefault(home, {})["SITEID"] = rules.pop("SITEID")
    composite = bool(site) and _repeats(material.tables[home], column, site)
    joined = without if needs_site else frozenset()
    return Identity(study, study_columns, subjects, sites, rules, own, home, joined, composite)


def _holds_site(table: RawTableRead, column: str, site: str) -> bool:
    """Whether each subject's text begins with its site and more: 01-001 at site 01."""
    _, first = combinations([table.columns[column].values, table.columns[site].values])
    pairs = zip(table.columns[column].values.iloc[first], table.columns[site].values.iloc[first], strict=True)
    return all(
        isinstance(one, str)
        and isinstance(two, str)
        and re.match(rf"{re.escape(two)}[-_/.]", one) is not None
        for one, two in pairs
    )


def _repeats(table: RawTableRead, column: str, site: str) -> bool:
    _, first = combinations([table.columns[column].values, table.columns[site].values])
    return len(first) > len(table.columns[column].texts)


def _why_site(table: RawTableRead, column: str, site: str) -> str:
    if _repeats(table, column, site):
        return f"subjects of different sites have the same {column}"
    return "the usual form; SUBJID alone has no site in it"


def _site_in_subject(context: Context, home: str, subject: RawColumn, shown: str) -> dict[str, Any]:
    """SITEID out of the subject's text, where all texts have two parts and many share the first."""
    parts = [PARTS.fullmatch(text) for text in subject.texts]
    if not all(parts) or len({match[2] for match in parts if match}) != 1:
        context.ask(
            "site",
            f"Where does SITEID come from? No table has a column for the site; subjects are such as {shown}.",
            [f"{home}.{subject.name}"],
        )
        return {}
    firsts = {match[1] for match in parts if match}
    sign = next(match[2] for match in parts if match)
    told = f"{len(firsts)} different first parts for {len(parts)} subjects, such as {shown}"
    _ask_parts(context, home, subject.name, shown, "SUBJID")
    if 2 * len(firsts) > len(parts):
        return {}
    expression = f"split_part({sql_name(subject.name)}, '{sign}', 1)"
    return {"SITEID": drafted({"expr": expression}, told)}


def _ask_parts(context: Context, home: str, column: str, shown: str, variable: str) -> None:
    last = re.split(r"[-_/.]", shown)[-1]
    context.ask(
        "subject-parts",
        f"Is {variable} the whole text of {column} or its last part?",
        [f"{home}.{column}"],
        {shown: "drafted: nothing is cut off", last: "if the study counts subjects without their site"},
    )
