"""Small CSV files: every row as wide as the header, so that no cell can slip into its neighbour's column."""

from __future__ import annotations

import csv
import io
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pandas as pd

from riskkit.errors import DataContractError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

HEADER_ROWS: Final = 2
"""A frame's first row, 0, is row 2 of its file."""
END: Final = "riskkit end of file"


def read_csv_table(
    path: str | Path,
    *,
    encodings: Sequence[str] = ("utf-8-sig",),
    dtype: str | Mapping[str, str] | None = "str",
    blanks_missing: bool = True,
    trim: bool = False,
) -> pd.DataFrame:
    """Read a CSV file whose rows are all as wide as its header.

    Parameters
    ----------
    path : str or pathlib.Path
        File with a header line.
    encodings : sequence of str, default ('utf-8-sig',)
        The first that reads the file counts.
    dtype : str or mapping of str to str, optional
        Type of the columns, as pandas takes it; None finds it in the cells.
    blanks_missing : bool, default True
        Whether blanks and words such as ``NA`` are missing; else all cells are text.
    trim : bool, default False
        Whether spaces before a cell are none of it.

    Returns
    -------
    pandas.DataFrame
        One row per record that is no blank line; the index plus 2 is its row in the file. Names are without spaces
        around them. Columns and cells at the end that are blank throughout are left out.

    Raises
    ------
    DataContractError
        If the file cannot be read, a row has more or fewer cells than the header, or a name stands twice.
    """
    rows = _read_rows(Path(path), _read_text(Path(path), encodings), trim)
    header = [name.strip() for name in rows[0]]
    numbered = [(at, row) for at, row in enumerate(rows[1:]) if any(cell.strip() for cell in row) or len(row) > 1]
    while header and not header[-1] and not any(cell.strip() for _, row in numbered for cell in row[len(header) - 1 :]):
        header.pop()
    _refuse_twice(Path(path), header)
    kept = [_fit(Path(path), header, row, at + HEADER_ROWS) for at, row in numbered]
    text = io.StringIO()
    csv.writer(text).writerows([header, *kept])
    text.seek(0)
    given = {"keep_default_na": blanks_missing, "skip_blank_lines": False, "index_col": False}
    table: pd.DataFrame = pd.read_csv(text, dtype=dtype, **given)  # type: ignore[call-overload]  # options by name
    return table.set_axis([at for at, _ in numbered], axis="index")


def _read_text(path: Path, encodings: Sequence[str]) -> str:
    for encoding in encodings:
        try:
            return path.read_text(encoding=encoding)
        except UnicodeDecodeError:
            continue
        except OSError as exc:
            message = f"{path}: not readable as CSV ({exc.strerror}). Give a file with a header line."
            raise DataContractError(message) from exc
    message = f"{path}: not readable as CSV (its text is not {' or '.join(encodings)}). Save the file as UTF-8."
    raise DataContractError(message)


def _read_rows(path: Path, text: str, trim: bool) -> list[list[str]]:
    """Split the text into cells; a quote that is not closed would swallow the mark at its end."""
    try:
        rows = list(csv.reader(io.StringIO(f"{text}\n{END}\n"), skipinitialspace=trim))
    except csv.Error as exc:
        message = f"{path}: not readable as CSV ({exc}). Give a file with a header line."
        raise DataContractError(message) from exc
    if rows[-1] != [END]:
        message = f"{path}: not readable as CSV (a quote is not closed). Close it."
        raise DataContractError(message)
    if not rows[:-1] or not any(cell.strip() for cell in rows[0]):
        message = f"{path}: not readable as CSV (its first row is blank). Give a file with a header line."
        raise DataContractError(message)
    return rows[:-1]


def _refuse_twice(path: Path, header: list[str]) -> None:
    name, times = Counter(name for name in header if name).most_common(1)[0]
    if times > 1:
        message = f"{path}: column {name!r} stands {times} times in the header, expected once. Remove or rename one."
        raise DataContractError(message)


def _fit(path: Path, header: list[str], row: list[str], number: int) -> list[str]:
    """Leave out blank cells beyond the header, and refuse a row that is of another width."""
    width = len(header)
    if len(row) < width or any(cell.strip() for cell in row[width:]):
        message = (
            f"{path}: row {number} has {len(row)} cells, the header {width}; expected as many, or a cell would count "
            "in the wrong column. Correct the row; a number with commas between thousands needs quotes."
        )
        raise DataContractError(message)
    return row[:width]
