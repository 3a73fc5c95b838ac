"""Casts: how a raw value becomes its column's declared type, without guessing and without a detour it does not need."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from riskkit.data.schemas import SQL_TYPES

if TYPE_CHECKING:
    from riskkit.data.schemas import Column

DAY = r"\d{4}-\d{2}-\d{2}"
# What text must look like before the engine may read it: left alone it takes 'epoch' for a day and rounds 2.5 to 3.
PATTERNS = {
    "date": DAY + r"([ T]00:00(:00(\.0+)?)?)?",
    "time": DAY + r"[ T]\d{2}:\d{2}(:\d{2}(\.\d+)?)?",
    "integer": r"[+-]?\d+(\.0*)?",
}
WHOLE_TYPES = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT")
FRACTION_TYPES = ("FLOAT", "DOUBLE", "DECIMAL")
INSTANT_TYPES = ("TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS")


def cast_column(column: Column, kind: str | None) -> tuple[exp.Expr, exp.Expr]:
    """Return a column as it was found and as its declared type, which is missing where the value cannot be read.

    Parameters
    ----------
    column : Column
        The declaration.
    kind : str or None
        The engine's type of the column as found; None where the file has no such column.

    Returns
    -------
    tuple of sqlglot.expressions.Expr
        The raw value, called ``<column>``, and the typed one, called ``typed_<column>``.

    Examples
    --------
    >>> from riskkit.data.schemas import PERSON
    >>> [part.sql("duckdb") for part in cast_column(PERSON.column("urban"), "BOOLEAN")]
    ['urban AS urban', 'urban AS typed_urban']
    """
    wanted = SQL_TYPES[column.kind]
    found: exp.Expr = exp.column(column.name)
    typed: exp.Expr
    if kind is None:
        found, typed = exp.null(), exp.cast(exp.null(), wanted)
    elif kind == wanted != "VARCHAR":
        typed = found.copy()
    elif (native := _from_native(column.kind, kind.split("(")[0], found)) is not None:
        typed = native
    else:
        # An empty text is a missing value, in CSV and in Parquet alike.
        found = exp.func("NULLIF", exp.cast(found, "VARCHAR"), exp.convert(""))
        typed = _from_text(column.kind, found.copy())
    return exp.alias_(found, column.name), exp.alias_(typed, f"typed_{column.name}")


def _from_native(kind: str, held: str, value: exp.Expr) -> exp.Expr | None:
    """Read a value of a kindred type without the detour over text; None where there is no such way."""
    read = exp.TryCast(this=value.copy(), to=exp.DataType.build(SQL_TYPES[kind]))
    if kind in {"number", "amount"} and held in WHOLE_TYPES + FRACTION_TYPES:
        return read
    if kind == "integer" and held in WHOLE_TYPES:
        return read
    if kind == "integer" and held in FRACTION_TYPES:
        return _only_if(value.copy().eq(exp.func("FLOOR", value.copy())), read)
    if kind == "time" and held in INSTANT_TYPES:
        return read
    if kind == "date" and held in INSTANT_TYPES:
        return _only_if(value.copy().eq(exp.cast(read.copy(), exp.DataType.build(held, dialect="duckdb"))), read)
    return None


def _from_text(kind: str, text: exp.Expr) -> exp.Expr:
    if kind == "text":
        return text
    bare = exp.func("TRIM", text)
    read = exp.TryCast(this=bare, to=exp.DataType.build(SQL_TYPES[kind]))
    if kind not in PATTERNS:
        return read
    return _only_if(
        exp.Anonymous(this="REGEXP_FULL_MATCH", expressions=[bare.copy(), exp.convert(PATTERNS[kind])]), read
    )


def _only_if(condition: exp.Expr, value: exp.Expr) -> exp.Expr:
    return exp.Case(ifs=[exp.If(this=condition, true=value)])
