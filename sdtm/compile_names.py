"""What a name in a mapping or condition of the spec means, and conditions checked against those names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sdtm.mapping import sql
from specs.location import Location
from specs.problems import Problem, ProblemsFound, suggest


@dataclass(frozen=True, slots=True)
class Reference:
    """A column that a mapping reads: ``raw`` (of the source), ``own`` (made, this domain), ``subject`` (DM)."""

    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class Names:
    """What a name in a mapping may mean. ``raw`` is None while the raw files are not known."""

    domain: str
    raw: frozenset[str] | None
    own: frozenset[str]
    table: str = ""
    visit: str = ""
    own_first: bool = False  # subject rules: {SITEID} means the SITEID just made

    @property
    def qualifiers(self) -> frozenset[str]:
        return frozenset({self.domain, "DM", "raw"})

    def resolve(self, name: str) -> Reference | None:
        """A name as the spec writes it: without a qualifier a raw column, never a made variable of that name."""
        head, _, rest = name.partition(".")
        if rest and head == "raw":
            return Reference("raw", rest) if self.raw is None or rest in self.raw else None
        if rest and head in (self.domain, "DM") and self.raw is not None and name in self.raw:
            return None  # it could mean either
        if rest and head == self.domain:
            return Reference("own", rest) if rest in self.own else None
        if rest and head == "DM":
            return Reference("subject", rest)
        if self.own_first and name in self.own:
            return Reference("own", name)
        return Reference("raw", name) if self.raw is None or name in self.raw else None

    def problem(self, name: str, where: Location) -> Problem:
        raw = self.raw or frozenset()
        head, _, rest = name.partition(".")
        if name in raw and (head == "DM" or rest in self.own):
            variable = f"the variable {rest} of {'the subject in DM' if head == 'DM' else head}"
            return Problem(
                "unclear-name",
                where,
                f"{name!r}, which may be {variable} or a column of raw dataset {self.table or '?'}",
                "a name that means one thing",
                f"write raw.{name} for the column; the variable needs another header in the file",
            )
        if name in raw:
            do = f"the raw column of that name is raw.{name}"
        elif rest and head == self.domain:
            do = suggest(rest, self.own)
        else:
            made = f"the variable of this domain is {self.domain}.{name}" if name in self.own else ""
            do = "; ".join(filter(None, (suggest(name, raw), made)))
        return Problem(
            "unknown-column",
            where,
            f"{name!r}",
            f"a column of raw dataset {self.table or '?'}: {some(raw)}",
            do or "see `sdtm profile` for the columns of the file",
        )


def some(names: Iterable[str], most: int = 12) -> str:
    """The first names of many, for a message."""
    listed = sorted(names)
    return ", ".join(listed[:most]) + (f" … ({len(listed)} in all)" if len(listed) > most else "")


def compile_condition(
    text: str, names: Names, where: Location, problems: list[Problem], *, raw_only: bool = False
) -> sql.Expression | None:
    """A `where` of the spec; its problems are added to the list.

    ``raw_only``: a condition that chooses rows, before any variable is made.
    """
    if not text:
        return None
    try:
        condition = sql.parse(text, names.qualifiers, where)
    except ProblemsFound as found:
        problems += found.problems
        return None
    for name in condition.columns:
        reference = names.resolve(name)
        if reference is None:
            problems.append(names.problem(name, where))
        elif raw_only and reference.kind != "raw":
            problems.append(
                Problem(
                    "unknown-column",
                    where,
                    f"{name!r}, which is not made yet when rows are chosen",
                    f"a column of raw dataset {names.table}: {some(names.raw or ())}",
                    "use the raw column, or put the condition on the mapping of a variable",
                )
            )
    return condition
