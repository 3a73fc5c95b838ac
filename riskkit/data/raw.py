"""Raw files as they came: a Parquet or CSV file opened without guessing, or refused with the reason in one line."""

from __future__ import annotations

import codecs
import csv
from contextlib import contextmanager
from glob import escape
from typing import TYPE_CHECKING

from riskkit.errors import DataContractError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    import duckdb

    from riskkit.data.schemas import TableSchema

CHUNK_BYTES = 1 << 24
# What the engine says of a broken line, besides its number.
TELLING = ("Expected Number of Columns", "Value with unterminated quote")


def open_raw(engine: duckdb.DuckDBPyConnection, file: Path) -> list[str]:
    """Make the view ``raw_rows`` over a file.

    Parameters
    ----------
    engine : duckdb.DuckDBPyConnection
        Connection that gets the view.
    file : pathlib.Path
        A Parquet file, or a CSV file: UTF-8, a header line, commas, double quotes; an empty field is a missing value.

    Returns
    -------
    list of str
        Names of the file's columns.

    Raises
    ------
    DataContractError
        If the file is empty, cut short, not UTF-8 or not of its kind, or its header names a column twice.
    """
    if not file.is_file():
        message = f"{file.name}: found a folder, expected a file. Write the table as one file."
        raise DataContractError(message)
    if file.stat().st_size == 0:
        message = f"{file.name}: the file is empty. Expected a header line and rows; export it again."
        raise DataContractError(message)
    # The engine takes a path for a pattern, so what is a pattern in the path itself is escaped.
    path = escape(str(file))
    with reading(file.name, file.suffix[1:]):
        if file.suffix == ".csv":
            # No sniffing: a reader that guesses may skip a line or split a column without a word.
            names = _read_header(file)
            engine.read_csv(
                path,
                header=True,
                columns=dict.fromkeys(names, "VARCHAR"),
                auto_detect=False,
                delimiter=",",
                quotechar='"',
                escapechar='"',
                hive_partitioning=False,
            ).create_view("raw_rows")
        else:
            engine.from_parquet(path).create_view("raw_rows")
    return list(describe(engine, "raw_rows"))


def check_columns(place: str, names: Iterable[str], schema: TableSchema) -> None:
    """Refuse a table that lacks a column which it needs.

    Parameters
    ----------
    place : str
        File or table, for the message.
    names : iterable of str
        Columns that are there.
    schema : TableSchema
        The table that they belong to.

    Raises
    ------
    DataContractError
        If a required column is missing.
    """
    found = list(names)
    missing = [name for name in schema.required_names if name not in found]
    if missing:
        message = (
            f"{place}: column {missing[0]!r} is missing; found {', '.join(found) or 'none'}. "
            f"Add it: {schema.name} needs {', '.join(schema.required_names)}."
        )
        raise DataContractError(message)


def describe(engine: duckdb.DuckDBPyConnection, relation: str) -> dict[str, str]:
    """Return the columns of a relation and the engine's type of each.

    Parameters
    ----------
    engine : duckdb.DuckDBPyConnection
        Connection that knows the relation.
    relation : str
        Its name.

    Returns
    -------
    dict of str to str
        Type by column name, in order.
    """
    return {str(row[0]): str(row[1]) for row in engine.execute(f"DESCRIBE {relation}").fetchall()}


@contextmanager
def reading(place: str, kind: str) -> Iterator[None]:
    """Turn whatever the engine finds wrong with a file or frame into one line of riskkit's own.

    Parameters
    ----------
    place : str
        Name of what is read in the block.
    kind : str
        What it should be, such as ``"csv"``.

    Yields
    ------
    None
        Nothing.

    Raises
    ------
    DataContractError
        If the engine cannot read it.
    """
    import duckdb

    try:
        yield
    except duckdb.Error as exc:
        message = f"{place}: cannot be read as {kind} ({_reason(exc)}). Correct it, or export it again."
        raise DataContractError(message) from exc


def _reason(exc: Exception) -> str:
    first, *rest = str(exc).splitlines() or ["no reason given"]
    return "; ".join(
        [first.strip().rstrip("."), *(line.strip().rstrip(".") for line in rest if line.startswith(TELLING))]
    )


def _read_header(file: Path) -> list[str]:
    _check_utf8(file)
    with file.open(encoding="utf-8-sig", newline="") as text:
        names = next(csv.reader(text), [])
    if not any(names):
        message = f"{file.name}: the first line is blank. Expected a header line; export it again."
        raise DataContractError(message)
    seen: set[str] = set()
    for place, name in enumerate(names, start=1):
        if not name:
            message = f"{file.name}: column {place} of the header has no name. Name it, or take it out."
            raise DataContractError(message)
        if name.casefold() in seen:
            message = f"{file.name}: column {name!r} stands twice in the header. Keep the one that is meant."
            raise DataContractError(message)
        seen.add(name.casefold())
    return names


def _check_utf8(file: Path) -> None:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with file.open("rb") as stream:
        try:
            while chunk := stream.read(CHUNK_BYTES):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError as exc:
            found = exc.object[exc.start]
            message = (
                f"{file.name}: not UTF-8 (byte 0x{found:02x} cannot be decoded{_likely_encoding(exc.object)}). "
                "Save the file as UTF-8 and read it again."
            )
            raise DataContractError(message) from exc


def _likely_encoding(content: bytes) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "; it looks like UTF-16"
    # A character may be cut at the end of the piece at hand, so the tail is left out.
    decoder = codecs.getincrementaldecoder("gb18030")()
    try:
        decoder.decode(content)
    except UnicodeDecodeError:
        return ""
    return "; it looks like GBK"
