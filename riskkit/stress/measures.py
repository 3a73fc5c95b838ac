"""Measures over paths: probabilities with their simulation error, values and tails at risk, quantiles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Flags = npt.NDArray[np.bool_]

_Z95 = 1.959963984540054


def estimate_probability(happened: Flags) -> dict[str, float]:
    """Estimate a probability from paths, with a 95% interval for the error of the simulation.

    Parameters
    ----------
    happened : numpy.ndarray of bool, shape (n_paths,)
        Whether it happened on each path.

    Returns
    -------
    dict
        `value`, `low`, `high`.

    References
    ----------
    .. [1] E. B. Wilson, Probable inference, the law of succession, and statistical inference, JASA 22 (1927).

    Examples
    --------
    >>> estimate_probability(np.array([True, False]))["value"]
    0.5
    """
    n, share = len(happened), float(np.mean(happened))
    denominator = 1 + _Z95**2 / n
    centre = (share + _Z95**2 / (2 * n)) / denominator
    half = _Z95 * np.sqrt(share * (1 - share) / n + _Z95**2 / (4 * n * n)) / denominator
    # At 0 and 1 the interval ends there exactly, but for rounding.
    low, high = float(centre - half) if share > 0 else 0.0, float(centre + half) if share < 1 else 1.0
    return {"value": share, "low": low, "high": high}


def estimate_mean(values: Floats) -> dict[str, float]:
    """Estimate a mean from paths, with a 95% interval for the error of the simulation.

    Parameters
    ----------
    values : numpy.ndarray of shape (n_paths,)
        A figure per path.

    Returns
    -------
    dict
        `value`, `low`, `high`; the interval is the point itself for a single path.

    Examples
    --------
    >>> estimate_mean(np.array([1.0, 1.0]))
    {'value': 1.0, 'low': 1.0, 'high': 1.0}
    """
    mean = float(np.mean(values))
    half = _Z95 * float(np.std(values, ddof=1)) / np.sqrt(len(values)) if len(values) > 1 else 0.0
    return {"value": mean, "low": float(mean - half), "high": float(mean + half)}


def compute_value_at_risk(losses: Floats, level: float) -> float:
    """Compute the value at risk: the smallest loss that is not exceeded with probability `level`.

    Parameters
    ----------
    losses : numpy.ndarray of shape (n_paths,)
        Losses; a gain is negative.
    level : float
        Between 0 and 1.

    Returns
    -------
    float
        In the unit of `losses`.

    Examples
    --------
    >>> compute_value_at_risk(np.arange(1.0, 101.0), 0.95)
    95.0
    """
    return float(np.quantile(losses, level, method="inverted_cdf"))


def compute_tail_value_at_risk(losses: Floats, level: float) -> float:
    """Compute the tail value at risk: the mean of the worst ``1 - level`` of the losses.

    Parameters
    ----------
    losses : numpy.ndarray of shape (n_paths,)
        Losses; a gain is negative.
    level : float
        Between 0 and 1.

    Returns
    -------
    float
        In the unit of `losses`; a path on the edge counts in part.

    References
    ----------
    .. [1] C. Acerbi, D. Tasche, On the coherence of expected shortfall, Journal of Banking & Finance 26 (2002).

    Examples
    --------
    Of 1 to 100 the worst five are 96 to 100, their mean 98:

    >>> compute_tail_value_at_risk(np.arange(1.0, 101.0), 0.95)
    98.0
    """
    worst = np.sort(losses)[::-1]
    # Rounded, because 100 * (1 - 0.95) is a little more than 5 in floating point.
    count = round(len(worst) * (1 - level), 9)
    whole = int(count)
    part = (count - whole) * worst[whole] if count > whole else 0.0
    return float((worst[:whole].sum() + part) / count)


def compute_first_breach(breached: Flags) -> npt.NDArray[np.int64]:
    """Find the first year of a breach.

    Parameters
    ----------
    breached : numpy.ndarray of bool, shape (n_paths, n_years)
        Whether the line was breached.

    Returns
    -------
    numpy.ndarray of int, shape (n_paths,)
        Year from 1; 0 where there is none.

    Examples
    --------
    >>> compute_first_breach(np.array([[False, True, True], [False, False, False]]))
    array([2, 0])
    """
    return np.where(breached.any(axis=1), breached.argmax(axis=1) + 1, 0)
