"""Source files of a layout: found, their columns checked, every value read as text and tested before it is cast."""

from __future__ import annotations

import gzip
import re
from types import MappingProxyType
from typing import TYPE_CHECKING, NoReturn

from sqlglot import exp

from riskkit.data.engine import fetch_rows
from riskkit.errors import DataContractError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import duckdb

    from riskkit.data.adapters.layout import SourceColumn, SourceLayout


def find_files(source: Path, layout: SourceLayout) -> list[Path]:
    """Find the files of a layout in a folder.

    Parameters
    ----------
    source : pathlib.Path
        The folder.
    layout : SourceLayout
        The kind of file.

    Returns
    -------
    list of pathlib.Path
        The files, by name; at least one.

    Raises
    ------
    DataContractError
        If the folder is absent or holds no such file.
    """
    if not source.is_dir():
        message = f"{source}: no such folder. Give the folder that holds {layout.example}."
        raise DataContractError(message)
    found = sorted(path for path in source.iterdir() if re.fullmatch(layout.pattern, path.name))
    if not found:
        names = ", ".join(sorted(path.name for path in source.iterdir())[:3]) or "nothing"
        message = f"{source}: no file named like {layout.example}; found {names}. Download it, or correct the folder."
        raise DataContractError(message)
    return found


def open_text(
    engine: duckdb.DuckDBPyConnection,
    files: Sequence[Path],
    layout: SourceLayout,
    *,
    renamed: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, int]:
    """Load files of one layout as text, and refuse a value that could not be cast without loss.

    Parameters
    ----------
    engine : duckdb.DuckDBPyConnection
        Connection that gets the table `layout.view`, with a column `filename` added.
    files : sequence of pathlib.Path
        The files.
    layout : SourceLayout
        Their layout.
    renamed : mapping of str to str, optional
        Columns that these files call otherwise, by their name in the files.

    Returns
    -------
    dict of str to int
        Rows of each file, by file name.

    Raises
    ------
    DataContractError
        If a file is empty, cut short, not UTF-8, lacks a column or has no rows, if a value does not match its column's
        pattern, or if a key comes twice.
    """
    for file in files:
        _check_header(file, layout, renamed)
    _load(engine, files, layout)
    for there, wanted in renamed.items():
        old, new = exp.to_identifier(there, quoted=True), exp.to_identifier(wanted, quoted=True)
        engine.execute(f"ALTER TABLE {layout.view} RENAME COLUMN {old.sql('duckdb')} TO {new.sql('duckdb')}")
    rows = {file.name: 0 for file in files} | dict(_count_by_file(engine, layout.view))
    for name, found in rows.items():
        if not found:
            _refuse(name, "a header and no rows", "at least one row", "Download the file again.")
    check_values(engine, layout)
    return rows


def check_values(engine: duckdb.DuckDBPyConnection, layout: SourceLayout) -> None:
    """Refuse a source's text that could not be cast without loss, or in which a key comes twice.

    Parameters
    ----------
    engine : duckdb.DuckDBPyConnection
        Connection that holds the table `layout.view`, with a column `filename`.
    layout : SourceLayout
        What the values must look like.

    Raises
    ------
    DataContractError
        If a value does not match its column's pattern, or a key comes twice.
    """
    _refuse_bad_values(engine, layout)
    _refuse_duplicates(engine, layout)


def read_header(file: Path) -> list[str]:
    """Read the names of a file's columns.

    Parameters
    ----------
    file : pathlib.Path
        CSV in UTF-8, or gzip of it.

    Returns
    -------
    list of str
        The names; one empty name where the file is empty.

    Raises
    ------
    DataContractError
        If the file cannot be read.
    """
    opener = gzip.open if file.suffix == ".gz" else open
    try:
        with opener(file, "rt", encoding="utf-8-sig", newline="") as text:
            return [name.strip().strip('"') for name in text.readline().rstrip("\r\n").split(",")]
    except (UnicodeDecodeError, EOFError, OSError) as exc:
        message = f"{file.name}: cannot be read ({exc}). Expected UTF-8 text, or gzip of it. Download the file again."
        raise DataContractError(message) from exc


def fill_columns(engine: duckdb.DuckDBPyConnection, view: str, names: Sequence[str]) -> None:
    """Add the columns that some versions of a layout lack, without a value.

    Parameters
    ----------
    engine : duckdb.DuckDBPyConnection
        Connection that holds the source's text.
    view : str
        Table to add to.
    names : sequence of str
        Columns that the mappings read.
    """
    for name in names:
        column = exp.to_identifier(name, quoted=True).sql("duckdb")
        engine.execute(f"ALTER TABLE {view} ADD COLUMN IF NOT EXISTS {column} VARCHAR")


def _check_header(file: Path, layout: SourceLayout, renamed: Mapping[str, str]) -> None:
    names = [renamed.get(name, name) for name in read_header(file)]
    if names == [""]:
        _refuse(file.name, "an empty file", "a header and rows", "Download the file again.")
    for column in layout.columns:
        if column.name not in names:
            found = f"no column {column.name!r} among {len(names)} ({', '.join(names[:3])}, ...)"
            _refuse(file.name, found, f"the columns of {layout.example}", "Use the publisher's own file.")


def _load(engine: duckdb.DuckDBPyConnection, files: Sequence[Path], layout: SourceLayout) -> None:
    import duckdb

    statement = (
        f"CREATE TEMP TABLE {layout.view} AS SELECT * REPLACE (parse_filename(filename) AS filename) "  # noqa: S608
        "FROM read_csv($files, all_varchar=true, header=true, delim=',', quote='\"', nullstr=$missing, "
        "union_by_name=true, filename=true)"
    )
    try:
        engine.execute(statement, {"files": [str(file) for file in files], "missing": layout.missing})
    except duckdb.Error as exc:
        text = str(exc)
        name = next((file.name for file in files if file.name in text), layout.example)
        lines = [line for line in text.splitlines() if line.strip()]
        reason = next((line for line in lines if "Invalid unicode" in line), lines[0]).strip()
        message = (
            f"{name}: cannot be read ({reason}). Expected complete UTF-8 CSV, or gzip of it. Download the file again."
        )
        raise DataContractError(message) from exc


def _count_by_file(engine: duckdb.DuckDBPyConnection, view: str) -> list[tuple[str, int]]:
    return fetch_rows(engine, exp.select("filename", exp.Count(this=exp.Star())).from_(view).group_by("filename"))


def _refuse_bad_values(engine: duckdb.DuckDBPyConnection, layout: SourceLayout) -> None:
    broken = {column.name: _is_broken(column) for column in layout.columns}
    counts = [
        exp.Filter(this=exp.Count(this=exp.Star()), expression=exp.Where(this=condition))
        for condition in broken.values()
    ]
    row = fetch_rows(engine, exp.select(*counts).from_(layout.view))[0]
    for column, rows in zip(layout.columns, row, strict=True):
        if rows:
            _refuse_values(engine, layout, column, rows)


def _is_broken(column: SourceColumn) -> exp.Expr:
    value = exp.column(column.name, quoted=True)
    matches: exp.Expr = exp.func("REGEXP_FULL_MATCH", value, exp.convert(column.pattern))
    if column.date_format:
        parsed = exp.func("TRY_STRPTIME", value.copy(), exp.convert(column.date_format), dialect="duckdb")
        missing = exp.Is(this=value.copy(), expression=exp.null())
        matches = exp.and_(matches, exp.or_(missing, exp.not_(exp.Is(this=parsed, expression=exp.null()))))
    return exp.not_(exp.func("COALESCE", matches, exp.convert(not column.required)))


def _refuse_values(engine: duckdb.DuckDBPyConnection, layout: SourceLayout, column: SourceColumn, rows: int) -> None:
    picked = [exp.column(name, quoted=True) for name in ("filename", column.name, *layout.key)]
    first = fetch_rows(
        engine, exp.select(*picked).from_(layout.view).where(_is_broken(column)).order_by(*picked).limit(1)
    )[0]
    key = ", ".join(f"{name}={value!r}" for name, value in zip(layout.key, first[2:], strict=True))
    found = "no value" if first[1] is None else repr(first[1])
    _refuse(
        first[0],
        f"{rows} values of {column.name} (first {key}: {found})",
        column.expected,
        "Correct the file, or download it again.",
    )


def _refuse_duplicates(engine: duckdb.DuckDBPyConnection, layout: SourceLayout) -> None:
    names = [exp.column(name, quoted=True) for name in layout.key]
    query = exp.select(*names, exp.func("ANY_VALUE", exp.column("filename"))).from_(layout.view)
    query = query.group_by(*[name.copy() for name in names]).having("COUNT(*) > 1")
    doubles = fetch_rows(engine, query.order_by(*[name.copy() for name in names]))
    if doubles:
        key = ", ".join(f"{name}={value!r}" for name, value in zip(layout.key, doubles[0], strict=False))
        found = f"{len(doubles)} keys that come more than once (first {key})"
        _refuse(doubles[0][-1], found, f"one row per {', '.join(layout.key)}", "Remove the second copy of the rows.")


def _refuse(file: str, found: str, expected: str, advice: str) -> NoReturn:
    message = f"{file}: found {found}, expected {expected}. {advice}"
    raise DataContractError(message)
