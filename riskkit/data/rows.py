"""Rows under their contract: a raw file opened, its columns typed, its rules applied, good rows written."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from sqlglot import exp

from riskkit.data.engine import fetch_rows
from riskkit.data.quality import Rule, TableQuality, count_violations, row_rules
from riskkit.data.schemas import SQL_TYPES
from riskkit.errors import DataContractError

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

    from riskkit.data.schemas import Column, TableSchema


def open_raw(engine: duckdb.DuckDBPyConnection, file: Path) -> list[str]:
    """Make the view ``raw_rows`` over a file.

    Parameters
    ----------
    engine : duckdb.DuckDBPyConnection
        Connection that gets the view.
    file : pathlib.Path
        A Parquet file, or a CSV file in UTF-8 with a header line.

    Returns
    -------
    list of str
        Names of the file's columns.

    Raises
    ------
    DataContractError
        If the file is empty, cut short, not UTF-8 or not of its kind.
    """
    import duckdb

    if file.stat().st_size == 0:
        message = f"{file.name}: the file is empty. Expected a header line and rows; export it again."
        raise DataContractError(message)
    try:
        if file.suffix == ".csv":
            _check_utf8(file)
            engine.from_csv_auto(
                str(file), header=True, all_varchar=True, quotechar='"', delimiter=",", strict_mode=True
            ).create_view("raw_rows")
        else:
            engine.from_parquet(str(file)).create_view("raw_rows")
    except duckdb.Error as exc:
        reason = str(exc).splitlines()[0]
        message = f"{file.name}: cannot be read as {file.suffix[1:]} ({reason}). Export it again."
        raise DataContractError(message) from exc
    return [str(row[0]) for row in engine.execute("DESCRIBE raw_rows").fetchall()]


def _check_utf8(file: Path) -> None:
    with file.open(encoding="utf-8") as text:
        try:
            for _ in text:
                pass
        except UnicodeDecodeError as exc:
            message = (
                f"{file.name}: not UTF-8 (byte 0x{exc.object[exc.start]:02x} cannot be decoded; it looks like GBK). "
                "Save the file as UTF-8 and read it again."
            )
            raise DataContractError(message) from exc


def type_rows(engine: duckdb.DuckDBPyConnection, schema: TableSchema) -> None:
    """Make the views ``cast_rows`` (raw and typed values) and ``typed_rows`` (the same, and whether a row is bad).

    Parameters
    ----------
    engine : duckdb.DuckDBPyConnection
        Connection with the view ``raw_rows``.
    schema : TableSchema
        The table that the rows belong to.
    """
    kinds = {str(row[0]): str(row[1]) for row in engine.execute("DESCRIBE raw_rows").fetchall()}
    columns = [part for column in schema.columns for part in _cast(column, kinds.get(column.name))]
    _make_view(engine, "cast_rows", exp.select(*columns).from_("raw_rows"))
    broken = [exp.func("COALESCE", rule.broken, exp.false()) for rule in _all_rules(engine, schema)]
    flag = exp.alias_(exp.or_(*broken), "is_bad")
    _make_view(engine, "typed_rows", exp.select(exp.Star(), flag).from_("cast_rows"))


def _make_view(engine: duckdb.DuckDBPyConnection, name: str, query: exp.Query) -> None:
    engine.execute(exp.Create(this=exp.to_table(name), kind="VIEW", expression=query).sql("duckdb"))


def _cast(column: Column, kind: str | None) -> tuple[exp.Expr, exp.Expr]:
    """Return a column as it was found and as its declared type, which is missing where the text cannot be read."""
    wanted, typed_name = SQL_TYPES[column.kind], f"typed_{column.name}"
    if kind is None:
        absent = exp.null()
        return exp.alias_(absent, column.name), exp.alias_(exp.cast(absent.copy(), wanted), typed_name)
    found = exp.column(column.name)
    if kind == wanted:
        return found, exp.alias_(found.copy(), typed_name)
    text = exp.cast(found, "VARCHAR")
    # A timestamp column may carry a calendar day: its midnight is dropped, and nothing else.
    midnight = [exp.convert("[ T]00:00:00(\\.0+)?$"), exp.convert("")]
    source = exp.func("REGEXP_REPLACE", text.copy(), *midnight) if column.kind == "date" else text.copy()
    return exp.alias_(text, column.name), exp.alias_(
        exp.TryCast(this=source, to=exp.DataType.build(wanted)), typed_name
    )


def _all_rules(engine: duckdb.DuckDBPyConnection, schema: TableSchema) -> list[Rule]:
    return [*row_rules(schema, date.today()), *_relation_rules(engine, schema)]


def _relation_rules(engine: duckdb.DuckDBPyConnection, schema: TableSchema) -> list[Rule]:
    """Rules that look beyond the row: a key stands once, a person is known."""
    keys = [exp.column(name) for name in schema.key]
    twice = exp.select(*(key.copy() for key in keys)).from_("cast_rows").group_by(*(key.copy() for key in keys))
    twice = twice.having(exp.GT(this=exp.Count(this=exp.Star()), expression=exp.convert(1)))
    repeated = exp.In(this=exp.Tuple(expressions=keys), query=exp.Subquery(this=twice))
    rules = [Rule(f"{' + '.join(schema.key)}: stands once", schema.key[-1], repeated, "each key once")]
    if schema.name != "person" and _has_table(engine, "known_person"):
        known = exp.Subquery(this=exp.select("person_id").from_("known_person"))
        orphan = exp.not_(exp.In(this=exp.column("person_id"), query=known))
        rules.append(Rule("person_id: known", "person_id", orphan, "a person_id of table person"))
    return rules


def _has_table(engine: duckdb.DuckDBPyConnection, name: str) -> bool:
    query = exp.select("1").from_("duckdb_tables()").where(exp.column("table_name").eq(name))
    return bool(fetch_rows(engine, query))


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
    return TableQuality(schema.name, rows_in, rows_in - bad, bad, violations, ignored)


def write_clean(engine: duckdb.DuckDBPyConnection, schema: TableSchema, file: Path, layout: str) -> None:
    """Write the rows that keep every rule, typed and sorted by key.

    Parameters
    ----------
    engine : duckdb.DuckDBPyConnection
        Connection with the views of `type_rows`.
    schema : TableSchema
        The table that the rows belong to.
    file : pathlib.Path
        Where to write.
    layout : str
        ``"parquet"`` or ``"csv"``.
    """
    typed = [exp.alias_(exp.column(f"typed_{name}"), name) for name in schema.column_names]
    query = exp.select(*typed).from_("typed_rows").where(exp.not_(exp.column("is_bad"))).order_by(*schema.key)
    relation = engine.sql(query.sql("duckdb"))
    if layout == "csv":
        relation.write_csv(str(file), header=True)
    else:
        relation.write_parquet(str(file), compression="zstd")


def write_quarantine(engine: duckdb.DuckDBPyConnection, schema: TableSchema, target: Path) -> None:
    """Write the rows that break a rule, as they were found and with their reasons, to ``quarantine/<table>.parquet``.

    Parameters
    ----------
    engine : duckdb.DuckDBPyConnection
        Connection with the views of `type_rows`.
    schema : TableSchema
        The table that the rows belong to.
    target : pathlib.Path
        Folder that gets the folder ``quarantine``.
    """
    place = target / "quarantine"
    place.mkdir(exist_ok=True)
    rules = _all_rules(engine, schema)
    reasons = [exp.Case(ifs=[exp.If(this=rule.broken, true=exp.convert(rule.name))]) for rule in rules]
    # The function as each engine has it: sqlglot's own node would return nothing where any reason is missing.
    reason = exp.Anonymous(this="CONCAT_WS", expressions=[exp.convert("; "), *reasons])
    query = exp.select(*schema.column_names, exp.alias_(reason, "reason")).from_("typed_rows").where("is_bad")
    engine.sql(query.order_by(*schema.key).sql("duckdb")).write_parquet(str(place / f"{schema.name}.parquet"))


def drop_rows(engine: duckdb.DuckDBPyConnection) -> None:
    """Drop the views of `open_raw` and `type_rows`, so that the next table can have them.

    Parameters
    ----------
    engine : duckdb.DuckDBPyConnection
        Connection with the views.
    """
    for view in ("typed_rows", "cast_rows", "raw_rows"):
        engine.execute(f"DROP VIEW {view}")
