"""What the define sheets say of a study by its spec and the standards: rows as Define-XML 2.1 workbooks write them.

Lengths, pages and comments stay empty where the spec does not have them; people fill them in. How values are
made (origin, method) comes from the plan of the floors above, where it is given.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from specs.model import Domain, Source, Study
from specs.problems import ProblemsFound
from specs.standards import (
    DatasetDefinition,
    ImplementationGuide,
    Terminology,
    VariableDefinition,
    ct_folder,
    implementation_guide,
    terminology,
)
from specs.workbook.cell_text import EXACT, TEXT, encode
from specs.workbook.define_codelists import StudyCodelists
from specs.workbook.define_facts import Facts, Made
from specs.workbook.define_sheets import BY_NAME, CLASSES, JOINED, row_name
from specs.workbook.generations import FROM_2_0, Condition, clause_text, origin_in

Rows = dict[str, dict[str, dict[str, str]]]  # sheet -> row -> header -> text, keys of the row included

_INTEGERS = ("AGE", "VISITDY", "TAETORD")
_DATE, _DURATION = "ISO 8601 datetime", "ISO 8601 duration"
# Of what a source implies for origins of the toolkit (Define-XML 2.1).
_SOURCES = dict(FROM_2_0.values()) | {"Collected": "Investigator"}
MEDDRA = "MedDRA"


def define_rows(study: Study, made: Made) -> Rows:
    """Sheet -> rows. Without standards of the versions that the study names, only what the spec itself says."""
    return _Rows(study, made).all()


def _or_none(read: Any, *arguments: Any, **options: Any) -> Any:
    try:
        return read(*arguments, **options)
    except ProblemsFound:  # told when the spec is linted
        return None


def standards_of(study: Study) -> tuple[ImplementationGuide | None, Terminology | None]:
    """The guide and the terminology of a study, or None where there is none of that version."""
    guide = _or_none(implementation_guide, study.standards.sdtmig)
    return guide, _or_none(terminology, study.standards.ct, folder=_or_none(ct_folder))


class _Rows:
    def __init__(self, study: Study, made: Made) -> None:
        self.study, self.made = study, made
        self.guide, words = standards_of(study)
        self.codelists = StudyCodelists(study, words)
        self.rows: Rows = {name: {} for name in BY_NAME}

    def all(self) -> Rows:
        standards = self.study.standards
        for attribute, value in (
            ("StudyName", self.study.study),
            ("StudyDescription", self.study.title),
            ("ProtocolName", self.study.study),
            ("StandardName", "SDTM-IG"),
            ("StandardVersion", standards.sdtmig),
            ("Language", "en"),
        ):
            self._add("Define", {"Attribute": attribute}, {"Value": value})
        for name in self._ordered():
            self._dataset(name)
        for keys, cells in self.codelists.rows():
            self._add("Codelists", keys, cells)
        if standards.meddra and any(r.get("Codelist") == MEDDRA for r in self.rows["Variables"].values()):
            cells = {"Name": MEDDRA, "Data Type": "text", "Dictionary": MEDDRA, "Version": standards.meddra}
            self._add("Dictionaries", {"ID": MEDDRA}, cells)
        return self.rows

    def _add(self, sheet: str, keys: dict[str, str], cells: dict[str, str]) -> None:
        """Add a row; what no cell can hold is left out of it (the spec has it, on the toolkit's sheets)."""
        table = BY_NAME[sheet]
        texts = {
            key: text for key, text in {**keys, **cells}.items() if text and _fits(text, key in table.free)
        }
        if all(key in texts for key in keys) and not any(
            JOINED in texts.get(key, "") for key in table.keys[:-1]
        ):
            self.rows[sheet][row_name(table, texts)] = texts

    def _ordered(self) -> list[str]:
        """Domains by class, as define.xml lists them, each with its SUPP-- after it."""

        def key(name: str) -> tuple[int, str]:
            class_name = self._class(name)
            return (CLASSES.index(class_name) if class_name in CLASSES else len(CLASSES), name)

        supp = {name for name, _ in self.made.variables if name.startswith("SUPP")}
        supp |= {
            f"SUPP{name}" for name, domain in self.study.sdtm.items() if any(s.supp for s in domain.sources)
        }
        return [
            each
            for name in sorted(self.study.sdtm, key=key)
            for each in (name, *sorted({f"SUPP{name}"} & supp))
        ]

    def _definition(self, name: str) -> DatasetDefinition | None:
        own = self.study.sdtm.get(name, Domain(domain="XX")).class_
        return _or_none(self.guide.dataset, name, own) if self.guide else None

    def _class(self, name: str) -> str:
        found = self._definition(name)
        given = self.study.sdtm.get(name, Domain(domain="XX")).class_
        return (found.class_name if found else given).replace("-", " ").upper()

    def _dataset(self, name: str) -> None:
        found, class_name = self._definition(name), self._class(name)
        cells = {
            "Class": class_name,
            "Repeating": "No" if name == "DM" or class_name == "TRIAL DESIGN" else "Yes",
        }
        cells["Reference Data"] = "Yes" if class_name == "TRIAL DESIGN" else "No"
        cells |= {"Has No Data": "No", "Purpose": "Tabulation"}
        if found is not None:
            cells |= {
                "Label": found.label,
                "Structure": found.structure,
                "Key Variables": ", ".join(found.keys),
            }
        if self.guide is not None:
            cells["Standard"] = f"SDTM-IG {self.guide.version}"
        self._add("Datasets", {"Dataset": name}, cells)
        domain = self.study.sdtm.get(name)
        if domain is None:
            self._supplemental(name)
        else:
            self._variables(name, domain)
            self._tests(name, domain)

    # --- variables -------------------------------------------------------------------------------------

    def _variables(self, name: str, domain: Domain) -> None:
        rules = _rules(self.study, domain)
        known = _or_none(self.guide.variables, name, domain.class_) or () if self.guide else ()
        wanted = [v.name for v in known if v.core in ("Req", "Exp")]
        wanted += [*rules, *(variable for dataset, variable in self.made.variables if dataset == name)]
        wanted = [variable for variable in dict.fromkeys(wanted) if variable not in domain.drop]
        if self.guide is not None:
            wanted = _or_none(self.guide.order, name, wanted, domain.class_) or wanted
        order = 0
        for variable in wanted:
            definition = _or_none(self.guide.variable, name, variable, domain.class_) if self.guide else None
            if definition is None and variable not in rules:
                continue
            order += 1
            self._variable(name, variable, order, definition, rules.get(variable, []))

    def _variable(
        self, name: str, variable: str, order: int, definition: VariableDefinition | None, rules: list[Any]
    ) -> None:
        cells = {"Order": str(order), "Has No Data": "No"}
        if definition is not None:
            codelist = self.codelists.of_variable(definition, rules)
            if codelist:
                self.codelists.name_terms(codelist, rules)
            elif definition.value_domain == MEDDRA and self.study.standards.meddra:
                codelist = MEDDRA
            cells |= {
                "Label": definition.label,
                "Data Type": data_type(definition),
                "Mandatory": "Yes" if definition.core == "Req" else "No",
                "Codelist": codelist,
                "Role": definition.role,
            }
        cells |= self._origin(name, variable, rules) | self._comment(name, variable, rules)
        only = rules[0] if len(rules) == 1 and isinstance(rules[0], dict) else {}
        if isinstance(only.get("value"), str) and not only.get("where"):
            cells["Assigned Value"] = only["value"]
        fixed = {"STUDYID": self.study.study, "DOMAIN": name}
        if variable in fixed and not rules:
            cells["Assigned Value"] = fixed[variable]
        self._add("Variables", {"Dataset": name, "Variable": variable}, cells)

    def _origin(self, name: str, variable: str, rules: list[Any]) -> dict[str, str]:
        facts = self.made.variables.get((name, variable), Facts())
        given = next(
            (str(rule["origin"]) for rule in rules if isinstance(rule, dict) and rule.get("origin")), ""
        )
        origin, source = origin_in(given or facts.origin, None) if given or facts.origin else ("", "")
        cells = {"Origin": origin, "Source": source or _SOURCES.get(origin, "")}
        pages = next((rule["pages"] for rule in rules if isinstance(rule, dict) and rule.get("pages")), "")
        cells["Pages"] = " ".join(map(str, pages)) if isinstance(pages, (list, tuple)) else str(pages)
        if facts.method:
            identity = f"{name}.{variable}"
            cells["Method"] = identity
            method = {"Name": f"Algorithm for {identity}", "Type": "Computation", "Description": facts.method}
            self._add("Methods", {"ID": identity}, method)
        return cells

    def _comment(self, name: str, variable: str, rules: list[Any]) -> dict[str, str]:
        text = next(
            (str(rule["comment"]) for rule in rules if isinstance(rule, dict) and rule.get("comment")), ""
        )
        if not text:
            return {}
        identity = f"{name}.{variable}"
        self._add("Comments", {"ID": identity}, {"Description": text})
        return {"Comment": identity}

    # --- value level -----------------------------------------------------------------------------------

    def _tests(self, name: str, domain: Domain) -> None:
        """A row for the result of each test that has a block of its own."""
        order = 0
        seen: set[str] = set()
        for source in domain.sources:
            for code, test in source.findings.items():
                if code in seen:
                    continue
                seen.add(code)
                order += 1
                rules = [test.result] if isinstance(test.result, (str, dict)) else list(test.result)
                clause = clause_text([Condition(f"{name}TESTCD", "EQ", (code,))])
                cells = {"Order": str(order), "Label": self._test_name(name, code), "Data Type": "text"}
                origin = self._origin(name, f"{name}ORRES", rules)
                cells |= {key: origin[key] for key in ("Origin", "Source", "Pages") if origin.get(key)}
                keys = {"Dataset": name, "Variable": f"{name}ORRES", "Where Clause": clause}
                self._add("ValueLevel", keys, cells | {"Mandatory": "No"})

    def _test_name(self, name: str, code: str) -> str:
        definition = _or_none(self.guide.variable, name, f"{name}TESTCD") if self.guide else None
        for codelist in self.study.codelists.values():
            if code in codelist.extend:
                return codelist.extend[code]
        for key in definition.codelists if definition else ():
            if self.codelists.words and (found := self.codelists.words.paired_test_name(key, code)):
                return found
        return ""

    def _supplemental(self, name: str) -> None:
        for order, definition in enumerate(self.guide.variables(name) if self.guide else (), 1):
            cells = {
                "Order": str(order),
                "Label": definition.label,
                "Data Type": data_type(definition),
                "Mandatory": "Yes" if definition.core == "Req" else "No",
                "Role": definition.role,
                "Assigned Value": name.removeprefix("SUPP") if definition.name == "RDOMAIN" else "",
                "Has No Data": "No",
            }
            self._add("Variables", {"Dataset": name, "Variable": definition.name}, cells)
        sources: tuple[Source, ...] = self.study.sdtm[name.removeprefix("SUPP")].sources
        rules: dict[str, dict[str, Any]] = {}
        for source in sources:
            rules |= {qnam: rule for qnam, rule in source.supp.items() if qnam not in rules}
        rules |= {
            qnam: {"label": facts.label}
            for (dataset, qnam), facts in self.made.variables.items()
            if dataset == name and qnam not in rules
        }
        for order, (qnam, rule) in enumerate(rules.items(), 1):
            facts = self.made.variables.get((name, qnam), Facts())
            given = str(rule.get("origin") or facts.origin)
            origin, implied = origin_in(
                given.capitalize() if given.isupper() and given != "CRF" else given, None
            )
            cells = {"Order": str(order), "Label": str(rule.get("label") or ""), "Data Type": "text"}
            cells |= {"Mandatory": "No", "Origin": origin, "Source": implied or _SOURCES.get(origin, "")}
            if facts.method:
                identity = f"{name}.{qnam}"
                cells["Method"] = identity
                method = {
                    "Name": f"Algorithm for {identity}",
                    "Type": "Computation",
                    "Description": facts.method,
                }
                self._add("Methods", {"ID": identity}, method)
            clause = clause_text([Condition("QNAM", "EQ", (qnam,))])
            self._add("ValueLevel", {"Dataset": name, "Variable": "QVAL", "Where Clause": clause}, cells)


@lru_cache(maxsize=1 << 14)  # the same words stand in the rows of many variables, and in those of every run
def _fits(text: str, is_prose: bool) -> bool:
    return bool(text.strip()) and encode(EXACT if is_prose else TEXT, text) is not None


def _rules(study: Study, domain: Domain) -> dict[str, list[Any]]:
    """Variable -> its mappings in all sources, those that are tried in order one by one."""
    found: dict[str, list[Any]] = {}

    def add(variable: str, rule: Any) -> None:
        found.setdefault(variable, []).extend(rule if isinstance(rule, list) else [rule])

    for source in domain.sources:
        for variable, rule in source.map.items():
            add(variable, rule)
        for test in source.findings.values():
            for variable, rule in test.map.items():
                add(variable, rule)
    if domain.domain == "DM":
        for variable, rule in study.subject.items():
            add(variable, rule)
    for variable in domain.reference_dates:
        found.setdefault(variable, [])
    return found


def data_type(definition: VariableDefinition) -> str:
    """The data type of Define-XML: dates and durations by their value domain, whole numbers by their name."""
    if definition.type == "Num":
        whole = definition.name in _INTEGERS or definition.name.endswith(("SEQ", "DY"))
        return "integer" if whole else "float"
    if definition.value_domain.startswith(_DATE):
        return "datetime"
    return "durationDatetime" if definition.value_domain.startswith(_DURATION) else "text"
