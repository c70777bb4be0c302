"""The content of the cSDRG: what spec, data and define.xml say of the tabulation datasets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from sdtm.stages import Dataset
from sdtm.submission.define_model import Define, Group
from sdtm.submission.guides.model import Block, Guide, Section, section, table, text, to_write
from sdtm.submission.guides.shared import (
    arms,
    conformance,
    introduction,
    protocol_title,
    trial_parameters,
)
from sdtm.trace.ledger import TableBooks
from specs.data_cut import DataCut
from specs.model import Study
from specs.standards import implementation_guide
from specs.words import counted

NAME, TITLE = "csdrg", "Clinical Study Data Reviewer's Guide"
_NOT_SUBMITTED = "not submitted: "
_REASONS = 15  # shown; the listing has all of them
_PURPOSE = (
    "This guide stands beside define.xml of the tabulation datasets. It tells a reviewer how the data were "
    "collected and arranged, and which deviations from the standards are known."
)


def tabulation_guide(
    define: Define, study: Study, datasets: Mapping[str, Dataset], books: Sequence[TableBooks]
) -> Guide:
    """The draft. ``define``: of the tabulations; ``datasets``: the same by name; ``books``: of the raw tables."""
    content = _Content(define, study, datasets, books)
    names = tuple(group.name for group in define.groups)
    return Guide(NAME, TITLE, study.study, study.created, names, tuple(content.sections()))


@dataclass(frozen=True, slots=True)
class _Content:
    define: Define
    study: Study
    datasets: Mapping[str, Dataset]
    books: Sequence[TableBooks]

    def sections(self) -> Iterator[Section]:
        study, parameters = self.study, trial_parameters(self.datasets)
        yield from introduction(self.define, study, _PURPOSE)
        yield section("Protocol description", level=1)
        yield protocol_title(study, parameters)
        yield section("Protocol design", arms(study), *_design(parameters))
        yield section("Trial design datasets", *self._trial_design())
        yield section("Subject data description", level=1)
        yield section("Overview", *self._overview())
        yield section("Data cut", *_data_cut(study.data_cut))
        yield section("Traceability", *self._traceability())
        yield section("Annotated CRF", *self._annotated_crf())
        yield section("Subject datasets", *self._datasets())
        yield section("Supplemental qualifiers", *self._qualifiers())
        yield section("Variables and domains of the sponsor", *self._custom())
        yield section("Variables without data", *self._empty())
        yield from conformance(study, "the tabulations")
        yield section("Appendix", level=1)
        yield section("Inclusion and exclusion criteria", self._criteria())

    # --- design ----------------------------------------------------------------------------------------

    def _trial_design(self) -> Iterator[Block]:
        rows = [
            (name, group.label, self._records(group))
            for name, group in self._groups().items()
            if group.class_name == "TRIAL DESIGN"
        ]
        if rows:
            yield table("", ("Dataset", "Description", "Records"), rows)
        lacking = [name for name in ("TA", "TE", "TV", "TI", "TS") if name not in self.datasets]
        if lacking:
            yield to_write(f"why the package has no {', '.join(lacking)}")

    def _criteria(self) -> Block:
        if not self.study.criteria:
            return to_write(
                "the criteria of each version of the protocol, or where they stand; the spec has none"
            )
        rows = [
            (each.IETESTCD, each.IECAT, each.IETEST, each.TIVERS or "all") for each in self.study.criteria
        ]
        return table("", ("Code", "Category", "Criterion", "Version"), rows)

    # --- subjects --------------------------------------------------------------------------------------

    def _overview(self) -> Iterator[Block]:
        tables = counted(len(self.books), "raw table")
        yield text(f"The datasets were made from {tables} by the rules of the study's spec.")
        demographics = self.datasets.get("DM")
        if demographics is None:
            yield to_write("who the subjects are; the package has no DM")
        else:
            yield text(f"DM has {counted(len(demographics.frame), 'subject')}.")
            yield from _by_arm(demographics.frame)
        yield to_write("anything of the conduct of the study that a reviewer of the data has to know")

    def _traceability(self) -> Iterator[Block]:
        yield text(
            "Each record is made of rows of the raw tables below. The sdtm-toolkit keeps, for each record, the file "
            "and row that it comes from, and balances the rows of every raw table."
        )
        rows = [
            (
                book.name,
                ", ".join(book.files),
                f"{book.read:,}",
                f"{book.made:,}",
                f"{sum(book.excluded.values()):,}",
                f"{book.unaccounted:,}",
                ", ".join(_domains(book)),
            )
            for book in self.books
        ]
        head = (
            "Raw table",
            "Files",
            "Rows",
            "Made records",
            "Excluded by a condition",
            "Unaccounted for",
            "Datasets",
        )
        yield table("", head, rows)

    def _annotated_crf(self) -> Iterator[Block]:
        names = {leaf.id: leaf.href for leaf in self.define.documents}
        crf = names.get(self.define.annotated_crf, "")
        if not crf:
            yield to_write("where the annotated CRF is; define.xml refers to none")
            return
        yield text(
            f"{crf} shows every field of the raw tables with the variables that it goes to, or with the reason why it "
            "is not submitted."
        )
        if crf.endswith(".html"):
            yield to_write("where the CRF itself, annotated page by page, is; the listing has no pages")
        reasons: dict[str, int] = {}
        for book in self.books:
            for uses in book.columns.values():
                for use in uses:
                    if use.startswith(_NOT_SUBMITTED):
                        reason = use.removeprefix(_NOT_SUBMITTED)
                        reasons[reason] = reasons.get(reason, 0) + 1
        if reasons:
            rows = sorted(reasons.items(), key=lambda pair: (-pair[1], pair[0]))
            rest = sum(count for _, count in rows[_REASONS:])
            shown = [*rows[:_REASONS], *([(f"other reasons, see {crf}", rest)] if rest else [])]
            yield table("Fields that are not submitted", ("Reason", "Fields"), shown)

    # --- datasets --------------------------------------------------------------------------------------

    def _datasets(self) -> Iterator[Block]:
        rows = []
        comments = {comment.oid: comment.text for comment in self.define.comments}
        for name, group in self._groups().items():
            if group.class_name == "TRIAL DESIGN" or name.startswith("SUPP"):
                continue
            supplemental = f"SUPP{name}"
            rows.append(
                (
                    name,
                    group.label,
                    group.class_name,
                    group.structure,
                    ", ".join(keys_of(group, self.define)),
                    self._records(group),
                    supplemental if supplemental in self.datasets else "",
                    f"part of {group.domain}" if group.domain not in ("", name) else "no",
                    comments.get(group.comment, ""),
                )
            )
        head = ("Dataset", "Description", "Class", "Structure", "Keys", "Records", "SUPP", "Split", "Comment")
        yield table("", head, rows)
        yield Block("split")
        yield to_write(
            "what is particular about the collection or mapping of a domain, where define.xml does not say it"
        )

    def _qualifiers(self) -> Iterator[Block]:
        items = {item.oid: item for item in self.define.items}
        lists = {each.oid: each for each in self.define.value_lists}
        rows = []
        for name in self._groups():
            value_list = lists.get(f"VL.{name}.QVAL") if name.startswith("SUPP") else None
            for reference in value_list.references if value_list is not None else ():
                item = items[reference.item]
                origin = item.origin.type if item.origin is not None else ""
                rows.append((name, item.oid.rsplit(".", 1)[-1], item.label, origin))
        yield (
            table("", ("Dataset", "QNAM", "Label", "Origin"), rows)
            if rows
            else text("No domain has supplemental qualifiers.")
        )

    def _custom(self) -> Iterator[Block]:
        guide = implementation_guide(self.study.standards.sdtmig)
        own = [
            (name, group.label, group.class_name)
            for name, group in self._groups().items()
            if not group.standard
        ]
        if own:
            yield table("Domains that the SDTMIG does not have", ("Dataset", "Description", "Class"), own)
            yield to_write("why these domains were needed")
        others = [
            (name, variable.name, variable.label)
            for name, group in self._groups().items()
            if group.standard and not name.startswith("SUPP")
            for variable in self.datasets[name].variables
            if guide.variable(group.domain or name, variable.name) is None
        ]
        if others:
            caption = "Variables that neither the SDTMIG nor the model has for their domain"
            yield table(caption, ("Dataset", "Variable", "Label"), others)
        if not own and not others:
            yield text("All domains and variables are those of the SDTMIG.")

    def _empty(self) -> Iterator[Block]:
        items = {item.oid: item for item in self.define.items}
        rows = []
        for name, group in self._groups().items():
            empty = [items[each.item].name for each in group.references if each.has_no_data]
            if empty:
                rows.append((name, ", ".join(empty)))
        if rows:
            yield text(
                "These variables stand in their dataset and have no value in any record of this study."
            )
            yield table("", ("Dataset", "Variables"), rows)
        else:
            yield text("Every variable has a value in some record.")

    def _groups(self) -> dict[str, Group]:
        return {group.name: group for group in self.define.groups}

    def _records(self, group: Group) -> str:
        return f"{len(self.datasets[group.name].frame):,}"


def keys_of(group: Group, define: Define) -> list[str]:
    """The keys of a dataset in order."""
    items = {item.oid: item.name for item in define.items}
    keyed = sorted((each.key, each.item) for each in group.references if each.key is not None)
    return [items[item] for _, item in keyed]


def _design(parameters: pd.DataFrame | None) -> Iterator[Block]:
    if parameters is None:
        yield to_write("the design of the study; there is no Trial Summary (TS)")
        return
    rows = [
        (each.TSPARMCD, each.TSPARM, each.TSVAL or (f"not given ({each.TSVALNF})" if each.TSVALNF else ""))
        for each in parameters.itertuples(index=False)
    ]
    yield table("Trial summary", ("Code", "Parameter", "Value"), rows)


def _by_arm(frame: pd.DataFrame) -> Iterator[Block]:
    names = [name for name in ("ARM", "ACTARM", "ARMNRS") if name in frame]
    if not names:
        return
    found = frame[names].astype("object")
    counts = found.where(found.notna(), "").value_counts(sort=False).sort_index()
    rows = [(*(key if isinstance(key, tuple) else (key,)), int(count)) for key, count in counts.items()]
    yield table("Subjects by arm", (*names, "Subjects"), rows)


def _data_cut(cut: DataCut | None) -> Iterator[Block]:
    if cut is None:
        yield text("The spec has no data cut-off: the datasets hold everything that the raw tables hold.")
        return
    who = f"the date {cut.date}" if cut.date else "a date of each subject"
    if cut.date and cut.subjects is not None:
        who = f"a date of each subject, else {cut.date}"
    partial = {"keep": "stay if they may lie before it", "remove": "are removed if they may lie after it"}
    undated = {"keep": "stay", "remove": "are removed"}
    yield text(
        f"Records after {who} are not in the datasets. Records with a partial date {partial[cut.partial]}; those "
        f"without a date {undated[cut.undated]}."
    )
    rows = [
        (name, each.by or "the usual date", each.partial, each.undated) for name, each in cut.domains.items()
    ]
    if rows:
        yield table(
            "Domains with a rule of their own", ("Domain", "Cut by", "Partial dates", "Undated"), rows
        )


def _domains(book: TableBooks) -> list[str]:
    found = {
        use.partition(".")[0]
        for uses in book.columns.values()
        for use in uses
        if "." in use and not use.startswith(_NOT_SUBMITTED) and use.partition(".")[0].isupper()
    }
    return sorted(found)
