"""Rows of a hazard: features, how the follow-up ended and when, and the weights that stand for those who left."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from riskkit.errors import DataContractError
from riskkit.risk.matrix import KEY, ModelFrame
from riskkit.risk.person_period import check_times

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class TimeFrame:
    """Members with a time to the event, to death, or to the end of their follow-up.

    Parameters
    ----------
    rows : ModelFrame
        Features and weight; `observed` is the cause: 0 still followed or left, 1 the event, 2 death.
    followed_days : numpy.ndarray of shape (n_rows,)
        Days from the index date to it.
    censoring_weight : numpy.ndarray of shape (n_rows, n_horizons)
        Inverse chance of being followed, by horizon: 0 for a member who left before the horizon without event or death.

    Raises
    ------
    DataContractError
        If lengths differ or a time cannot be used.
    """

    rows: ModelFrame
    followed_days: FloatArray
    censoring_weight: FloatArray

    def __post_init__(self) -> None:
        """Check that the parts belong together."""
        check_times(self.rows.observed, self.followed_days)
        weights = self.censoring_weight
        if weights.ndim != 2 or len(weights) != len(self.followed_days):
            message = (
                f"times: censoring weights of shape {weights.shape}, expected a row per member and a column a horizon."
            )
            raise DataContractError(message)
        if not (np.isfinite(weights).all() and (weights >= 0).all()):
            message = "times: a censoring weight is missing or negative. Compute them by 1 / chance of being followed."
            raise DataContractError(message)

    @property
    def features(self) -> pd.DataFrame:
        """Keys and features."""
        return self.rows.features

    @property
    def times(self) -> FloatArray:
        """Cause and days, as the estimator takes them."""
        return np.column_stack([self.rows.observed, self.followed_days])

    def has_event(self, days: float) -> npt.NDArray[np.bool_]:
        """Mark the members whose event came before a day.

        Parameters
        ----------
        days : float
            Days after the index date.

        Returns
        -------
        numpy.ndarray of bool
            True where the event came first and before that day.
        """
        return np.asarray((self.rows.observed == 1) & (self.followed_days < days))

    def at(self, place: int, days: float) -> ModelFrame:
        """Return the members as rows of a binary outcome: had the event before a day or not.

        Parameters
        ----------
        place : int
            Place of the horizon among the censoring weights.
        days : float
            The horizon.

        Returns
        -------
        ModelFrame
            All members; those whose status is unknown weigh 0.
        """
        weight = self.rows.weight * self.censoring_weight[:, place]
        return replace(self.rows, observed=self.has_event(days).astype(np.float64), weight=weight)

    def sort(self) -> TimeFrame:
        """Sort by person and index date.

        Returns
        -------
        TimeFrame
            The same rows in the order of their key.
        """
        if self.features.set_index(KEY).index.is_monotonic_increasing:
            return self
        return self.take(self.features[KEY].reset_index(drop=True).sort_values(KEY).index.to_numpy())

    def take(self, rows: npt.NDArray[np.int64]) -> TimeFrame:
        """Keep some rows.

        Parameters
        ----------
        rows : numpy.ndarray of int
            Positions of the rows, in the order wanted.

        Returns
        -------
        TimeFrame
            Those rows.
        """
        return TimeFrame(self.rows.take(rows), self.followed_days[rows], self.censoring_weight[rows])
