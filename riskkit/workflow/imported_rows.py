"""The rows of an imported equation: a table of predictions, read and checked before anything is fitted to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from riskkit.data.csv_table import read_csv_table
from riskkit.errors import DataContractError
from riskkit.workflow.given_files import read_given_parquet

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Columns:
    """Which columns of a table of predictions mean what.

    Parameters
    ----------
    predicted : str
        Probabilities of the imported equation.
    observed : str, default 'observed'
        0 or 1.
    weight : str, optional
        Weights, such as inverse censoring probabilities; 1 where absent.
    person : str, optional
        Person of each row; each row a person of its own where absent.
    group : str, optional
        A declared rate factor to recalibrate within.
    """

    predicted: str
    observed: str = "observed"
    weight: str | None = None
    person: str | None = None
    group: str | None = None


def read_rows(table: pd.DataFrame, columns: Columns) -> pd.DataFrame:
    """Check a table of predictions and give its columns the names that the stages know.

    Parameters
    ----------
    table : pandas.DataFrame of shape (n_rows, n_columns)
        One row a prediction.
    columns : Columns
        What its columns mean.

    Returns
    -------
    pandas.DataFrame of shape (n_rows, 4 or 5)
        `person_id`, `predicted`, `observed`, `weight` and the group's column, in the order given.

    Raises
    ------
    DataContractError
        If a column is absent, a number is missing or not what its column means, one outcome alone occurs, or a person
        stands twice (at one `index_date`, where the table has that column).

    Examples
    --------
    >>> read_rows(pd.DataFrame({"chd": [0.1, 0.2], "observed": [0, 1]}), Columns("chd"))["weight"].tolist()
    [1.0, 1.0]
    """
    named = (columns.predicted, columns.observed, columns.weight, columns.person, columns.group)
    absent = [name for name in named if name is not None and name not in table]
    if absent:
        message = f"predictions: column {absent[0]!r} is missing, found {', '.join(map(str, table.columns))}. Name it."
        raise DataContractError(message)
    weight = np.ones(len(table)) if columns.weight is None else _read_numbers(table, columns.weight)
    person = np.arange(len(table)).astype(str) if columns.person is None else table[columns.person].astype("str")
    predicted, observed = _read_numbers(table, columns.predicted), _read_numbers(table, columns.observed)
    _require(columns.predicted, (predicted >= 0) & (predicted <= 1), predicted, "a probability from 0 to 1")
    _require(columns.observed, np.isin(observed, (0.0, 1.0)), observed, "0 or 1")
    if columns.weight is not None:
        _require(columns.weight, weight >= 0, weight, "a weight that is not negative")
    _require_once(table, columns)
    found = np.unique(observed[weight > 0])
    if len(found) < 2:
        message = (
            f"predictions: column {columns.observed!r} holds {found.tolist()} alone in {len(table)} rows, expected "
            "events and members without. Give a period in which both occur."
        )
        raise DataContractError(message)
    rows = pd.DataFrame({"person_id": person, "predicted": predicted, "observed": observed, "weight": weight})
    return rows if columns.group is None else rows.assign(**{columns.group: table[columns.group].to_numpy()})


def read_table(file: Path) -> pd.DataFrame:
    """Read a Parquet or CSV file.

    Parameters
    ----------
    file : pathlib.Path
        The file.

    Returns
    -------
    pandas.DataFrame
        Its table.

    Raises
    ------
    DataContractError
        If there is no such file, it has another ending, or cannot be read as that ending says.
    """
    if file.suffix not in {".parquet", ".csv"} or not file.is_file():
        message = f"{file}: found no such .parquet or .csv file. Give one with a column of probabilities."
        raise DataContractError(message)
    if file.suffix == ".csv":
        return read_csv_table(file, dtype=None)
    return read_given_parquet(file, expected="predictions", advice="a whole Parquet file")


def _read_numbers(table: pd.DataFrame, name: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Read a column of numbers without a gap."""
    values = pd.to_numeric(table[name], errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    _require(name, np.isfinite(values), values, "a finite number")
    return values


def _require(
    name: str,
    good: np.ndarray[tuple[int], np.dtype[np.bool_]],
    values: np.ndarray[tuple[int], np.dtype[np.float64]],
    what: str,
) -> None:
    """Refuse a column whose values are not what they should be."""
    if not good.all():
        first = int(np.argmin(good))
        message = (
            f"predictions: {int((~good).sum())} of {len(good)} values of column {name!r} are not {what} (first in row "
            f"{first}: {values[first]:g}). Correct or leave out these rows."
        )
        raise DataContractError(message)


def _require_once(table: pd.DataFrame, columns: Columns) -> None:
    """Refuse a person who stands twice."""
    if columns.person is None:
        return
    key = [columns.person, *(["index_date"] if "index_date" in table else [])]
    twice = table.duplicated(key)
    if twice.any():
        first = table.loc[twice, columns.person].iloc[0]
        message = (
            f"predictions: {int(twice.sum())} rows repeat {' and '.join(key)} (first {first!r}), "
            "expected each once. Remove the repeats, or add the column index_date that tells them apart."
        )
        raise DataContractError(message)
