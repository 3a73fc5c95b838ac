"""The embedded DuckDB engine, always opened with its limits: threads, memory and a folder to spill to."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from riskkit.data.schemas import SQL_TYPES, TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    import duckdb
    import pandas as pd

DEFAULT_THREADS = 2
DEFAULT_MEMORY_GB = 4.0


@contextmanager
def open_engine(
    *, memory_gb: float = DEFAULT_MEMORY_GB, threads: int = DEFAULT_THREADS
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open an in-memory DuckDB connection that spills to a temporary folder and closes with the block.

    Parameters
    ----------
    memory_gb : float, default 4
        Memory limit in gigabytes (> 0); more than that is spilled to disk.
    threads : int, default 2
        Worker threads.

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

    with tempfile.TemporaryDirectory(prefix="riskkit-spill-") as spill:
        settings = {"threads": threads, "memory_limit": f"{memory_gb}GB", "temp_directory": spill}
        connection = duckdb.connect(":memory:", config=settings)
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
        Parquet file or frame of each table that the source has.

    Returns
    -------
    set of str
        Names of the tables that hold rows.
    """
    import pandas as pd

    for name, schema in TABLES.items():
        held = tables.get(name)
        if isinstance(held, pd.DataFrame):
            engine.register(f"held_{name}", held)
        elif held is not None:
            engine.from_parquet(str(held)).create_view(f"held_{name}")
        columns = [_typed(column.name, SQL_TYPES[column.kind], held is None) for column in schema.columns]
        query = exp.select(*columns)
        query = query.from_(f"held_{name}") if held is not None else query.where(exp.false())
        engine.execute(exp.Create(this=exp.to_table(name), kind="VIEW", expression=query).sql("duckdb"))
    return {name for name in tables if fetch_rows(engine, exp.select("1").from_(name).limit(1))}


def _typed(name: str, kind: str, absent: bool) -> exp.Expr:
    value = exp.null() if absent else exp.column(name)
    return exp.alias_(exp.cast(value, kind), name)
