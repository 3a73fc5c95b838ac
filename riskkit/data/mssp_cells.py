"""Cells of a published results file: amounts, rates and flags however they are printed, and how finely."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Final

import numpy as np

from riskkit.data.csv_table import HEADER_ROWS
from riskkit.errors import DataContractError

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

MISSING: Final = frozenset(
    {"", ".", "-", "--", "\u2013", "\u2014", "*", "**", "^", "~", "n/a", "#n/a", "n.a.", "na", "nan", "null", "none"}
    | {"not available", "not applicable", "suppressed"}
)
NUMBER: Final = re.compile(r"^[-+]?(\d+(\.\d*)?|\.\d+)(e[-+]?\d+)?$", re.IGNORECASE)
HALF: Final = 0.5
COMMON: Final = 0.1
TRUE: Final = frozenset({"1", "1.0", "y", "yes", "true", "x"})


def read_numbers(cells: pd.Series, *, words: bool = False) -> NDArray[np.float64]:
    """Read a column of numbers.

    Parameters
    ----------
    cells : pandas.Series of str
        Text such as ``"$1,234"``, ``"(1,234)"``, ``"3.1%"`` (read as 3.1), ``"."`` or blank (missing).
    words : bool, default False
        Whether a word counts as missing, as the score of a year in which reporting alone counts (``"P4R"``).

    Returns
    -------
    numpy.ndarray of shape (n_rows,)
        Numbers, NaN where missing.

    Raises
    ------
    DataContractError
        If a cell is no number and words are not allowed.

    Examples
    --------
    >>> import pandas as pd
    >>> read_numbers(pd.Series(["$1,234", "(5)", "3.1%", "."])).tolist()
    [1234.0, -5.0, 3.1, nan]
    """
    numbers = [
        _read_number(str(cell), f"row {row}: {cells.name}", words)
        for row, cell in zip(cells.index + HEADER_ROWS, cells, strict=True)
    ]
    return np.array(numbers, dtype=np.float64)


def read_rates(
    cells: pd.Series, largest: float, *, words: bool = False
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Read a column of rates as fractions, and say how finely each one is printed.

    Most cells decide for the column whether it is in per cent, so that a cell in another scale stays its row's own
    fault. A cell is as fine as the column, or finer where it has more places than the others; zeros at the end say
    nothing.

    Parameters
    ----------
    cells : pandas.Series of str
        Fractions, per cents with their sign, or per cents without one.
    largest : float
        Largest fraction that the column can hold; a column most of whose numbers are above it is in per cent.
    words : bool, default False
        Whether a word counts as missing.

    Returns
    -------
    tuple of two numpy.ndarray of shape (n_rows,)
        Fractions; and half a unit of the last printed place of each, as a fraction.

    Examples
    --------
    >>> import pandas as pd
    >>> values, half = read_rates(pd.Series(["45.85%", "50.12%", "0.449800"]), 1.0)
    >>> values.round(4).tolist(), half.round(8).tolist()
    ([0.4585, 0.5012, 0.4498], [5e-05, 5e-05, 5e-05])
    """
    texts = [str(cell).strip() for cell in cells]
    signed = np.array([text.endswith("%") for text in texts], dtype=np.bool_)
    values = read_numbers(cells, words=words)
    plain = values[~signed & (np.nan_to_num(values) != 0)]
    in_per_cent = bool(plain.size and (np.abs(plain) > largest).mean() > HALF)
    per_cent = signed | in_per_cent
    places = np.array([_places(text) for text in texts], dtype=np.int64) + 2 * per_cent
    finest = np.maximum(places, _usual_places(places[np.nan_to_num(values) != 0]))
    return np.where(per_cent, values / 100, values), 0.5 * 10.0 ** -finest.astype(np.float64)


def read_flags(cells: pd.Series) -> NDArray[np.bool_]:
    """Read a column of flags.

    Parameters
    ----------
    cells : pandas.Series of str
        Text.

    Returns
    -------
    numpy.ndarray of shape (n_rows,)
        True for 1, yes, true and x.
    """
    return np.array([str(cell).strip().lower() in TRUE for cell in cells], dtype=np.bool_)


def _read_number(cell: str, place: str, words: bool) -> float:
    text = cell.strip().replace("\u2212", "-")
    if text.lower() in MISSING:
        return np.nan
    sign, bare = 1.0, re.sub(r"[$,%\s]", "", text)
    if bare.startswith("(") and bare.endswith(")"):
        sign, bare = -1.0, bare[1:-1]
    if bare.lower() in MISSING:
        return np.nan
    if NUMBER.match(bare) and math.isfinite(float(bare)):
        return sign * float(bare)
    if words:
        return np.nan
    message = f"results: {place} holds {cell!r}, expected a number, a blank or '.'. Correct the cell."
    raise DataContractError(message)


def _places(text: str) -> int:
    """Count the places that a cell needs, without zeros at the end."""
    bare = re.sub(r"[$,%\s()]", "", text)
    return len(bare.split(".")[1].rstrip("0")) if NUMBER.match(bare) and "." in bare and "e" not in bare.lower() else 0


def _usual_places(places: NDArray[np.int64]) -> int:
    """Find the finest place that a tenth of the cells reach, and at least two do."""
    if not places.size:
        return 0
    reached = np.sort(places)[::-1]
    return int(reached[min(max(math.ceil(places.size * COMMON), 2), places.size) - 1])
