"""A line on the link scale: the logistic or log-linear regression of what was observed on what was predicted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from riskkit.risk.links import Kind, compute_expit

if TYPE_CHECKING:
    import numpy.typing as npt

    FloatArray = npt.NDArray[np.float64]

WIDEST = 50.0
"""Half the bracket of an intercept, beyond the margins: no float tells a probability from 0 or 1 further out."""

MOST_STEPS, NO_STEP = 100, 1e-14
"""Newton's steps are over when they move a shift by no more than its last digits."""

STEEPEST = 10.0
"""Largest slope: rows that separate events from the rest would have it grow without end."""


def solve_shift(margin: FloatArray, observed: FloatArray, weight: FloatArray, *, kind: Kind) -> float:
    """Find the shift of all margins that makes the weighted sums of predictions and observations equal.

    Parameters
    ----------
    margin : numpy.ndarray of shape (n_rows,)
        Logits of probabilities, or logarithms of amounts.
    observed, weight : numpy.ndarray of shape (n_rows,)
        What happened, and weights.
    kind : {'binary', 'cost'}
        The link.

    Returns
    -------
    float
        The shift.

    Examples
    --------
    Twice the amount is a shift of log 2.

    >>> round(solve_shift(np.log([100.0, 300.0]), np.array([500.0, 300.0]), np.ones(2), kind="cost"), 6)
    0.693147
    """
    total = float((weight * observed).sum())
    if kind == "cost":
        return float(np.log(total / (weight * np.exp(margin)).sum()))
    far = WIDEST + float(np.abs(margin).max())
    return _find_root(margin, weight, total, far)


def _find_root(margin: FloatArray, weight: FloatArray, total: float, far: float) -> float:
    """Find the shift of log odds by Newton's steps, halving the bracket where a step would leave it."""
    shift, low, high = 0.0, -far, far
    for _ in range(MOST_STEPS):
        chance = compute_expit(margin + shift)
        gap = float((weight * chance).sum()) - total
        if gap > 0:
            high = shift
        else:
            low = shift
        curve = float((weight * chance * (1.0 - chance)).sum())
        # a step too small to be seen is the end: all that is left is the rounding of the sum
        following = shift - gap / curve if curve > 0 else far
        if abs(following - shift) <= NO_STEP * max(1.0, abs(shift)):
            return following
        shift = following if low < following < high else (low + high) / 2
    return shift


def fit_line(margin: FloatArray, observed: FloatArray, weight: FloatArray, *, kind: Kind) -> tuple[float, float]:
    """Fit intercept and slope by weighted likelihood: Bernoulli for a probability, quasi-Poisson for an amount.

    Parameters
    ----------
    margin : numpy.ndarray of shape (n_rows,)
        Logits of probabilities, or logarithms of amounts.
    observed, weight : numpy.ndarray of shape (n_rows,)
        What happened, and weights.
    kind : {'binary', 'cost'}
        The link.

    Returns
    -------
    tuple of float
        Intercept and slope. The slope is positive: where the data would have it otherwise, it stays 1, because a
        calibration must not turn the ranking round.

    References
    ----------
    .. [1] Platt (1999), Probabilistic outputs for support vector machines.
    .. [2] Cox (1958), Two further applications of a model for binary regression, doi:10.1093/biomet/45.3-4.562.

    Examples
    --------
    Odds of 1 and 4 were observed where 1 and 2 were said: log 4 = 2 log 2.

    >>> intercept, slope = fit_line(np.log([1.0, 2.0]), np.array([0.5, 0.8]), np.ones(2), kind="binary")
    >>> round(abs(intercept), 6), round(slope, 6)
    (0.0, 2.0)
    """
    share = weight / weight.sum()
    # amounts are measured in their own mean, so that Newton's steps do not depend on the currency
    unit = 1.0 if kind == "binary" else float((share * observed).sum())
    design = np.column_stack([np.ones_like(margin), margin - np.log(unit)])
    target = observed / unit
    start = solve_shift(design[:, 1], target, share, kind=kind)
    slope = float(climb_likelihood(np.array([start, 1.0]), design, target, share, kind=kind)[1])
    if not (np.isfinite(slope) and slope > 0):
        slope = 1.0
    slope = min(slope, STEEPEST)
    return solve_shift(slope * margin, observed, weight, kind=kind), slope


def climb_likelihood(
    start: FloatArray, design: FloatArray, target: FloatArray, share: FloatArray, *, kind: Kind
) -> FloatArray:
    """Climb the weighted log likelihood by Newton's steps, halved until they climb.

    Parameters
    ----------
    start : numpy.ndarray of shape (n_terms,)
        Coefficients to begin with.
    design : numpy.ndarray of shape (n_rows, n_terms)
        Terms of the linear predictor.
    target, share : numpy.ndarray of shape (n_rows,)
        What happened, and weights that sum to 1.
    kind : {'binary', 'cost'}
        Bernoulli under the logit, or quasi-Poisson under the logarithm.

    Returns
    -------
    numpy.ndarray of shape (n_terms,)
        The coefficients at the top, or as far as 50 steps reach.
    """
    line = start
    height = _compute_height(line, design, target, share, kind)
    for _ in range(50):
        mean, variance = compute_moments(design @ line, kind)
        slope = design.T @ (share * (target - mean))
        curve = design.T @ ((share * variance)[:, None] * design)
        step = np.linalg.lstsq(curve, slope, rcond=None)[0]
        scale = 1.0
        while scale > 1e-6 and _compute_height(line + scale * step, design, target, share, kind) < height:
            scale /= 2
        line = line + scale * step
        height = _compute_height(line, design, target, share, kind)
        if np.abs(scale * step).max() < 1e-10:
            break
    return line


def compute_moments(margin: FloatArray, kind: Kind) -> tuple[FloatArray, FloatArray]:
    """Compute mean and variance function at each margin.

    Parameters
    ----------
    margin : numpy.ndarray of shape (n_rows,)
        Log odds, or log amounts.
    kind : {'binary', 'cost'}
        Bernoulli, or quasi-Poisson.

    Returns
    -------
    tuple of numpy.ndarray of shape (n_rows,)
        Mean and variance.

    Examples
    --------
    >>> compute_moments(np.array([0.0]), "binary")
    (array([0.5]), array([0.25]))
    """
    if kind == "binary":
        mean = compute_expit(margin)
        return mean, mean * (1 - mean)
    mean = np.exp(margin)
    return mean, mean


def _compute_height(line: FloatArray, design: FloatArray, target: FloatArray, share: FloatArray, kind: Kind) -> float:
    """Compute the weighted log likelihood of a line."""
    margin = design @ line
    with np.errstate(over="ignore"):
        fitted = np.logaddexp(0.0, margin) if kind == "binary" else np.exp(margin)
    return float((share * (target * margin - fitted)).sum())
