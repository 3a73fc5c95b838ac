"""Beta calibration: one power for p, another for 1 - p, and a shift, fitted by weighted likelihood."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from riskkit.risk.line import STEEPEST, climb_likelihood, solve_shift
from riskkit.risk.links import SMALLEST

if TYPE_CHECKING:
    import numpy.typing as npt

    FloatArray = npt.NDArray[np.float64]


def fit_powers(predicted: FloatArray, observed: FloatArray, weight: FloatArray) -> tuple[tuple[float, float], float]:
    """Fit a, b and c of logit q = a ln p - b ln(1 - p) + c, with a and b not negative.

    A power whose free fit is negative is held at 0 and the other fitted again; where neither is positive, both stay 1
    and only the shift is fitted, because a calibration must not turn the ranking round.

    Parameters
    ----------
    predicted : numpy.ndarray of shape (n_rows,)
        Uncalibrated probabilities.
    observed, weight : numpy.ndarray of shape (n_rows,)
        0 or 1, and positive weights; both outcomes occur.

    Returns
    -------
    tuple of tuple of float and float
        The powers (a, b), and the shift c that makes the weighted sums equal.

    References
    ----------
    .. [1] Kull, Silva Filho and Flach (2017), Beyond sigmoids: how to obtain well-calibrated probabilities from binary
       classifiers with beta calibration, doi:10.1214/17-EJS1338SI.

    Examples
    --------
    Odds of 1/3 and 3 were observed as 1 and 9, that is thrice; with p on both sides of one half, a = b = 1.

    >>> powers, shift = fit_powers(np.array([0.25, 0.5, 0.75]), np.array([0.5, 0.75, 0.9]), np.ones(3))
    >>> [round(power, 6) for power in powers], round(float(np.exp(shift)), 6)
    ([1.0, 1.0], 3.0)
    """
    terms = _make_terms(predicted)
    powers = _fit_some(terms, observed, weight, [0, 1])
    if powers.min() < 0:
        kept = int(powers.argmax())
        powers = _fit_some(terms, observed, weight, [kept])
    if not (np.isfinite(powers).all() and powers.max() > 0 and powers.min() >= 0):
        powers = np.ones(2)
    a, b = (float(power) for power in np.minimum(powers, STEEPEST))
    return (a, b), solve_shift(compute_beta_margin(predicted, a, b), observed, weight, kind="binary")


def compute_beta_margin(predicted: FloatArray, a: float, b: float) -> FloatArray:
    """Compute a ln p - b ln(1 - p).

    Parameters
    ----------
    predicted : numpy.ndarray of shape (n_rows,)
        Probabilities.
    a, b : float
        Powers, neither negative.

    Returns
    -------
    numpy.ndarray of shape (n_rows,)
        Margins before the shift; with a = b = 1 the logit.

    Examples
    --------
    >>> compute_beta_margin(np.array([0.2]), 1.0, 1.0).round(6) == np.log(0.25).round(6)
    array([ True])
    """
    terms = _make_terms(predicted)
    return np.asarray(a * terms[:, 0] + b * terms[:, 1])


def _make_terms(predicted: FloatArray) -> FloatArray:
    """Lay out ln p and -ln(1 - p)."""
    p = np.clip(predicted, SMALLEST, 1 - SMALLEST)
    return np.column_stack([np.log(p), -np.log1p(-p)])


def _fit_some(terms: FloatArray, observed: FloatArray, weight: FloatArray, kept: list[int]) -> FloatArray:
    """Fit the powers of some terms with a shift; the others are 0."""
    share = weight / weight.sum()
    chosen = terms[:, kept]
    start = np.array([solve_shift(chosen.sum(axis=1), observed, share, kind="binary"), *np.ones(len(kept))])
    design = np.column_stack([np.ones(len(terms)), chosen])
    powers = np.zeros(2)
    powers[kept] = climb_likelihood(start, design, observed, share, kind="binary")[1:]
    return powers
