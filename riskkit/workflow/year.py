"""A year of a source as the settlement reads it: spans, claims known by the run-out date, and the records of care."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from riskkit.cohort.episodes import find_fallen
from riskkit.errors import DataContractError
from riskkit.settlement.measures import YearOfCare
from riskkit.settlement.spans import choose_members
from riskkit.workflow.held_years import RECORDS, require_year
from riskkit.workflow.source import open_source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from riskkit.data.io import Tables
    from riskkit.data.quality import OnBadRows

    Progress = Callable[[str, int, int], None]
    Year = tuple[pd.Timestamp, pd.Timestamp]

CARRY = pd.DateOffset(months=1)
"""What follows a discharge is looked for up to a month beyond the year."""


@contextmanager
def open_tables(
    source: Path, adapter: str, *, on_bad_rows: OnBadRows = "refuse", progress: Progress | None = None
) -> Iterator[Tables]:
    """Open a source's canonical tables for the length of a block.

    Parameters
    ----------
    source : pathlib.Path
        Folder of the source.
    adapter : str
        Layout of the source.
    on_bad_rows : {"refuse", "quarantine"}, default "refuse"
        What happens to a row that breaks its contract.
    progress : callable, optional
        Called with (what, done, in all).

    Yields
    ------
    Tables
        The tables, identifiers hashed.
    """
    if not source.is_dir():
        message = f"{source}: no such folder; expected a source of canonical tables. Give its folder with --source."
        raise DataContractError(message)
    with tempfile.TemporaryDirectory(prefix="riskkit-") as scratch:
        yield open_source(adapter, source, Path(scratch), on_bad_rows=on_bad_rows, progress=progress).tables


def read_spans(tables: Tables) -> pd.DataFrame:
    """Read the spans of enrolment, none beyond a death.

    Parameters
    ----------
    tables : Tables
        Canonical tables.

    Returns
    -------
    pandas.DataFrame of shape (n_spans, 4)
        `person_id`, `team_id`, `start_date`, `end_date` (half-open).
    """
    spans = tables.frame("enrollment")[["person_id", "team_id", "start_date", "end_date"]]
    deaths = tables.frame("person").set_index("person_id")["death_date"]
    last = spans["person_id"].map(deaths) + pd.Timedelta(days=1)
    ends = spans["end_date"].where(last.isna() | (last > spans["end_date"]), last)
    return spans.assign(end_date=ends)


def read_claims(tables: Tables, year: Year, amount: str, known_by: pd.Timestamp) -> pd.DataFrame:
    """Read what care cost in a year, as far as it is known by a day; reversals take back what they reverse.

    Parameters
    ----------
    tables : Tables
        Canonical tables.
    year : tuple of two pandas.Timestamp
        The year, half-open; a claim counts by its first day.
    amount : str
        ``"allowed_amount"`` or ``"paid_amount"``.
    known_by : pandas.Timestamp
        Claims with an `available_date` up to this day count.

    Returns
    -------
    pandas.DataFrame of shape (n_claims, 5)
        `person_id`, `date`, `available_date`, `setting` (``"pharmacy"`` for drugs) and `amount` (currency).

    Raises
    ------
    DataContractError
        If the source holds no claim of the year.
    """
    parts = []
    for table, day in (("medical_claim", "start_date"), ("pharmacy_claim", "fill_date")):
        rows = read_days(tables, table, day, year)
        setting = rows["setting"] if table == "medical_claim" else "pharmacy"
        told = rows.assign(date=rows[day], setting=setting, amount=rows[amount].fillna(0.0))
        parts.append(told[["person_id", "date", "available_date", "setting", "amount"]])
    claims = pd.concat(parts, ignore_index=True)
    if claims.empty:
        message = (
            f"medical_claim: no claim from {year[0].date()} to {year[1].date()}, the year that the rates are for. Give "
            "a source that holds it, or rates of a year that is closed (riskkit rates --index-date)."
        )
        raise DataContractError(message)
    return claims[claims["available_date"] <= known_by].reset_index(drop=True)


def read_year_of_care(
    tables: Tables, year: Year, least_days: float, known_by: pd.Timestamp | None = None
) -> YearOfCare:
    """Read the records that the measures of quality count.

    Parameters
    ----------
    tables : Tables
        Canonical tables.
    year : tuple of two pandas.Timestamp
        The year, half-open.
    least_days : float
        A member counts if enrolled for at least so many days.
    known_by : pandas.Timestamp, optional
        Records of every kind with an `available_date` up to this day count; all of them where not given.

    Returns
    -------
    YearOfCare
        Members and records.

    Raises
    ------
    DataContractError
        If the source does not hold the year.
    """
    start, end = year
    persons = tables.frame("person")[["person_id", "birth_date"]]
    members = choose_members(read_spans(tables), persons, year, least_days)
    require_year(tables, year, members, RECORDS)
    claims = read_standing_claims(tables, (start - pd.DateOffset(years=1), end + CARRY), known_by)
    claims = claims[claims["person_id"].isin(members["person_id"])]
    later = claims[claims["start_date"] >= start]
    stays = later[later["setting"] == "inpatient"]
    visits = later[later["setting"].isin(["outpatient", "chronic_clinic"])].rename(columns={"start_date": "date"})
    labs = read_days(tables, "lab_result", "date", year, known_by)
    return YearOfCare(
        members,
        read_days(tables, "care_event", "date", year, known_by)[["person_id", "date", "kind"]],
        labs[["person_id", "date", "analyte", "value"]],
        stays[["claim_id", "person_id", "start_date", "end_date", "admission_type", "discharge_status"]],
        visits[["person_id", "date"]],
        end,
        _find_contacts(claims[claims["start_date"] < end]),
    )


def _find_contacts(claims: pd.DataFrame) -> pd.DataFrame:
    """Take every contact of the year and of the one before, by which a contact is known as a first one."""
    told = claims[["person_id", "start_date", "setting", "facility_level"]]
    return told.set_axis(["person_id", "date", "setting", "level"], axis=1).reset_index(drop=True)


def read_standing_claims(tables: Tables, year: Year, known_by: pd.Timestamp | None = None) -> pd.DataFrame:
    """Read the visits and stays that stand: none that was taken back, a replacement for its original.

    Parameters
    ----------
    tables : Tables
        Canonical tables.
    year : tuple of two pandas.Timestamp
        The days, half-open; a claim counts by its first day.
    known_by : pandas.Timestamp, optional
        Claims and corrections with an `available_date` up to this day count; all of them where not given.

    Returns
    -------
    pandas.DataFrame
        The rows of `medical_claim` that are events, see `riskkit.cohort.episodes.find_fallen`.
    """
    claims = read_days(tables, "medical_claim", "start_date", year, known_by)
    return claims[~claims["claim_id"].isin(find_fallen({"medical_claim": claims}))].reset_index(drop=True)


def read_days(tables: Tables, name: str, day: str, year: Year, known_by: pd.Timestamp | None = None) -> pd.DataFrame:
    """Read the rows of a table whose day lies in a year.

    Parameters
    ----------
    tables : Tables
        Canonical tables.
    name, day : str
        Table and its column of days.
    year : tuple of two pandas.Timestamp
        The year, half-open.
    known_by : pandas.Timestamp, optional
        Rows with an `available_date` up to this day count; all of them where not given.

    Returns
    -------
    pandas.DataFrame
        The rows.
    """
    frame = tables.frame(name)
    kept = (frame[day] >= year[0]) & (frame[day] < year[1])
    if known_by is not None:
        kept &= frame["available_date"] <= known_by
    return frame[kept].reset_index(drop=True)


def find_year(start: pd.Timestamp) -> Year:
    """Take the year that begins on a day.

    Parameters
    ----------
    start : pandas.Timestamp
        Its first day.

    Returns
    -------
    tuple of two pandas.Timestamp
        The year, half-open.
    """
    return start, start + pd.DateOffset(years=1)
