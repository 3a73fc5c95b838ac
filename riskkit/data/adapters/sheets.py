"""Spreadsheets: the one filled sheet of a workbook as cells of text, each with its row and its column's field."""

from __future__ import annotations

import datetime
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

from riskkit.errors import DataContractError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

MISSING = frozenset({"", "/", "\\", "-", "--", "—", "na", "n/a", "nan"})
"""What a sheet writes where it has no value, in lower case."""


@dataclass(frozen=True)
class SheetField:
    """A column of a sheet that an adapter knows.

    Parameters
    ----------
    name : str
        Name of the field in the adapter's statements.
    header : str
        The column's usual header.
    pattern : str, default ""
        Regular expression that a header, folded by :func:`fold`, must match in full; empty for `header` itself.
    required : bool, default False
        True where a sheet without the column cannot be read.
    """

    name: str
    header: str
    pattern: str = ""
    required: bool = False

    def bears(self, header: str) -> bool:
        """Say whether a folded header is this field's."""
        return re.fullmatch(self.pattern or re.escape(fold(self.header)), header) is not None


@dataclass(frozen=True)
class Sheet:
    """The cells of a workbook.

    Parameters
    ----------
    file : str
        File name.
    rows : int
        Rows below the header that hold anything.
    cells : list of tuple of (str, int, str, str)
        File, row as the spreadsheet numbers it, field and value; missing values make no cell.
    strange : tuple of str
        Headers that are no field's, as they are spelt.
    """

    file: str
    rows: int
    cells: list[tuple[str, int, str, str]]
    strange: tuple[str, ...]


def fold(text: str) -> str:
    """Write a header in the one spelling that patterns are matched against.

    Parameters
    ----------
    text : str
        A header.

    Returns
    -------
    str
        Lower case, full-width characters made plain, without blanks.

    Examples
    --------
    >>> fold("CGM （mg / dL） ")
    'cgm(mg/dl)'
    """
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).lower()


def read_sheet(file: Path, fields: Sequence[SheetField]) -> Sheet:
    """Read the one filled sheet of an .xls or .xlsx workbook.

    Parameters
    ----------
    file : pathlib.Path
        The workbook.
    fields : sequence of SheetField
        Columns that may stand in it; a column of another header is read under the name ``other:<header>``.

    Returns
    -------
    Sheet
        Its cells. Numbers are written so that they read back exactly, instants as ``YYYY-MM-DD HH:MM:SS``.

    Raises
    ------
    DataContractError
        If the reader is not installed, the file cannot be read, does not hold exactly one filled sheet, lacks a
        required column or has two columns of one field.
    """
    table = _read_cells(file)
    if len(table) < 2:
        _refuse(file, f"{len(table)} rows", "a header and at least one row", "Export it again.")
    names, strange = _name_columns(file, [_write(value) or "" for value in table[0]], fields)
    cells = [
        (file.name, row, name, text)
        for row, values in enumerate(table[1:], start=2)
        for name, value in zip(names, values, strict=True)
        if name and (text := _write(value)) is not None
    ]
    return Sheet(file.name, len({row for _, row, _, _ in cells}), cells, strange)


def _read_cells(file: Path) -> list[list[Any]]:
    try:
        from python_calamine import CalamineError, CalamineWorkbook
    except ImportError as exc:
        message = f"{file.name}: reading a workbook needs python-calamine. Install riskkit[sheets]."
        raise DataContractError(message) from exc
    try:
        book = CalamineWorkbook.from_path(str(file))
        sheets: list[list[list[Any]]] = [
            book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names
        ]
    except (CalamineError, OSError) as exc:
        message = f"{file.name}: cannot be read as a workbook ({exc}). Expected .xls or .xlsx. Download it again."
        raise DataContractError(message) from exc
    filled = [rows for rows in sheets if any(_write(value) is not None for row in rows for value in row)]
    if len(filled) != 1:
        _refuse(file, f"{len(filled)} sheets with values", "one", "Keep the sheet that is meant.")
    return filled[0]


def _name_columns(file: Path, headers: list[str], fields: Sequence[SheetField]) -> tuple[list[str], tuple[str, ...]]:
    names: list[str] = []
    for header in headers:
        found = [field.name for field in fields if field.bears(fold(header))]
        names.append(found[0] if found else f"other:{header}" if header else "")
    for field in fields:
        stands = names.count(field.name)
        if stands > 1:
            _refuse(file, f"{stands} columns {field.header!r}", "one", "Remove the second.")
        if field.required and not stands:
            some = ", ".join(header for header in headers if header)[:80]
            _refuse(file, f"no column {field.header!r} ({some}...)", "it with this unit", "Name the column so.")
    return names, tuple(name.removeprefix("other:") for name in names if name.startswith("other:"))


def _write(value: object) -> str | None:
    """Write a cell as text; None where it says that there is no value."""
    if isinstance(value, datetime.datetime):
        return value.isoformat(" ", "seconds")
    if isinstance(value, datetime.date):
        return f"{value.isoformat()} 00:00:00"
    text = unicodedata.normalize("NFKC", str(value)).strip()
    return None if text.lower() in MISSING else text


def iterate_cells(sheets: Sequence[Sheet]) -> Iterator[tuple[str, int, str, str]]:
    """Go through the cells of several sheets.

    Parameters
    ----------
    sheets : sequence of Sheet
        The sheets.

    Yields
    ------
    tuple of (str, int, str, str)
        File, row, field and value.
    """
    for sheet in sheets:
        yield from sheet.cells


def _refuse(file: Path, found: str, expected: str, advice: str) -> NoReturn:
    message = f"{file.name}: found {found}, expected {expected}. {advice}"
    raise DataContractError(message)
