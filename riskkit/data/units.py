"""Units: a laboratory value brought to its analyte's own unit as it is read, and every such conversion counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlglot import exp

from riskkit.data.engine import fetch_rows
from riskkit.data.measures import unit_key

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb

    from riskkit.data.contract import TableSchema


@dataclass(frozen=True)
class Converted:
    """How many values of an analyte came in another unit.

    Parameters
    ----------
    analyte : str
        The analyte.
    unit : str
        The unit in which they came, as the source writes it.
    into : str
        The unit in which they are carried.
    rows : int
        How many.
    """

    analyte: str
    unit: str
    into: str
    rows: int


def convert_units(schema: TableSchema, columns: Sequence[exp.Expr]) -> list[exp.Expr]:
    """Replace the typed value and unit of a table with measures by those of the analyte's own unit.

    Parameters
    ----------
    schema : TableSchema
        The table; one without measures is left alone.
    columns : sequence of sqlglot.expressions.Expr
        Aliased columns, raw and ``typed_``.

    Returns
    -------
    list of sqlglot.expressions.Expr
        The columns in the same order. A unit that is not accepted stays as it is, with its value.
    """
    if not schema.measures:
        return list(columns)
    held = {column.alias: column.this for column in columns}
    analyte, unit, value = (held[f"typed_{name}"] for name in ("analyte", "unit", "value"))
    values, units = [], []
    for measure in schema.measures:
        concerned = analyte.copy().eq(measure.analyte)
        known = exp.In(this=_key(unit), expressions=[exp.convert(unit_key(name)) for name in measure.units])
        units.append(exp.If(this=exp.and_(concerned, known), true=exp.convert(measure.unit)))
        for other in measure.others:
            here = exp.and_(concerned.copy(), _key(unit).eq(unit_key(other.unit)))
            into = value.copy() * exp.convert(other.factor) + exp.convert(other.offset)
            values.append(exp.If(this=here, true=into))
    changed = {
        "typed_value": exp.Case(ifs=values, default=value.copy()),
        "typed_unit": exp.Case(ifs=units, default=unit.copy()),
    }
    return [
        exp.alias_(changed[column.alias], column.alias) if column.alias in changed else column for column in columns
    ]


def count_conversions(engine: duckdb.DuckDBPyConnection, schema: TableSchema) -> tuple[Converted, ...]:
    """Count the values that came in another unit than their analyte's own.

    Parameters
    ----------
    engine : duckdb.DuckDBPyConnection
        Connection with the view ``cast_rows``.
    schema : TableSchema
        The table.

    Returns
    -------
    tuple of Converted
        By analyte and unit.
    """
    if not schema.measures:
        return ()
    keys = [exp.column("typed_analyte"), exp.column("unit"), exp.column("typed_unit")]
    differs = exp.NEQ(this=_key(exp.column("unit")), expression=_key(exp.column("typed_unit")))
    query = exp.select(*keys, exp.Count(this=exp.Star())).from_("cast_rows").where(differs)
    found = fetch_rows(engine, query.group_by(*(key.copy() for key in keys)).order_by("1", "2"))
    return tuple(Converted(*row) for row in found)


def _key(unit: exp.Expr) -> exp.Expr:
    """Spell a unit as `unit_key` does, in SQL."""
    plain: exp.Expr = exp.func("LOWER", unit.copy())
    for found, wanted in (("µ", "u"), ("μ", "u"), (" ", "")):
        plain = exp.func("REPLACE", plain, exp.convert(found), exp.convert(wanted))
    return plain
