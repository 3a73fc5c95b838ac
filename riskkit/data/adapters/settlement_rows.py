"""Rows of the settlement files: found, decoded, loaded as text, each with what is wrong with it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlglot import exp

from riskkit.data.adapters.encodings import rewrite_utf8
from riskkit.data.adapters.report import Unmapped
from riskkit.data.adapters.settlement_layout import DATE, FILES
from riskkit.data.engine import fetch_rows
from riskkit.errors import DataContractError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import duckdb

    from riskkit.data.adapters.settlement_layout import ListColumn, ListFile


def find_lists(folder: Path) -> dict[str, list[Path]]:
    """Find the settlement files of a folder.

    Parameters
    ----------
    folder : pathlib.Path
        The folder.

    Returns
    -------
    dict of str to list of pathlib.Path
        Files by name for each view of the layout; an optional file that is not there has none.

    Raises
    ------
    DataContractError
        If the folder or a required file is absent.
    """
    if not folder.is_dir():
        message = f"{folder}: no such folder. Give the folder that holds 结算清单.csv."
        raise DataContractError(message)
    names = sorted(path.name for path in folder.iterdir())
    found = {}
    for layout in FILES:
        stands = [folder / name for name in names if re.fullmatch(rf"{layout.stem}(_.+)?\.csv", name)]
        if layout.required and not stands:
            some = ", ".join(names[:3]) or "nothing"
            message = f"{folder}: no file named {layout.stem}.csv; found {some}. Export it, or correct the folder."
            raise DataContractError(message)
        found[layout.view] = stands
    return found


def load_list(
    engine: duckdb.DuckDBPyConnection, files: Sequence[Path], layout: ListFile, folder: Path
) -> tuple[dict[str, int], list[Unmapped]]:
    """Load the files of one kind as text, trimmed, with the first problem of each row.

    Parameters
    ----------
    engine : duckdb.DuckDBPyConnection
        Connection that gets the table `layout.view`: the file name, every column of the layout (missing where the
        file has none) and `problem`.
    files : sequence of pathlib.Path
        The files; none makes an empty table.
    layout : ListFile
        Their layout.
    folder : pathlib.Path
        Where decoded copies go.

    Returns
    -------
    tuple of (dict of str to int, list of Unmapped)
        Rows by file name, and the values of each column that the layout does not know.

    Raises
    ------
    DataContractError
        If a file cannot be decoded, lacks a column, or has lines of another length.
    """
    copies: dict[Path, Sequence[str]] = {}
    for file in files:
        names = rewrite_utf8(file, folder / file.name, layout.headers())
        _check_columns(file, names, layout)
        copies[folder / file.name] = names
    if not files:
        columns = [exp.alias_(exp.cast(exp.null(), "VARCHAR"), column.name, quoted=True) for column in layout.columns]
        extra = [exp.alias_(exp.cast(exp.null(), "VARCHAR"), name) for name in ("file", "problem")]
        engine.execute(_create(layout.view, exp.select(*extra, *columns).where(exp.false())))
        return {}, []
    _read_text(engine, copies, layout)
    stated = set().union(*copies.values())
    engine.execute(_create(layout.view, _select_rows(layout, stated)))
    counts = exp.select("file", exp.Count(this=exp.Star())).from_(layout.view).group_by("file")
    rows = {file.name: 0 for file in files} | dict(fetch_rows(engine, counts))
    if layout.required and not all(rows.values()):
        name = next(name for name, number in rows.items() if not number)
        message = f"{name}: found a header and no rows, expected at least one row. Export the file again."
        raise DataContractError(message)
    return rows, _count_strange(engine, layout, sorted(stated - {column.name for column in layout.columns}))


def _check_columns(file: Path, names: Sequence[str], layout: ListFile) -> None:
    for column in layout.columns:
        if column.presence != "optional" and column.name not in names:
            message = (
                f"{file.name}: found no column {column.name!r} among {len(names)} ({', '.join(names[:3])}, ...), "
                f"expected the columns of docs/adapters/settlement_list.md. Add it, or name it so."
            )
            raise DataContractError(message)


def _read_text(engine: duckdb.DuckDBPyConnection, files: Mapping[Path, Sequence[str]], layout: ListFile) -> None:
    """Load copies under the header each was given; nothing is guessed, so a row of another length is an error."""
    import duckdb

    for file, names in files.items():
        columns = ", ".join(f"{exp.Literal.string(name).sql('duckdb')}: 'VARCHAR'" for name in names)
        statement = (
            f"SELECT * REPLACE (parse_filename(filename) AS filename) FROM read_csv($file, columns={{{columns}}}, "  # noqa: S608 - names of a header, quoted
            "header=true, auto_detect=false, delim=',', quote='\"', escape='\"', nullstr='', filename=true)"
        )
        first = file == next(iter(files))
        held = "" if first else f"(SELECT * FROM {layout.view}_text) UNION ALL BY NAME "  # noqa: S608 - a name of the layout
        try:
            engine.execute(
                f"CREATE OR REPLACE TEMP TABLE {layout.view}_text AS {held}({statement})", {"file": str(file)}
            )
        except duckdb.Error as exc:
            reason = "; ".join(line.strip() for line in str(exc).splitlines()[:3] if line.strip())
            message = (
                f"{file.name}: cannot be read ({reason.replace(str(file), file.name)}). Expected CSV with commas, each "
                "row as long as the header. Export it again."
            )
            raise DataContractError(message) from exc


def _select_rows(layout: ListFile, stated: set[str]) -> exp.Select:
    values = {
        column.name: exp.func("NULLIF", exp.func("TRIM", _column(column.name)), exp.convert(""))
        if column.name in stated
        else exp.cast(exp.null(), "VARCHAR")
        for column in layout.columns
    }
    trimmed = exp.select(
        exp.alias_(exp.column("filename"), "file"),
        *[exp.alias_(value, name, quoted=True) for name, value in values.items()],
    ).from_(f"{layout.view}_text")
    problems = [(_is_broken(column), f"{column.name}: not {column.form[1]}") for column in layout.columns]
    problems += [
        (_is_null(column.name), f"{column.name}: no value") for column in layout.columns if column.presence == "value"
    ]
    problem = exp.Case(ifs=[exp.If(this=broken, true=exp.convert(reason)) for broken, reason in problems])
    return exp.select(exp.Star(), exp.alias_(exp.cast(problem, "VARCHAR"), "problem")).from_(
        trimmed.subquery("trimmed")
    )


def _is_broken(column: ListColumn) -> exp.Expr:
    broken: exp.Expr = exp.not_(exp.func("REGEXP_FULL_MATCH", _column(column.name), exp.convert(column.form[0])))
    if column.form is DATE:
        parsed = exp.func("TRY_STRPTIME", _column(column.name), exp.convert("%Y%m%d"), dialect="duckdb")
        broken = exp.or_(broken, exp.and_(exp.Is(this=parsed, expression=exp.null()), exp.not_(_is_null(column.name))))
    return broken


def _is_null(name: str) -> exp.Expr:
    return exp.Is(this=_column(name), expression=exp.null())


def _column(name: str) -> exp.Column:
    return exp.column(name, quoted=True)


def _create(view: str, query: exp.Query) -> str:
    return f"CREATE OR REPLACE TEMP TABLE {view} AS {query.sql('duckdb')}"


def _count_strange(engine: duckdb.DuckDBPyConnection, layout: ListFile, names: Sequence[str]) -> list[Unmapped]:
    if not names:
        return []
    counts = [exp.Count(this=exp.func("NULLIF", exp.func("TRIM", _column(name)), exp.convert(""))) for name in names]
    row = fetch_rows(engine, exp.select(*counts).from_(f"{layout.view}_text"))[0]
    return [
        Unmapped(f"{layout.stem}.{name}", int(number), "a column that the layout does not read")
        for name, number in zip(names, row, strict=True)
    ]
