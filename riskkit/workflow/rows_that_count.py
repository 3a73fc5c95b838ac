"""Rows that count and features that tell members apart: what must hold before anything is fitted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from riskkit.errors import DataContractError
from riskkit.workflow.windows import find_open_windows

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from riskkit.risk.spec import OutcomeSpec


def require_every_date(spec: OutcomeSpec, cohort: pd.DataFrame, counted: NDArray[np.int64]) -> None:
    """Refuse a year without exposure: a split by time would quietly test on the year before.

    Parameters
    ----------
    spec : OutcomeSpec
        The outcome.
    cohort : pandas.DataFrame
        Cohort frame.
    counted : numpy.ndarray of int
        Positions of the rows that carry weight.

    Raises
    ------
    DataContractError
        If an index date has none.
    """
    lost = set(cohort["index_date"]) - set(cohort["index_date"].iloc[counted])
    if lost and "claim_id" not in cohort:
        message = (
            f"outcome {spec.name!r}: nobody counts at index date {min(lost):%Y-%m-%d}, expected members with "
            f"exposure in the {spec.horizon_days} days after it. Extend the enrolment, or take the date out of "
            "[cohort] index_dates."
        )
        raise DataContractError(message)


def require_closed(spec: OutcomeSpec, cohort: pd.DataFrame, tables: Mapping[str, Path | pd.DataFrame]) -> None:
    """Refuse an index date whose window the data do not cover: nothing can be learnt or tested there.

    Parameters
    ----------
    spec : OutcomeSpec
        The outcome.
    cohort : pandas.DataFrame
        Cohort frame.
    tables : mapping of str to pathlib.Path or pandas.DataFrame
        Canonical tables.

    Raises
    ------
    DataContractError
        If a window of an annual cohort has not closed.
    """
    if "claim_id" in cohort:
        return
    for reason in find_open_windows(cohort, tables, spec).values():
        message = f"outcome {spec.name!r}: {reason}. Extend the source, or take the date out of [cohort] index_dates."
        raise DataContractError(message)


def varies(values: pd.Series[float]) -> bool:
    """Say whether a feature tells any two members apart, a missing value being a value of its own.

    Parameters
    ----------
    values : pandas.Series
        The feature.

    Returns
    -------
    bool
        False for a constant.
    """
    return bool(values.min() != values.max()) if values.notna().all() else bool(values.notna().any())
