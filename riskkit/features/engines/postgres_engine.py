"""PostgreSQL: the same catalogue, transpiled, answered where the tables lie; only the spine is sent there."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlglot import exp

from riskkit.data.postgres import DEFAULT_SCHEMA, list_tables, typed_query
from riskkit.data.postgres_connection import asking, connect
from riskkit.data.schemas import TABLES
from riskkit.errors import DataContractError
from riskkit.features.engines.protocol import CODE_GROUP, SPINE, relations

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    import pandas as pd
    import psycopg
    import pyarrow as pa
    from numpy.typing import NDArray

BATCH_ROWS = 20_000
COLUMN_KINDS = {
    SPINE: {"row_id": "BIGINT", "person_id": "TEXT", "index_date": "DATE", "as_of_date": "DATE"},
    CODE_GROUP: {"code": "TEXT", "vocabulary": "TEXT", "code_group": "TEXT", "points": "DOUBLE"},
}
SETTINGS = (
    # What the queries name are the views and tables of this session, and nothing else.
    "SET search_path = pg_temp",
    # Compiling hundreds of aggregates takes longer than running them.
    "SET jit = off",
)


@dataclass(frozen=True)
class PostgresSession:
    """A source opened in its database.

    Parameters
    ----------
    connection : psycopg.Connection
        Connection in a read-only transaction.
    delivered : frozenset of str
        Names of the canonical tables that the database has.
    """

    connection: psycopg.Connection[Any]
    delivered: frozenset[str]

    def answer(self, query: exp.Query) -> dict[str, NDArray[np.float64]]:
        """Run one query in the database; only its answer, a row per member, is sent back.

        Parameters
        ----------
        query : sqlglot.expressions.Query
            The query.

        Returns
        -------
        dict of str to numpy.ndarray
            float64 values by column.

        Raises
        ------
        DataContractError
            If the server cannot answer it.
        """
        text = query.transform(_subtract_days).sql("postgres").encode()
        with asking("features"), self.connection.cursor(name="riskkit_answer", binary=True) as cursor:
            cursor.execute(text)
            parts = [np.empty((0, 0))]
            while batch := cursor.fetchmany(BATCH_ROWS):
                parts.append(np.array(batch, dtype=np.float64))
            names = [column.name for column in cursor.description or ()]
        rows = np.concatenate(parts[1:]) if len(parts) > 1 else np.empty((0, len(names)))
        return {name: rows[:, place] for place, name in enumerate(names)}


@dataclass(frozen=True)
class PostgresEngine:
    """Answer the catalogue in the database that holds the canonical tables.

    Parameters
    ----------
    dsn : str, default ""
        Connection string without a password; what it leaves out comes from the ``PG*`` variables.
    schema : str, default "public"
        Database schema of the canonical tables.
    """

    dsn: str = ""
    schema: str = DEFAULT_SCHEMA

    @contextmanager
    def open(
        self, tables: Mapping[str, Path | pd.DataFrame], spine: pd.DataFrame, code_map: pd.DataFrame
    ) -> Iterator[PostgresSession]:
        """Open the tables of the database beside the spine and the map of codes, which are sent there for the session.

        Parameters
        ----------
        tables : mapping of str to pathlib.Path or pandas.DataFrame
            May be empty. A canonical table in it must be one of the database, whose rows are the ones that are read.
        spine : pandas.DataFrame
            `row_id`, `person_id`, `index_date`, `as_of_date`.
        code_map : pandas.DataFrame
            `code`, `vocabulary`, `code_group`, `points`.

        Yields
        ------
        PostgresSession
            The opened source; all but temporary tables is read-only, and as it was at one moment.

        Raises
        ------
        DataContractError
            If the server cannot be reached, or a table or column is missing.
        PolicyError
            If psycopg is not installed, or the connection string holds a password.
        """
        with connect(self.dsn) as connection:
            found = list_tables(connection, self.schema)
            absent = sorted(set(tables) & set(TABLES) - set(found))
            if absent:
                message = (
                    f"{self.schema}.{absent[0]}: given as a file, but not in the database. Create it, or leave it out."
                )
                raise DataContractError(message)
            self._prepare(connection, found)
            for name, rows in relations(spine, code_map).items():
                _send(connection, name, rows)
            yield PostgresSession(connection, frozenset(found))

    def _prepare(self, connection: psycopg.Connection[Any], found: Mapping[str, list[str]]) -> None:
        """Make the temporary tables and views, then let nothing else be written."""
        from psycopg import IsolationLevel

        with asking(self.schema):
            for name, kinds in COLUMN_KINDS.items():
                columns = [
                    exp.ColumnDef(this=exp.to_identifier(c), kind=exp.DataType.build(k)) for c, k in kinds.items()
                ]
                table = exp.Schema(this=exp.table_(name, db="pg_temp"), expressions=columns)
                connection.execute(exp.Create(this=table, kind="TABLE").sql("postgres").encode())
            for name, schema in TABLES.items():
                query = typed_query(schema, self.schema, found.get(name, []))
                view = exp.Create(this=exp.table_(name, db="pg_temp"), kind="VIEW", expression=query)
                connection.execute(view.sql("postgres").encode())
            connection.commit()
            connection.read_only, connection.isolation_level = True, IsolationLevel.REPEATABLE_READ
            for setting in SETTINGS:
                connection.execute(setting)


def _send(connection: psycopg.Connection[Any], name: str, rows: pa.Table) -> None:
    with asking(name):
        names = ", ".join(rows.column_names)
        with connection.cursor() as cursor, cursor.copy(f"COPY pg_temp.{name} ({names}) FROM STDIN".encode()) as copy:
            for batch in rows.to_batches(max_chunksize=BATCH_ROWS):
                for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                    copy.write_row(row)
        # Without figures on the table that was just filled the planner takes it for a small one.
        connection.execute(f"ANALYZE pg_temp.{name}".encode())


def _subtract_days(node: exp.Expr) -> exp.Expr:
    """Write a difference of days as this server counts it fastest: one calendar day less another is an integer."""
    if isinstance(node, exp.DateDiff) and node.text("unit").lower() == "day":
        return exp.paren(exp.cast(node.this, "DATE") - exp.cast(node.expression, "DATE"))
    return node
