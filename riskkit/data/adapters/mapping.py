"""A mapping: one SQL text per canonical table over a source's text, run and written all or nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlglot import exp

from riskkit.data.adapters.report import Unmapped
from riskkit.data.engine import fetch_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import duckdb

    Progress = Callable[[str, int, int], None]

MAPPINGS = Path(__file__).parent / "mappings"


def read_mapping(adapter: str, name: str) -> str:
    """Read the SQL text that maps a source onto one canonical table.

    Parameters
    ----------
    adapter : str
        Folder under ``mappings``.
    name : str
        File name without ``.sql``.

    Returns
    -------
    str
        The statement.
    """
    return (MAPPINGS / adapter / f"{name}.sql").read_text(encoding="utf-8")


def prepare(engine: duckdb.DuckDBPyConnection, adapter: str, steps: Sequence[str]) -> None:
    """Run the statements that make an adapter's intermediate tables.

    Parameters
    ----------
    engine : duckdb.DuckDBPyConnection
        Connection that holds the source's text.
    adapter : str
        Folder under ``mappings``.
    steps : sequence of str
        Statement files, in order.
    """
    for step in steps:
        engine.execute(read_mapping(adapter, step))


def write_mapped(
    engine: duckdb.DuckDBPyConnection,
    adapter: str,
    tables: Sequence[str],
    stage: Path,
    *,
    progress: Progress | None = None,
) -> dict[str, int]:
    """Write canonical tables as Parquet, one mapping each.

    Parameters
    ----------
    engine : duckdb.DuckDBPyConnection
        Connection that holds the prepared source.
    adapter : str
        Folder under ``mappings``.
    tables : sequence of str
        Canonical tables; each has a statement of its name.
    stage : pathlib.Path
        Folder to write to.
    progress : callable, optional
        Called with (table, tables done, tables in all).

    Returns
    -------
    dict of str to int
        Rows written per table.
    """
    rows = {}
    for done, table in enumerate(tables):
        if progress:
            progress(table, done, len(tables))
        file = stage / f"{table}.parquet"
        file.parent.mkdir(parents=True, exist_ok=True)
        engine.sql(read_mapping(adapter, table)).write_parquet(str(file), compression="zstd")
        rows[table] = int(engine.from_parquet(str(file)).aggregate("count(*)").fetchall()[0][0])
    return rows


def count_unmapped(
    engine: duckdb.DuckDBPyConnection, view: str, columns: Mapping[str, str], *, missing: str = ""
) -> tuple[Unmapped, ...]:
    """Count the present values of columns that have no place in the canonical tables.

    Parameters
    ----------
    engine : duckdb.DuckDBPyConnection
        Connection that holds the source's text.
    view : str
        Relation with the columns.
    columns : mapping of str to str
        Reason per column name.
    missing : str, default ""
        A further text that does not count as a value, such as ``"No"``.

    Returns
    -------
    tuple of Unmapped
        One entry per column, in the order given.
    """
    counts = [
        exp.Count(this=exp.func("NULLIF", exp.column(name, quoted=True), exp.convert(missing))) for name in columns
    ]
    row = fetch_rows(engine, exp.select(*counts).from_(view))[0]
    return tuple(Unmapped(name, int(rows), reason) for (name, reason), rows in zip(columns.items(), row, strict=True))


def read_oddities(engine: duckdb.DuckDBPyConnection) -> tuple[Unmapped, ...]:
    """List the rows that needed a decision.

    Parameters
    ----------
    engine : duckdb.DuckDBPyConnection
        Connection with the table ``oddity`` (`what`, `number`, `reason`).

    Returns
    -------
    tuple of Unmapped
        One entry per row of the table, in its order.
    """
    counted = fetch_rows(engine, exp.select("what", "number", "reason").from_("oddity"))
    return tuple(Unmapped(str(what), int(number), str(reason)) for what, number, reason in counted)


def reconcile(engine: duckdb.DuckDBPyConnection, adapter: str) -> dict[str, object]:
    """Run an adapter's control figures.

    Parameters
    ----------
    engine : duckdb.DuckDBPyConnection
        Connection that holds the prepared source.
    adapter : str
        Folder under ``mappings`` with ``reconciliation.sql``.

    Returns
    -------
    dict
        Figures by name.
    """
    relation = engine.sql(read_mapping(adapter, "reconciliation"))
    return dict(zip(relation.columns, relation.fetchall()[0], strict=True))
