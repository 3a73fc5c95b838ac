"""The embedded DuckDB engine, always opened with its limits: threads, memory and a folder to spill to."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from glob import escape
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from riskkit.data.raw import check_columns, describe, reading
from riskkit.data.schemas import SQL_TYPES, TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    import duckdb
    import pandas as pd

    from riskkit.data.schemas import TableSchema

DEFAULT_THREADS = 2
DEFAULT_MEMORY_GB = 4.0


@contextmanager
def open_engine(
    *, memory_gb: float = DEFAULT_MEMORY_GB, threads: int = DEFAULT_THREADS, spill: Path | None = None
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open an in-memory DuckDB connection that spills to a temporary folder and closes with the block.

    Parameters
    ----------
    memory_gb : float, default 4
        Memory limit in gigabytes (> 0); more than that is spilled to disk.
    threads : int, default 2
        Worker threads.
    spill : pathlib.Path, optional
        Folder under which the folder to spill to is made; the system's own for temporary files where not given.

    Yields
    ------
    duckdb.DuckDBPyConnection
        The open connection.

    Examples
    --------
    >>> with open_engine(memory_gb=0.5, threads=1) as engine:
    ...     engine.execute("SELECT 1 + 1").fetchall()
    [(2,)]
    """
    import duckdb

    with tempfile.TemporaryDirectory(prefix="riskkit-spill-", dir=spill) as folder:
        settings: dict[str, str | bool | int | float | list[str]] = {
            "threads": threads,
            "memory_limit": f"{memory_gb}GB",
            "temp_directory": folder,
        }
        connection = duckdb.connect(":memory:", config=settings)
        # DuckDB's own bar would write into logs; progress is told by whoever runs the queries.
        connection.execute("SET enable_progress_bar = false")
        try:
            yield connection
        finally:
            connection.close()


def fetch_rows(engine: duckdb.DuckDBPyConnection, query: exp.Query) -> list[tuple[Any, ...]]:
    """Run a query and fetch all of its rows, which leaves the connection free for the next one.

    Parameters
    ----------
    engine : duckdb.DuckDBPyConnection
        Connection that knows the query's relations.
    query : sqlglot.expressions.Query
        The query.

    Returns
    -------
    list of tuple
        The rows.
    """
    return engine.execute(query.sql("duckdb")).fetchall()


def open_tables(engine: duckdb.DuckDBPyConnection, tables: Mapping[str, Path | pd.DataFrame]) -> set[str]:
    """Give a connection one view per canonical table; a table that the source lacks is an empty view.

    Parameters
    ----------
    engine : duckdb.DuckDBPyConnection
        Connection that gets the views.
    tables : mapping of str to pathlib.Path or pandas.DataFrame
        Parquet file or frame of each table that the source has, with or without rows; other names are left alone.

    Returns
    -------
    set of str
        Names of the canonical tables that the source has.

    Raises
    ------
    DataContractError
        If a file cannot be read or a table lacks a column which it needs.
    """
    for name, schema in TABLES.items():
        held = tables.get(name)
        kinds = {} if held is None else _hold(engine, schema, held)
        columns = [_typed(column.name, SQL_TYPES[column.kind], column.name not in kinds) for column in schema.columns]
        query = exp.select(*columns)
        query = query.from_(f"held_{name}") if kinds else query.where(exp.false())
        engine.execute(exp.Create(this=exp.to_table(name), kind="VIEW", expression=query).sql("duckdb"))
    return set(tables) & set(TABLES)


def _hold(engine: duckdb.DuckDBPyConnection, schema: TableSchema, held: Path | pd.DataFrame) -> dict[str, str]:
    """Make the view ``held_<table>`` and return its columns; a frame without rows has no types and makes no view."""
    import pandas as pd

    view = f"held_{schema.name}"
    if isinstance(held, pd.DataFrame):
        if held.empty:
            return {}
        engine.register(view, held)
        place = schema.name
    else:
        place = held.name
        with reading(held.name, "parquet"):
            # The engine takes a path for a pattern, so what is a pattern in the path itself is escaped.
            engine.from_parquet(escape(str(held))).create_view(view)
    kinds = describe(engine, view)
    check_columns(place, kinds, schema)
    return kinds


def _typed(name: str, kind: str, absent: bool) -> exp.Expr:
    value = exp.null() if absent else exp.column(name)
    return exp.alias_(exp.cast(value, kind), name)
