"""A small study that converts without a finding, and what must hold when one thing of it is bad.

Invented data. Every test changes one thing and goes through the command line, from raw files to the output
folder, which holds an earlier output before each run.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

STUDY = """\
study: BAD
raw:
  folder: raw
  datasets:
    dm: {file: dm.csv, key: [SUBJ]}
    ex: {file: ex.csv, key: [SUBJ, EXDAT]}
    ae: {file: ae.csv, key: [SUBJ, AENO]}
    vs: {file: vs.csv, key: [SUBJ, VISIT]}
subject: {SUBJID: SUBJ, SITEID: {value: "01"}, USUBJID: "{STUDYID}-{SUBJID}"}
visits:
  - {VISITNUM: 1, VISIT: SCREENING}
  - {VISITNUM: 2, VISIT: WEEK 1}
"""
DOMAINS = {
    "dm": """\
domain: DM
sources:
  - from: dm
    map:
      SEX: SEX
      AGE: AGE
      AGEU: {value: YEARS}
      RACE: {value: ASIAN}
      ETHNIC: {value: UNKNOWN}
      COUNTRY: {value: CHN}
      ARMCD: {value: A}
      ARM: {value: A}
      ACTARMCD: {value: A}
      ACTARM: {value: A}
      RFICDTC: {date: ICDAT, format: yyyy-MM-dd}
      DMDTC: {date: ICDAT, format: yyyy-MM-dd}
reference_dates:
  RFSTDTC: {earliest: EX.EXSTDTC}
  RFENDTC: {latest: EX.EXENDTC}
  RFXSTDTC: {earliest: EX.EXSTDTC}
  RFXENDTC: {latest: EX.EXENDTC}
""",
    "ex": """\
domain: EX
sources:
  - from: ex
    map:
      EXTRT: {value: DRUG}
      EXDOSE: DOSE
      EXDOSU: {value: mg}
      EXDOSFRM: {value: TABLET}
      EXSTDTC: {date: EXDAT, format: yyyy-MM-dd}
      EXENDTC: {date: EXDAT, format: yyyy-MM-dd}
""",
    "ae": """\
domain: AE
sources:
  - from: ae
    map:
      AETERM: AETERM
      AEDECOD: {value: Coded term}
      AESER: AESER
      AESEV: AESEV
      AESTDTC: {date: AEST, format: yyyy-MM-dd}
      AEENDTC: {date: AEST, format: yyyy-MM-dd}
    not_submitted: {AENO: number on the form}
""",
    "vs": """\
domain: VS
sources:
  - from: vs
    visit: VISIT
    map: {VSDTC: {date: VSDAT, format: yyyy-MM-dd}}
    findings:
      SYSBP: {result: SYSBP, unit: mmHg}
      PULSE: {result: PULSE, unit: beats/min}
    not_done: {where: DONE = 'N', reason: WHY}
""",
}
RAW = {
    "dm.csv": "SUBJ,SEX,AGE,ICDAT\n001,F,40,2024-01-01\n002,M,50,2024-01-02\n",
    "ex.csv": "SUBJ,EXDAT,DOSE\n001,2024-01-10,10\n002,2024-01-11,20\n",
    "ae.csv": (
        "SUBJ,AENO,AETERM,AESER,AESEV,AEST\n"
        "001,1,Headache,N,MILD,2024-01-12\n"
        "001,2,Nausea,N,MODERATE,2024-01-13\n"
        "002,1,Fall,Y,SEVERE,2024-02-01\n"
    ),
    "vs.csv": (
        "SUBJ,VISIT,VSDAT,SYSBP,PULSE,DONE,WHY\n"
        "001,SCREENING,2024-01-01,120,70,Y,\n"
        "001,WEEK 1,2024-01-17,130,72,Y,\n"
        "002,SCREENING,2024-01-02,,,N,Refused\n"
    ),
}


@dataclass
class Bench:
    """One study on the bench. ``raw``, ``domains``, ``study``: texts to change before ``refused`` or ``done``."""

    folder: Path
    call: Callable[..., Any]
    earlier: Path
    study: str = STUDY
    domains: dict[str, str] = field(default_factory=lambda: dict(DOMAINS))
    raw: dict[str, str | bytes | None] = field(default_factory=lambda: dict(RAW))

    @property
    def out(self) -> Path:
        return self.folder / "out"

    def change_raw(self, name: str, old: str, new: str) -> None:
        text = self.raw[name]
        assert isinstance(text, str) and old in text
        self.raw[name] = text.replace(old, new)

    def add_row(self, name: str, row: str) -> None:
        self.raw[name] = f"{self.raw[name]}{row}\n"

    def change_spec(self, domain: str, old: str, new: str) -> None:
        assert old in self.domains[domain]
        self.domains[domain] = self.domains[domain].replace(old, new)

    def change_study(self, old: str, new: str) -> None:
        assert old in self.study
        self.study = self.study.replace(old, new)

    def write(self) -> Path:
        study = self.folder / "study"
        for name, content in {
            "study.yaml": self.study,
            **{f"sdtm/{name}.yaml": text for name, text in self.domains.items()},
            **{f"raw/{name}": content for name, content in self.raw.items()},
        }.items():
            path = study / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if content is not None:
                path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        if not self.out.exists():
            shutil.copytree(self.earlier, self.out)
        return study

    def refused(self, *options: Any, command: str = "convert") -> str:
        """Run; the input must be refused: exit 2, a plain message, the earlier output untouched."""
        study = self.write()
        before = contents(self.out)
        outcome = self.call(command, study, "--out", self.out, *options)
        assert outcome.code == 2, outcome
        assert outcome.is_told_plainly, outcome
        assert "nothing was written" in outcome.err
        assert all(part in outcome.err for part in ("error[", "  found     ", "  expected  "))
        assert contents(self.out) == before
        assert sorted(path.name for path in self.folder.iterdir()) == ["out", "study"]  # nothing half done
        return str(outcome.err)

    def done(self, *options: Any, command: str = "convert", code: int = 1) -> Done:
        """Run; it must complete with findings, and with books that balance."""
        outcome = self.call(command, self.write(), "--out", self.out, *options)
        assert outcome.code == code, outcome
        assert outcome.is_told_plainly, outcome
        ledger = json.loads((self.out / "reports" / "ledger.json").read_text(encoding="utf-8"))
        for name, book in ledger["raw"].items():
            rows = book["rows"]
            made = rows["made_records"] + rows["used_by_joins"] + sum(rows["excluded"].values())
            assert rows["read"] == made + rows["unaccounted"], (name, rows)
        findings = json.loads((self.out / "reports" / "findings.json").read_text(encoding="utf-8"))[
            "findings"
        ]
        return Done(outcome, findings, ledger, self.out)


@dataclass
class Done:
    """A run that completed: what it printed, found, and wrote."""

    outcome: Any
    findings: list[dict[str, Any]]
    ledger: dict[str, Any]
    out: Path

    def finding(self, rule: str) -> dict[str, Any]:
        """The only finding of a rule."""
        found = [each for each in self.findings if each["rule"] == rule]
        assert len(found) == 1, self.findings
        return found[0]

    def place(self, rule: str) -> tuple[str, int, str]:
        """File, row and column of the first place of a finding."""
        first = self.finding(rule)["places"][0]
        return first.get("file", ""), first.get("row"), first.get("column", "")

    def rows(self, dataset: str) -> list[dict[str, str]]:
        """The records of a dataset, read by pyreadstat; numbers in their shortest text."""
        import pyreadstat

        frame, _ = pyreadstat.read_xport(str(self.out / "sdtm" / f"{dataset.lower()}.xpt"))
        return [
            {name: value if isinstance(value, str) else f"{value:g}" for name, value in row.items()}
            for row in frame.to_dict("records")
        ]


def contents(folder: Path) -> Mapping[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="session")
def earlier_output(tmp_path_factory: pytest.TempPathFactory, sdtm: Callable[..., Any]) -> Path:
    """The output of the study as it should be; it has no finding."""
    bench = Bench(tmp_path_factory.mktemp("good"), sdtm, Path())
    bench.out.mkdir()
    outcome = sdtm("run", bench.write(), "--out", bench.out, "--fail-on", "warning")
    assert outcome.code == 0, outcome
    return bench.out


@pytest.fixture
def bench(tmp_path: Path, sdtm: Callable[..., Any], earlier_output: Path) -> Bench:
    return Bench(tmp_path, sdtm, earlier_output)
