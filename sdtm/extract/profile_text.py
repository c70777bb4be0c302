"""Profiles as plain aligned text."""

from __future__ import annotations

from collections.abc import Sequence

from sdtm.extract.profile_values import ColumnProfile, FileProfile

HEADS = ("column", "type", "missing", "distinct", "length", "kinds", "examples, or codes with rows")
NUMERIC = (2, 3)  # heads of columns with numbers
KINDS_SHOWN = 4
CODES_SHOWN = 6


def profile_text(profiles: Sequence[FileProfile]) -> str:
    """One paragraph for each table: its size, columns, possible keys, and what it shares with others."""
    if not profiles:
        return "no files"
    return "\n\n".join(paragraph(found) for found in profiles)


def paragraph(profile: FileProfile) -> str:
    if profile.problems:
        text = "\n".join(str(problem) for problem in profile.problems)
        return f"{profile.name}: not read\n{indented(text)}"
    facts = [profile.format, profile.encoding, f"{profile.size:,} bytes"]
    lines = [
        f"{profile.name} ({', '.join(fact for fact in facts if fact)}):"
        f" {profile.rows:,} rows, {len(profile.columns)} columns"
    ]
    lines += [f"  note      {note}" for note in profile.notes]
    lines += [f"  key       {' + '.join(key)}" for key in profile.keys]
    if profile.rows > 1 and not profile.keys:
        lines.append("  key       none found among up to three columns that are never missing")
    if profile.repeated_rows:
        lines.append(f"  repeated  {profile.repeated_rows:,} rows equal an earlier row in every column")
    for relation in profile.relations:
        outside = f"; not there: {', '.join(relation.outside)}" if relation.outside else ""
        lines.append(
            f"  shared    {relation.column}: {relation.contained:,} of {relation.distinct:,} values"
            f" are in {relation.table}{outside}"
        )
    for unit in profile.units:
        texts = ", ".join(f"{one_line(text)} {count:,}" for text, count in unit.texts.items())
        lines.append(f"  units     {unit.column}{f' of {unit.of}' if unit.of else ''}: {texts}")
    lines += [indented(finding) for finding in profile.findings]
    return "\n".join(lines + table([HEADS, *(row(column) for column in profile.columns)]))


def row(column: ColumnProfile) -> tuple[str, ...]:
    kinds = [f"{kind} {count:,}" for kind, count in column.kinds.items()]
    more = f", {len(kinds) - KINDS_SHOWN} more" if len(kinds) > KINDS_SHOWN else ""
    length = str(column.longest)
    if column.shortest != column.longest:
        length = f"{column.shortest}-{column.longest}"
    return (
        column.name,
        column.type,
        f"{column.missing:,}",
        f"{column.distinct:,}",
        length,
        ", ".join(kinds[:KINDS_SHOWN]) + more,
        examples(column),
    )


def examples(column: ColumnProfile) -> str:
    """The codes of a column with their rows, the most frequent first, or some of its texts."""
    if not column.codes:
        return " | ".join(one_line(example) for example in column.examples)
    codes = [f"{one_line(text)} {count:,}" for text, count in column.codes.items()]
    more = f" | {len(codes) - CODES_SHOWN} more" if len(codes) > CODES_SHOWN else ""
    return " | ".join(codes[:CODES_SHOWN]) + more


def one_line(text: str) -> str:
    """A text without line breaks and other control characters, which would break the table."""
    return "".join(character if character.isprintable() else "·" for character in text)


def table(rows: Sequence[tuple[str, ...]]) -> list[str]:
    widths = [max(len(cells[position]) for cells in rows) for position in range(len(HEADS))]
    lines = []
    for cells in rows:
        padded = [
            cell.rjust(width) if position in NUMERIC else cell.ljust(width)
            for position, (cell, width) in enumerate(zip(cells, widths, strict=True))
        ]
        lines.append("  " + "  ".join(padded).rstrip())
    return lines


def indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.splitlines())
