"""The logistic regression of the outcome on logit(p), solved once for the sample and in one step for replicates."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from riskkit.evaluation.intervals import divide
from riskkit.evaluation.sample import FloatArray, ScoredSample

SMALLEST_PROBABILITY = 1e-6
MAX_NEWTON_STEPS = 30
CONVERGED = 1e-8
ONE_STEP_ROWS = 5_000
"""From so many rows on, a replicate is one Newton step from the whole sample's solution: its error is of order 1/n."""


@lru_cache(maxsize=4)
def solve_logistic(sample: ScoredSample) -> FloatArray:
    """Regress the outcome on logit(p) by maximum likelihood, with the sample's own weights.

    Parameters
    ----------
    sample : ScoredSample
        The rows.

    Returns
    -------
    ndarray of shape (1, 2)
        Intercept and slope; NaN where there is no finite solution.
    """
    return fit_logistic(
        compute_logit(sample.predicted), sample.observed, sample.weight[None, :], np.array([[0.0, 1.0]])
    )


@lru_cache(maxsize=4)
def list_logistic_terms(sample: ScoredSample) -> FloatArray:
    """List what each row adds, a unit of weight, to gradient and curvature at the solution of `solve_logistic`.

    Parameters
    ----------
    sample : ScoredSample
        The rows.

    Returns
    -------
    ndarray of shape (n_rows, 5)
        Two terms of the gradient and three of the curvature.
    """
    logit, (intercept, slope) = compute_logit(sample.predicted), solve_logistic(sample)[0]
    p = compute_expit(intercept + slope * logit)
    residual: FloatArray = sample.observed - p
    spread: FloatArray = p * (1 - p)
    terms: FloatArray = np.column_stack([residual, residual * logit, spread, spread * logit, spread * logit**2])
    return terms


def step_logistic(sums: FloatArray) -> FloatArray:
    """Take one Newton step from the sums of the terms of `list_logistic_terms`.

    Parameters
    ----------
    sums : ndarray of shape (n_replicates, 5)
        Weighted sums of the terms.

    Returns
    -------
    ndarray of shape (n_replicates, 2)
        Change of intercept and of slope.
    """
    return _solve_two(sums[:, 2:], sums[:, :2])


def fit_logistic(x: FloatArray, y: FloatArray, weights: FloatArray, start: FloatArray) -> FloatArray:
    """Regress y on x by Newton's method, one logistic regression a row of weights.

    Parameters
    ----------
    x, y : ndarray of shape (n_rows,)
        Covariate and outcome, 0 or 1.
    weights : ndarray of shape (n_replicates, n_rows)
        Row weights of each replicate.
    start : ndarray of shape (n_replicates, 2)
        Intercept and slope to begin at.

    Returns
    -------
    ndarray of shape (n_replicates, 2)
        Intercept and slope; NaN where there is no finite solution.
    """
    beta = start.copy()
    wanted = np.column_stack([weights @ y, weights @ (y * x)])
    powers = np.column_stack([np.ones_like(x), x, x * x])
    for _ in range(MAX_NEWTON_STEPS):
        p = compute_expit(beta[:, :1] + beta[:, 1:] * x)
        weighted = weights * p
        gradient = wanted - weighted @ powers[:, :2]
        weighted *= 1 - p
        step = _solve_two(weighted @ powers, gradient)
        beta += np.clip(step, -2.0, 2.0)
        if not (np.abs(step) > CONVERGED).any():
            return beta
    beta[(np.abs(step) > CONVERGED).any(axis=1)] = np.nan
    return beta


def _solve_two(curvature: FloatArray, gradient: FloatArray) -> FloatArray:
    a, b, c = curvature.T
    determinant = a * c - b * b
    solvable = np.where(determinant > 1e-12 * a * c, determinant, 0.0)
    first = divide(c * gradient[:, 0] - b * gradient[:, 1], solvable)
    second = divide(a * gradient[:, 1] - b * gradient[:, 0], solvable)
    return np.column_stack([first, second])


def compute_logit(p: FloatArray) -> FloatArray:
    """Return log(p / (1 - p)), p kept 1e-6 away from 0 and 1.

    Parameters
    ----------
    p : ndarray
        Probabilities.

    Returns
    -------
    ndarray
        Log odds.
    """
    kept = np.clip(p, SMALLEST_PROBABILITY, 1 - SMALLEST_PROBABILITY)
    logit: FloatArray = np.log(kept) - np.log1p(-kept)
    return logit


def compute_expit(x: FloatArray) -> FloatArray:
    """Return 1 / (1 + exp(-x)).

    Parameters
    ----------
    x : ndarray
        Log odds.

    Returns
    -------
    ndarray
        Probabilities.
    """
    p: FloatArray = 1.0 / (1.0 + np.exp(-np.clip(x, -700.0, 700.0)))
    return p
