"""CORP reliability: the outcome as an isotonic function of the prediction, with its band, and the score in parts."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskkit.evaluation.intervals import compute_percentiles, draw_person_counts
from riskkit.evaluation.sample import FloatArray, Kind, ScoredSample, make_sample

Score = Literal["squared_error", "log_loss"]
ROWS_PER_BATCH = 8
MOST_POINTS = 200


def compute_corp(
    observed: npt.ArrayLike,
    predicted: npt.ArrayLike,
    weight: npt.ArrayLike | None = None,
    groups: npt.ArrayLike | None = None,
    *,
    kind: Kind = "binary",
    n_bootstrap: int = 500,
    seed: int = 0,
) -> pd.DataFrame:
    """Compute the reliability curve that needs no bins: weighted pooling of adjacent violators, with a 95% band.

    Parameters
    ----------
    observed, predicted, weight, groups : array-like of shape (n_rows,)
        Outcomes (0/1 or amounts), predictions, row weights and persons.
    kind : {"binary", "cost"}, default "binary"
        What the values are checked as.
    n_bootstrap, seed : int
        Replicates of the person-cluster bootstrap and its seed; 0 leaves the band missing.

    Returns
    -------
    pandas.DataFrame of shape (at most 200, 5)
        `predicted`, `observed` (isotonic regression at that prediction), `low`, `high`, and `weight`, the weight of the
        predictions from here up to the next point; from the lowest prediction up.

    Raises
    ------
    DataContractError
        If the values are not usable, see `make_sample`.

    References
    ----------
    .. [1] Dimitriadis T., Gneiting T., Jordan A. I. (2021). Stable reliability diagrams for probabilistic classifiers.
       PNAS 118(8). doi:10.1073/pnas.2016191118

    Examples
    --------
    The second and third outcomes are out of order and pooled:

    >>> table = compute_corp([0, 1, 0, 1], [0.1, 0.2, 0.3, 0.4], n_bootstrap=0)
    >>> table["observed"].tolist()
    [0.0, 0.5, 0.5, 1.0]
    """
    sample = make_sample(observed, predicted, weight, groups, kind=kind)
    x, sizes, _ = _distinct(sample, sample.weight[None, :])
    at = _choose_points(sizes[0])
    curve = _regress(sample, sample.weight[None, :])[0]
    replicates = [np.empty((0, len(at)))]
    for counts in draw_person_counts(sample.n_persons, n_bootstrap, seed=seed, batch=ROWS_PER_BATCH):
        replicates.append(_regress(sample, counts[:, sample.persons] * sample.weight)[:, at])
    low, high = compute_percentiles(np.concatenate(replicates))
    between = np.add.reduceat(sizes[0], at)
    return pd.DataFrame({"predicted": x[at], "observed": curve[at], "low": low, "high": high, "weight": between})


def compute_score_parts(
    observed: npt.ArrayLike,
    predicted: npt.ArrayLike,
    weight: npt.ArrayLike | None = None,
    *,
    kind: Kind = "binary",
    score: Score = "squared_error",
) -> pd.DataFrame:
    """Split a score into miscalibration - discrimination + uncertainty.

    Parameters
    ----------
    observed, predicted, weight : array-like of shape (n_rows,)
        As in `compute_corp`.
    kind : {"binary", "cost"}, default "binary"
        What the values are checked as.
    score : {"squared_error", "log_loss"}, default "squared_error"
        The squared error of probabilities is the Brier score; `log_loss` is for `kind="binary"` alone.

    Returns
    -------
    pandas.DataFrame of shape (1, 4)
        `miscalibration` (what isotonic recalibration would save), `discrimination` (what the recalibrated prediction
        saves against the overall mean), `uncertainty` (the score of the mean) and `score`, none below 0.

    Raises
    ------
    DataContractError
        If the values are not usable, see `make_sample`.

    References
    ----------
    .. [1] Dimitriadis T., Gneiting T., Jordan A. I. (2021). PNAS 118(8). doi:10.1073/pnas.2016191118

    Examples
    --------
    The mean scores 1/4, the pooled curve 0, 1/2, 1/2, 1 scores 1/8, the predictions themselves .275:

    >>> parts = compute_score_parts([0, 1, 0, 1], [0.1, 0.2, 0.3, 0.4])
    >>> [round(float(parts[name].item()), 4) for name in parts]
    [0.15, 0.125, 0.25, 0.275]
    """
    sample = make_sample(observed, predicted, weight, kind=kind)
    curve = _regress(sample, sample.weight[None, :])[0]
    recalibrated = np.repeat(curve[::-1], np.diff(sample.tie_ends, prepend=-1))
    mean = np.full_like(sample.predicted, np.average(sample.observed, weights=sample.weight))
    own, best, none = (_score(sample, values, score) for values in (sample.predicted, recalibrated, mean))
    parts = {"miscalibration": own - best, "discrimination": none - best, "uncertainty": none, "score": own}
    return pd.DataFrame({name: [value] for name, value in parts.items()})


def _distinct(sample: ScoredSample, weights: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Distinct predictions from the lowest up, and weight and weighted outcome at each, by row of weights."""
    starts = np.append(0, sample.tie_ends[:-1] + 1)
    size = np.add.reduceat(weights, starts, axis=1)[:, ::-1]
    found = np.add.reduceat(weights * sample.observed, starts, axis=1)[:, ::-1]
    return sample.predicted[sample.tie_ends][::-1], size, found


def _regress(sample: ScoredSample, weights: FloatArray) -> FloatArray:
    """Isotonic regression at every distinct prediction, for each row of weights; flat over what has no weight."""
    from scipy.optimize import isotonic_regression

    x, size, found = _distinct(sample, weights)
    curves = np.empty_like(size)
    for row, (mass, total) in enumerate(zip(size, found, strict=True)):
        lived = mass > 0
        fitted = isotonic_regression(total[lived] / mass[lived], weights=mass[lived]).x
        curves[row] = np.interp(x, x[lived], fitted)
    return curves


def _choose_points(size: FloatArray) -> npt.NDArray[np.intp]:
    """Up to 200 points, the first of every step of equal weight."""
    share = np.append(0.0, np.cumsum(size)[:-1]) / size.sum()
    step = (share * MOST_POINTS).astype(np.intp)
    return np.unique(step, return_index=True)[1]


def _score(sample: ScoredSample, values: FloatArray, score: Score) -> float:
    if score == "squared_error":
        return float(np.average((sample.observed - values) ** 2, weights=sample.weight))
    from scipy.special import xlog1py, xlogy

    loss = -(xlogy(sample.observed, values) + xlog1py(1 - sample.observed, -values))
    return float(np.average(loss, weights=sample.weight))
