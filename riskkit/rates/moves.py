"""Moves: the whole minor units by which the rates of a small table move, so that they tie to the budget."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np

from riskkit.rates.move_search import WINDOW, search_moves

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from riskkit.rates.blocks import Rounding

MOST_MOVE: Final = 0.001
"""Part of a rate that a move may come to, where the policy does not say: below the .1% to which shares are printed."""


def get_most_move(block: Rounding) -> float:
    """Return the part of a rate by which it may move.

    Parameters
    ----------
    block : Rounding
        The policy's rounding.

    Returns
    -------
    float
        The policy's own number, or `MOST_MOVE`.
    """
    return MOST_MOVE if block.most_move is None else block.most_move.value


def fit_moves(
    minor: NDArray[np.float64],
    years: NDArray[np.float64],
    *,
    budget: int,
    limits: tuple[float, float],
    most_move: float = MOST_MOVE,
) -> dict[int, int]:
    """Find the smallest moves of the different rates at which rate times exposure comes to the budget.

    Members of one rate move together, so that equal rates stay equal. Between two rates each keeps to its half of the
    gap, so that no two meet or change places; a rate at the floor or the cap does not move, and no other one reaches
    it.

    Parameters
    ----------
    minor : numpy.ndarray of shape (n_members,)
        Rates in whole minor units.
    years : numpy.ndarray of shape (n_members,)
        Exposure in member years.
    budget : int
        The budget in minor units.
    limits : (float, float)
        Floor and cap in minor units.
    most_move : float, default 0.001
        Largest move, as a fraction of the rate.

    Returns
    -------
    dict of int to int
        Move by rate, both in minor units; a rate that does not move has no entry. Empty where the rates tie already or
        nothing comes nearer.

    Examples
    --------
    The rates come to 3,000 x 400 + 6,000 x 300 = 3,000,000, 100 less than the budget: one unit off the first and one
    onto the second are -400 and +300, one onto the first and off the second +100.

    >>> minor, years = np.repeat([3000.0, 6000.0], [400, 300]), np.ones(700)
    >>> fit_moves(minor, years, budget=3_000_100, limits=(0.0, np.inf))
    {3000: 1, 6000: -1}
    """
    missing = budget - math.fsum((minor * years).tolist())
    if abs(missing) <= WINDOW:
        return {}
    rates, places = np.unique(minor, return_inverse=True)
    held = np.bincount(places, weights=years, minlength=len(rates)).astype(np.float64)
    lowest, highest = bound_moves(rates, limits=limits, most_move=most_move)
    free = (held > 0) & (highest > lowest)
    moves = search_moves(held[free], lowest[free], highest[free], missing)
    return {round(rate): move for rate, move in zip(rates[free].tolist(), moves.tolist(), strict=True) if move}


def bound_moves(
    rates: NDArray[np.float64], *, limits: tuple[float, float], most_move: float
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return how far each rate may fall and rise, so that any moves within keep the order.

    Parameters
    ----------
    rates : numpy.ndarray of shape (n_rates,)
        Different rates in rising order, in whole minor units.
    limits : (float, float)
        Floor and cap in minor units.
    most_move : float
        Largest move, as a fraction of the rate.

    Returns
    -------
    lowest, highest : numpy.ndarray of shape (n_rates,)
        Limits of each move in minor units.

    Examples
    --------
    A thousandth of 5,000 is 5; 5,003 is three above, so one of the two free places between is for each of them:

    >>> lowest, highest = bound_moves(np.array([5000.0, 5003.0]), limits=(4998.0, np.inf), most_move=0.001)
    >>> lowest.tolist(), highest.tolist()
    ([-1, -1], [1, 5])
    """
    floor, cap = limits
    between = np.diff(rates) - 1
    down = np.concatenate([[rates[0] - floor - 1], between - between // 2])
    up = np.concatenate([between // 2, [cap - rates[-1] - 1]])
    # one that stands at a limit is paid the limit, and the small share that a cent is of a rate may be too much of it
    most = np.where((rates <= floor) | (rates >= cap), 0.0, np.floor(rates * most_move + 1e-9))
    return (
        -np.clip(down, 0, most).astype(np.int64),
        np.clip(up, 0, most).astype(np.int64),
    )


def apply_moves(minor: NDArray[np.float64], moves: Mapping[int, int]) -> NDArray[np.float64]:
    """Move each rate as its class was moved; a rate of no class stays, but never passes one that moved.

    Parameters
    ----------
    minor : numpy.ndarray of shape (n_members,)
        Rates in whole minor units.
    moves : mapping of int to int
        What `fit_moves` returned.

    Returns
    -------
    numpy.ndarray of shape (n_members,)
        Rates after the moves; non-decreasing in the rates before them, each member's from that member's rate alone.

    Examples
    --------
    >>> apply_moves(np.array([3000.0, 3001.0, 4000.0]), {3000: 2}).tolist()
    [3002.0, 3002.0, 4000.0]
    """
    if not moves:
        return minor
    before = np.array(sorted(moves), dtype=np.float64)
    after = before + np.array([moves[rate] for rate in sorted(moves)], dtype=np.float64)
    under = np.searchsorted(before, minor, side="right")
    over = np.searchsorted(before, minor, side="left")
    return np.clip(minor, np.append(-np.inf, after)[under], np.append(after, np.inf)[over])
