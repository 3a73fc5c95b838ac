"""Venn-Abers: two isotonic fits, with the member at hand counted as a non-event and as an event, for each score."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    FloatArray = npt.NDArray[np.float64]

MOST_SCORES = 10_000
"""Neighbouring scores are joined until no more than this many are left: each then holds a hundredth of a percent."""


class VennAbers(NamedTuple):
    """Probabilities at each score.

    Parameters
    ----------
    score : numpy.ndarray of shape (n_scores,)
        Increasing scores.
    mass : numpy.ndarray of shape (n_scores,)
        Rows at each score, counted as effective ones.
    low, high : numpy.ndarray of shape (n_scores,)
        p0 and p1: the isotonic fit at the score with one more row there, a non-event or an event.
    merged : numpy.ndarray of shape (n_scores,)
        p1 / (1 - p0 + p1), between the two.
    """

    score: FloatArray
    mass: FloatArray
    low: FloatArray
    high: FloatArray
    merged: FloatArray


class _Blocks(NamedTuple):
    """Blocks of an isotonic fit, the nearest first; a list that shares its tail, so that each score has its own."""

    total: float
    mass: float
    rest: _Blocks | None


def compute_venn_abers(predicted: FloatArray, observed: FloatArray, weight: FloatArray) -> VennAbers:
    """Compute the Venn-Abers probabilities at every score.

    Parameters
    ----------
    predicted : numpy.ndarray of shape (n_rows,)
        Uncalibrated probabilities.
    observed, weight : numpy.ndarray of shape (n_rows,)
        0 or 1, and positive weights. Weights are scaled to sum to Kish's effective number of rows, so that the one
        row that is added weighs as much as an average one tells; equal weights are the method as published.

    Returns
    -------
    VennAbers
        Both probabilities and what is made of them; none decreases with the score.

    References
    ----------
    .. [1] Vovk, Petej and Fedorova (2015), Large-scale probabilistic predictors with and without guarantees of
       validity, NeurIPS 28, arXiv:1511.00213.
    .. [2] Kish (1965), Survey Sampling: the effective number of rows is (sum w)^2 / sum w^2.

    Examples
    --------
    One score, 1 event in 3: p0 = 1 / 4, p1 = 2 / 4, and .5 / (1 - .25 + .5) = .4.

    >>> found = compute_venn_abers(np.full(3, 0.2), np.array([0.0, 0.0, 1.0]), np.ones(3))
    >>> found.low.tolist(), found.high.tolist(), found.merged.tolist()
    ([0.25], [0.5], [0.4])
    """
    scale = weight.sum() / (weight**2).sum()
    score, mass, total = _join_scores(predicted, observed, weight * scale)
    below, above = _pool_before(total, mass, 1), _pool_before(total[::-1], mass[::-1], -1)[::-1]
    places = list(zip(total.tolist(), mass.tolist(), below, above, strict=True))
    bounds = [[_fit_with(some + event, count + 1, *sides) for some, count, *sides in places] for event in (0, 1)]
    # equal in exact arithmetic, so that a last digit must not turn the order round
    low, high = (np.maximum.accumulate(np.array(bound)) for bound in bounds)
    return VennAbers(score, mass, low, high, high / (1 - low + high))


def fit_interval_knots(
    predicted: FloatArray, observed: FloatArray, weight: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Fit the Venn-Abers curve as knots: the centre of each run of scores that share one probability.

    Parameters
    ----------
    predicted, observed, weight : numpy.ndarray of shape (n_rows,)
        As in `compute_venn_abers`.

    Returns
    -------
    tuple of numpy.ndarray of shape (n_knots,)
        Score, calibrated probability, p0 and p1; score and probability strictly increase, so that straight lines
        between the knots tie no two members whom the booster ranks apart.
    """
    found = compute_venn_abers(predicted, observed, weight)
    starts = np.flatnonzero(np.diff(found.merged, prepend=-1.0) > 1e-12)
    mass = np.add.reduceat(found.mass, starts)
    score = np.add.reduceat(found.mass * found.score, starts) / mass
    return score, found.merged[starts], found.low[starts], found.high[starts]


def _join_scores(
    predicted: FloatArray, observed: FloatArray, weight: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Add up the rows of each score, of neighbouring ones together where there are too many scores."""
    values, place = np.unique(predicted, return_inverse=True)
    sums = np.array([np.bincount(place, column) for column in (weight, weight * values[place], weight * observed)])
    if len(values) <= MOST_SCORES:
        return values, sums[0], sums[2]
    group = np.minimum(np.cumsum(sums[0]) / sums[0].sum() * MOST_SCORES, MOST_SCORES - 1).astype(int)
    sums = np.add.reduceat(sums, np.flatnonzero(np.diff(group, prepend=-1)), axis=1)
    return sums[1] / sums[0], sums[0], sums[2]


def _pool_before(total: FloatArray, mass: FloatArray, sign: int) -> list[_Blocks | None]:
    """Pool adjacent violators of the scores before each score; with sign -1 the scores come from the highest down."""
    pooled: list[_Blocks | None] = [None]
    for some, count in zip(total.tolist(), mass.tolist(), strict=True):
        pooled.append(_absorb(_Blocks(some, count, pooled[-1]), sign))
    return pooled[:-1]


def _absorb(blocks: _Blocks, sign: int) -> _Blocks:
    """Let the nearest block take in those behind it that violate the order."""
    total, mass, rest = blocks
    while rest is not None and sign * rest.total * mass >= sign * total * rest.mass:
        total, mass, rest = total + rest.total, mass + rest.mass, rest.rest
    return _Blocks(total, mass, rest)


def _fit_with(total: float, mass: float, below: _Blocks | None, above: _Blocks | None) -> float:
    """Fit one block between those below and above it: it takes in neighbours until none violates the order."""
    before = -1.0
    while mass != before:
        before = mass
        total, mass, below = _absorb(_Blocks(total, mass, below), 1)
        total, mass, above = _absorb(_Blocks(total, mass, above), -1)
    return total / mass
