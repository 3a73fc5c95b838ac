"""OMOP tables in a SQLite file, opened to read alone and carried over in batches of text."""

from __future__ import annotations

import sqlite3
import struct
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import pyarrow as pa

from riskkit.errors import DataContractError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import duckdb

RAW = "raw_cdm"
BATCH_ROWS = 50_000
MAGIC = b"SQLite format 3\x00"
HEADER_BYTES = 100
LARGEST_PAGE = 65_536


class CdmDatabase:
    """A SQLite file with one table or view per table of the model.

    Parameters
    ----------
    file : pathlib.Path
        The file.
    connection : sqlite3.Connection
        Open on it.
    """

    kind = "a SQLite table"

    def __init__(self, file: Path, connection: sqlite3.Connection) -> None:
        self.place = file.name
        self.connection = connection
        with _reading(file.name):
            listed = connection.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view') ORDER BY name")
            self.tables = {str(name).lower(): str(name) for (name,) in listed}

    def list_tables(self) -> dict[str, str]:
        """List what is there.

        Returns
        -------
        dict of str to str
            File and table as a message names them, by table in lower case.
        """
        return {table: f"{self.place} {name}" for table, name in self.tables.items()}

    def read_names(self, table: str) -> list[str]:
        """Read the names of a table's columns.

        Parameters
        ----------
        table : str
            A table that is there.

        Returns
        -------
        list of str
            The names in lower case.

        Raises
        ------
        DataContractError
            If the table cannot be read.
        """
        with _reading(f"{self.place} {self.tables[table]}"):
            with closing(self.connection.execute(f"SELECT * FROM {_quote(self.tables[table])} LIMIT 0")) as rows:  # noqa: S608 - a quoted name
                return [str(column[0]).lower() for column in rows.description]

    @contextmanager
    def open_rows(self, engine: duckdb.DuckDBPyConnection, table: str, names: Sequence[str]) -> Iterator[None]:
        """Hold a table's rows in the relation ``raw_cdm``.

        Parameters
        ----------
        engine : duckdb.DuckDBPyConnection
            Connection that gets the relation, of text.
        table : str
            A table that is there.
        names : sequence of str
            Columns wanted; none for the number of rows alone, as `number`.

        Yields
        ------
        None
            Nothing.

        Raises
        ------
        DataContractError
            If the table cannot be read.
        """
        columns = names or ("number",)
        engine.execute(f"CREATE TEMP TABLE {RAW} ({', '.join(_quote(name) + ' VARCHAR' for name in columns)})")
        with _reading(f"{self.place} {self.tables[table]}"):
            for batch in self._read_batches(table, columns, counted=not names):
                engine.register("cdm_batch", batch)
                engine.execute(f"INSERT INTO {RAW} SELECT * FROM cdm_batch")  # noqa: S608 - names of this module
                engine.unregister("cdm_batch")
        yield
        engine.execute(f"DROP TABLE {RAW}")

    def _read_batches(self, table: str, columns: Sequence[str], *, counted: bool) -> Iterator[pa.Table]:
        wanted = "count(*)" if counted else ", ".join(_quote(name) for name in columns)
        query = f"SELECT {wanted} FROM {_quote(self.tables[table])}"  # noqa: S608 - quoted names
        with closing(self.connection.execute(query)) as rows:
            while batch := rows.fetchmany(BATCH_ROWS):
                values = ([_as_text(value) for value in column] for column in zip(*batch, strict=True))
                yield pa.table({name: pa.array(held, pa.string()) for name, held in zip(columns, values, strict=True)})


@contextmanager
def open_database(file: Path) -> Iterator[CdmDatabase]:
    """Open a SQLite file to read alone.

    Parameters
    ----------
    file : pathlib.Path
        The file.

    Yields
    ------
    CdmDatabase
        Its tables.

    Raises
    ------
    DataContractError
        If it is no SQLite file, or is cut short or damaged.
    """
    _check_file(file)
    with _reading(file.name):
        connection = sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)
    with closing(connection):
        yield CdmDatabase(file, connection)


def _check_file(file: Path) -> None:
    """Hold the size of a file against the pages that its header states, which SQLite itself does as it meets them."""
    size = file.stat().st_size
    with file.open("rb") as content:
        head = content.read(HEADER_BYTES)
    if not head.startswith(MAGIC) or len(head) < HEADER_BYTES:
        message = (
            f"{file.name}: found no SQLite header in {size} bytes, expected a SQLite 3 database or a folder of "
            "CSV files. Give the database file, or the folder."
        )
        raise DataContractError(message)
    (page,) = struct.unpack(">H", head[16:18])
    changed, pages = struct.unpack(">II", head[24:32])
    (valid_for,) = struct.unpack(">I", head[92:96])
    expected = pages * (LARGEST_PAGE if page == 1 else page)
    if changed == valid_for and size < expected:
        message = (
            f"{file.name}: found {size} bytes, expected {expected} by its header: it is cut short. Copy the file again."
        )
        raise DataContractError(message)


@contextmanager
def _reading(place: str) -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, UnicodeDecodeError) as exc:
        message = f"{place}: cannot be read ({exc}), expected a sound SQLite 3 database. Copy or export it again."
        raise DataContractError(message) from exc


def _as_text(value: object) -> str | None:
    if value is None:
        return None
    return value.decode("utf-8") if isinstance(value, bytes) else str(value)


def _quote(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
