"""Competing risks: from hazards by interval to the chance that the event has come, before death, by each horizon."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from riskkit.errors import DataContractError

if TYPE_CHECKING:
    import numpy.typing as npt

    FloatArray = npt.NDArray[np.float64]

TOLERANCE = 1e-12
"""Hazards are sums and products of floats: they may leave [0, 1] by a last digit."""


def compute_cumulative_incidence(hazard: npt.ArrayLike, competing: npt.ArrayLike | None = None) -> FloatArray:
    """Compute the cumulative incidence of a cause at the end of every interval.

    CIF(k) = sum over t <= k of S(t-1) h(t), with S(t) the product of 1 - h - h' up to t and h' the hazard of the other
    cause. Who died first can no longer have the event, so that this is never more than 1 minus the product of 1 - h.

    Parameters
    ----------
    hazard : array-like of shape (n_rows, n_intervals) or (n_intervals,)
        Chance of the cause in each interval for those alive and free of it at its start.
    competing : array-like of the same shape, optional
        The same for all other causes together; none where absent.

    Returns
    -------
    numpy.ndarray of the same shape
        Chance that the cause has come by the end of each interval; never falls from one to the next.

    Raises
    ------
    DataContractError
        If shapes differ, a hazard is missing or negative, or both together exceed 1.

    References
    ----------
    .. [1] Kalbfleisch and Prentice (2002), The Statistical Analysis of Failure Time Data, chapter 8.
    .. [2] METHODS section 1: the worked hazards below.

    Examples
    --------
    .04 + .94 x .05 + .94 x .93 x .06 = .1395; without death, 1 - .96 x .95 x .94 would say .1427.

    >>> event, death = np.array([0.04, 0.05, 0.06]), np.array([0.02, 0.02, 0.03])
    >>> compute_cumulative_incidence(event, death).round(4)
    array([0.04  , 0.087 , 0.1395])
    >>> compute_cumulative_incidence(death, event)[-1].round(4), compute_cumulative_incidence(event)[-1].round(4)
    (np.float64(0.065), np.float64(0.1427))
    """
    own = np.asarray(hazard, dtype=np.float64)
    other = np.zeros_like(own) if competing is None else np.asarray(competing, dtype=np.float64)
    if own.shape != other.shape:
        message = f"hazards: shapes {own.shape} and {other.shape}, expected one shape. Give both causes per interval."
        raise DataContractError(message)
    low, high = min(own.min(initial=0.0), other.min(initial=0.0)), (own + other).max(initial=0.0)
    if not (low >= -TOLERANCE and high <= 1 + TOLERANCE):
        message = (
            f"hazards: lowest {low:g}, highest sum of both causes {high:g}, expected 0 to 1. "
            "Give the chance of each interval, not a rate per year."
        )
        raise DataContractError(message)
    surviving = np.cumprod(1.0 - own - other, axis=-1)
    before = np.concatenate([np.ones_like(surviving[..., :1]), surviving[..., :-1]], axis=-1)
    return np.asarray(np.cumsum(before * own, axis=-1))
