"""Person-periods: one row per member and interval under observation, as index arrays over an uncopied matrix."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from riskkit.errors import DataContractError

if TYPE_CHECKING:
    import lightgbm
    import numpy.typing as npt

    FloatArray = npt.NDArray[np.float64]
    IntArray = npt.NDArray[np.int64]

PERIOD_DAYS = 365 / 4
"""A quarter: the length that intervals are brought near to."""

INTERVAL = "interval"
"""Name of the column that tells the trees which interval a row is; it is the last one."""

ROWS_AT_A_TIME = 65_536


@dataclass(frozen=True)
class Periods:
    """Rows of members and intervals, without their features.

    Parameters
    ----------
    member : numpy.ndarray of int of shape (n_periods,)
        Place of the member in the matrix.
    interval : numpy.ndarray of int of shape (n_periods,)
        Number of the interval, from 0.
    cause : numpy.ndarray of int of shape (n_periods,)
        What ended the row: 0 nothing, 1 the event, 2 death.
    exposure : numpy.ndarray of shape (n_periods,)
        Share of the interval that was observed; 1 where it ended in the event or in death.
    """

    member: IntArray
    interval: IntArray
    cause: IntArray
    exposure: FloatArray

    def take(self, keep: npt.NDArray[np.bool_]) -> Periods:
        """Keep some rows.

        Parameters
        ----------
        keep : numpy.ndarray of bool of shape (n_periods,)
            True for the rows to keep.

        Returns
        -------
        Periods
            Those rows, in their order.
        """
        return Periods(self.member[keep], self.interval[keep], self.cause[keep], self.exposure[keep])


def make_edges(horizons_days: Sequence[int], *, period_days: float = PERIOD_DAYS) -> FloatArray:
    """Lay intervals out so that every horizon ends one, each as near to a quarter as whole intervals allow.

    Parameters
    ----------
    horizons_days : sequence of int
        Horizons, strictly increasing.
    period_days : float, default 91.25
        Length wished for.

    Returns
    -------
    numpy.ndarray of shape (n_intervals + 1,)
        Days after the index date at which intervals begin, and the last horizon.

    Examples
    --------
    >>> make_edges([365]).tolist(), len(make_edges([365, 1095])) - 1
    ([0.0, 91.25, 182.5, 273.75, 365.0], 12)
    >>> make_edges([30, 365]).tolist()
    [0.0, 30.0, 113.75, 197.5, 281.25, 365.0]
    """
    edges, last = [0.0], 0
    for horizon in horizons_days:
        pieces = max(1, round((horizon - last) / period_days))
        edges += np.linspace(last, horizon, pieces + 1)[1:].tolist()
        last = horizon
    return np.asarray(edges)


def expand_periods(cause: npt.ArrayLike, followed_days: npt.ArrayLike, edges: FloatArray) -> Periods:
    """List the intervals in which each member was under observation.

    A member who leaves within an interval counts in it with the share that was observed (the actuarial rule): leaving
    the interval out would keep those whose event came before they could leave and drop those without, and so overstate
    the hazard; counting it whole would understate it. What is left of the bias is of the order of the hazard's square.

    Parameters
    ----------
    cause : array-like of shape (n_members,)
        What ended the follow-up: 0 nothing, 1 the event, 2 death.
    followed_days : array-like of shape (n_members,)
        Days from the index date to it; an event on day d belongs to the interval with start <= d < end. What comes at
        or after the last edge counts as followed to the end.
    edges : numpy.ndarray of shape (n_intervals + 1,)
        From `make_edges`.

    Returns
    -------
    Periods
        Rows by member, then by interval.

    Raises
    ------
    DataContractError
        If a cause is none of 0, 1, 2, or a follow-up is missing or negative.

    Examples
    --------
    An event in the second half year; a member who leaves a quarter into it:

    >>> rows = expand_periods([1, 0], [200, 228.125], np.array([0, 182.5, 365]))
    >>> rows.member.tolist(), rows.interval.tolist(), rows.cause.tolist(), rows.exposure.tolist()
    ([0, 0, 1, 1], [0, 1, 0, 1], [0, 1, 0, 0], [1.0, 1.0, 1.0, 0.25])
    """
    causes, days = check_times(cause, followed_days)
    end = float(edges[-1])
    ended = np.where(days < end, causes, 0)
    place = np.searchsorted(edges, np.minimum(days, end), side="right") - 1
    last = np.minimum(place, len(edges) - 2)
    share = np.where(place > last, 1.0, (days - edges[last]) / np.diff(edges)[last])
    share = np.where(ended > 0, 1.0, share)
    counts = np.where(share > 0, last + 1, last)
    member = np.repeat(np.arange(len(days)), counts)
    start = np.cumsum(counts) - counts
    interval = np.arange(int(counts.sum())) - np.repeat(start, counts)
    final = interval == last[member]
    return Periods(
        member=member,
        interval=interval,
        cause=np.where(final, ended[member], 0),
        exposure=np.where(final, share[member], 1.0),
    )


def check_times(cause: npt.ArrayLike, followed_days: npt.ArrayLike) -> tuple[IntArray, FloatArray]:
    """Return causes and follow-up as arrays, or refuse them.

    Parameters
    ----------
    cause, followed_days : array-like of shape (n_members,)
        As for `expand_periods`.

    Returns
    -------
    tuple of numpy.ndarray
        Causes as integers, days as floats.

    Raises
    ------
    DataContractError
        If lengths differ, a cause is none of 0, 1, 2, or a follow-up is missing or negative.
    """
    codes, days = np.asarray(cause, dtype=np.float64), np.asarray(followed_days, dtype=np.float64)
    if codes.shape != days.shape or codes.ndim != 1:
        message = f"times: cause and followed_days have shapes {codes.shape} and {days.shape}, expected one per member."
        raise DataContractError(message)
    wrong = ~np.isin(codes, (0, 1, 2))
    if wrong.any():
        message = (
            f"times: cause holds {codes[wrong][0]:g} ({int(wrong.sum())} rows), expected 0 (nothing), 1 (the event) or "
            "2 (death). Correct the label."
        )
        raise DataContractError(message)
    if not (np.isfinite(days).all() and (days >= 0).all()):
        message = "times: followed_days holds a missing or negative number, expected days from the index date."
        raise DataContractError(message)
    return codes.astype(np.int64), days


def make_period_sequence(x: FloatArray, periods: Periods) -> lightgbm.Sequence:
    """Give LightGBM the rows of person-periods a block at a time, so that the features are never copied out in full.

    Parameters
    ----------
    x : numpy.ndarray of shape (n_members, n_features)
        Features of the members, once each.
    periods : Periods
        The rows.

    Returns
    -------
    lightgbm.Sequence
        `n_features` columns and the number of the interval; at most `ROWS_AT_A_TIME` rows exist at once.
    """
    import lightgbm as lgb

    class PeriodSequence(lgb.Sequence):
        """Rows made when they are asked for."""

        batch_size = ROWS_AT_A_TIME

        def __len__(self) -> int:
            return len(periods.member)

        def __getitem__(self, rows: Any) -> FloatArray:
            block = x[periods.member[rows]]
            interval = np.asarray(periods.interval[rows], dtype=np.float64)
            return np.concatenate([block, interval[..., None]], axis=-1)

    return PeriodSequence()
