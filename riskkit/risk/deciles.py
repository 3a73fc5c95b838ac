"""Decile knots: a log-linear line of cost, bent in each tenth of the members as far as its money can be believed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from riskkit.risk.credibility import COST_POWER, compute_cell_ratios
from riskkit.risk.isotonic import interpolate_knots
from riskkit.risk.line import fit_line
from riskkit.risk.links import SMALLEST

if TYPE_CHECKING:
    import numpy.typing as npt

    FloatArray = npt.NDArray[np.float64]
    IntArray = npt.NDArray[np.int64]

N_GROUPS = 10
ROUNDS = 20


def fit_decile_knots(predicted: FloatArray, observed: FloatArray, weight: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Fit the increasing curve of cost on predicted cost as one knot in each tenth of the members.

    Boosting under a log link does not balance, and a block of an isotonic fit to cost rests on a handful of dear
    members. So the curve starts from the log-linear line, each tenth is moved towards its own observed over expected
    by its credibility, and what then violates the order is pooled.

    Parameters
    ----------
    predicted : numpy.ndarray of shape (n_rows,)
        Uncalibrated amounts per year.
    observed, weight : numpy.ndarray of shape (n_rows,)
        Amounts per year and exposure.

    Returns
    -------
    tuple of numpy.ndarray of shape (at most 10,)
        Mean prediction and calibrated amount of each tenth, both strictly increasing.

    References
    ----------
    .. [1] Denuit, Charpentier and Trufin (2021), Autocalibration and Tweedie-dominance for insurance pricing with
       machine learning, doi:10.1016/j.insmatheco.2021.09.001.

    Examples
    --------
    Twice the amount in every tenth is twice the amount at every knot.

    >>> amounts = np.arange(1.0, 101.0)
    >>> x, y = fit_decile_knots(amounts, 2 * amounts, np.ones(100))
    >>> (y / x).round(6).tolist() == [2.0] * 10
    True
    """
    from scipy.optimize import isotonic_regression

    margin = np.log(np.maximum(predicted, SMALLEST))
    intercept, slope = fit_line(margin, observed, weight, kind="cost")
    expected = np.exp(intercept + slope * margin)
    cells = assign_groups(predicted, weight)
    factor = compute_cell_ratios(
        weight * expected, weight * observed, cells, variance=weight * expected**COST_POWER
    ).factor
    mass = np.bincount(cells, weight)
    mean = np.bincount(cells, weight * expected) / mass * factor
    starts = isotonic_regression(mean, weights=mass).blocks[:-1]
    group = np.searchsorted(starts, cells, side="right") - 1
    x = np.bincount(group, weight * predicted) / np.bincount(group, weight)
    y = np.add.reduceat(mass * mean, starts) / np.add.reduceat(mass, starts)
    return x, _settle(x, y, predicted, weight, group)


def _settle(x: FloatArray, y: FloatArray, predicted: FloatArray, weight: FloatArray, group: IntArray) -> FloatArray:
    """Move the knots until the lines between them, and not the knots, give each group its mean."""
    mass, knots = np.bincount(group, weight), y
    inside = np.clip(predicted, x[0], x[-1])
    beyond = predicted / np.maximum(inside, SMALLEST)
    for _ in range(ROUNDS):
        found = np.bincount(group, weight * beyond * interpolate_knots(inside, x, knots)) / mass
        # A group of nothing but zeros stays where it is.
        moved = knots * np.divide(y, found, out=np.ones_like(y), where=found > 0)
        if not (np.diff(moved) > 0).all():
            break
        knots = moved
    return knots


def assign_groups(predicted: FloatArray, weight: FloatArray, n_groups: int = N_GROUPS) -> IntArray:
    """Deal members to groups of equal weight by their prediction; equal predictions stay together.

    Parameters
    ----------
    predicted, weight : numpy.ndarray of shape (n_rows,)
        Predictions and positive weights.
    n_groups : int, default 10
        Groups asked for; many equal predictions leave fewer.

    Returns
    -------
    numpy.ndarray of int of shape (n_rows,)
        Group of each row, from 0, none of them empty.

    Examples
    --------
    >>> assign_groups(np.array([5.0, 1.0, 1.0, 9.0]), np.ones(4), 2).tolist()
    [1, 0, 0, 1]
    """
    _, place = np.unique(predicted, return_inverse=True)
    mass = np.bincount(place, weight)
    middle = (np.cumsum(mass) - mass / 2) / mass.sum()
    return np.unique(np.minimum((middle * n_groups).astype(np.int64), n_groups - 1), return_inverse=True)[1][place]
