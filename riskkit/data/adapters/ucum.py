"""Units: spellings of the Unified Code for Units of Measure, and the canonical unit that each stands for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from riskkit.data.adapters.mapping import MAPPINGS

if TYPE_CHECKING:
    import duckdb


def load_units(engine: duckdb.DuckDBPyConnection) -> None:
    """Give a connection the units of the results that are mapped.

    Parameters
    ----------
    engine : duckdb.DuckDBPyConnection
        Connection that gets ``ucum_unit`` (`ucum`, `unit`).

    Examples
    --------
    >>> from riskkit.data.engine import open_engine
    >>> with open_engine() as engine:
    ...     load_units(engine)
    ...     engine.execute("SELECT unit FROM ucum_unit WHERE ucum = 'mm[Hg]'").fetchall()
    [('mmHg',)]
    """
    load_list(engine, "ucum_unit", "terms/ucum")


def load_list(engine: duckdb.DuckDBPyConnection, table: str, file: str) -> None:
    """Give a connection a list that is kept beside the mappings.

    Parameters
    ----------
    engine : duckdb.DuckDBPyConnection
        Connection that gets the table, all of text.
    table : str
        Its name.
    file : str
        Path under ``mappings``, without ``.csv``.
    """
    statement = f"CREATE TEMP TABLE {table} AS SELECT * FROM read_csv($path, all_varchar=true, header=true, delim=',')"  # noqa: S608 - a name of an adapter's module
    engine.execute(statement, {"path": str(MAPPINGS / f"{file}.csv")})
