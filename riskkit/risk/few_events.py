"""The closed test of a year of few events: does the level hold, and nothing more is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from riskkit.risk.links import Kind

    FloatArray = npt.NDArray[np.float64]

FEW_EVENTS = 200
"""Persons with an event below which only the level is tested (house number): a curve that is fitted on fewer is
mostly noise."""

LEAST_EVENTS = 10
"""Persons with an event below which nothing is changed (house number): a level fitted on fewer is off by a third and
more by chance, 1 / sqrt(9), so that a map that was learnt on many is the better guess."""


def count_telling(observed: FloatArray, persons: npt.NDArray[np.int64], kind: Kind) -> int:
    """Count the persons who tell a level: with a cost, or of those with an event and those without, the rarer.

    Parameters
    ----------
    observed : numpy.ndarray of shape (n_rows,)
        What happened.
    persons : numpy.ndarray of int of shape (n_rows,)
        Person of each row.
    kind : {'binary', 'cost'}
        The link.

    Returns
    -------
    int
        How many.

    Examples
    --------
    >>> count_telling(np.array([1.0, 1.0, 0.0, 1.0]), np.array([0, 0, 1, 2]), "binary")
    1
    """
    events = int(np.unique(persons[observed > 0]).size)
    return events if kind == "cost" else min(events, int(np.unique(persons).size) - events)


def state_variance(predicted: FloatArray, observed: FloatArray, weight: FloatArray) -> FloatArray:
    """Say the variance that probabilities state for their weighted residuals.

    Parameters
    ----------
    predicted, observed, weight : numpy.ndarray of shape (n_rows,)
        Probabilities, what happened (0 or 1), and positive weights.

    Returns
    -------
    numpy.ndarray of shape (n_rows,)
        By row, so that the sum over rows is the variance of the sum of w (y - p).

    Notes
    -----
    With weights that do not depend on what happened it is w^2 p (1 - p) on average. Weights against censoring do: who
    had the event needed to be followed no longer, and weighs less than who was followed to the end. Each side then
    keeps the mean of its own weights, weighted by themselves: w [p (1 - p)^2 a + (1 - p) p^2 b], with a of those with
    the event and b of those without.

    Examples
    --------
    >>> state_variance(np.array([0.2, 0.2]), np.array([0.0, 1.0]), np.ones(2)).round(3)
    array([0.16, 0.16])

    Who has no event weighs 2: a is 1 and b is 2, so a row of weight 1 has .2 x .64 x 1 + .8 x .04 x 2 = .192.

    >>> state_variance(np.array([0.2, 0.2]), np.array([0.0, 1.0]), np.array([2.0, 1.0])).round(3)
    array([0.384, 0.192])
    """
    own = float((weight**2).sum() / weight.sum())
    sides = [weight[observed == side] for side in (0.0, 1.0)]
    without, with_event = (float((side**2).sum() / side.sum()) if side.size else own for side in sides)
    return weight * (predicted * (1 - predicted) ** 2 * with_event + (1 - predicted) * predicted**2 * without)


def check_level(
    predicted: FloatArray,
    observed: FloatArray,
    weight: FloatArray,
    persons: npt.NDArray[np.int64],
    *,
    kind: Kind,
) -> tuple[float, float]:
    """Test whether a year of few events has the level that was predicted.

    Parameters
    ----------
    predicted, observed, weight : numpy.ndarray of shape (n_rows,)
        Predictions in use, what happened, and positive weights.
    persons : numpy.ndarray of int of shape (n_rows,)
        Person of each row, from 0.
    kind : {'binary', 'cost'}
        The link.

    Returns
    -------
    statistic, p_value : float
        Squared distance of the sums over its variance, and the chance of a greater one where the level holds.

    Notes
    -----
    Of a probability the variance is the model's own (`state_variance`), times what the rows of one person add to each
    other; the law is that of a Poisson count of that mean and variance, both tails, with half of the weight of the
    count itself (mid-p), so that the level holds below ten expected events too. A cost has no variance of its own: it
    is taken from the spread of persons, and the law is the normal one.

    Examples
    --------
    Two events where one is expected: the chance of two or more is .2642 of a Poisson count, of three or more .0803;
    their middle, twice, is .3446.

    >>> rows = np.arange(100_000)
    >>> y = (rows < 2).astype(float)
    >>> statistic, p_value = check_level(np.full(len(rows), 1e-5), y, np.ones(len(rows)), rows, kind="binary")
    >>> round(statistic, 3), round(p_value, 3)
    (1.0, 0.345)
    """
    from scipy.special import chdtrc, gammainc

    residual = weight * (observed - predicted)
    spread = float((np.bincount(persons, residual) ** 2).sum())
    if kind == "cost":
        statistic = float(residual.sum()) ** 2 / spread
        return statistic, float(chdtrc(1, statistic))
    within = spread / float((residual**2).sum())
    variance = float(state_variance(predicted, observed, weight).sum()) * max(within, 1.0)
    expected = float(weight @ predicted)
    unit = variance / expected
    count, mean = float(weight @ observed) / unit, expected / unit
    upper = (float(gammainc(count, mean)) + float(gammainc(count + 1, mean))) / 2
    return float(residual.sum()) ** 2 / variance, min(1.0, 2 * min(upper, 1 - upper))
