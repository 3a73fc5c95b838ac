"""Follow-up of members who leave early and die: the incidence that was observed, and weights for those who left."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskkit.errors import DataContractError
from riskkit.evaluation.intervals import divide
from riskkit.evaluation.sample import FloatArray, IntArray

LEAST_CHANCE = 1e-9


@dataclass(frozen=True)
class FollowedSample:
    """Members with their follow-up, the shortest first.

    Parameters
    ----------
    cause : ndarray of int of shape (n_rows,)
        What ended the follow-up: 0 nothing, 1 the event, 2 death.
    days : ndarray of shape (n_rows,)
        Days from the index date to it; never falling. At the same day events and deaths come before leaving.
    weight : ndarray of shape (n_rows,)
        Row weights.
    persons : ndarray of int of shape (n_rows,)
        Code of the person of each row.
    n_persons : int
        Number of persons, the units that a bootstrap draws.
    order : ndarray of int of shape (n_rows,)
        Places of the rows in what was given.
    """

    cause: IntArray
    days: FloatArray
    weight: FloatArray
    persons: IntArray
    n_persons: int
    order: IntArray


def make_followed_sample(
    cause: npt.ArrayLike,
    followed_days: npt.ArrayLike,
    weight: npt.ArrayLike | None = None,
    groups: npt.ArrayLike | None = None,
) -> FollowedSample:
    """Check the follow-up of members and sort it.

    Parameters
    ----------
    cause, followed_days : array-like of shape (n_rows,)
        0 (nothing), 1 (the event) or 2 (death), and the days to it.
    weight : array-like of shape (n_rows,), optional
        At least 0 and not all 0; 1 where absent.
    groups : array-like of shape (n_rows,), optional
        The person of each row; every row its own person where absent.

    Returns
    -------
    FollowedSample
        All rows, none dropped.

    Raises
    ------
    DataContractError
        If lengths differ, there is no row, a cause is another, or a number is missing or negative.
    """
    codes, days = np.asarray(cause, dtype=np.float64), np.asarray(followed_days, dtype=np.float64)
    mass = np.ones_like(days) if weight is None else np.asarray(weight, dtype=np.float64)
    if not codes.shape == days.shape == mass.shape or days.ndim != 1 or not days.size:
        message = f"follow-up: {codes.size} causes, {days.size} days, {mass.size} weights; expected one each a row."
        raise DataContractError(message)
    if not np.isin(codes, (0, 1, 2)).all():
        message = "follow-up: a cause is none of 0 (nothing), 1 (the event), 2 (death). Correct the label."
        raise DataContractError(message)
    usable = np.isfinite(days).all() and np.isfinite(mass).all() and min(days.min(), mass.min()) >= 0
    if not usable or not mass.sum() > 0:
        message = "follow-up: days or weight hold a missing or negative number, or no weight. Correct the label."
        raise DataContractError(message)
    persons, names = pd.factorize(np.arange(days.size) if groups is None else np.asarray(groups))
    order = np.lexsort((codes == 0, days))
    return FollowedSample(
        codes[order].astype(np.intp), days[order], mass[order], persons[order].astype(np.intp), len(names), order
    )


def compute_observed_incidence(
    cause: npt.ArrayLike, followed_days: npt.ArrayLike, horizon: float, weight: npt.ArrayLike | None = None
) -> float:
    """Compute the chance of the event by a horizon, death competing (Aalen and Johansen); Kaplan-Meier without deaths.

    Parameters
    ----------
    cause, followed_days, weight : array-like of shape (n_rows,)
        As for `make_followed_sample`.
    horizon : float
        Days; an event counts before it.

    Returns
    -------
    float
        Observed cumulative incidence; NaN where nobody is left at risk before the horizon.

    References
    ----------
    .. [1] Aalen and Johansen (1978), An empirical transition matrix for non-homogeneous Markov chains based on
       censored observations, Scandinavian Journal of Statistics 5.

    Examples
    --------
    Ten members, events in months 3 and 8, two leave in month 6: 1 - 9/10 x 6/7 = .2286.

    >>> round(compute_observed_incidence([1, 1, *[0] * 8], [3, 8, 6, 6, *[12] * 6], 12), 4)
    0.2286
    """
    sample = make_followed_sample(cause, followed_days, weight)
    return float(weighted_incidence(sample, sample.weight[None, :], horizon)[0])


def weighted_incidence(sample: FollowedSample, weights: FloatArray, horizon: float) -> FloatArray:
    """Compute the observed cumulative incidence for each row of weights.

    Parameters
    ----------
    sample : FollowedSample
        The rows.
    weights : ndarray of shape (n_replicates, n_rows)
        Row weights of each replicate, in the order of the sample.
    horizon : float
        Days.

    Returns
    -------
    ndarray of shape (n_replicates,)
        Incidence; NaN where a member's follow-up ends it before the horizon with nobody left.
    """
    at_risk = _count_at_risk(weights)
    moments, place = _find_moments(sample.days)
    exits = weights * (sample.cause > 0)
    share = divide(sum_by(exits, place), at_risk[:, _find_starts(place)])
    surviving = np.cumprod(1.0 - np.nan_to_num(share), axis=1)
    before = np.concatenate([np.ones_like(surviving[:, :1]), surviving[:, :-1]], axis=1)
    events = divide(sum_by(weights * (sample.cause == 1), place), at_risk[:, _find_starts(place)])
    counted = moments < horizon
    incidence = (before * np.nan_to_num(events))[:, counted].sum(axis=1)
    left = (weights * (sample.days >= horizon)).sum(axis=1)
    known = (left > 0) | (surviving[:, counted][:, -1:].sum(axis=1) <= LEAST_CHANCE)
    return np.where(known, incidence, np.nan)


def weighted_censoring(sample: FollowedSample, weights: FloatArray, horizon: float) -> FloatArray:
    """Weight rows so that those who were followed stand for those who left before the horizon.

    Parameters
    ----------
    sample : FollowedSample
        The rows.
    weights : ndarray of shape (n_replicates, n_rows)
        Row weights of each replicate.
    horizon : float
        Days.

    Returns
    -------
    ndarray of shape (n_replicates, n_rows)
        Weight / G(day) where the event or death came before the horizon, weight / G(horizon) for those followed to it,
        0 for those who left, with G the Kaplan-Meier chance of still being followed, of each replicate.
    """
    left = (sample.cause == 0) & (sample.days < horizon)
    at_risk = _count_at_risk(weights)
    # those with an event or death on the day itself are no longer at risk of leaving: they come first in the order
    _, place = _find_moments(sample.days)
    leaving = sum_by(weights * left, place)
    ended = sum_by(weights * (sample.cause > 0), place)
    staying = at_risk[:, _find_starts(place)] - ended
    chance = np.cumprod(1.0 - np.nan_to_num(divide(leaving, staying)), axis=1)
    before = np.concatenate([np.ones_like(chance[:, :1]), chance[:, :-1]], axis=1)
    # the last moment before the horizon; every later one has nobody leaving
    at_end = chance[:, -1:]
    own = np.where((sample.days < horizon)[None, :], before[:, place], at_end)
    return np.where(left[None, :], 0.0, np.nan_to_num(divide(weights, np.maximum(own, 0.0))))


def _count_at_risk(weights: FloatArray) -> FloatArray:
    """Add up the weight of each row and of all that are followed longer."""
    return np.cumsum(weights[:, ::-1], axis=1)[:, ::-1]


def _find_moments(days: FloatArray) -> tuple[FloatArray, IntArray]:
    """Find the distinct days and the place of each row's own."""
    moments, place = np.unique(days, return_inverse=True)
    return moments, place.astype(np.intp)


def _find_starts(place: IntArray) -> IntArray:
    """Find the first row of each distinct place of a sorted column."""
    return np.flatnonzero(np.diff(place, prepend=-1))


def sum_by(values: FloatArray, place: IntArray) -> FloatArray:
    """Add up neighbouring columns of one place.

    Parameters
    ----------
    values : ndarray of shape (n_replicates, n_rows)
        What to add up.
    place : ndarray of int of shape (n_rows,)
        Place of each row, from 0 on, never falling.

    Returns
    -------
    ndarray of shape (n_replicates, n_places)
        Sums.

    Examples
    --------
    >>> sum_by(np.array([[1.0, 2.0, 3.0]]), np.array([0, 0, 1])).tolist()
    [[3.0, 3.0]]
    """
    return np.add.reduceat(values, _find_starts(place), axis=1)
