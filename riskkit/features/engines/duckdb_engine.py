"""DuckDB, the default engine: embedded, with a memory limit, spilling to a temporary folder."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from riskkit.data.engine import DEFAULT_MEMORY_GB, DEFAULT_THREADS, open_engine, open_tables
from riskkit.features.engines.protocol import read_numbers, relations

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    import duckdb
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray
    from sqlglot import exp


@dataclass(frozen=True)
class DuckDBSession:
    """A source opened by DuckDB.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        Connection that knows the canonical tables, the spine and the map of codes.
    delivered : frozenset of str
        Names of the canonical tables that the source has.
    """

    connection: duckdb.DuckDBPyConnection
    delivered: frozenset[str]

    def answer(self, query: exp.Query) -> dict[str, NDArray[np.float64]]:
        """Run one query; see :class:`riskkit.features.engines.protocol.Session`.

        Parameters
        ----------
        query : sqlglot.expressions.Query
            The query.

        Returns
        -------
        dict of str to numpy.ndarray
            float64 values by column.
        """
        return read_numbers(self.connection.sql(query.sql("duckdb")).to_arrow_table())


@dataclass(frozen=True)
class DuckDBEngine:
    """Answer the catalogue inside this process.

    Parameters
    ----------
    memory_gb : float, default 4
        Memory limit in gigabytes (> 0); more than that is spilled to disk.
    threads : int, default 2
        Worker threads.
    spill : pathlib.Path, optional
        Folder under which a temporary folder to spill to is made; the system's own where not given.
    """

    memory_gb: float = DEFAULT_MEMORY_GB
    threads: int = DEFAULT_THREADS
    spill: Path | None = None

    @contextmanager
    def open(
        self, tables: Mapping[str, Path | pd.DataFrame], spine: pd.DataFrame, code_map: pd.DataFrame
    ) -> Iterator[DuckDBSession]:
        """Open the tables of a source beside the spine and the map of codes.

        Parameters
        ----------
        tables : mapping of str to pathlib.Path or pandas.DataFrame
            Canonical tables; other names are left alone.
        spine : pandas.DataFrame
            `row_id`, `person_id`, `index_date`, `as_of_date`.
        code_map : pandas.DataFrame
            `code`, `vocabulary`, `code_group`, `points`.

        Yields
        ------
        DuckDBSession
            The opened source.

        Raises
        ------
        DataContractError
            If a file cannot be read or a table lacks a column which it needs.
        """
        with open_engine(memory_gb=self.memory_gb, threads=self.threads, spill=self.spill) as connection:
            delivered = open_tables(connection, tables)
            for name, rows in relations(spine, code_map).items():
                connection.register(name, rows)
            yield DuckDBSession(connection, frozenset(delivered))
