"""Windows: at which index dates an outcome can be told, because the data reach over the whole window after them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from riskkit.cohort.events import resolve_ends

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from riskkit.cohort.events import FollowUpEnd
    from riskkit.risk.spec import OutcomeSpec

DAY = pd.Timedelta(days=1)


def is_closed(
    cohort: pd.DataFrame,
    tables: Mapping[str, Path | pd.DataFrame],
    spec: OutcomeSpec,
    *,
    follow_up_end: FollowUpEnd = None,
) -> NDArray[np.bool_]:
    """Say of which rows the window has closed before the data end.

    Parameters
    ----------
    cohort : pandas.DataFrame
        Columns `person_id`, `index_date`.
    tables : mapping of str to pathlib.Path or pandas.DataFrame
        Canonical tables.
    spec : OutcomeSpec
        The outcome.
    follow_up_end : pandas.Timestamp or pandas.Series, optional
        First day that the label may not look at; where missing, the day after the last record.

    Returns
    -------
    numpy.ndarray of bool of shape (n_rows,)
        In the order of the cohort. True throughout for a hazard, whose horizons close one by one, and for a
        readmission, whose discharges each have a window of their own and stand for those that it cuts.

    Notes
    -----
    At an index date whose window is still open nobody can be followed to its end: only those who have had the event
    already would count, and a part of a year would stand for all of its seasons.
    """
    if spec.kind == "hazard" or spec.label == "readmission":
        return np.ones(len(cohort), dtype=np.bool_)
    rows = cohort[["person_id", "index_date"]].reset_index(drop=True)
    ends = resolve_ends(rows, tables, follow_up_end)
    return np.asarray(ends.isna() | (rows["index_date"] + spec.horizon_days * DAY <= ends), dtype=np.bool_)


def find_open_windows(
    cohort: pd.DataFrame, tables: Mapping[str, Path | pd.DataFrame], spec: OutcomeSpec
) -> dict[pd.Timestamp, str]:
    """Find the index dates whose window has not closed.

    Parameters
    ----------
    cohort : pandas.DataFrame
        Columns `person_id`, `index_date`.
    tables : mapping of str to pathlib.Path or pandas.DataFrame
        Canonical tables.
    spec : OutcomeSpec
        The outcome.

    Returns
    -------
    dict of pandas.Timestamp to str
        Why, by index date, oldest first; empty where every window has closed.
    """
    rows = cohort[~is_closed(cohort, tables, spec)]
    dates = [pd.Timestamp(day) for day in np.sort(rows["index_date"].unique())]
    if not dates:
        return {}
    end = resolve_ends(rows.reset_index(drop=True), tables, None).iloc[0]
    return {
        day: (
            f"the data end on {end - DAY:%Y-%m-%d}, expected records to {day + (spec.horizon_days - 1) * DAY:%Y-%m-%d} "
            f"for the {spec.horizon_days} days from {day:%Y-%m-%d}"
        )
        for day in dates
    }
