"""From frames to the numbers that a booster sees: rows sorted by key, columns by name, floats only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from riskkit.errors import DataContractError

if TYPE_CHECKING:
    import numpy.typing as npt

    FloatArray = npt.NDArray[np.float64]

KEY = ["person_id", "index_date"]


@dataclass(frozen=True)
class ModelFrame:
    """Features, what was observed and weights of the same rows.

    Parameters
    ----------
    features : pandas.DataFrame of shape (n_rows, 2 + n_features)
        `person_id`, `index_date` (together unique) and float columns; NaN where a value is missing.
    observed : numpy.ndarray of shape (n_rows,)
        0 or 1, or an amount per year.
    weight : numpy.ndarray of shape (n_rows,)
        Exposure in years for cost, 1 or an inverse censoring probability for a binary outcome; not negative.

    Raises
    ------
    DataContractError
        If lengths differ, the key is absent or not unique, or a number is missing or a weight negative.
    """

    features: pd.DataFrame
    observed: FloatArray
    weight: FloatArray

    def __post_init__(self) -> None:
        """Check that the parts belong together."""
        lengths = {len(self.features), len(self.observed), len(self.weight)}
        if len(lengths) != 1:
            message = f"model frame: features, observed and weight have {sorted(lengths)} rows, expected one length."
            raise DataContractError(message)
        absent = [column for column in KEY if column not in self.features]
        if absent:
            message = f"features: column {absent[0]!r} is missing, expected {KEY} and one column per feature."
            raise DataContractError(message)
        if self.features.duplicated(KEY).any():
            first = self.features.loc[self.features.duplicated(KEY), "person_id"].iloc[0]
            message = (
                f"features: person_id={first!r} has two rows with one index_date, expected one. Remove the repeats."
            )
            raise DataContractError(message)
        if not (np.isfinite(self.observed).all() and np.isfinite(self.weight).all() and (self.weight >= 0).all()):
            message = "labels: observed and weight must be finite and weight not negative. Leave unlabelled rows out."
            raise DataContractError(message)

    @property
    def groups(self) -> pd.Series[str]:
        """Person of each row."""
        return self.features["person_id"]

    def sort(self) -> ModelFrame:
        """Sort by person and index date.

        Returns
        -------
        ModelFrame
            The same rows in the order of their key.
        """
        if self.features.set_index(KEY).index.is_monotonic_increasing:
            return self
        order = self.features[KEY].reset_index(drop=True).sort_values(KEY).index.to_numpy()
        return self.take(order)

    def take(self, rows: npt.NDArray[np.int64]) -> ModelFrame:
        """Keep some rows.

        Parameters
        ----------
        rows : numpy.ndarray of int
            Positions of the rows, in the order wanted.

        Returns
        -------
        ModelFrame
            Those rows, with a fresh index.
        """
        features = self.features.take(rows).reset_index(drop=True)
        return ModelFrame(features, self.observed[rows], self.weight[rows])


def make_matrix(features: pd.DataFrame, names: Sequence[str]) -> FloatArray:
    """Lay features out as the matrix that a booster reads.

    Parameters
    ----------
    features : pandas.DataFrame of shape (n_rows, at least n_names)
        Numeric or flag columns; others than `names` are ignored, their order does not matter.
    names : sequence of str
        The booster's features, in its order.

    Returns
    -------
    numpy.ndarray of shape (n_rows, n_names)
        float64, NaN where missing.

    Raises
    ------
    DataContractError
        If a column is missing, is not numeric, or holds an infinite number.

    Examples
    --------
    >>> make_matrix(pd.DataFrame({"b": [True, False], "a": [1, 2]}), ["a", "b"])
    array([[1., 1.],
           [2., 0.]])
    """
    absent = [name for name in names if name not in features]
    if absent:
        message = (
            f"features: column {absent[0]!r} is missing ({len(absent)} of {len(names)} are). "
            "Build the features with the catalogue that the model was trained on."
        )
        raise DataContractError(message)
    chosen = features[list(names)]
    require_numeric(chosen)
    matrix: FloatArray = chosen.to_numpy(dtype=np.float64, na_value=np.nan)
    infinite = np.isinf(matrix).any(axis=0)
    if infinite.any():
        found = names[int(infinite.argmax())]
        message = f"features: column {found!r} holds an infinite number. Correct it, or leave it missing."
        raise DataContractError(message)
    return matrix


def require_numeric(frame: pd.DataFrame) -> None:
    """Refuse text, categories and dates before they reach a booster.

    Parameters
    ----------
    frame : pandas.DataFrame
        Columns to check.

    Raises
    ------
    DataContractError
        If a column is neither numeric nor a flag.
    """
    for name, dtype in frame.dtypes.items():
        if not (pd.api.types.is_numeric_dtype(dtype) or pd.api.types.is_bool_dtype(dtype)):
            message = (
                f"features: column {name!r} has dtype {dtype}, expected float64. Encode it as a number or flags first."
            )
            raise DataContractError(message)


def assign_folds(
    groups: Sequence[str] | pd.Series[str] | npt.NDArray[np.object_], *, n_folds: int, seed: int
) -> npt.NDArray[np.int64]:
    """Deal whole groups to folds, whatever the order of the rows.

    Parameters
    ----------
    groups : sequence of shape (n_rows,)
        Person of each row.
    n_folds : int
        Number of folds.
    seed : int
        Seed of the deal.

    Returns
    -------
    numpy.ndarray of int of shape (n_rows,)
        Fold of each row, 0 to `n_folds` - 1; one group is in one fold.

    Examples
    --------
    >>> folds = assign_folds(["a", "b", "a", "c"], n_folds=3, seed=0)
    >>> bool(folds[0] == folds[2]), sorted(set(folds.tolist()))
    (True, [0, 1, 2])
    """
    codes, names = pd.factorize(np.asarray(groups), sort=True)
    deal = np.random.default_rng(seed).permutation(len(names)) % n_folds
    return np.asarray(deal[codes], dtype=np.int64)
