"""A source in a PostgreSQL database: its canonical tables found, typed and streamed to Parquet in batches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlglot import exp

from riskkit.data.postgres_connection import asking, connect
from riskkit.data.raw import check_columns
from riskkit.data.schemas import SQL_TYPES, TABLES
from riskkit.data.staging import staged
from riskkit.errors import DataContractError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import psycopg
    import pyarrow as pa

    from riskkit.data.schemas import TableSchema

    Progress = Callable[[str, int, int], None]

DEFAULT_SCHEMA = "public"
BATCH_ROWS = 50_000


def list_tables(connection: psycopg.Connection[Any], schema: str) -> dict[str, list[str]]:
    """Return the canonical tables of a database schema and the columns that each has.

    Parameters
    ----------
    connection : psycopg.Connection
        Open connection.
    schema : str
        Database schema.

    Returns
    -------
    dict of str to list of str
        Columns by canonical table, of tables, views and foreign tables that may be read.

    Raises
    ------
    DataContractError
        If the schema has none of them, or one lacks a column which it needs.
    """
    names = [exp.column("table_name"), exp.column("column_name")]
    # The type of the catalogue's own names is no text that Python knows how to send an array against.
    query = exp.select(*[exp.cast(name, "TEXT") for name in names]).from_("information_schema.columns")
    query = query.where(exp.column("table_schema").eq(exp.Placeholder(this="schema"))).order_by("ordinal_position")
    found: dict[str, list[str]] = {}
    with asking(schema):
        for table, column in connection.execute(_sent(query), {"schema": schema}).fetchall():
            if table in TABLES:
                found.setdefault(table, []).append(column)
    if not found:
        message = f"{schema}: no canonical table there that may be read, expected {', '.join(TABLES)}. Give the schema."
        raise DataContractError(message)
    for table, columns in found.items():
        check_columns(f"{schema}.{table}", columns, TABLES[table])
    return found


def _sent(query: exp.Query) -> bytes:
    return query.sql("postgres").encode()


def typed_query(table: TableSchema, schema: str, columns: Sequence[str]) -> exp.Select:
    """Select a canonical table with every column of its contract and the contract's types.

    Parameters
    ----------
    table : TableSchema
        The table.
    schema : str
        Database schema.
    columns : sequence of str
        Columns that it has there; none of them for a table that is not there, which then has no rows.

    Returns
    -------
    sqlglot.expressions.Select
        The query.

    Examples
    --------
    >>> typed_query(TABLES["person"], "claims", ["person_id"]).sql("postgres")[:55]
    'SELECT CAST("person_id" AS VARCHAR) COLLATE "C" AS pers'
    """
    chosen = []
    for column in table.columns:
        value = exp.column(exp.to_identifier(column.name, quoted=True)) if column.name in columns else exp.null()
        typed: exp.Expr = exp.cast(value, SQL_TYPES[column.kind])
        if column.kind == "text":
            # Text is ordered by bytes, as the other engines do, and not by the customs of a language.
            typed = exp.Collate(this=typed, expression=exp.to_identifier("C", quoted=True))
        chosen.append(exp.alias_(typed, column.name))
    query = exp.select(*chosen)
    return query.from_(exp.table_(table.name, db=schema, quoted=True)) if columns else query.where(exp.false())


def stream_tables(
    target: Path,
    *,
    dsn: str = "",
    schema: str = DEFAULT_SCHEMA,
    tables: Sequence[str] = (),
    batch_rows: int = BATCH_ROWS,
    progress: Progress | None = None,
) -> dict[str, int]:
    """Write the canonical tables of a database to Parquet, a batch at a time, as they were at one moment.

    Parameters
    ----------
    target : pathlib.Path
        Folder for ``<table>.parquet``; written whole or not at all.
    dsn : str, default ""
        Connection string without a password; see :func:`riskkit.data.postgres_connection.connect`.
    schema : str, default "public"
        Database schema.
    tables : sequence of str, default ()
        Canonical tables to write; all that the schema has where not given.
    batch_rows : int, default 50,000
        Rows held in memory at a time.
    progress : callable, optional
        Called with (table, tables done, tables in all).

    Returns
    -------
    dict of str to int
        Rows written by table.

    Raises
    ------
    DataContractError
        If the server cannot be reached, or a table or column is missing or of another type.
    PolicyError
        If psycopg is not installed, or the connection string holds a password.
    """
    from psycopg import IsolationLevel

    written: dict[str, int] = {}
    with connect(dsn) as connection, staged(target) as stage:
        connection.read_only, connection.isolation_level = True, IsolationLevel.REPEATABLE_READ
        found = list_tables(connection, schema)
        chosen = list(tables or found)
        for absent in [name for name in chosen if name not in found]:
            message = f"{schema}.{absent}: no such canonical table there; found {', '.join(found)}. Create it."
            raise DataContractError(message)
        for done, name in enumerate(chosen):
            if progress:
                progress(name, done, len(chosen))
            query = typed_query(TABLES[name], schema, found[name])
            written[name] = _stream(connection, query, stage / f"{name}.parquet", batch_rows)
        if progress:
            progress("done", len(chosen), len(chosen))
    return written


def _stream(connection: psycopg.Connection[Any], query: exp.Select, file: Path, batch_rows: int) -> int:
    """Copy the rows of one query through a cursor of the server, so that no table has to fit into memory."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    kinds = arrow_schema(TABLES[file.stem])
    rows = 0
    with (
        asking(file.stem),
        connection.cursor(name="riskkit_stream", binary=True) as cursor,
        pq.ParquetWriter(file, kinds) as writer,
    ):
        cursor.execute(_sent(query))
        while batch := cursor.fetchmany(batch_rows):
            columns = zip(*batch, strict=True)
            held = [pa.array(values, kind.type) for values, kind in zip(columns, kinds, strict=True)]
            writer.write_batch(pa.record_batch(held, schema=kinds))
            rows += len(batch)
    return rows


def arrow_schema(table: TableSchema) -> pa.Schema:
    """Return the types that a canonical table has in a Parquet file.

    Parameters
    ----------
    table : TableSchema
        The table.

    Returns
    -------
    pyarrow.Schema
        Name and type of each column.
    """
    import pyarrow as pa

    kinds = {
        "text": pa.string(),
        "date": pa.date32(),
        "time": pa.timestamp("us"),
        "number": pa.float64(),
        "amount": pa.float64(),
        "integer": pa.int64(),
        "flag": pa.bool_(),
    }
    return pa.schema([(column.name, kinds[column.kind]) for column in table.columns])
