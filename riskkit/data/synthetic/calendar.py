"""The cohort's calendar: years from 2020 whose events fall on days 1 to 365, as days since 1970."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from riskkit.data.synthetic.records import FloatArray, IntArray

FIRST_YEAR = 2020
YEAR_DAYS = 365
"""Length of a risk year; 31 December of a leap year stays quiet, so a window of 365 days is exactly one risk year."""


def new_year(year: IntArray | int) -> IntArray:
    """Return 1 January of the cohort's year 0, 1, ... as days since 1970-01-01.

    Parameters
    ----------
    year : int or numpy.ndarray of int
        Years since 2020.

    Returns
    -------
    numpy.ndarray of int
        Days.

    Examples
    --------
    >>> str(np.datetime64(int(new_year(1)), "D"))
    '2021-01-01'
    """
    years_since_1970 = np.asarray(year, dtype="int64") + (FIRST_YEAR - 1970)
    return years_since_1970.astype("datetime64[Y]").astype("datetime64[D]").astype("int64")


def day_of(year: IntArray | int, time: FloatArray) -> IntArray:
    """Return the day at a point of time within a risk year.

    Parameters
    ----------
    year : int or numpy.ndarray of int
        Years since 2020.
    time : numpy.ndarray
        Share of the year gone, from 0 up to but not including 1.

    Returns
    -------
    numpy.ndarray of int
        Days since 1970-01-01.
    """
    within = np.minimum(np.floor(time * YEAR_DAYS).astype("int64"), YEAR_DAYS - 1)
    return np.asarray(new_year(year) + within, dtype="int64")
