"""The members to be rated: the checks that every row passes before any money is computed."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
import pandas as pd

from riskkit.errors import DataContractError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

KEY: Final = ["person_id", "index_date"]
MONTHS_A_YEAR: Final = 12


def check_members(frame: pd.DataFrame, needed: list[str]) -> pd.DataFrame:
    """Check the members and sort them by key.

    Parameters
    ----------
    frame : pandas.DataFrame
        `person_id`, `index_date`, `expected_cost` (currency per member year) and the columns of `needed`.
    needed : list of str
        Further columns that the policy uses: `exposure_months`, `region`, `risk_tier`.

    Returns
    -------
    pandas.DataFrame
        The same rows, sorted by key, with a fresh index; the input is left as it was.

    Raises
    ------
    DataContractError
        If a column is absent, a key is missing or repeated, an expected cost is not a finite amount of at least 0, or
        an exposure is not between 0 and 12 months.
    """
    for column in [*KEY, "expected_cost", *needed]:
        if column not in frame.columns:
            message = f"rates: members lack column {column!r}. Add it, or drop the policy block that uses it."
            raise DataContractError(message)
    cost = as_floats(frame, "expected_cost")
    _refuse(frame, ~(np.isfinite(cost) & (cost >= 0)), "expected_cost", "a finite amount of at least 0")
    if "exposure_months" in frame.columns:
        months = as_floats(frame, "exposure_months")
        _refuse(frame, ~((months >= 0) & (months <= MONTHS_A_YEAR)), "exposure_months", "0 to 12 months")
    for column in KEY:
        _refuse(frame, frame[column].isna().to_numpy(), column, "a key")
    ordered = frame.reset_index(drop=True) if _is_sorted(frame) else frame.sort_values(KEY, ignore_index=True)
    # once sorted, a repeated key stands beside its like: cheaper than to hash a million of them
    same_person, same_day = (_compare(ordered, key, "eq") for key in KEY)
    twice = np.zeros(len(ordered), dtype=np.bool_)
    twice[1:] = same_person & same_day
    _refuse(ordered, twice, "person_id", "one row per person_id and index_date")
    return ordered


def _is_sorted(frame: pd.DataFrame) -> bool:
    """Say whether the rows stand in the order of their keys, as frames between packages do."""
    rises, same = _compare(frame, "person_id", "gt"), _compare(frame, "person_id", "eq")
    return bool((rises | (same & _compare(frame, "index_date", "ge"))).all())


def _compare(frame: pd.DataFrame, column: str, how: Literal["eq", "gt", "ge"]) -> NDArray[np.bool_]:
    """Compare each row with the one before it."""
    values = frame[column].array
    compare = {"eq": operator.eq, "gt": operator.gt, "ge": operator.ge}[how]
    return np.asarray(compare(values[1:], values[:-1]), dtype=np.bool_)


def as_floats(frame: pd.DataFrame, column: str) -> NDArray[np.float64]:
    """Return a column as float64, missing as NaN.

    Parameters
    ----------
    frame : pandas.DataFrame
        Any frame.
    column : str
        A numeric column.

    Returns
    -------
    numpy.ndarray of shape (n_rows,)
        Its values.
    """
    values: NDArray[np.float64] = frame[column].to_numpy(dtype=np.float64, na_value=np.nan)
    return values


def look_up(names: pd.Series, table: Mapping[str, float]) -> NDArray[np.float64]:
    """Return the number of each name, NaN where the table has none.

    Parameters
    ----------
    names : pandas.Series of shape (n_rows,)
        Names.
    table : mapping of str to float
        Number by name.

    Returns
    -------
    numpy.ndarray of shape (n_rows,)
        Numbers.

    Examples
    --------
    >>> look_up(pd.Series(["west", "east", "moon"]), {"east": 1.2, "west": 0.8}).tolist()
    [0.8, 1.2, nan]
    """
    codes, found = pd.factorize(names)
    # a missing name has code -1, which is the last number
    numbers = np.array([*(table.get(str(name), np.nan) for name in found), np.nan])
    return numbers[codes]


def _refuse(frame: pd.DataFrame, wrong: NDArray[np.bool_], column: str, expected: str) -> None:
    """Raise where a row is wrong, naming the first."""
    if not wrong.any():
        return
    first = frame.iloc[int(wrong.argmax())]
    message = (
        f"rates: {column} must be {expected}, found {first[column]} "
        f"(person_id {str(first['person_id'])!r}) and {wrong.sum() - 1} more of {len(frame)} rows. Correct the members."
    )
    raise DataContractError(message)
