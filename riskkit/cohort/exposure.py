"""Exposure: member months under observation, and weights for those who leave before the window closes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray


def enrolled_days(enrollment: pd.DataFrame, start: pd.Timestamp, end: pd.Timestamp) -> pd.Series[float]:
    """Count each member's enrolled days in ``[start, end)``; days covered twice count once.

    Parameters
    ----------
    enrollment : pandas.DataFrame
        Canonical enrollment table, spans half-open.
    start, end : pandas.Timestamp
        The window.

    Returns
    -------
    pandas.Series
        Days by person_id.

    Examples
    --------
    >>> spans = pd.DataFrame(
    ...     {
    ...         "person_id": ["a", "a"],
    ...         "start_date": pd.to_datetime(["2020-01-01", "2020-01-21"]),
    ...         "end_date": pd.to_datetime(["2020-01-11", "2020-02-10"]),
    ...     }
    ... )
    >>> enrolled_days(spans, pd.Timestamp("2020-01-06"), pd.Timestamp("2020-01-31")).to_dict()
    {'a': 15.0}
    """
    spans = enrollment[(enrollment["start_date"] < end) & (enrollment["end_date"] > start)]
    spans = spans.sort_values(["person_id", "start_date", "end_date"])
    first = spans["start_date"].where(spans["start_date"] > start, start)
    last = spans["end_date"].where(spans["end_date"] < end, end)
    # An earlier span may reach past this one's start: only what lies beyond all earlier ends is new.
    reached = last.groupby(spans["person_id"]).cummax().groupby(spans["person_id"]).shift()
    fresh = (last - first.where(reached.isna() | (reached < first), reached)).dt.days.clip(lower=0)
    days: pd.Series[float] = fresh.groupby(spans["person_id"]).sum().astype("float64")
    return days


def compute_exposure_months(
    members: pd.DataFrame, enrollment: pd.DataFrame, index: pd.Timestamp, horizon_days: int
) -> NDArray[np.float64]:
    """Return member months in the outcome window, up to disenrolment or death.

    Parameters
    ----------
    members : pandas.DataFrame
        Columns `person_id`, `death_date`.
    enrollment : pandas.DataFrame
        Canonical enrollment table.
    index : pandas.Timestamp
        First day of the window.
    horizon_days : int
        Its length.

    Returns
    -------
    numpy.ndarray of shape (n_members,)
        Months, from 0 to 12 * horizon_days / 365; a month is a twelfth of 365 days.

    Notes
    -----
    Days after a death are no exposure: the cost of the last months stays, annualised with its weight.
    """
    end = index + pd.Timedelta(days=horizon_days)
    spans = enrollment.merge(members[["person_id", "death_date"]], on="person_id")
    stop = spans["death_date"] + pd.Timedelta(days=1)
    spans = spans.assign(end_date=spans["end_date"].where(stop.isna() | (stop > spans["end_date"]), stop))
    days = enrolled_days(spans, index, end).reindex(members["person_id"], fill_value=0.0)
    return np.asarray(days.to_numpy(dtype="float64") * 12.0 / 365.0, dtype="float64")


def compute_ipcw(
    time: NDArray[np.float64],
    event: NDArray[np.bool_],
    horizon: float,
) -> NDArray[np.float64]:
    """Weight members so that those who were followed stand for those who left early.

    Parameters
    ----------
    time : numpy.ndarray of shape (n,)
        Time of the event, or of leaving, from the index date; at most `horizon` counts.
    event : numpy.ndarray of shape (n,)
        True where `time` is the time of the event.
    horizon : float
        End of the outcome window, in the unit of `time`.

    Returns
    -------
    numpy.ndarray of shape (n,)
        1 / G(time) for an event, 1 / G(horizon) for a member followed to the end, 0 for one who left before, with G
        the Kaplan-Meier chance of still being followed.

    References
    ----------
    .. [1] Robins and Finkelstein, Correcting for noncompliance and dependent censoring, Biometrics 56 (2000).

    Examples
    --------
    Ten members, events at months 3 and 8, two leave at month 6, six are followed to month 12:

    >>> time = np.array([3.0, 8, 6, 6, 12, 12, 12, 12, 12, 12])
    >>> event = np.array([True, True] + [False] * 8)
    >>> weight = compute_ipcw(time, event, 12)
    >>> round(float((weight * event).sum() / weight.sum()), 4)
    0.2286
    """
    left = ~event & (time < horizon)
    moments = np.unique(time[left])
    # Events at the moment of leaving come first, so those who had one are no longer at risk of leaving.
    at_risk = np.array([np.sum((time > moment) | ((time == moment) & ~event)) for moment in moments], dtype="float64")
    leavers = np.array([np.sum(left & (time == moment)) for moment in moments], dtype="float64")
    staying = np.concatenate([[1.0], np.cumprod(1.0 - leavers / np.maximum(at_risk, 1.0))])
    # For an event the chance of being followed up to just before it, for the others up to the end.
    known = np.where(event, np.minimum(time, horizon), horizon)
    chance = staying[np.searchsorted(moments, known, side="left")]
    weight = np.where(left, 0.0, 1.0 / np.maximum(chance, 1e-12))
    return np.asarray(weight, dtype="float64")
