"""One validation sample: observed and predicted values with weights and persons, checked once and sorted once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskkit.errors import DataContractError

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]
Kind = Literal["binary", "cost"]


@dataclass(frozen=True, eq=False)
class ScoredSample:
    """Rows of a validation sample, the highest prediction first.

    Parameters
    ----------
    observed : ndarray of shape (n_rows,)
        0/1, or an amount per member year.
    predicted : ndarray of shape (n_rows,)
        Probability, or expected amount per member year; never increasing.
    weight : ndarray of shape (n_rows,)
        Exposure or censoring weight, at least 0.
    persons : ndarray of int of shape (n_rows,)
        Code of the person that the row belongs to, 0 to `n_persons` - 1.
    n_persons : int
        Number of persons, the units that a bootstrap draws.
    tie_ends : ndarray of int of shape (n_distinct,)
        Position of the last row of every run of equal predictions.
    """

    observed: FloatArray
    predicted: FloatArray
    weight: FloatArray
    persons: IntArray
    n_persons: int
    tie_ends: IntArray


def make_sample(
    observed: npt.ArrayLike,
    predicted: npt.ArrayLike,
    weight: npt.ArrayLike | None = None,
    groups: npt.ArrayLike | None = None,
    *,
    kind: Kind,
) -> ScoredSample:
    """Check the values of a validation sample and sort its rows by prediction.

    Parameters
    ----------
    observed, predicted : array-like of shape (n_rows,)
        0/1 and probabilities for `kind="binary"`; amounts per member year for `kind="cost"`.
    weight : array-like of shape (n_rows,), optional
        At least 0 and not all 0; 1 for every row where absent.
    groups : array-like of shape (n_rows,), optional
        The person of each row; every row its own person where absent.
    kind : {"binary", "cost"}
        What is predicted.

    Returns
    -------
    ScoredSample
        The same rows, the highest prediction first.

    Raises
    ------
    DataContractError
        If lengths differ, a value is missing or infinite, a weight is negative, all weights are 0, a binary outcome
        is not 0/1 or a probability lies outside [0, 1].

    Examples
    --------
    >>> make_sample([0, 1, 1], [0.2, 0.9, 0.2], kind="binary").tie_ends.tolist()
    [0, 2]
    """
    y, f, w = check_values(observed, predicted, weight)
    if kind == "binary":
        _check_binary(y, f)
    persons, n_persons = _code_persons(groups, y.size)
    order = np.argsort(-f, kind="stable")
    y, f, w, persons = y[order], f[order], w[order], persons[order]
    tie_ends = np.append(np.flatnonzero(np.diff(f)), f.size - 1)
    return ScoredSample(y, f, w, persons, n_persons, tie_ends)


def check_values(
    observed: npt.ArrayLike, predicted: npt.ArrayLike, weight: npt.ArrayLike | None = None
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the three columns of a validation sample as equally long float arrays, or refuse them.

    Parameters
    ----------
    observed, predicted : array-like of shape (n_rows,)
        Finite numbers.
    weight : array-like of shape (n_rows,), optional
        At least 0 and not all 0; 1 for every row where absent.

    Returns
    -------
    tuple of three ndarray of shape (n_rows,)
        Observed, predicted and weight.

    Raises
    ------
    DataContractError
        If lengths differ, there is no row, a value is not finite, a weight is negative or all weights are 0.
    """
    y = as_finite(observed, "observed")
    f = as_finite(predicted, "predicted")
    w = np.ones(y.size) if weight is None else as_finite(weight, "weight")
    if not y.size == f.size == w.size or y.size == 0:
        message = (
            f"evaluation: observed, predicted and weight have {y.size}, {f.size} and {w.size} rows; expected the same "
            "number, at least 1. Join labels and predictions on person_id and index_date first."
        )
        raise DataContractError(message)
    if w.min() < 0 or w.sum() == 0:
        message = (
            f"evaluation: weights run from {w.min():g} to {w.max():g}; expected none below 0 and some above. "
            "Pass the exposure (member months / 12) or the censoring weight."
        )
        raise DataContractError(message)
    return y, f, w


def as_finite(values: npt.ArrayLike, name: str) -> FloatArray:
    """Return `values` as a float array of one dimension, all finite.

    Parameters
    ----------
    values : array-like of shape (n_rows,)
        Numbers.
    name : str
        What they are, for the message.

    Returns
    -------
    ndarray of shape (n_rows,)
        The numbers.

    Raises
    ------
    DataContractError
        If any is missing or infinite.
    """
    array = np.asarray(values, dtype=np.float64).ravel()
    n_bad = int(array.size - np.isfinite(array).sum())
    if n_bad:
        message = (
            f"evaluation: {n_bad} of {array.size} {name} values are missing or infinite; expected none. "
            "Leave out the rows without a label before evaluating."
        )
        raise DataContractError(message)
    return array


def _check_binary(observed: FloatArray, predicted: FloatArray) -> None:
    if not np.isin(observed, (0.0, 1.0)).all():
        message = (
            f"evaluation: a binary outcome holds values from {observed.min():g} to {observed.max():g}; expected "
            '0 and 1 only. Use kind="cost" for an amount.'
        )
        raise DataContractError(message)
    if predicted.min() < 0 or predicted.max() > 1:
        message = (
            f"evaluation: predicted probabilities run from {predicted.min():g} to {predicted.max():g}; expected "
            "[0, 1]. Pass the calibrated probability, not the raw score."
        )
        raise DataContractError(message)


def _code_persons(groups: npt.ArrayLike | None, n_rows: int) -> tuple[IntArray, int]:
    if groups is None:
        return np.arange(n_rows), n_rows
    codes, uniques = pd.factorize(np.asarray(groups), sort=True)
    if codes.size != n_rows or codes.min() < 0:
        message = (
            f"evaluation: groups has {codes.size} rows of which {int((codes < 0).sum())} are missing; expected "
            f"{n_rows} and none. Pass the person_id of every row."
        )
        raise DataContractError(message)
    return codes, len(uniques)
