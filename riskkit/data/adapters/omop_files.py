"""A folder of OMOP tables as delimited text: commas or tabs, plain or gzip, names in upper or lower case."""

from __future__ import annotations

import re
from contextlib import contextmanager
from glob import escape
from typing import TYPE_CHECKING

from riskkit.data.adapters.omop_layout import ENDING, VOCABULARY
from riskkit.data.adapters.source import read_header
from riskkit.data.raw import reading
from riskkit.errors import DataContractError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import duckdb

RAW = "raw_cdm"


class CdmFolder:
    """A folder with one file per table.

    Parameters
    ----------
    folder : pathlib.Path
        The folder.

    Raises
    ------
    DataContractError
        If two files hold one table.
    """

    kind = "delimited text"

    def __init__(self, folder: Path) -> None:
        self.place = str(folder)
        self.files: dict[str, Path] = {}
        for path in sorted(folder.iterdir()):
            found = re.fullmatch(rf"(\w+?){ENDING}", path.name.lower())
            if not found or not path.is_file():
                continue
            table = found.group(1)
            if table in self.files:
                message = (
                    f"{folder}: both {self.files[table].name} and {path.name} are there, expected one file for "
                    f"{table}. Keep the one that is meant."
                )
                raise DataContractError(message)
            self.files[table] = path

    def list_tables(self) -> dict[str, str]:
        """List what is there.

        Returns
        -------
        dict of str to str
            File name by table, in lower case.
        """
        return {table: file.name for table, file in self.files.items()}

    def read_names(self, table: str) -> list[str]:
        """Read the names of a table's columns.

        Parameters
        ----------
        table : str
            A table that is there.

        Returns
        -------
        list of str
            The names in lower case; one empty name where the file is empty.

        Raises
        ------
        DataContractError
            If the file cannot be read.
        """
        return self._read_header(table)[0]

    @contextmanager
    def open_rows(self, engine: duckdb.DuckDBPyConnection, table: str, names: Sequence[str]) -> Iterator[None]:
        """Make the relation ``raw_cdm`` over a table, without guessing.

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
            If the file cannot be read.
        """
        file = self.files[table]
        header, delimiter = self._read_header(table)
        with reading(file.name, self.kind):
            # The vocabulary's own files leave quotes in names as they are.
            rows = engine.read_csv(
                escape(str(file)),
                header=True,
                columns=dict.fromkeys(header, "VARCHAR"),
                auto_detect=False,
                delimiter=delimiter,
                quotechar="" if delimiter == "\t" and table in VOCABULARY else '"',
                escapechar="" if delimiter == "\t" and table in VOCABULARY else '"',
                hive_partitioning=False,
            )
            wanted = rows.select(*names) if names else rows.aggregate("count(*) AS number")
            wanted.create_view(RAW)
            yield
        engine.execute(f"DROP VIEW {RAW}")

    def _read_header(self, table: str) -> tuple[list[str], str]:
        names = read_header(self.files[table])
        delimiter = "\t" if len(names) == 1 and "\t" in names[0] else ","
        if delimiter == "\t":
            names = [name.strip().strip('"') for name in names[0].split("\t")]
        return [name.lower() for name in names], delimiter
