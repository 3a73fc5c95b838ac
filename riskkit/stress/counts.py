"""Counts and sums from standard normals: a larger normal gives a larger figure, so policies meet the same luck."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtr

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

# Below this variance the distribution function is inverted exactly; above, a third-order expansion is within 0.2%.
EXACT_BELOW = 6.0
_MOST_STEPS = 400
_STEEPEST = 0.5


def binomial_from_normal(number: Floats, probability: Floats, normal: Floats) -> Floats:
    """Turn normals into binomial counts.

    Parameters
    ----------
    number : numpy.ndarray
        Trials: whole numbers of at least 0.
    probability : numpy.ndarray
        Probability of each trial; broadcast over the last axes.
    normal : numpy.ndarray of the shape of `number`
        Standard normals.

    Returns
    -------
    numpy.ndarray of the shape of `number`
        Whole numbers from 0 to `number`.

    References
    ----------
    .. [1] E. A. Cornish, R. A. Fisher, Moments and cumulants in the specification of distributions (1938); the half
       and the twelfth for a whole number are W. F. Sheppard's corrections.

    Examples
    --------
    >>> binomial_from_normal(np.array([4.0]), np.array([0.5]), np.array([0.0]))
    array([2.])
    """
    if not probability.any():
        return np.zeros_like(number)
    flip = probability > 0.5
    if flip.any():
        normal = np.where(flip, -normal, normal)
    small = np.minimum(probability, 1 - probability)
    spread = small * (1 - small)
    variance = number * spread
    count = _expand(number * small, variance, (1 - 2 * small, 1 - 6 * spread), normal)
    np.clip(count, 0, number, out=count)
    exact = np.nonzero(variance < EXACT_BELOW)
    if exact[0].size:
        trials = number[exact]
        chance = np.broadcast_to(small, number.shape)[exact]
        odds = chance / (1 - chance)
        count[exact] = _invert(ndtr(normal[exact]), np.exp(trials * np.log1p(-chance)), -odds, (trials + 1) * odds)
    return np.where(flip, number - count, count) if flip.any() else count


def poisson_from_normal(mean: Floats, normal: Floats) -> Floats:
    """Turn normals into Poisson counts.

    Parameters
    ----------
    mean : numpy.ndarray
        Expected counts, at least 0.
    normal : numpy.ndarray of the shape of `mean`
        Standard normals.

    Returns
    -------
    numpy.ndarray of the shape of `mean`
        Whole numbers.

    Examples
    --------
    >>> poisson_from_normal(np.array([0.1, 100.0]), np.array([0.0, 0.0]))
    array([  0., 100.])
    """
    if not mean.any():
        return np.zeros_like(mean)
    count = np.maximum(_expand(mean, mean, (np.ones(1), np.ones(1)), normal), 0.0)
    exact = np.nonzero(mean < EXACT_BELOW)
    if exact[0].size:
        rate = mean[exact]
        count[exact] = _invert(ndtr(normal[exact]), np.exp(-rate), np.zeros_like(rate), rate)
    return count


def _expand(mean: Floats, variance: Floats, shape: tuple[Floats, Floats], normal: Floats) -> Floats:
    """Round a Cornish-Fisher expansion; `shape` is skewness times sd and excess kurtosis times variance."""
    skew, excess = shape
    inverse = 1 / np.maximum(variance, EXACT_BELOW)
    sd = np.sqrt(np.maximum(variance - 1 / 12, 0.0))
    square = normal * normal
    bent = (square - 1) * skew / 6
    curved = normal * ((square - 3) * (excess / 24) - (2 * square - 5) * (skew * skew / 36))
    return np.floor(mean + sd * (normal + bent * np.sqrt(inverse) + curved * inverse) + 0.5)


def _invert(chance: Floats, start: Floats, slope: Floats, offset: Floats) -> Floats:
    """Invert a distribution function step by step; each mass is ``slope + offset / k`` times the one before it.

    References
    ----------
    .. [1] H. H. Panjer, Recursive evaluation of a family of compound distributions, ASTIN Bulletin 12 (1981): the
       class (a, b, 0) holds binomial and Poisson.
    """
    count = np.zeros_like(chance)
    left = np.flatnonzero(chance > start)
    mass, total = start[left], start[left]
    chance, slope, offset = chance[left], slope[left], offset[left]
    for step in range(1, _MOST_STEPS):
        if not left.size:
            break
        mass = mass * (slope + offset / step)
        total = total + mass
        count[left] = step
        # A mass that adds nothing more is the end of the distribution in floating point.
        go = (chance > total) & (mass > 1e-18)
        left, mass, total = left[go], mass[go], total[go]
        chance, slope, offset = chance[go], slope[go], offset[go]
    return count


def standard_skewed(normal: Floats, skewness: Floats) -> Floats:
    """Turn normals into a skewed variable of mean 0 and variance 1: a gamma by Wilson and Hilferty, standardised.

    Mean and variance are exact for any skewness; the skewness itself is met to 1% up to 1 and is limited at 4.2.

    Parameters
    ----------
    normal : numpy.ndarray
        Standard normals.
    skewness : numpy.ndarray
        Skewness, at least 0.

    Returns
    -------
    numpy.ndarray
        Values; increasing in `normal`.

    References
    ----------
    .. [1] E. B. Wilson, M. M. Hilferty, The distribution of chi-square, PNAS 17 (1931).

    Examples
    --------
    Without skewness the normal itself comes back:

    >>> standard_skewed(np.array([1.5]), np.array([0.0]))
    array([1.5])
    """
    # With e = skewness**2 / 36 = s**2, h = 1 - e + s z and c = 1 - e: (h**3 - E[h**3]) / s is a cubic in z whose
    # coefficients are finite at s = 0, and Var[h**3] / s**2 = 9 c**4 + 36 c**2 e + 15 e**2.
    root = np.minimum(skewness / 6, np.sqrt(_STEEPEST))
    square = root * root
    centre = 1 - square
    inner = centre * centre
    value = normal * (3 * inner + root * normal * (3 * centre + root * normal)) - 3 * centre * root
    return np.asarray(value / np.sqrt(9 * inner * inner + square * (36 * inner + 15 * square)))
