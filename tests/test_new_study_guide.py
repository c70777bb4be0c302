"""docs/new-study.md, walked as a new user would: its files are written, its commands run, its edits made."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

GUIDE = Path(__file__).parents[1] / "docs" / "new-study.md"
BLOCK = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Block(NamedTuple):
    kind: str
    about: str  # a file, or exit=CODE
    text: str


def blocks() -> list[Block]:
    return [Block(kind, about.strip(), text) for kind, about, text in BLOCK.findall(GUIDE.read_text("utf-8"))]


def reviewed(folder: Path) -> None:
    """What a person does who agrees with every draft: deletes the status of each, and the questions."""
    for path in [folder / "study.yaml", *(folder / "sdtm").glob("*.yaml")]:
        text = path.read_text("utf-8")
        text = re.sub(r"^ *status: draft\n", "", text, flags=re.MULTILINE)
        text = text.replace(", status: draft", "")
        text = re.sub(r"^questions:\n( .*\n)+", "", text, flags=re.MULTILINE)
        assert "status" not in text
        path.write_text(text, encoding="utf-8")


def test_the_guide_works_from_its_first_block_to_its_last(
    sdtm: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = []
    for kind, about, text in blocks():
        if kind == "csv":
            Path(about).parent.mkdir(exist_ok=True)
            Path(about).write_text(text, encoding="utf-8")
        elif kind == "yaml" and about:
            path = Path(about)
            if "status: draft" in (path.parent.parent / "study.yaml").read_text("utf-8"):
                reviewed(path.parent.parent)
            answers = "".join(f"      {line}\n" for line in text.splitlines())
            path.write_text(path.read_text("utf-8").replace("    map:\n", f"    map:\n{answers}", 1), "utf-8")
        elif kind == "sh":
            for line in text.splitlines():
                program, *arguments = shlex.split(line)
                assert program == "sdtm"
                outcome = sdtm(*arguments)
                assert outcome.is_told_plainly, line
                ran.append((line, outcome.code, int(about.removeprefix("exit=") or 0), outcome))
    for line, code, expected, outcome in ran[:-1]:
        assert code == expected, (line, outcome.err, outcome.out)
    last = ran[-1]
    assert last[0] == "sdtm run mystudy --out out" and last[1] in (0, 1), last[3].err
    findings = json.loads(Path("out/reports/findings.json").read_text("utf-8"))["findings"]
    assert findings and "drafts" not in {finding["rule"] for finding in findings}
    # By hand: AESTDAT 05/04/2024 is day first; AE has the two rows with AEYN = Yes.
    shown = sdtm("explain", "out", "AE", "AESTDTC", "--key", "USUBJID=GUIDE-1-01-001 AESEQ=1")
    assert "2024-04-05" in shown.out


def test_the_guide_shows_what_init_prints(
    sdtm: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The question that the guide quotes is asked in these words."""
    monkeypatch.chdir(tmp_path)
    for block in blocks():
        if block.kind == "csv":
            Path(block.about).parent.mkdir(exist_ok=True)
            Path(block.about).write_text(block.text, encoding="utf-8")
    printed = sdtm("init", "mystudy", "--raw", "extracts").out
    [quoted] = [block.text for block in blocks() if block.kind == "yaml" and "questions:" in block.text]
    asked = re.search(r"ask: (.*)", quoted)
    assert asked is not None and asked[1] in printed
