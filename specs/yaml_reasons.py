"""Why a text is not YAML, in plain words: the parser's reason turned into found, expected, do."""

from __future__ import annotations

import re
from typing import Any

from specs.location import Location
from specs.problems import Problem

_QUOTES = "put the whole text in quotes"
_INDENT = (
    "an indentation that fits neither the line above nor any level before it",
    "keys of one level in one column, and what belongs to a key further right",
    "line it up with the keys of its level, with spaces",
)

# (pattern of the parser's reason, found, expected, do); {0} is the first group, {begun} the line where the
# unfinished thing began. The first that matches counts.
_REASONS: tuple[tuple[str, str, str, str], ...] = (
    (
        r"found character '\\t'",
        "a tab at the beginning of a line or before a value",
        "spaces; YAML does not indent with tabs",
        "replace the tab by spaces",
    ),
    (
        r"found character '(.+)' that cannot start",
        "a text that begins with `{0}`",
        "a text that begins with @, ` or % in quotes",
        _QUOTES,
    ),
    (
        r"mapping values are not allowed here, second",
        "a second `:` on one line",
        "one `key: value` on a line",
        "put the text with `: ` in it in quotes",
    ),
    (
        r"mapping values are not allowed here",
        "a key below a line that ends in text",
        "a line above that ends in `:` or is a `key: value` of the same level",
        "write the `:` on the line above, or line the two up",
    ),
    (
        r"could not find expected ':'",
        "a line without `:` among keys",
        "`key: value`",
        "write the `:` after the key, or indent the line below the text it continues",
    ),
    (
        r"unexpected (end of stream|document separator)",
        "a quote opened on line {begun} that is never closed",
        "a closing quote of the same kind",
        'close it; within \'…\' a quote is written twice, within "…" as \\"',
    ),
    (
        r"expected ',' or '([\]}}])'",
        "a bracket opened on line {begun} that is not closed, or two values without a comma",
        "a comma or `{0}`",
        "close the bracket; text with , : [ ] {{ }} in it stands in quotes",
    ),
    (
        r"expected the node content",
        "a comma, bracket or end of text where a value is expected",
        "a value",
        'take out the extra comma, or write "" for empty text',
    ),
    (
        r"expected <block end>, but found '([\]}}])'",
        "a closing `{0}` without an opening one",
        "brackets in pairs",
        "take it out, or put the text in quotes",
    ),
    (
        r"expected <block end>, but found '(?:<scalar>|,|<alias>|\{{|\[)'",
        "text after a closing quote or bracket",
        "one value",
        _QUOTES + ", such as \"{{STUDYID}}-{{SUBJID}}\" or \"A = 'x' AND B = 'y'\"",
    ),
    (r"expected <block end>", *_INDENT),
    (
        r"(?:found unknown escape character|expected escape sequence)",
        'a backslash in a "…" text that stands for nothing',
        "\\\\ for a backslash",
        "use '…' instead, where a backslash is a backslash",
    ),
    (
        r"expected chomping or indentation",
        "text on the line of `|` or `>`",
        "the text on the lines below",
        "move it down and indent it; text that begins with | or > stands in quotes",
    ),
    (
        r"found incompatible YAML",
        "a %YAML line with another version",
        "YAML 1.2",
        "take the %YAML line out",
    ),
)


def syntax_problem(error: Exception, text: str, file: str) -> Problem:
    """The problem that made the parser give up; the line is the one where a person would look."""
    mark: Any = getattr(error, "problem_mark", None)
    begun_mark: Any = getattr(error, "context_mark", None)
    begun = begun_mark.line + 1 if begun_mark else None
    where = Location(file, mark.line + 1 if mark else begun)
    reason = getattr(error, "problem", None) or ""
    if reason.startswith("mapping values") and mark is not None and _has_colon(text, mark):
        reason += ", second"
    position = getattr(error, "position", None)
    if position is not None:
        return _unprintable(error, text, file, position)
    for pattern, found, expected, do in _REASONS:
        match = re.search(pattern.replace("{{", "{").replace("}}", "}"), reason)
        if match:
            groups = match.groups() or ("",)
            if "closed" in found and begun is not None:
                where = Location(file, begun)
            words = [part.format(*groups, begun=begun) for part in (found, expected, do)]
            return Problem("yaml-syntax", where, *words)
    if isinstance(error, (OverflowError, ValueError)):
        return _impossible_escape(text, file)
    context = getattr(error, "context", None)
    context = f"{context} begun on line {begun}: " if context else ""
    return Problem(
        "yaml-syntax",
        where,
        found=context + (reason or str(error)),
        expected="YAML 1.2",
        do="put text with special characters in quotes",
    )


def _has_colon(text: str, mark: Any) -> bool:
    lines = re.split(r"\r\n|\r|\n", text)
    return mark.line < len(lines) and re.search(r":\s", lines[mark.line][: mark.column]) is not None


def _unprintable(error: Any, text: str, file: str, position: int) -> Problem:
    # The parser has told the position as a character of the text; a lone surrogate can't be in one.
    line = text.count("\n", 0, position) + 1
    column = position - (text.rfind("\n", 0, position) + 1) + 1
    code = error.character if isinstance(error.character, int) else ord(error.character)
    return Problem(
        "yaml-syntax",
        Location(file, line),
        found=f"the unprintable character U+{code:04X} at column {column}",
        expected="printable text",
        do=f'delete it, or write it in double quotes as "\\u{code:04X}"',
    )


def _impossible_escape(text: str, file: str) -> Problem:
    """The parser does not say where an escape above U+10FFFF stands."""
    escapes = re.finditer(r"\\U([0-9A-Fa-f]{8})", text)
    first = next((escape for escape in escapes if int(escape[1], 16) > 0x10FFFF), None)
    return Problem(
        "yaml-syntax",
        Location(file, text.count("\n", 0, first.start()) + 1 if first else None),
        found=f"the escape {first[0]}" if first else "an escape above U+10FFFF",
        expected="\\U and eight digits up to 0010FFFF",
        do="write the character itself",
    )


def undecodable(error: UnicodeDecodeError, file: str) -> Problem:
    """The byte that is not UTF-8, by line and column (counted in characters)."""
    data, at = error.object, error.start
    start = data.rfind(b"\n", 0, at) + 1
    column = len(data[start:at].decode("utf-8", "replace")) + 1
    sixteen = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    return Problem(
        "yaml-encoding",
        Location(file, data.count(b"\n", 0, at) + 1),
        found="a file in UTF-16" if sixteen else f"the byte 0x{data[at]:02X} at column {column}",
        expected="UTF-8",
        do="save the file as UTF-8",
    )
