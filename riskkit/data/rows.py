"""Rows under their contract: raw columns typed, rules applied, good rows written and bad rows set aside."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from sqlglot import exp

from riskkit.data.casts import cast_column
from riskkit.data.engine import fetch_rows
from riskkit.data.pseudonyms import hide_persons
from riskkit.data.quality import TableQuality, count_violations
from riskkit.data.raw import describe
from riskkit.data.rules import Rule, relation_rules, row_rules
from riskkit.data.schemas import TABLES
from riskkit.data.units import convert_units, count_conversions

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

    from riskkit.data.contract import TableSchema


def type_rows(engine: duckdb.DuckDBPyConnection, schema: TableSchema) -> None:
    """Make the views ``cast_rows`` (raw and typed values) and ``typed_rows`` (the same, and whether a row is bad).

    Parameters
    ----------
    engine : duckdb.DuckDBPyConnection
        Connection with the view ``raw_rows``, and ``known_<table>`` for each table whose keys are known.
    schema : TableSchema
        The table that the rows belong to.
    """
    kinds = describe(engine, "raw_rows")
    columns = [part for column in schema.columns for part in cast_column(column, kinds.get(column.name))]
    _make(engine, "VIEW", "cast_rows", exp.select(*convert_units(schema, columns)).from_("raw_rows"))
    keys = [_typed(name) for name in schema.key]
    # Found once and kept, since every later pass asks again; it is empty for sound data.
    twice = exp.select(*keys).from_("cast_rows").group_by(*(key.copy() for key in keys))
    twice = twice.having(exp.GT(this=exp.Count(this=exp.Star()), expression=exp.convert(1)))
    _make(engine, "TABLE", "repeated_key", twice)
    broken = [exp.func("COALESCE", rule.broken, exp.false()) for rule in _all_rules(engine, schema)]
    flag = exp.alias_(exp.or_(*broken), "is_bad")
    _make(engine, "VIEW", "typed_rows", exp.select(exp.Star(), flag).from_("cast_rows"))


def _make(engine: duckdb.DuckDBPyConnection, kind: str, name: str, query: exp.Query) -> None:
    temporary = exp.Properties(expressions=[exp.TemporaryProperty()])
    made = exp.Create(this=exp.to_table(name), kind=kind, expression=query, properties=temporary)
    engine.execute(made.sql("duckdb"))


def _typed(name: str) -> exp.Column:
    return exp.column(f"typed_{name}")


def _all_rules(engine: duckdb.DuckDBPyConnection, schema: TableSchema) -> list[Rule]:
    return [*row_rules(schema, date.today()), *relation_rules(schema, _known_tables(engine))]


def keep_keys(engine: duckdb.DuckDBPyConnection, schema: TableSchema) -> None:
    """Keep the keys of the accepted rows, so that the rows of later tables can be held against them.

    Parameters
    ----------
    engine : duckdb.DuckDBPyConnection
        Connection with the views of `type_rows` for the table.
    schema : TableSchema
        The table; nothing is kept of one to which no other refers.
    """
    wanted = {r.key for table in TABLES.values() for r in table.references if r.table == schema.name}
    for key in wanted:
        kept = exp.select(exp.alias_(_typed(key), key)).from_("typed_rows").where(exp.not_("is_bad"))
        _make(engine, "TABLE", f"known_{schema.name}", kept)


def _known_tables(engine: duckdb.DuckDBPyConnection) -> set[str]:
    rows = fetch_rows(engine, exp.select("table_name").from_("duckdb_tables()"))
    return {str(name).removeprefix("known_") for (name,) in rows if str(name).startswith("known_")}


def measure(engine: duckdb.DuckDBPyConnection, schema: TableSchema, ignored: tuple[str, ...]) -> TableQuality:
    """Count rows in, rows that break a rule, and each broken rule.

    Parameters
    ----------
    engine : duckdb.DuckDBPyConnection
        Connection with the views of `type_rows`.
    schema : TableSchema
        The table that the rows belong to.
    ignored : tuple of str
        Columns of the file that the table does not have.

    Returns
    -------
    TableQuality
        Rows in = accepted + quarantined.
    """
    everything = exp.Count(this=exp.Star())
    flagged = exp.Filter(this=everything.copy(), expression=exp.Where(this=exp.column("is_bad")))
    rows_in, bad = fetch_rows(engine, exp.select(everything, flagged).from_("typed_rows"))[0]
    violations = count_violations(engine, "cast_rows", schema, _all_rules(engine, schema)) if bad else ()
    conversions = count_conversions(engine, schema)
    return TableQuality(schema.name, rows_in, rows_in - bad, bad, violations, ignored, conversions)


def write_clean(engine: duckdb.DuckDBPyConnection, schema: TableSchema, file: Path) -> None:
    """Write the rows that keep every rule, typed and sorted by key.

    Parameters
    ----------
    engine : duckdb.DuckDBPyConnection
        Connection with the views of `type_rows`.
    schema : TableSchema
        The table that the rows belong to.
    file : pathlib.Path
        Where to write, as Parquet or, where the name ends in ``.csv``, as CSV.
    """
    typed = [exp.alias_(exp.column(f"typed_{name}"), name) for name in schema.column_names]
    kept = exp.select(*typed).from_("typed_rows").where(exp.not_(exp.column("is_bad")))
    # Sorted after the hashing: the order of the rows must not say the order of the identifiers.
    query = exp.select(exp.Star()).from_(hide_persons(engine, kept).subquery("kept")).order_by(*schema.key)
    relation = engine.sql(query.sql("duckdb"))
    if file.suffix == ".csv":
        relation.write_csv(str(file), header=True)
    else:
        relation.write_parquet(str(file), compression="zstd")


def write_quarantine(engine: duckdb.DuckDBPyConnection, schema: TableSchema, folder: Path) -> None:
    """Write the rows that break a rule, as they were found and with their reasons, to ``<table>.parquet``.

    Parameters
    ----------
    engine : duckdb.DuckDBPyConnection
        Connection with the views of `type_rows`.
    schema : TableSchema
        The table that the rows belong to.
    folder : pathlib.Path
        Folder that gets the file; it is made where it is absent.
    """
    folder.mkdir(exist_ok=True)
    rules = _all_rules(engine, schema)
    reasons = [exp.Case(ifs=[exp.If(this=rule.broken, true=exp.convert(rule.name))]) for rule in rules]
    # The function as each engine has it: sqlglot's own node would return nothing where any reason is missing.
    reason = exp.Anonymous(this="CONCAT_WS", expressions=[exp.convert("; "), *reasons])
    columns = [exp.column(name) for name in schema.column_names]
    aside = exp.select(*columns, exp.alias_(reason, "reason")).from_("typed_rows").where("is_bad")
    query = exp.select(exp.Star()).from_(hide_persons(engine, aside).subquery("aside")).order_by(*schema.key)
    engine.sql(query.sql("duckdb")).write_parquet(str(folder / f"{schema.name}.parquet"))


def drop_rows(engine: duckdb.DuckDBPyConnection) -> None:
    """Drop the view ``raw_rows`` and what `type_rows` made of it, so that the next table can have them.

    Parameters
    ----------
    engine : duckdb.DuckDBPyConnection
        Connection with the views.
    """
    engine.execute("DROP VIEW typed_rows")
    engine.execute("DROP TABLE repeated_key")
    engine.execute("DROP VIEW cast_rows")
    engine.execute("DROP VIEW raw_rows")
