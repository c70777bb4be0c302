"""What ``sdtm validate`` tells: a table, JSON, a workbook or a page, printed or written to a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from sdtm.review_input import NONE, read_review_file
from specs.location import Location
from specs.model import Study
from specs.problems import Problem, ProblemsFound
from validation.judge import Judgement
from validation.known_defects import is_of_checks
from validation.outside.agreement import agreement_text
from validation.report import console_text
from validation.review import Review, review

TABLE, JSON, XLSX, HTML = "table", "json", "xlsx", "html"


def check_report_file(form: str, out: Path | None, review: str = "") -> None:
    """Refuse a file that cannot be written, before any work is done.

    Raises ``ProblemsFound``: a workbook without a file to write, another ending than that of the form, or a workbook
    that is there and whose comments are not read.
    """
    if out is None:
        if form == XLSX:
            found, do = "no file for the workbook", "name it: --out findings.xlsx"
            raise ProblemsFound(Problem("no-file", Location(key="--out"), found, "a file to write", do))
        return
    where = Location(str(out))
    if out.is_dir():
        raise ProblemsFound(Problem("bad-file-name", where, "a folder", "a file to write"))
    if form == XLSX and out.suffix.lower() != ".xlsx":
        raise ProblemsFound(Problem("bad-file-name", where, f"{out.name!r}", "a name that ends with .xlsx"))
    is_read = bool(review) and Path(review).exists() and out.exists() and out.samefile(review)
    if form == XLSX and out.exists() and not is_read and review != NONE:
        expected = "a file that is not there yet, or the workbook that is named with --review"
        do = f"keep its comments with --review {out.as_posix()}, or choose another file"
        raise ProblemsFound(Problem("file-exists", where, "a file of this name", expected, do))


def rules_told(form: str, asked: bool) -> str:
    """Our checks and the published rules they cover, as a table or JSON.

    Raises ``ProblemsFound`` where a folder was meant (``asked`` is false), and for a workbook or a page.
    """
    from validation.rule_coverage import rules_json, rules_text

    if not asked:
        do = "name the folder: sdtm validate out/sdtm, or print the checks: sdtm validate --rules"
        raise ProblemsFound(
            Problem("no-folder", Location(key="FOLDER"), "no folder", "a folder of datasets", do)
        )
    if form not in (TABLE, JSON):
        where = Location(key="--format")
        raise ProblemsFound(Problem("bad-option", where, f'"{form}"', "table or json beside --rules"))
    return rules_json() if form == JSON else rules_text()


def review_judgement(judgement: Judgement, study: Study | None, source: str = "") -> Review:
    """A judgement with the remarks of an edited ``findings.xlsx``; what no check of datasets finds is not called
    fixed, nor what a rule of another engine found of which no report speaks now. ``ProblemsFound`` for a file that
    cannot be read."""
    previous, written = read_review_file(source)
    analyses = set(study.adam) if study else set()
    judged = set(judgement.records)
    not_run = {(one.rule, one.dataset) for one in judgement.not_run}
    outside = {rule for agreement in judgement.agreements for rule in agreement.ran}

    def was_judged(rule: str, dataset: str) -> bool:
        is_there = dataset in judged or dataset not in analyses
        is_asked = is_of_checks(rule) or rule in outside
        return is_asked and is_there and (rule, dataset) not in not_run

    return review(judgement.findings, previous, written, was_judged=was_judged)


def judged_text(
    judgement: Judgement, reviewed: Review, study: Study | None, form: str = TABLE, out: Path | None = None
) -> str:
    """The report as text, or, where it goes to a file, what was written."""
    if out is None:
        return _content(judgement, reviewed, study, form).decode("utf-8", "backslashreplace")
    from specs.workbook.package import write_whole

    write_whole(_content(judgement, reviewed, study, form), out)
    counts = ", ".join(
        f"{count:,} {severity}{'' if count == 1 else 's'}" for severity, count in judgement.counts().items()
    )
    beside = [agreement_text(each).rstrip() for each in judgement.agreements] if form in (XLSX, HTML) else []
    return "\n".join([f"wrote {out}: {counts}", *beside, *review_lines(reviewed)])


def review_lines(reviewed: Review) -> list[str]:
    """What is new, open and fixed since the last run, and what is wrong with the comments that were read."""
    told = []
    if reviewed.compared:
        counts = ", ".join(f"{count:,} {name}" for name, count in reviewed.counts().items())
        told.append(f"since the last run: {counts} (records)")
    return [*told, *map(str, reviewed.warnings)]


def _content(judgement: Judgement, reviewed: Review, study: Study | None, form: str) -> bytes:
    makers: Mapping[str, Callable[[], bytes]] = {
        TABLE: lambda: _table(judgement, reviewed),
        JSON: lambda: _json(judgement, reviewed, study),
        XLSX: lambda: _workbook(reviewed, study),
        HTML: lambda: _page(reviewed, study),
    }
    return makers[form]()


def _table(judgement: Judgement, reviewed: Review) -> bytes:
    lines = review_lines(reviewed)
    text = console_text(judgement) + ("\n" + "\n".join(lines) + "\n" if lines else "")
    return text.encode("utf-8", "backslashreplace")


def _json(judgement: Judgement, reviewed: Review, study: Study | None) -> bytes:
    from validation.review_json import judgement_review_json

    return judgement_review_json(judgement, reviewed, study.study if study else "").encode(
        "utf-8", "backslashreplace"
    )


def _workbook(reviewed: Review, study: Study | None) -> bytes:
    from validation.findings_workbook import findings_workbook

    return findings_workbook(reviewed, study)


def _page(reviewed: Review, study: Study | None) -> bytes:
    from sdtm.reports.findings_files import findings_page

    return findings_page(reviewed, study)
