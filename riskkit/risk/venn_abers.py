"""Venn-Abers: two isotonic fits, with the member at hand counted as a non-event and as an event, for each score."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    FloatArray = npt.NDArray[np.float64]
    IntArray = npt.NDArray[np.int64]

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
    """Blocks of the isotonic fits on one side of every score: chains that share their tails.

    Block 0 ends a chain. `first` is the block nearest to each score, and `rest` the block behind each block.
    """

    first: IntArray
    total: FloatArray
    mass: FloatArray
    rest: IntArray


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
    below, above = _pool_before(total, mass, 1), _pool_before(total[::-1], mass[::-1], -1)
    above = above._replace(first=above.first[::-1])
    bounds = [_fit_with(total + event, mass + 1, below, above) for event in (0.0, 1.0)]
    # equal in exact arithmetic, so that a last digit must not turn the order round
    low, high = (np.maximum.accumulate(bound) for bound in bounds)
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


def _pool_before(total: FloatArray, mass: FloatArray, sign: int) -> _Blocks:
    """Pool adjacent violators of the scores before each score; with sign -1 the scores come from the highest down."""
    totals, masses, rests, nearest = [0.0], [0.0], [0], [0]
    for own_total, own_mass in zip(total.tolist(), mass.tolist(), strict=True):
        some, count, rest = own_total, own_mass, nearest[-1]
        while rest and sign * totals[rest] * count >= sign * some * masses[rest]:
            some, count, rest = some + totals[rest], count + masses[rest], rests[rest]
        totals.append(some)
        masses.append(count)
        rests.append(rest)
        nearest.append(len(totals) - 1)
    return _Blocks(np.array(nearest[:-1]), np.array(totals), np.array(masses), np.array(rests))


def _fit_with(total: FloatArray, mass: FloatArray, below: _Blocks, above: _Blocks) -> FloatArray:
    """Fit one block at each score between those below and above: it takes in neighbours until none violates the order.

    All scores take in one block at a time, side by side.
    """
    total, mass = total.copy(), mass.copy()
    nearest = below.first.copy(), above.first.copy()
    moving = np.arange(len(total))
    while len(moving):
        before = mass[moving]
        for blocks, first, sign in ((below, nearest[0], 1), (above, nearest[1], -1)):
            _absorb(total, mass, moving, blocks=blocks, first=first, sign=sign)
        moving = moving[mass[moving] != before]
    return total / mass


def _absorb(
    total: FloatArray, mass: FloatArray, moving: IntArray, *, blocks: _Blocks, first: IntArray, sign: int
) -> None:
    """Let each block take in, in place, those of one side that violate the order."""
    while len(moving):
        next_block = first[moving]
        theirs = sign * blocks.total[next_block] * mass[moving]
        violates = (next_block > 0) & (theirs >= sign * total[moving] * blocks.mass[next_block])
        moving, taken = moving[violates], next_block[violates]
        total[moving] += blocks.total[taken]
        mass[moving] += blocks.mass[taken]
        first[moving] = blocks.rest[taken]
