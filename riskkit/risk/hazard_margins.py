"""Margins of a hazard: the log odds of both causes in every interval, and the hazards that they stand for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from riskkit.risk.links import compute_expit

if TYPE_CHECKING:
    import lightgbm
    import numpy.typing as npt

    FloatArray = npt.NDArray[np.float64]


def compute_margins(
    boosters: Sequence[lightgbm.Booster], x: FloatArray, n_intervals: int, *, num_threads: int = 2
) -> FloatArray:
    """Compute the log odds of each cause in each interval, one interval at a time over the same matrix.

    Parameters
    ----------
    boosters : sequence of lightgbm.Booster
        Trees of the event and, where any, of death.
    x : numpy.ndarray of shape (n_members, n_features)
        Features, without the interval.
    n_intervals : int
        Number of intervals.
    num_threads : int, default 2
        Threads.

    Returns
    -------
    numpy.ndarray of shape (n_causes, n_members, n_intervals)
        Margins.
    """
    margins = np.empty((len(boosters), len(x), n_intervals))
    if not len(x):
        return margins
    rows = np.column_stack([x, np.zeros(len(x))])
    for interval in range(n_intervals):
        rows[:, -1] = interval
        for place, booster in enumerate(boosters):
            margins[place, :, interval] = booster.predict(rows, raw_score=True, num_threads=num_threads)
    return margins


def compute_hazards(margins: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Turn margins into hazards of the event and of death.

    Parameters
    ----------
    margins : numpy.ndarray of shape (n_causes, n_members, n_intervals)
        Log odds of the event among those who do not die in the interval, and of death; without the latter nobody dies.

    Returns
    -------
    tuple of numpy.ndarray of shape (n_members, n_intervals)
        Chances within each interval for those alive and free of the event at its start.

    Examples
    --------
    Half die; of the others half have the event:

    >>> event, death = compute_hazards(np.zeros((2, 1, 1)))
    >>> event.item(), death.item()
    (0.25, 0.5)
    """
    among_living = compute_expit(margins[0])
    death = compute_expit(margins[1]) if len(margins) > 1 else np.zeros_like(among_living)
    return (1.0 - death) * among_living, death


def find_ends(edges: FloatArray, horizons_days: Sequence[int]) -> npt.NDArray[np.int64]:
    """Find the interval that each horizon ends.

    Parameters
    ----------
    edges : numpy.ndarray of shape (n_intervals + 1,)
        From `make_edges` of these horizons.
    horizons_days : sequence of int
        Horizons.

    Returns
    -------
    numpy.ndarray of int of shape (n_horizons,)
        Places of the intervals.

    Examples
    --------
    >>> find_ends(np.linspace(0, 1095, 13), [365, 1095]).tolist()
    [3, 11]
    """
    return np.asarray(np.searchsorted(edges, np.asarray(horizons_days, dtype=np.float64)) - 1, dtype=np.int64)
