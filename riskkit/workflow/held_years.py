"""Years that a source holds: a year without members or records is refused with the years that there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from riskkit.errors import DataContractError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from riskkit.data.io import Tables

    Year = tuple[pd.Timestamp, pd.Timestamp]

CLAIMS = {"medical_claim": "start_date", "pharmacy_claim": "fill_date"}
RECORDS = {**CLAIMS, "lab_result": "date", "care_event": "date"}
"""Tables whose rows make a year, and the day by which a row belongs to one."""


def require_year(tables: Tables, year: Year, members: pd.DataFrame, records: Mapping[str, str]) -> None:
    """Refuse a year that the source does not hold.

    Parameters
    ----------
    tables : Tables
        Canonical tables.
    year : tuple of two pandas.Timestamp
        The year, half-open.
    members : pandas.DataFrame
        Who counts in the year, see `riskkit.settlement.spans.choose_members`.
    records : mapping of str to str
        Tables that make a year, each with its column of days: `CLAIMS` or `RECORDS`.

    Raises
    ------
    DataContractError
        If nobody counts, or none of the tables has a row of the year; it says which years the source holds.
    """
    if len(members) and holds_days(tables, year, records):
        return
    place, found = (
        ("medical_claim", "no record") if len(members) else ("enrollment", "nobody for long enough in a team")
    )
    message = (
        f"{place}: found {found} from {year[0].date()} to {year[1].date()}, expected a year that the source holds: "
        f"{_describe_years(tables, records)}. Give the first day of one of them with --year-start."
    )
    raise DataContractError(message)


def holds_days(tables: Tables, year: Year, records: Mapping[str, str]) -> bool:
    """Say whether any of the tables has a row of the year.

    Parameters
    ----------
    tables : Tables
        Canonical tables.
    year : tuple of two pandas.Timestamp
        The year, half-open.
    records : mapping of str to str
        Tables and their columns of days.

    Returns
    -------
    bool
        True for one row or more.
    """
    return any(_read_day(tables, *record).between(*year, inclusive="left").any() for record in records.items())


def _read_day(tables: Tables, name: str, column: str) -> pd.Series[pd.Timestamp]:
    return tables.frame(name)[column]


def _describe_years(tables: Tables, records: Mapping[str, str]) -> str:
    """Name the calendar years of the tables' rows, as a range where none is left out."""
    days = pd.concat([_read_day(tables, *record) for record in records.items()])
    years = sorted(int(year) for year in days.dt.year.unique())
    if not years:
        return "none, for it has no record"
    if len(years) > 1 and years[-1] - years[0] == len(years) - 1:
        return f"{years[0]} to {years[-1]}"
    return ", ".join(str(year) for year in years)
