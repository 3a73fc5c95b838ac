"""Enrolment: when members are under contract: newcomers, leavers, gaps and deaths."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from riskkit.data.synthetic.calendar import YEAR_DAYS, day_of, new_year
from riskkit.data.synthetic.records import BoolArray, FloatArray, IntArray, Records

if TYPE_CHECKING:
    from riskkit.data.synthetic.members import Members

LEAVING_RATE = 0.025
"""Members who leave for good, per year."""
GAP_RATE = 0.012
"""Members who leave and come back, per year."""
SHORTEST_STAY_DAYS = 60
GAP_DAYS = (30, 300)


@dataclass(frozen=True)
class Enrolment(Records):
    """Up to two half-open spans of days under contract per member, and the day of death.

    Parameters
    ----------
    start, end : numpy.ndarray of shape (n, 2)
        Days since 1970-01-01; a span whose end equals its start is empty.
    death_day : numpy.ndarray of shape (n,)
        Day of death, or `ALIVE`.
    """

    start: IntArray
    end: IntArray
    death_day: IntArray

    def covers(self, member: IntArray, day: IntArray) -> BoolArray:
        """Say which days lie under contract.

        Parameters
        ----------
        member : numpy.ndarray of shape (n_events,)
            Row of the member.
        day : numpy.ndarray of shape (n_events,)
            Days since 1970-01-01.

        Returns
        -------
        numpy.ndarray of bool of shape (n_events,)
            True within a span.
        """
        inside = (self.start[member] <= day[:, None]) & (day[:, None] < self.end[member])
        return np.asarray(inside.any(axis=1))

    def first_day(self, member: IntArray, day: IntArray) -> IntArray:
        """Return the first day of the span that holds each day.

        Parameters
        ----------
        member : numpy.ndarray of shape (n_events,)
            Row of the member.
        day : numpy.ndarray of shape (n_events,)
            Days that lie under contract.

        Returns
        -------
        numpy.ndarray of shape (n_events,)
            Days since 1970-01-01.
        """
        return np.asarray(
            np.where(day < self.end[member, 0], self.start[member, 0], self.start[member, 1]), dtype="int64"
        )

    def last_day(self, member: IntArray, day: IntArray) -> IntArray:
        """Return the last day of the span that holds each day.

        Parameters
        ----------
        member : numpy.ndarray of shape (n_events,)
            Row of the member.
        day : numpy.ndarray of shape (n_events,)
            Days that lie under contract.

        Returns
        -------
        numpy.ndarray of shape (n_events,)
            Days since 1970-01-01.
        """
        return np.asarray(
            np.where(day < self.end[member, 0], self.end[member, 0], self.end[member, 1]) - 1, dtype="int64"
        )


ALIVE = np.iinfo(np.int64).max // 2


def draw_entry_time(members: Members, rng: np.random.Generator) -> FloatArray:
    """Draw when in their entry year members join; 0 for those who were there before.

    Parameters
    ----------
    members : Members
        The members.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    numpy.ndarray of shape (n,)
        Share of the year gone.
    """
    return np.where(members.is_newcomer, rng.random(len(members)), 0.0)


def draw_enrolment(
    members: Members, entry_time: FloatArray, death_day: IntArray, years: int, rng: np.random.Generator
) -> Enrolment:
    """Draw the spans under contract.

    Parameters
    ----------
    members : Members
        The members.
    entry_time : numpy.ndarray of shape (n,)
        Share of the entry year gone when the member joins.
    death_day : numpy.ndarray of shape (n,)
        Day of death, or `ALIVE`.
    years : int
        Years of the cohort.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    Enrolment
        One row per member; who stays is signed up to the end of the year after the cohort's last.
    """
    count = len(members)
    start = day_of(members.entry_year, entry_time)
    horizon = int(new_year(years + 1))
    settled = start + SHORTEST_STAY_DAYS
    leaving = settled + np.floor(rng.exponential(YEAR_DAYS / LEAVING_RATE, count)).astype("int64")
    # The contract for the year after the data is open, so that it can be rated: nobody is seen to leave in it.
    end = np.where(leaving < int(new_year(years)), leaving, horizon)
    gap_start = settled + np.floor(rng.exponential(YEAR_DAYS / GAP_RATE, count)).astype("int64")
    gap_end = gap_start + rng.integers(*GAP_DAYS, count)
    has_gap = gap_end < np.minimum(end, int(new_year(years)))
    stop = np.minimum(end, death_day + 1)
    first_end = np.minimum(np.where(has_gap, gap_start, stop), stop)
    second_start = np.where(has_gap & (gap_end < stop), gap_end, stop)
    return Enrolment(np.stack([start, second_start], axis=1), np.stack([first_end, stop], axis=1), death_day)
