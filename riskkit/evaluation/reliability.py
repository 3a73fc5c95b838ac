"""Reliability: observed against predicted by bin, and the integrated calibration index."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskkit.evaluation.intervals import bootstrap_sums, compute_percentiles, divide
from riskkit.evaluation.sample import FloatArray, IntArray, ScoredSample, make_sample

SMOOTHING_BINS = 200
SMOOTHING_SPAN = 0.75


def compute_reliability(
    observed: npt.ArrayLike,
    predicted: npt.ArrayLike,
    weight: npt.ArrayLike | None = None,
    groups: npt.ArrayLike | None = None,
    *,
    n_bins: int = 10,
    n_bootstrap: int = 500,
    seed: int = 0,
) -> pd.DataFrame:
    """Compute mean prediction and mean outcome in bins of equal weight, from the lowest prediction up.

    Works for probabilities and for cost; with cost and ten bins it is the predictive ratio by decile.

    Parameters
    ----------
    observed, predicted, weight, groups : array-like of shape (n_rows,)
        Outcomes, predictions, row weights and persons.
    n_bins : int, default 10
        Bins wanted; equal predictions are never parted, so there may be fewer.
    n_bootstrap, seed : int
        Replicates of the person-cluster bootstrap and its seed; 0 leaves the intervals missing.

    Returns
    -------
    pandas.DataFrame of shape (at most n_bins, 13)
        `bin` (1 is the lowest), `n_rows`, `weight`, `lower`, `upper` (range of the predictions), `predicted`,
        `observed` (weighted means), `low`, `high` (95% interval of the observed mean), `oe_ratio` (observed /
        predicted) and `predictive_ratio` (predicted / observed) with `predictive_ratio_low`, `predictive_ratio_high`.

    Raises
    ------
    DataContractError
        If the values are not usable, see `make_sample`.

    References
    ----------
    .. [1] Austin P. C., Steyerberg E. W. (2014). Statistics in Medicine 33(3). doi:10.1002/sim.5941

    Examples
    --------
    >>> table = compute_reliability([0, 0, 1, 1], [0.1, 0.3, 0.6, 0.8], n_bins=2, n_bootstrap=0)
    >>> table[["bin", "predicted", "observed"]]
       bin  predicted  observed
    0    1        0.2       0.0
    1    2        0.7       1.0
    """
    sample = make_sample(observed, predicted, weight, groups, kind="cost")
    bins = bin_by_prediction(sample.predicted, sample.weight, sample.tie_ends, n_bins)
    n_found = int(bins.max()) + 1
    member = np.eye(n_found)[bins] * sample.weight[:, None]
    parts = [member, member * sample.predicted[:, None], member * sample.observed[:, None]]
    columns = np.concatenate(parts, axis=1)
    sums = columns.sum(axis=0).reshape(3, n_found)
    replicates = bootstrap_sums(columns, sample.persons, sample.n_persons, n_bootstrap=n_bootstrap, seed=seed)
    table = _describe_bins(sample, bins, n_found)
    return _add_ratios(table, sums, replicates.reshape(-1, 3, n_found))


def _describe_bins(sample: ScoredSample, bins: IntArray, n_bins: int) -> pd.DataFrame:
    rows = pd.DataFrame({"bin": bins + 1, "predicted": sample.predicted, "weight": sample.weight})
    grouped = rows.groupby("bin")
    return pd.DataFrame(
        {
            "bin": np.arange(1, n_bins + 1),
            "n_rows": grouped.size().to_numpy(),
            "weight": grouped["weight"].sum().to_numpy(),
            "lower": grouped["predicted"].min().to_numpy(),
            "upper": grouped["predicted"].max().to_numpy(),
        }
    )


def _add_ratios(table: pd.DataFrame, sums: FloatArray, replicates: FloatArray) -> pd.DataFrame:
    total, expected, found = sums
    low, high = compute_percentiles(divide(replicates[:, 2], replicates[:, 0]))
    ratio_low, ratio_high = compute_percentiles(divide(replicates[:, 1], replicates[:, 2]))
    return table.assign(
        predicted=divide(expected, total),
        observed=divide(found, total),
        low=low,
        high=high,
        oe_ratio=divide(found, expected),
        predictive_ratio=divide(expected, found),
        predictive_ratio_low=ratio_low,
        predictive_ratio_high=ratio_high,
    )


def bin_by_prediction(predicted: FloatArray, weight: FloatArray, tie_ends: IntArray, n_bins: int) -> IntArray:
    """Assign bins of about equal weight to predictions sorted from the highest down.

    Parameters
    ----------
    predicted, weight : ndarray of shape (n_rows,)
        Predictions, never increasing, and row weights.
    tie_ends : ndarray of int of shape (n_distinct,)
        Position of the last row of every run of equal predictions.
    n_bins : int
        Bins wanted.

    Returns
    -------
    ndarray of int of shape (n_rows,)
        0 for the lowest predictions; numbers without a gap.
    """
    running = np.cumsum(weight)[tie_ends]
    middle = (running + np.append(0.0, running[:-1])) / 2 / running[-1]
    wanted = np.minimum(((1 - middle) * n_bins).astype(np.intp), n_bins - 1)
    numbers = np.unique(wanted, return_inverse=True)[1]
    codes: IntArray = np.repeat(numbers, np.diff(tie_ends, prepend=-1))
    return codes


def compute_ici(observed: npt.ArrayLike, predicted: npt.ArrayLike, weight: npt.ArrayLike | None = None) -> float:
    """Compute the integrated calibration index, the mean distance of predictions from the smoothed outcome.

    Parameters
    ----------
    observed, predicted, weight : array-like of shape (n_rows,)
        0/1, probabilities and row weights.

    Returns
    -------
    float
        Weighted mean of abs(p - smooth(y given p)); 0 is perfect.

    Raises
    ------
    DataContractError
        If the values are not usable, see `make_sample`.

    Examples
    --------
    One prediction of 0.5 for all, of whom three in four had the event:

    >>> round(compute_ici([1, 1, 1, 0], [0.5, 0.5, 0.5, 0.5]), 12)
    0.25
    """
    sample = make_sample(observed, predicted, weight, kind="binary")
    return float(weighted_ici(sample, sample.weight[None, :])[0])


def weighted_ici(sample: ScoredSample, weights: FloatArray) -> FloatArray:
    """Compute the integrated calibration index for each row of weights.

    The smoother is a local linear regression with tricube weights over the nearest 75% of rows (loess), evaluated
    on up to 200 bins of the predictions; its windows stay those of the whole sample in every replicate.

    Parameters
    ----------
    sample : ScoredSample
        The rows.
    weights : ndarray of shape (n_replicates, n_rows)
        Row weights of each replicate.

    Returns
    -------
    ndarray of shape (n_replicates,)
        Integrated calibration index.

    References
    ----------
    .. [1] Austin P. C., Steyerberg E. W. (2019). Statistics in Medicine 38(21). doi:10.1002/sim.8281
    """
    mass, distance = smooth_distances(sample, weights)
    return divide(np.where(mass > 0, mass * distance, 0.0).sum(axis=1), mass.sum(axis=1))


def smooth_distances(sample: ScoredSample, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Compute how far the prediction lies from the smoothed outcome, by bin of the prediction and row of weights.

    Parameters
    ----------
    sample : ScoredSample
        The rows.
    weights : ndarray of shape (n_replicates, n_rows)
        Row weights of each replicate.

    Returns
    -------
    mass, distance : ndarray of shape (n_replicates, at most 200)
        Weight of each bin, and abs(mean prediction - smoothed outcome) in it.
    """
    bins = bin_by_prediction(sample.predicted, sample.weight, sample.tie_ends, SMOOTHING_BINS)
    starts = np.append(0, np.flatnonzero(np.diff(bins)) + 1)
    mass, expected, found = (
        np.add.reduceat(weights * column, starts, axis=1)
        for column in (np.ones_like(sample.predicted), sample.predicted, sample.observed)
    )
    sizes = np.add.reduceat(sample.weight, starts)
    x = np.add.reduceat(sample.weight * sample.predicted, starts) / np.where(sizes > 0, sizes, 1.0)
    smooth = _smooth_linear(x, mass, found, _tricube(tuple(x), tuple(sizes)))
    return mass, np.abs(divide(expected, mass) - smooth)


@lru_cache(maxsize=4)
def _tricube(x: tuple[float, ...], sizes: tuple[float, ...]) -> FloatArray:
    """Weights of every bin (column) in the window around each bin (row)."""
    distance = np.abs(np.subtract.outer(np.array(x), np.array(x)))
    order = np.argsort(distance, axis=1, kind="stable")
    covered = np.cumsum(np.array(sizes)[order], axis=1)
    last = np.minimum((covered < SMOOTHING_SPAN * covered[:, -1:]).sum(axis=1), len(x) - 1)
    rows = np.arange(len(x))
    reach = np.maximum(distance[rows, order[rows, last]], 1e-9) * (1 + 1e-6)
    kernel: FloatArray = np.clip(1 - (distance / reach[:, None]) ** 3, 0.0, None) ** 3
    return kernel


def _smooth_linear(x: FloatArray, mass: FloatArray, found: FloatArray, kernel: FloatArray) -> FloatArray:
    """Local linear regression of found / mass on x, at every x, for each replicate."""
    m0, m1, m2 = (mass * x**power @ kernel.T for power in (0, 1, 2))
    y0, y1 = (found * x**power @ kernel.T for power in (0, 1))
    s1 = m1 - x * m0
    s2 = m2 - 2 * x * m1 + x**2 * m0
    t1 = y1 - x * y0
    determinant = m0 * s2 - s1**2
    flat = determinant <= 1e-9 * m0 * np.maximum(s2, 1e-12)
    line = divide(s2 * y0 - s1 * t1, np.where(flat, 0.0, determinant))
    return np.where(flat, divide(y0, m0), line)
