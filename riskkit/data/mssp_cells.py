"""Cells of a published results file: amounts, rates and flags however they are printed, and how finely."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import numpy as np

from riskkit.errors import DataContractError

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

MISSING: Final = frozenset({"", ".", "-", "--", "*", "^", "~", "n/a", "na", "nan", "null", "none", "not available"})
NUMBER: Final = re.compile(r"^[-+]?(\d+(\.\d*)?|\.\d+)(e[-+]?\d+)?$", re.IGNORECASE)
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
    return np.array([_read_number(str(cell), str(cells.name), words) for cell in cells], dtype=np.float64)


def read_rates(cells: pd.Series, largest: float, *, words: bool = False) -> tuple[NDArray[np.float64], float]:
    """Read a column of rates as fractions, and say how finely they are printed.

    Parameters
    ----------
    cells : pandas.Series of str
        Fractions, per cents with their sign, or per cents without one.
    largest : float
        Largest fraction that the column can hold; a number above it shows that the column is in per cent.
    words : bool, default False
        Whether a word counts as missing.

    Returns
    -------
    tuple of numpy.ndarray and float
        Fractions; and half a unit of the last printed place, as a fraction.

    Examples
    --------
    >>> import pandas as pd
    >>> values, half = read_rates(pd.Series(["45.85%", "50%"]), 1.0)
    >>> values.round(4).tolist(), round(half, 8)
    ([0.4585, 0.5], 5e-05)
    """
    texts = [str(cell).strip() for cell in cells]
    signed = np.array([text.endswith("%") for text in texts])
    values = read_numbers(cells, words=words)
    plain = values[~signed & ~np.isnan(values)]
    in_per_cent = bool(plain.size and np.abs(plain).max() > largest)
    scale = np.where(signed | in_per_cent, 0.01, 1.0)
    places = max((_places(text) for text, value in zip(texts, values, strict=True) if not np.isnan(value)), default=0)
    return values * scale, 0.5 * 10.0**-places * float(scale.min(initial=1.0))


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


def _read_number(cell: str, column: str, words: bool) -> float:
    text = cell.strip().replace("\u2212", "-")
    if text.lower() in MISSING:
        return np.nan
    sign = -1.0 if text.startswith("(") and text.endswith(")") else 1.0
    bare = re.sub(r"[$,%\s()]", "", text)
    if bare.lower() in MISSING:
        return np.nan
    if NUMBER.match(bare):
        return sign * float(bare)
    if words:
        return np.nan
    message = f"results: {column} holds {cell!r}, expected a number, a blank or '.'. Correct the cell."
    raise DataContractError(message)


def _places(text: str) -> int:
    bare = re.sub(r"[$,%\s()]", "", text)
    return len(bare.split(".")[1]) if NUMBER.match(bare) and "." in bare and "e" not in bare.lower() else 0
