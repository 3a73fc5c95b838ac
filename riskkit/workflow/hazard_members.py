"""Members of a hazard: those in the risk set, how and when their follow-up ended, and who stands for who left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from riskkit.cohort.exposure import compute_ipcw
from riskkit.errors import DataContractError
from riskkit.risk.hazard_frame import TimeFrame
from riskkit.risk.matrix import ModelFrame

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from riskkit.risk.spec import OutcomeSpec

KEYS = ["person_id", "index_date"]
LABELS = [*KEYS, "cause", "followed_days", "risk_set"]


@dataclass(frozen=True)
class HazardMembers:
    """The risk set of a hazard, row by row.

    Parameters
    ----------
    spec : OutcomeSpec
        The hazard.
    cohort, features, labels : pandas.DataFrame
        Cohort, features and labels of the same rows in the same order.
    prevalent : int
        Rows outside the risk set, which are in none of these frames.
    """

    spec: OutcomeSpec
    cohort: pd.DataFrame
    features: pd.DataFrame
    labels: pd.DataFrame
    prevalent: int

    def frame(self, rows: NDArray[np.int64] | None = None, *, until: pd.Timestamp | None = None) -> TimeFrame:
        """Lay out some rows, their follow-up cut at a day, with the censoring weights that these rows give.

        Parameters
        ----------
        rows : numpy.ndarray of int, optional
            Positions; all rows where absent.
        until : pandas.Timestamp, optional
            First day that nothing may be known of.

        Returns
        -------
        TimeFrame
            Those rows, a column of weights for each horizon.
        """
        return self._lay_out(rows, until, self.spec.horizons_days)

    def frame_at(
        self, rows: NDArray[np.int64], horizon_days: float, *, until: pd.Timestamp | None = None
    ) -> tuple[NDArray[np.int64], ModelFrame, float]:
        """Lay out some rows as those of a binary outcome, by a horizon that they were followed to.

        Parameters
        ----------
        rows : numpy.ndarray of int
            Positions.
        horizon_days : float
            The horizon that is asked for.
        until : pandas.Timestamp, optional
            First day that nothing may be known of.

        Returns
        -------
        rows : numpy.ndarray of int
            The positions that were taken: under `until` those of the index dates that it leaves so much time. Of a
            later date only those with an event would be known, and whatever feature tells the dates apart would seem
            to tell of the event.
        frame : ModelFrame
            Had the event or not, with the weights of censoring.
        days : float
            The horizon that was taken: the longest follow-up of the rows where that is shorter than what is asked for.
        """
        followed = self._lay_out(rows, until, (horizon_days,)).followed_days
        days = min(float(horizon_days), float(followed.max()))
        if until is not None:
            most = (until - self.labels["index_date"].iloc[rows]).dt.days.to_numpy(np.float64)
            rows = rows[most >= days]
        return rows, self._lay_out(rows, until, (days,)).at(0, days), days

    def _lay_out(
        self, rows: NDArray[np.int64] | None, until: pd.Timestamp | None, horizons_days: Sequence[float]
    ) -> TimeFrame:
        taken = np.arange(len(self.labels)) if rows is None else rows
        labels = self.labels.take(taken)
        days, cause = labels["followed_days"].to_numpy(np.float64), labels["cause"].to_numpy(np.float64)
        if until is not None:
            most = (until - labels["index_date"]).dt.days.to_numpy(np.float64)
            cause, days = np.where(days < most, cause, 0.0), np.minimum(days, most)
        weights = [
            compute_ipcw(np.minimum(days, horizon), (cause > 0) & (days < horizon), horizon)
            for horizon in horizons_days
        ]
        features = self.features.take(taken).reset_index(drop=True)
        return TimeFrame(ModelFrame(features, cause, np.ones(len(taken))), days, np.column_stack(weights))

    def find_open(self, rows: NDArray[np.int64] | None = None) -> dict[str, str]:
        """Find the horizons to which nobody was followed: they can be predicted and not be measured.

        Parameters
        ----------
        rows : numpy.ndarray of int, optional
            Positions; all rows where absent.

        Returns
        -------
        dict of str to str
            Why, by prediction column; empty where every horizon has closed.
        """
        followed = self.labels["followed_days"].to_numpy(np.float64)
        followed = followed if rows is None else followed[rows]
        longest = float(followed.max()) if followed.size else 0.0
        return {
            name: f"the longest follow-up is {longest:g} days, expected {days}"
            for name, days in zip(self.spec.columns, self.spec.horizons_days, strict=True)
            if longest < days
        }


def find_hazard_members(
    spec: OutcomeSpec, cohort: pd.DataFrame, features: pd.DataFrame, labels: pd.DataFrame
) -> HazardMembers:
    """Keep the members who can have the event for the first time.

    Parameters
    ----------
    spec : OutcomeSpec
        The hazard.
    cohort, features : pandas.DataFrame
        Every member at the index dates.
    labels : pandas.DataFrame
        Their labels in the same order, with the columns `cause`, `followed_days` and `risk_set`.

    Returns
    -------
    HazardMembers
        The risk set. A label's own weight is not read: it is for one horizon and 0 for those who left before it, and
        here they stay in.

    Raises
    ------
    DataContractError
        If the label is no time to an event, or nobody is in the risk set.
    """
    absent = [name for name in LABELS if name not in labels]
    if absent:
        message = (
            f"outcome {spec.name!r}: label {spec.label!r} has no column {absent[0]!r}, expected a time to the event "
            "for kind 'hazard'. Choose a label that has one."
        )
        raise DataContractError(message)
    counted = np.flatnonzero(labels["risk_set"].to_numpy(dtype=bool))
    if not len(counted):
        message = (
            f"outcome {spec.name!r}: nobody counts, expected members at risk of a first event. Give an index date "
            "before which the source covers the washout."
        )
        raise DataContractError(message)
    return HazardMembers(
        spec,
        cohort.take(counted).reset_index(drop=True),
        features.take(counted).reset_index(drop=True),
        labels.take(counted).reset_index(drop=True),
        len(labels) - len(counted),
    )
