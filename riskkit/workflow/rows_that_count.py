"""Rows that count and features that tell members apart: what must hold before anything is fitted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from riskkit.errors import DataContractError

if TYPE_CHECKING:
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
