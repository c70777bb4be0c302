"""Conditions and expressions of a spec: SQL over one block, sandboxed, evaluated for all rows at once.

An expression is parsed by DuckDB itself; its tree is walked, so that the columns it reads are known
before any data is, and nothing but plain scalar expressions gets through: no sub-query, no window, no
file, no setting, no function whose answer depends on the clock, on chance or on the machine.
"""

from __future__ import annotations

import functools
import json
import re
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sdtm.columns import arrow_texts, from_codes
from specs.location import NOWHERE, Location
from specs.problems import Problem, ProblemsFound, suggest

_CLASSES = {
    "BETWEEN",
    "CASE",
    "CAST",
    "COLUMN_REF",
    "COMPARISON",
    "CONJUNCTION",
    "CONSTANT",
    "FUNCTION",
    "OPERATOR",
    "TYPE",
}
_LIKE_A_VARIABLE = re.compile(r"[A-Z][A-Z0-9]\.")
_MACROS = {"nullif", "split_part"}
# Read the clock (age() with one argument does), tell of the machine or of DuckDB itself, or differ from one
# version of DuckDB to the next (hash).
_REFUSED_FUNCTIONS = {
    "age",
    "can_cast_implicitly",
    "cast_to_type",
    "current_localtime",
    "current_localtimestamp",
    "getenv",
    "hash",
    "json_deserialize_sql",
    "json_serialize_plan",
    "json_serialize_sql",
    "parse_duckdb_log_message",
    "version",
}
# Words that SQL reads as functions although they look like columns; ``raw.`` before one makes it a column.
_CLOCK_WORDS = {
    "current_date",
    "current_time",
    "current_timestamp",
    "current_user",
    "localtime",
    "localtimestamp",
    "session_user",
}

_STARTING = threading.Lock()  # it may be started beside other work, by whoever comes first


@dataclass(frozen=True, slots=True)
class Expression:
    """A parsed expression. ``columns``: names as a spec writes them (``AETERM``, ``AE.AESTDTC``);
    ``sql``: the same text over columns ``c0``, ``c1`` … in that order; ``where``: its place in the spec."""

    text: str
    columns: tuple[str, ...]
    sql: str
    where: Location = NOWHERE


def prepare() -> None:
    """Start the engine, so that it stands ready when the first expression is parsed."""
    _connection()


def _connection() -> Any:
    with _STARTING:
        return _engine()


@functools.cache
def _engine() -> Any:
    import duckdb

    connection = duckdb.connect(
        config={
            "enable_external_access": "false",
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "threads": "2",
            "max_memory": "4GB",
        }
    )
    # A machine's own time zone would show in results with a zone.
    connection.execute("SET TimeZone='UTC'").fetchall()
    connection.execute("SET lock_configuration=true").fetchall()
    return connection


@functools.cache
def _functions() -> frozenset[str]:
    rows = (
        _connection()
        .execute(
            "SELECT DISTINCT function_name FROM duckdb_functions() "
            "WHERE function_type = 'scalar' AND stability = 'CONSISTENT'"
        )
        .fetchall()
    )
    known = frozenset(name for (name,) in rows if not name.startswith("__internal"))
    return known - _REFUSED_FUNCTIONS | _MACROS


def _ask(question: str, argument: str) -> str:
    """One text answer; everything is fetched, since an open result blocks the connection."""
    return str(_connection().execute(question, [argument]).fetchall()[0][0])


def _unparse(tree: Any) -> str:
    return _ask("SELECT json_deserialize_sql(?::JSON)", json.dumps(tree)).removeprefix("SELECT ")


def sql_problem(text: str, reason: str, where: Location, do: str = "") -> Problem:
    return Problem(
        id="sql-error",
        where=where,
        found=f"{text!r}: {reason}",
        expected="a SQL expression over the columns of the source",
        do=do or "write column names as in the raw file, in double quotes where they hold other signs",
    )


def parse(text: str, qualifiers: Iterable[str] = (), where: Location = NOWHERE) -> Expression:
    """Parse one expression; ``qualifiers`` are the dataset names that may stand before a dot.

    Raises ``ProblemsFound`` (``sql-error``) for anything that is not a scalar expression.
    """
    return _parse(text, frozenset(qualifiers), where)


@functools.lru_cache(maxsize=4096)
def _parse(text: str, qualifiers: frozenset[str], where: Location) -> Expression:
    import duckdb

    if not text.strip():
        raise ProblemsFound(sql_problem(text, "there is no expression", where))
    try:
        tree = json.loads(_ask("SELECT json_serialize_sql(?)", f"SELECT ({text}\n)"))
        if ")" in text and not tree.get("error"):  # `A) OR (B` is an expression in brackets only
            tree = json.loads(_ask("SELECT json_serialize_sql(?)", f"SELECT {text}\n"))
    except duckdb.Error as error:
        raise ProblemsFound(sql_problem(text, _first_line(error), where)) from None
    if tree.get("error"):
        raise ProblemsFound(sql_problem(text, str(tree.get("error_message", "not SQL")), where))
    statements = tree["statements"]
    node = statements[0]["node"] if len(statements) == 1 else {}
    if (
        node.get("type") != "SELECT_NODE"
        or len(node["select_list"]) != 1
        or node["from_table"]["type"] != "EMPTY"
        or node["where_clause"] is not None
        or node["modifiers"]
        or node["cte_map"]["map"]
    ):
        raise ProblemsFound(sql_problem(text, "this is a whole query", where))
    columns: dict[str, int] = {}
    _walk(node["select_list"][0], columns, qualifiers, text, where)
    return Expression(text, tuple(columns), _unparse(tree), where)


def _walk(node: Any, columns: dict[str, int], qualifiers: frozenset[str], text: str, where: Location) -> None:
    if isinstance(node, list):
        for item in node:
            _walk(item, columns, qualifiers, text, where)
        return
    if not isinstance(node, dict):
        return
    kind = node.get("class")
    if kind is not None and kind not in _CLASSES:
        raise ProblemsFound(
            sql_problem(text, f"{kind.replace('_', ' ').lower()} is not allowed in a spec", where)
        )
    if kind == "FUNCTION":
        name = str(node["function_name"]).lower()
        if name not in _functions():
            reason = f"function {name} is not allowed in a spec, or does not exist"
            raise ProblemsFound(sql_problem(text, reason, where, suggest(name, _functions())))
    if kind == "COLUMN_REF":
        parts = node["column_names"]
        if len(parts) == 1 and parts[0].lower() in _CLOCK_WORDS:
            reason = f"{parts[0]} depends on the clock or the machine"
            do = f"write a date; a raw column of that name is raw.{parts[0]}"
            raise ProblemsFound(sql_problem(text, reason, where, do))
        name = column_name(parts)
        node["column_names"] = [f"c{columns.setdefault(name, len(columns))}"]
        return
    for value in node.values():
        _walk(value, columns, qualifiers, text, where)


def column_name(parts: Sequence[str]) -> str:
    """A column reference as the spec names it: ``raw.X`` is X; dots inside a raw name belong to it.

    ``raw.`` stays before a column whose own name looks like a variable of a domain: raw."DM.AGE".
    """
    if len(parts) > 1 and parts[0] == "raw":
        name = ".".join(parts[1:])
        return f"raw.{name}" if _LIKE_A_VARIABLE.match(name) else name
    return ".".join(parts)


def evaluate(
    expressions: Sequence[Expression],
    column: Callable[[str], pd.Series],
    index: pd.Index,
) -> list[Any]:
    """Evaluate expressions over one block with a single query.

    ``column`` gives each named column (text or numbers) with ``index``. Returns for each expression an
    arrow array of the block's length. Raises ``ProblemsFound`` when the SQL fails on the data.
    """
    import duckdb
    import pyarrow as pa

    names: dict[str, int] = {}
    selected = []
    for expression in expressions:
        slots = [names.setdefault(name, len(names)) for name in expression.columns]
        selected.append(_renumber(expression, slots))
    arrays = {f"c{slot}": arrow(column(name)) for name, slot in names.items()}
    arrays["row_"] = pa.array(np.arange(len(index), dtype=np.int64))
    connection = _connection()
    block = pa.table(arrays)
    connection.register("block_", block)
    try:
        listed = ", ".join(f"({sql}) AS e{i}" for i, sql in enumerate(selected))
        result = connection.sql(f"SELECT {listed} FROM block_").to_arrow_table()
    except duckdb.Error as error:
        if len(expressions) > 1:  # find the one to blame
            return [evaluate([each], column, index)[0] for each in expressions]
        raise ProblemsFound(
            sql_problem(
                expressions[0].text,
                _first_line(error),
                expressions[0].where,
                "raw columns are text: use TRY_CAST(column AS DOUBLE) to compare numbers",
            )
        ) from None
    finally:
        connection.unregister("block_")
    return [result.column(i).combine_chunks() for i in range(len(expressions))]


def _renumber(expression: Expression, slots: Sequence[int]) -> str:
    if list(slots) == list(range(len(slots))):
        return expression.sql
    tree = json.loads(_ask("SELECT json_serialize_sql(?)", f"SELECT {expression.sql}"))

    def walk(node: Any) -> None:
        if isinstance(node, list):
            for item in node:
                walk(item)
        elif isinstance(node, dict):
            if node.get("class") == "COLUMN_REF":
                node["column_names"] = [f"c{slots[int(node['column_names'][0][1:])]}"]
            for value in node.values():
                walk(value)

    walk(tree)
    return _unparse(tree)


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n")[0]


def arrow(column: pd.Series) -> Any:
    """A text or number column as an arrow array, without a copy of each text."""
    import pyarrow as pa

    if isinstance(column.dtype, pd.CategoricalDtype):
        codes = column.cat.codes.to_numpy()
        indices = pa.array(codes, mask=codes < 0)
        return pa.DictionaryArray.from_arrays(indices, arrow_texts(column.cat.categories, "string"))
    if pd.api.types.is_string_dtype(column.dtype):
        return pa.array(column, type=pa.string(), from_pandas=True)
    return pa.array(column.to_numpy(), from_pandas=True)


def truth(array: Any, text: str, where: Location) -> tuple[np.ndarray, np.ndarray]:
    """A condition's result as two masks: true, unknown. The rest is false."""
    import pyarrow as pa

    if not pa.types.is_boolean(array.type):
        raise ProblemsFound(sql_problem(text, "this is not a condition (true or false)", where))
    unknown = array.is_null().to_numpy(zero_copy_only=False)
    return array.fill_null(False).to_numpy(zero_copy_only=False), unknown


def column_of(array: Any, index: pd.Index, text: str, where: Location) -> pd.Series:
    """An expression's result as a text column (an empty text is missing), or float64 where it is a number."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = array.type
    if pa.types.is_boolean(kind):
        raise ProblemsFound(
            sql_problem(text, "a condition has no text; write CASE WHEN … THEN 'Y' END", where)
        )
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        values = pc.cast(array, pa.float64()).to_numpy(zero_copy_only=False)
        return pd.Series(values, index=index)
    if not pa.types.is_string(kind) and not pa.types.is_dictionary(kind):
        if pa.types.is_null(kind):
            return from_codes(np.full(len(index), -1, np.int8), [], index)
        if not pa.types.is_date(kind):
            raise ProblemsFound(sql_problem(text, f"a result of type {kind} has no SDTM form", where))
        array = pc.cast(array, pa.string())
    encoded = array if pa.types.is_dictionary(kind) else array.dictionary_encode()
    codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    filled = [value or None for value in encoded.dictionary.to_pylist()]  # an empty text is missing
    kept, unique = pd.factorize(np.array(filled, dtype=object))
    return from_codes(np.append(kept, -1)[codes], list(unique), index)
