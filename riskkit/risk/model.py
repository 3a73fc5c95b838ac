"""A fitted outcome: trees and calibrator together, from a features frame to probabilities or expected costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from riskkit.errors import ModelStoreError
from riskkit.risk.balance import Balance
from riskkit.risk.calibrator import Calibrator
from riskkit.risk.links import Link, combine_margins, invert_link
from riskkit.risk.matrix import make_matrix

if TYPE_CHECKING:
    import lightgbm
    import numpy.typing as npt

    from riskkit.risk.spec import OutcomeSpec

    FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class OutcomeModel:
    """Trees and calibrator of one outcome.

    Parameters
    ----------
    spec : OutcomeSpec
        What is predicted.
    feature_names : tuple of str
        The features, in the order of the trees.
    booster_texts : tuple of str
        LightGBM text of the trees: one, or those of any cost and of its amount.
    calibrator : Calibrator
        The map fitted on rows that the trees never saw.
    floor : float, default 0.0
        For least squares: where margins begin to be bent to stay positive, in currency per year.
    balance : Balance, optional
        For cost: frozen factors by age and sex on the calibrated amount.
    metadata : mapping, default empty
        Plain facts of the training: rows, persons, events, hash of the sorted matrix, trees, seed, versions.
    """

    spec: OutcomeSpec
    feature_names: tuple[str, ...]
    booster_texts: tuple[str, ...]
    calibrator: Calibrator
    floor: float = 0.0
    metadata: Mapping[str, Any] = field(default_factory=dict)
    balance: Balance | None = None

    @cached_property
    def boosters(self) -> tuple[lightgbm.Booster, ...]:
        """All boosters: one, or those of any cost and of its amount."""
        import lightgbm as lgb

        return tuple(lgb.Booster(model_str=text) for text in self.booster_texts)

    @property
    def booster(self) -> lightgbm.Booster:
        """The one booster; a two-part model has none.

        Raises
        ------
        ModelStoreError
            If the model has two parts.
        """
        if len(self.boosters) != 1:
            message = f"outcome {self.spec.name!r}: a two-part model has two boosters, expected one. Use `boosters`."
            raise ModelStoreError(message)
        return self.boosters[0]

    @property
    def link(self) -> Link:
        """Link of the raw score: logit, log or identity."""
        links: dict[str, Link] = {"binary": "logit", "regression": "identity"}
        return links.get(self.spec.model.objective, "log")

    def raw_score(self, features: pd.DataFrame, *, num_threads: int = 2) -> FloatArray:
        """Score members on the scale on which the trees add up.

        Parameters
        ----------
        features : pandas.DataFrame of shape (n_rows, at least n_features)
            Columns by name; others are ignored.
        num_threads : int, default 2
            Threads; the scores do not depend on it.

        Returns
        -------
        numpy.ndarray of shape (n_rows,)
            Log odds, log amount or amount, as `link` says.

        Raises
        ------
        DataContractError
            If a feature is missing or is not numeric.
        """
        matrix = make_matrix(features, self.feature_names)
        if not len(matrix):
            return np.empty(0)
        parts = [np.asarray(part.predict(matrix, raw_score=True, num_threads=num_threads)) for part in self.boosters]
        return combine_margins(parts)

    def calibrate(self, raw_score: npt.ArrayLike) -> FloatArray:
        """Turn raw scores into calibrated predictions.

        Parameters
        ----------
        raw_score : array-like of shape (n_rows,)
            What `raw_score` gave.

        Returns
        -------
        numpy.ndarray of shape (n_rows,)
            Probabilities, or currency per member year before the factors of `balance`; strictly increasing in the
            raw score.
        """
        margin = np.asarray(raw_score, dtype=np.float64)
        return self.calibrator.apply(invert_link(margin, self.link, floor=self.floor))

    def predict(self, features: pd.DataFrame, *, num_threads: int = 2) -> FloatArray:
        """Predict the outcome.

        Parameters
        ----------
        features : pandas.DataFrame of shape (n_rows, at least n_features)
            Columns by name; others are ignored.
        num_threads : int, default 2
            Threads; the predictions do not depend on it.

        Returns
        -------
        numpy.ndarray of shape (n_rows,)
            Calibrated probabilities, or expected currency per member year.

        Raises
        ------
        DataContractError
            If a feature is missing or is not numeric.
        """
        calibrated = self.calibrate(self.raw_score(features, num_threads=num_threads))
        return calibrated if self.balance is None else calibrated * self.balance.compute_factor(features)
