"""Contributions in the unit of the prediction: margin contributions rescaled so that they sum to what is paid."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskkit.errors import DataContractError
from riskkit.explain.contributions import KEY, FloatArray, add_columns, make_frame, split_frame

Calibrate = Callable[[FloatArray], FloatArray]

NO_DISTANCE = 1e-9
DERIVATIVE_STEP = 1e-4


def rescale_to_probability(contributions: pd.DataFrame, calibrate: Calibrate) -> pd.DataFrame:
    """Rescale margin contributions so that they sum to the calibrated prediction.

    Every contribution of a row is multiplied by (g(F) - g(F0)) / (F - F0), where F0 is the base value, F the margin
    and g the calibrated link; for a non-decreasing g every sign is kept. Where F is within 1e-9 of F0 the factor is
    the derivative of g, and what a kink of g leaves is shared out in proportion to the size of the contributions.

    Parameters
    ----------
    contributions : pandas.DataFrame of shape (n_rows, 3 + n_features)
        From `compute_contributions`.
    calibrate : callable
        g: margins of shape (n_rows,) to calibrated predictions, non-decreasing.

    Returns
    -------
    pandas.DataFrame of shape (n_rows, 3 + n_features)
        `base_value` is g(F0); base value and contributions sum to g(F).

    Examples
    --------
    Base risk 12 %, contributions .6, .45 and -.2 on the logit make 24.19 %:

    >>> margin = pd.DataFrame({"person_id": ["a"], "index_date": [pd.Timestamp(2024, 12, 31)],
    ...                        "base_value": [np.log(0.12 / 0.88)], "x": [0.6], "y": [0.45], "z": [-0.2]})
    >>> rescale_to_probability(margin, lambda f: 1 / (1 + np.exp(-f)))[["x", "y", "z"]].round(4).iloc[0].tolist()
    [0.086, 0.0645, -0.0287]
    """
    names, base, phi = split_frame(contributions)
    distance = add_columns(phi)
    start, end = calibrate(base), calibrate(base + distance)
    close = np.abs(distance) < NO_DISTANCE
    slope = np.divide(end - start, distance, out=np.zeros_like(distance), where=~close)
    if close.any():
        above, below = calibrate(base[close] + DERIVATIVE_STEP), calibrate(base[close] - DERIVATIVE_STEP)
        slope[close] = (above - below) / (2 * DERIVATIVE_STEP)
    scaled = phi * slope[:, None]
    scaled[close] = _tie(scaled[close], (end - start)[close])
    return make_frame(contributions[KEY], start, scaled, names)


def _tie(scaled: FloatArray, distance: FloatArray) -> FloatArray:
    """Share what is left of a distance out in proportion to the size of the contributions, so that they sum to it.

    A non-decreasing link leaves no more than the contributions hold, so a sign turns by rounding alone: it becomes 0.
    """
    size = add_columns(np.abs(scaled))
    portion = np.divide(np.abs(scaled), size[:, None], out=np.zeros_like(scaled), where=size[:, None] > 0)
    tied = scaled + (distance - add_columns(scaled))[:, None] * portion
    return np.where(np.sign(tied) * np.sign(scaled) < 0, 0.0, tied)


def rescale_to_amount(contributions: pd.DataFrame, calibrate: Calibrate | None = None) -> pd.DataFrame:
    """Rescale log-link contributions to currency with the logarithmic mean (LMDI).

    c_j = phi_j L(f, f0) with L(a, b) = (a - b) / (ln a - ln b). With a calibrator the amounts f and f0 are the
    calibrated ones and the same weights share out their difference.

    Parameters
    ----------
    contributions : pandas.DataFrame of shape (n_rows, 3 + n_features)
        From `compute_contributions` of a model with a log link.
    calibrate : callable, optional
        Margins to calibrated amounts, non-decreasing; exp where absent.

    Returns
    -------
    pandas.DataFrame of shape (n_rows, 3 + n_features)
        In currency per member year; base value and contributions sum to the expected amount.

    References
    ----------
    .. [1] Ang B. W. (2005). The LMDI approach to decomposition analysis. Energy Policy 33(7).
       doi:10.1016/j.enpol.2003.10.010

    Examples
    --------
    >>> margin = pd.DataFrame({"person_id": ["a"], "index_date": [pd.Timestamp(2024, 12, 31)],
    ...                        "base_value": [np.log(1000)], "x": [np.log(2)], "y": [0.0]})
    >>> rescale_to_amount(margin)[["base_value", "x", "y"]].round(6).iloc[0].tolist()
    [1000.0, 1000.0, 0.0]
    """
    if calibrate is not None:
        return rescale_to_probability(contributions, calibrate)
    names, base, phi = split_frame(contributions)
    start = np.exp(base)
    mean = compute_log_mean(start * np.exp(add_columns(phi)), start)
    return make_frame(contributions[KEY], start, phi * mean[:, None], names)


def compute_log_mean(a: npt.ArrayLike, b: npt.ArrayLike) -> FloatArray:
    """Compute the logarithmic mean (a - b) / (ln a - ln b).

    Parameters
    ----------
    a, b : array-like of one shape
        Positive numbers.

    Returns
    -------
    ndarray
        Between a and b; a where both are equal.

    Raises
    ------
    DataContractError
        If a number is not positive.

    Examples
    --------
    >>> compute_log_mean([np.e, 2.0], [1.0, 2.0]).round(6).tolist()
    [1.718282, 2.0]
    """
    x, y = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    if not ((x > 0).all() and (y > 0).all()):
        message = "log mean: a number is 0, negative or missing; expected positive. Explain zero factors as own steps."
        raise DataContractError(message)
    log_ratio = np.log(x / y)
    safe = np.where(log_ratio == 0, 1.0, log_ratio)
    return np.where(log_ratio == 0, x, y * np.expm1(log_ratio) / safe)


def split_factors(base: npt.ArrayLike, factors: npt.ArrayLike) -> FloatArray:
    """Split the effect of multiplicative factors into amounts that sum exactly.

    Parameters
    ----------
    base : array-like of shape (n_rows,)
        Amount before the factors, positive.
    factors : array-like of shape (n_rows, n_factors)
        Positive factors.

    Returns
    -------
    ndarray of shape (n_rows, n_factors)
        Amounts in the unit of `base`; each row sums to base x (product of factors - 1).

    Raises
    ------
    DataContractError
        If a number is not positive.

    Examples
    --------
    >>> split_factors([6200.0], [[1.35, 0.8, 1.2]]).round(2).tolist()
    [[2124.14, -1579.41, 1290.47]]
    """
    start, by = np.asarray(base, dtype=np.float64), np.asarray(factors, dtype=np.float64)
    mean = compute_log_mean(start * np.prod(by, axis=1), start)
    return np.asarray(np.log(by) * mean[:, None], dtype=np.float64)
