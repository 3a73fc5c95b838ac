"""Do the probabilities mean what they say: Brier score, log loss, O/E, calibration intercept and slope."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from riskkit.evaluation.intervals import divide
from riskkit.evaluation.logistic import (
    CONVERGED,
    MAX_NEWTON_STEPS,
    ONE_STEP_ROWS,
    SMALLEST_PROBABILITY,
    compute_expit,
    compute_logit,
    fit_logistic,
    list_logistic_terms,
    solve_logistic,
    step_logistic,
)
from riskkit.evaluation.sample import FloatArray, Kind, ScoredSample, make_sample


def compute_brier_score(
    observed: npt.ArrayLike, predicted: npt.ArrayLike, weight: npt.ArrayLike | None = None
) -> float:
    """Compute the weighted mean squared error of probabilities.

    Parameters
    ----------
    observed, predicted, weight : array-like of shape (n_rows,)
        0/1, probabilities and row weights.

    Returns
    -------
    float
        Brier score, 0 (perfect) to 1.

    Raises
    ------
    DataContractError
        If the values are not usable, see `make_sample`.

    References
    ----------
    .. [1] Brier G. W. (1950). Monthly Weather Review 78(1).

    Examples
    --------
    >>> compute_brier_score([0, 1], [0.5, 0.5])
    0.25
    """
    sample = make_sample(observed, predicted, weight, kind="binary")
    return float(weighted_brier_score(sample, sample.weight[None, :])[0])


def compute_oe_ratio(
    observed: npt.ArrayLike, predicted: npt.ArrayLike, weight: npt.ArrayLike | None = None, *, kind: Kind = "cost"
) -> float:
    """Compute the observed over the expected (predicted) total.

    Parameters
    ----------
    observed, predicted, weight : array-like of shape (n_rows,)
        0/1 and probabilities, or amounts per member year; row weights.
    kind : {"binary", "cost"}, default "cost"
        What the values are checked as.

    Returns
    -------
    float
        Above 1 where the model predicts too little; NaN if the expected total is not positive.

    Raises
    ------
    DataContractError
        If the values are not usable, see `make_sample`.

    Examples
    --------
    >>> compute_oe_ratio([0, 1, 1], [0.5, 0.5, 0.5], kind="binary")  # 2 / 1.5
    1.3333333333333333
    """
    sample = make_sample(observed, predicted, weight, kind=kind)
    return float(weighted_oe_ratio(sample, sample.weight[None, :])[0])


def weighted_brier_score(sample: ScoredSample, weights: FloatArray) -> FloatArray:
    """Compute the Brier score for each row of weights.

    Parameters
    ----------
    sample : ScoredSample
        The rows.
    weights : ndarray of shape (n_replicates, n_rows)
        Row weights of each replicate.

    Returns
    -------
    ndarray of shape (n_replicates,)
        Brier score.
    """
    return divide(weights @ (sample.observed - sample.predicted) ** 2, weights.sum(axis=1))


def weighted_brier_skill(sample: ScoredSample, weights: FloatArray) -> FloatArray:
    """Compute the part of the Brier score of the overall rate that the model saves, for each row of weights.

    Parameters
    ----------
    sample : ScoredSample
        The rows.
    weights : ndarray of shape (n_replicates, n_rows)
        Row weights of each replicate.

    Returns
    -------
    ndarray of shape (n_replicates,)
        1 is perfect, 0 no better than the overall rate; NaN without both outcomes.
    """
    rate = divide(weights @ sample.observed, weights.sum(axis=1))
    return 1 - divide(weighted_brier_score(sample, weights), rate * (1 - rate))


def weighted_log_loss(sample: ScoredSample, weights: FloatArray) -> FloatArray:
    """Compute the log loss for each row of weights, probabilities kept 1e-6 away from 0 and 1.

    Parameters
    ----------
    sample : ScoredSample
        The rows.
    weights : ndarray of shape (n_replicates, n_rows)
        Row weights of each replicate.

    Returns
    -------
    ndarray of shape (n_replicates,)
        Mean negative log likelihood in nats.
    """
    p = np.clip(sample.predicted, SMALLEST_PROBABILITY, 1 - SMALLEST_PROBABILITY)
    loss = -(sample.observed * np.log(p) + (1 - sample.observed) * np.log1p(-p))
    return divide(weights @ loss, weights.sum(axis=1))


def weighted_oe_ratio(sample: ScoredSample, weights: FloatArray) -> FloatArray:
    """Compute observed over expected for each row of weights.

    Parameters
    ----------
    sample : ScoredSample
        The rows.
    weights : ndarray of shape (n_replicates, n_rows)
        Row weights of each replicate.

    Returns
    -------
    ndarray of shape (n_replicates,)
        O/E ratio; NaN where the expected total is not positive.
    """
    return divide(weights @ sample.observed, weights @ sample.predicted)


def weighted_calibration_slope(sample: ScoredSample, weights: FloatArray) -> FloatArray:
    """Compute the slope of a logistic regression of the outcome on logit(p), for each row of weights.

    Parameters
    ----------
    sample : ScoredSample
        The rows.
    weights : ndarray of shape (n_replicates, n_rows)
        Row weights of each replicate.

    Returns
    -------
    ndarray of shape (n_replicates,)
        1 is ideal, below 1 the predictions are too extreme; NaN where the regression has no finite solution.

    References
    ----------
    .. [1] Cox D. R. (1958). Two further applications of a model for binary regression. Biometrika 45.
    """
    start = solve_logistic(sample)
    if not np.isfinite(start).all():
        return np.full(len(weights), np.nan)
    if sample.observed.size >= ONE_STEP_ROWS:
        step = step_logistic(weights @ list_logistic_terms(sample))[:, 1]
        return np.asarray(start[0, 1] + step, dtype=np.float64)
    logit = compute_logit(sample.predicted)
    return fit_logistic(logit, sample.observed, weights, np.repeat(start, len(weights), axis=0))[:, 1]


def weighted_calibration_intercept(sample: ScoredSample, weights: FloatArray) -> FloatArray:
    """Compute calibration in the large for each row of weights: the shift d with sum expit(logit p + d) = sum y.

    Parameters
    ----------
    sample : ScoredSample
        The rows.
    weights : ndarray of shape (n_replicates, n_rows)
        Row weights of each replicate.

    Returns
    -------
    ndarray of shape (n_replicates,)
        0 is ideal, below 0 the predictions are too high on average; NaN without both outcomes.
    """
    events, total = weights @ sample.observed, weights.sum(axis=1)
    shift = np.where((events > 0) & (events < total), 0.0, np.nan)
    if sample.observed.size < ONE_STEP_ROWS:
        return _fit_shift(sample, weights, shift)
    at = _solve_shift(sample)
    p = compute_expit(compute_logit(sample.predicted) + at)
    return shift + at + divide(weights @ (sample.observed - p), weights @ (p * (1 - p)))


@lru_cache(maxsize=4)
def _solve_shift(sample: ScoredSample) -> float:
    return float(_fit_shift(sample, sample.weight[None, :], np.zeros(1))[0])


def _fit_shift(sample: ScoredSample, weights: FloatArray, shift: FloatArray) -> FloatArray:
    """Newton's method for the intercept, one equation a row of weights."""
    logit, events = compute_logit(sample.predicted), weights @ sample.observed
    for _ in range(MAX_NEWTON_STEPS):
        p = compute_expit(logit + shift[:, None])
        step = divide(events - np.einsum("ij,ij->i", weights, p), np.einsum("ij,ij->i", weights, p * (1 - p)))
        shift = shift + np.clip(step, -2.0, 2.0)
        if not (np.abs(step) > CONVERGED).any():
            break
    return shift
