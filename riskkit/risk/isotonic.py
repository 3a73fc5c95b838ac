"""Isotonic knots: weighted pooling of adjacent violators, pooled a little more so that order and ends hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    FloatArray = npt.NDArray[np.float64]

LEAST_SHARE = 0.01
"""Smallest share of the weight in a block: below it, an end of the curve would rest on a handful of members."""


def fit_knots(
    predicted: FloatArray, observed: FloatArray, weight: FloatArray, *, upper: float = np.inf
) -> tuple[FloatArray, FloatArray]:
    """Fit the increasing curve of what was observed on what was predicted, as the centres of its blocks.

    Joining the centres by straight lines gives a strictly increasing map, so that two members whom the booster ranks
    apart stay apart; a step function would tie them.

    Parameters
    ----------
    predicted : numpy.ndarray of shape (n_rows,)
        Uncalibrated predictions.
    observed : numpy.ndarray of shape (n_rows,)
        What happened, with a positive weighted sum.
    weight : numpy.ndarray of shape (n_rows,)
        Positive weights.
    upper : float, default inf
        Blocks must lie between 0 and this, both excluded (1 for probabilities); others are pooled with a neighbour.

    Returns
    -------
    tuple of numpy.ndarray
        Mean prediction and mean observation of each block, both strictly increasing; they keep the weighted sums.

    References
    ----------
    .. [1] Zadrozny and Elkan (2002), Transforming classifier scores into accurate multiclass probability estimates,
       doi:10.1145/775047.775151.

    Examples
    --------
    >>> x, y = fit_knots(np.array([0.1, 0.2, 0.3, 0.4]), np.array([0.2, 0.1, 0.4, 0.5]), np.ones(4))
    >>> x.round(2), y.round(2)
    (array([0.15, 0.3 , 0.4 ]), array([0.15, 0.4 , 0.5 ]))
    """
    from scipy.optimize import isotonic_regression

    values, place = np.unique(predicted, return_inverse=True)
    mass = np.bincount(place, weight)
    total = np.bincount(place, weight * observed)
    starts = isotonic_regression(total / mass, weights=mass).blocks[:-1]
    sums = np.array([np.add.reduceat(column, starts) for column in (mass, mass * values, total)])
    pooled = _pool(sums, least=LEAST_SHARE * mass.sum(), upper=upper)
    return pooled[1] / pooled[0], pooled[2] / pooled[0]


def interpolate_knots(predicted: FloatArray, x: FloatArray, y: FloatArray) -> FloatArray:
    """Join the knots by straight lines, level beyond both ends.

    Parameters
    ----------
    predicted : numpy.ndarray of shape (n_rows,)
        Uncalibrated predictions.
    x, y : numpy.ndarray of shape (n_knots,)
        Knots of `fit_knots`.

    Returns
    -------
    numpy.ndarray of shape (n_rows,)
        The curve at each prediction.

    Examples
    --------
    >>> interpolate_knots(np.array([0.0, 0.2, 0.9]), np.array([0.1, 0.3]), np.array([0.2, 0.4])).round(6)
    array([0.2, 0.3, 0.4])
    """
    return np.asarray(np.interp(predicted, x, y))


def _pool(sums: FloatArray, *, least: float, upper: float) -> FloatArray:
    """Pool neighbouring blocks, given as columns of weight, weighted prediction and weighted observation."""
    pools: list[FloatArray] = []
    for block in sums.T:
        if pools and not _stands(pools[-1], least, upper):
            pools[-1] = pools[-1] + block
        else:
            pools.append(block)
    while len(pools) > 1 and not _stands(pools[-1], least, upper):
        last = pools.pop()
        pools[-1] = pools[-1] + last
    return np.array(pools).T


def _stands(block: FloatArray, least: float, upper: float) -> bool:
    """Say whether a block is heavy enough and its mean lies strictly inside the bounds."""
    return bool(block[0] >= least and 0 < block[2] < upper * block[0])
