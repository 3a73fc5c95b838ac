"""Move search: the smallest whole moves of rates whose sum, weighted by member years, is what a budget lacks."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

WINDOW = 0.5 + 1e-9
"""Half a minor unit, and what binary fractions lose: a sum this near counts as met."""
MOST_CLASSES = 20
"""Most rates that are searched together; above, the largest take whole parts and the smallest of them the rest."""
LARGEST_HALF = 200_000
"""Most combinations of moves that one half of the rates may have; it bounds the moves that can be searched."""
MOST_PAIRS = 1_000_000
_DIGITS = 9


class _Half(NamedTuple):
    """Every combination of moves of one half of the rates, by its sum; of equal sums the one that moves least."""

    sums: NDArray[np.float64]
    cost: NDArray[np.int64]
    moves: NDArray[np.int64]


def search_moves(
    years: NDArray[np.float64], lowest: NDArray[np.int64], highest: NDArray[np.int64], missing: float
) -> NDArray[np.int64]:
    """Find whole moves with ``sum(moves * years)`` within half a minor unit of what is missing.

    Of all that meet it those are taken whose largest move is smallest, of these the smallest sum of absolute moves, of
    these the nearest. Both halves of the rates are enumerated and met in the middle; whether a largest move suffices
    is found by doubling and bisection, for what can be met with a smaller one can be met with a larger. Where no moves
    within the limits meet it, the nearest that moves of one minor unit come to are taken, for more would move money
    between rates and still not tie. More than `MOST_CLASSES` rates are not searched for the optimum.

    Parameters
    ----------
    years : numpy.ndarray of shape (n_rates,)
        Member years by rate, above 0.
    lowest, highest : numpy.ndarray of shape (n_rates,)
        Limits of each move in minor units, at most and at least 0.
    missing : float
        The budget less the sum of rate times member years, in minor units.

    Returns
    -------
    numpy.ndarray of shape (n_rates,)
        Moves in minor units; zeros where none comes nearer.

    References
    ----------
    .. [1] E. Horowitz, S. Sahni, Computing partitions with applications to the knapsack problem, Journal of the ACM 21
       (1974), doi:10.1145/321812.321823.

    Examples
    --------
    Three rates with 400, 300 and 200 member years lack 100 minor units: the first up by one and the second down.

    >>> limit = np.array([3, 3, 3])
    >>> search_moves(np.array([400.0, 300.0, 200.0]), -limit, limit, 100.0).tolist()
    [1, -1, 0]
    """
    if abs(missing) <= WINDOW or len(years) == 0:
        return np.zeros(len(years), dtype=np.int64)
    if len(years) > MOST_CLASSES:
        return _search_many(years, lowest, highest, missing)
    found = _search_exact(years, lowest, highest, missing)
    return _search_nearest(years, lowest, highest, missing) if found is None else found


def _search_exact(
    years: NDArray[np.float64], lowest: NDArray[np.int64], highest: NDArray[np.int64], missing: float
) -> NDArray[np.int64] | None:
    """Return the moves that meet what is missing, or None."""
    top = int(max(highest.max(), -lowest.min()))
    most = bisect_right(range(1, top + 1), LARGEST_HALF, key=lambda bound: _count(lowest, highest, bound))
    if most == 0:
        return None

    def meet(bound: int) -> NDArray[np.int64] | None:
        return _meet(*_split(years, np.maximum(lowest, -bound), np.minimum(highest, bound)), missing)

    below, bound = 0, 1
    while (best := meet(bound)) is None:
        if bound == most:
            return None
        below, bound = bound, min(2 * bound, most)
    while bound - below > 1:
        middle = (below + bound) // 2
        found = meet(middle)
        below, bound, best = (middle, bound, best) if found is None else (below, middle, found)
    return best


def _search_nearest(
    years: NDArray[np.float64], lowest: NDArray[np.int64], highest: NDArray[np.int64], missing: float
) -> NDArray[np.int64]:
    """Return the moves of at most one minor unit that come nearest to what is missing."""
    left, right = _split(years, np.maximum(lowest, -1), np.minimum(highest, 1))
    above = np.searchsorted(right.sums, missing - left.sums)
    ours = np.tile(np.arange(len(left.sums)), 2)
    theirs = np.concatenate([np.maximum(above - 1, 0), np.minimum(above, len(right.sums) - 1)])
    apart = np.round(np.abs(left.sums[ours] + right.sums[theirs] - missing), _DIGITS)
    best = np.lexsort((left.cost[ours] + right.cost[theirs], apart))[0]
    return np.concatenate([left.moves[ours[best]], right.moves[theirs[best]]])


def _search_many(
    years: NDArray[np.float64], lowest: NDArray[np.int64], highest: NDArray[np.int64], missing: float
) -> NDArray[np.int64]:
    """Divide what is missing by the member years of the largest rates in turn, and search the smallest for the rest."""
    order = np.argsort(-years, kind="stable")
    larger, smaller = order[:-MOST_CLASSES], order[-MOST_CLASSES:]
    top, bound, first = int(max(highest.max(), -lowest.min())), 1, None
    while True:
        moves, left = np.zeros(len(years), dtype=np.int64), missing
        low, high = np.maximum(lowest, -bound), np.minimum(highest, bound)
        for place in larger.tolist():
            moves[place] = min(max(round(left / years[place]), low[place]), high[place])
            left -= moves[place] * years[place]
        moves[smaller] = search_moves(years[smaller], low[smaller], high[smaller], left)
        first = moves if first is None else first
        if abs(missing - float(moves @ years)) <= WINDOW:
            return moves
        if bound >= top:
            return first
        bound *= 2


def _split(years: NDArray[np.float64], lowest: NDArray[np.int64], highest: NDArray[np.int64]) -> tuple[_Half, _Half]:
    """Enumerate both halves of the rates."""
    half = (len(years) + 1) // 2
    return (
        _enumerate(years[:half], lowest[:half], highest[:half]),
        _enumerate(years[half:], lowest[half:], highest[half:]),
    )


def _count(lowest: NDArray[np.int64], highest: NDArray[np.int64], bound: int) -> int:
    """Count the combinations of the larger half."""
    widths = (np.minimum(highest, bound) - np.maximum(lowest, -bound) + 1).astype(np.float64)
    half = (len(widths) + 1) // 2
    return int(max(widths[:half].prod(), widths[half:].prod()))


def _enumerate(years: NDArray[np.float64], lowest: NDArray[np.int64], highest: NDArray[np.int64]) -> _Half:
    """Enumerate the moves of a half, rate by rate."""
    sums, cost, moves = np.zeros(1), np.zeros(1, dtype=np.int64), np.zeros((1, 0), dtype=np.int64)
    for year, low, high in zip(years.tolist(), lowest.tolist(), highest.tolist(), strict=True):
        steps = np.arange(low, high + 1)
        rows, columns = np.repeat(np.arange(len(sums)), len(steps)), np.tile(steps, len(sums))
        sums, cost = sums[rows] + columns * year, cost[rows] + np.abs(columns)
        rounded = np.round(sums, _DIGITS)
        order = np.lexsort((cost, rounded))
        kept = order[np.append(True, np.diff(rounded[order]) > 0)]
        sums, cost = sums[kept], cost[kept]
        moves = np.column_stack([moves[rows[kept]], columns[kept]])
    return _Half(sums, cost, moves)


def _meet(left: _Half, right: _Half, missing: float) -> NDArray[np.int64] | None:
    """Return the pair of combinations that meets what is missing and moves least, or None."""
    starts = np.searchsorted(right.sums, missing - WINDOW - left.sums, side="left")
    counts = np.searchsorted(right.sums, missing + WINDOW - left.sums, side="right") - starts
    if counts.sum() > MOST_PAIRS:
        return _meet_by_cost(left, right, missing)
    ours = np.repeat(np.arange(len(counts)), counts)
    if len(ours) == 0:
        return None
    theirs = np.arange(len(ours)) + np.repeat(starts - np.cumsum(counts) + counts, counts)
    apart = np.round(np.abs(left.sums[ours] + right.sums[theirs] - missing), _DIGITS)
    best = np.lexsort((apart, left.cost[ours] + right.cost[theirs]))[0]
    return np.concatenate([left.moves[ours[best]], right.moves[theirs[best]]])


def _meet_by_cost(left: _Half, right: _Half, missing: float) -> NDArray[np.int64] | None:
    """Meet what is missing by the sum of absolute moves, the smallest first: too many pairs meet it to list."""
    ours, theirs = _by_cost(left), _by_cost(right)
    for cost in range(len(ours) + len(theirs) - 1):
        found = [
            _meet(ours[mine], theirs[cost - mine], missing)
            for mine in range(max(0, cost - len(theirs) + 1), min(cost + 1, len(ours)))
        ]
        met = [moves for moves in found if moves is not None]
        if met:
            return met[0]
    return None


def _by_cost(half: _Half) -> list[_Half]:
    """Part a half by what its combinations move in all."""
    inside = [half.cost == cost for cost in range(int(half.cost.max()) + 1)]
    return [_Half(half.sums[here], half.cost[here], half.moves[here]) for here in inside]
