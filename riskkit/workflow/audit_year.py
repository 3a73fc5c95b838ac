"""The audited year: over by the claims of the source, and after the year that it is set against."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from riskkit.cohort.follow_up import find_data_end
from riskkit.errors import DataContractError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from pathlib import Path

CLAIMS: Final = ("medical_claim", "pharmacy_claim")
"""Tables that hold the cost of a year, and so say whether it is over."""


def require_closed_year(
    tables: Mapping[str, Path | pd.DataFrame], index_date: date, horizon_days: int, *, gap_days: float
) -> None:
    """Refuse a year that is not over by the claims of the source, though enrolment may run on.

    Parameters
    ----------
    tables : mapping of str to pathlib.Path or pandas.DataFrame
        Canonical tables; the claims are read.
    index_date : datetime.date
        First day of the year.
    horizon_days : int
        Its days.
    gap_days : float
        Days at its end that may be without a claim.

    Raises
    ------
    DataContractError
        If the day after the last claim is more than `gap_days` before the end of the year.
    """
    end = pd.Timestamp(index_date) + pd.Timedelta(days=horizon_days)
    reached = find_data_end({name: tables[name] for name in CLAIMS if name in tables})
    if reached is not None and reached >= end - pd.Timedelta(days=gap_days):
        return
    found = "there is none" if reached is None else f"the last one is of {reached - pd.Timedelta(days=1):%Y-%m-%d}"
    message = (
        f"audit: the year from {index_date} is not over in the claims of the source: {found}, expected claims up to "
        f"{end:%Y-%m-%d} (less {gap_days:g} days, closing_gap). Give an --index-date whose year is over."
    )
    raise DataContractError(message)


def require_earlier_year(last: date, index_date: date) -> None:
    """Refuse a last year that is not before the audited one.

    Parameters
    ----------
    last, index_date : datetime.date
        First days of both years.

    Raises
    ------
    DataContractError
        If the last year does not begin earlier.
    """
    if last >= index_date:
        message = f"audit: last year's date is {last}, expected a day before {index_date}. Correct --last-date."
        raise DataContractError(message)
