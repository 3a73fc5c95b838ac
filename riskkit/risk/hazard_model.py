"""A fitted hazard: trees of both causes and a calibrator per horizon, and each horizon as a model of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from riskkit.risk.calibrator import Calibrator
from riskkit.risk.competing import compute_cumulative_incidence
from riskkit.risk.hazard_horizons import describe_horizon, join_horizons, split_horizons
from riskkit.risk.hazard_margins import compute_hazards, compute_margins, find_ends
from riskkit.risk.matrix import make_matrix
from riskkit.risk.person_period import make_edges

if TYPE_CHECKING:
    import lightgbm
    import numpy.typing as npt
    import pandas as pd

    from riskkit.risk.model import OutcomeModel
    from riskkit.risk.spec import OutcomeSpec

    FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class HazardModel:
    """Trees and calibrators of an outcome with several horizons.

    Parameters
    ----------
    spec : OutcomeSpec
        What is predicted; of kind 'hazard'.
    feature_names : tuple of str
        The features, in the order of the trees, without the interval.
    booster_texts : tuple of str
        LightGBM text of the trees of the event and, where any member died, of death.
    calibrators : tuple of Calibrator
        One per horizon: the map of the first risk, then of each later horizon's risk for those still without the event.
    baseline : tuple of tuple of float
        Mean margin of the training members by cause and interval: where explanations start from.
    metadata : mapping, default empty
        Plain facts of the training.
    """

    spec: OutcomeSpec
    feature_names: tuple[str, ...]
    booster_texts: tuple[str, ...]
    calibrators: tuple[Calibrator, ...]
    baseline: tuple[tuple[float, ...], ...]
    metadata: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def boosters(self) -> tuple[lightgbm.Booster, ...]:
        """Trees of the event and, where any, of death."""
        import lightgbm as lgb

        return tuple(lgb.Booster(model_str=text) for text in self.booster_texts)

    @property
    def columns(self) -> dict[str, HorizonModel]:
        """Each horizon as a model, by the name of its prediction column."""
        return {name: HorizonModel(self, place) for place, name in enumerate(self.spec.columns)}

    @property
    def edges(self) -> FloatArray:
        """Days at which intervals begin, and the last horizon."""
        return make_edges(self.spec.horizons_days)

    @property
    def ends(self) -> npt.NDArray[np.int64]:
        """The interval that each horizon ends."""
        return find_ends(self.edges, self.spec.horizons_days)

    def predict_margins(self, features: pd.DataFrame, *, num_threads: int = 2) -> FloatArray:
        """Predict the log odds of both causes in each interval.

        Parameters
        ----------
        features : pandas.DataFrame of shape (n_rows, at least n_features)
            Columns by name; others are ignored.
        num_threads : int, default 2
            Threads; the margins do not depend on it.

        Returns
        -------
        numpy.ndarray of shape (n_causes, n_rows, n_intervals)
            Margins of the event, among those who do not die in the interval, and of death.

        Raises
        ------
        DataContractError
            If a feature is missing or is not numeric.
        """
        matrix = make_matrix(features, self.feature_names)
        return compute_margins(self.boosters, matrix, len(self.edges) - 1, num_threads=num_threads)

    def predict_steps(self, features: pd.DataFrame, *, num_threads: int = 2) -> FloatArray:
        """Predict what the calibrators are applied to.

        Parameters
        ----------
        features : pandas.DataFrame of shape (n_rows, at least n_features)
            Columns by name.
        num_threads : int, default 2
            Threads.

        Returns
        -------
        numpy.ndarray of shape (n_rows, n_horizons)
            Uncalibrated: the risk of the first horizon, then of each later one for those still without the event.
        """
        event, death = compute_hazards(self.predict_margins(features, num_threads=num_threads))
        return split_horizons(compute_cumulative_incidence(event, death)[:, self.ends])

    def predict(self, features: pd.DataFrame, *, num_threads: int = 2) -> FloatArray:
        """Predict the risk by each horizon.

        Parameters
        ----------
        features : pandas.DataFrame of shape (n_rows, at least n_features)
            Columns by name; others are ignored.
        num_threads : int, default 2
            Threads; the predictions do not depend on it.

        Returns
        -------
        numpy.ndarray of shape (n_rows, n_horizons)
            Calibrated probabilities; never falling from one horizon to the next.
        """
        return self.calibrate(self.predict_steps(features, num_threads=num_threads))

    def calibrate(self, steps: npt.ArrayLike) -> FloatArray:
        """Turn uncalibrated steps into calibrated risks.

        Parameters
        ----------
        steps : array-like of shape (n_rows, n_horizons)
            What `predict_steps` gave.

        Returns
        -------
        numpy.ndarray of shape (n_rows, n_horizons)
            Each step is calibrated by its own map and then they are put together, so that no map can turn two
            horizons round.
        """
        parts = np.asarray(steps, dtype=np.float64)
        mapped = [calibrator.apply(part) for calibrator, part in zip(self.calibrators, parts.T, strict=True)]
        return join_horizons(np.column_stack(mapped))

    def predict_columns(self, features: pd.DataFrame) -> dict[str, FloatArray]:
        """Predict every column.

        Parameters
        ----------
        features : pandas.DataFrame of shape (n_rows, at least n_features)
            Columns by name.

        Returns
        -------
        dict of str to numpy.ndarray of shape (n_rows,)
            Calibrated probabilities by column.
        """
        return dict(zip(self.spec.columns, self.predict(features).T, strict=True))


@dataclass(frozen=True)
class HorizonModel:
    """One horizon of a hazard, as a model of the binary outcome that its column is.

    Parameters
    ----------
    stored : HazardModel
        The model of all horizons: what a bundle stores, once.
    place : int
        Place of the horizon.
    """

    stored: HazardModel
    place: int

    @cached_property
    def spec(self) -> OutcomeSpec:
        """The specification of this column."""
        return describe_horizon(self.stored.spec, self.place)

    @property
    def feature_names(self) -> tuple[str, ...]:
        """The features, in the order of the trees."""
        return self.stored.feature_names

    @property
    def boosters(self) -> tuple[lightgbm.Booster, ...]:
        """Trees of the event and, where any, of death, which all horizons share."""
        return self.stored.boosters

    @property
    def calibrator(self) -> Calibrator:
        """The calibrator of this horizon's step."""
        return self.stored.calibrators[self.place]

    @property
    def metadata(self) -> Mapping[str, Any]:
        """Plain facts of the training."""
        return self.stored.metadata

    def predict(self, features: pd.DataFrame, *, num_threads: int = 2) -> FloatArray:
        """Predict the risk by this horizon.

        Parameters
        ----------
        features : pandas.DataFrame of shape (n_rows, at least n_features)
            Columns by name; others are ignored.
        num_threads : int, default 2
            Threads.

        Returns
        -------
        numpy.ndarray of shape (n_rows,)
            Calibrated probabilities.
        """
        return np.ascontiguousarray(self.stored.predict(features, num_threads=num_threads)[:, self.place])


def list_columns(model: OutcomeModel | HazardModel) -> dict[str, OutcomeModel | HorizonModel]:
    """List the models of a stored model's prediction columns.

    Parameters
    ----------
    model : OutcomeModel or HazardModel
        What a bundle stores.

    Returns
    -------
    dict of str to OutcomeModel or HorizonModel
        The model itself under its own name, or one per horizon.
    """
    return {**model.columns} if isinstance(model, HazardModel) else {model.spec.name: model}


def list_stored(columns: Mapping[str, OutcomeModel | HorizonModel]) -> dict[str, OutcomeModel | HazardModel]:
    """List what is stored behind prediction columns, the horizons of a hazard once.

    Parameters
    ----------
    columns : mapping of str to OutcomeModel or HorizonModel
        Models by column.

    Returns
    -------
    dict of str to OutcomeModel or HazardModel
        Stored models by outcome, in the order of their first column.
    """
    stored: dict[str, OutcomeModel | HazardModel] = {}
    for name, model in columns.items():
        one = model.stored if isinstance(model, HorizonModel) else model
        stored[one.spec.name if isinstance(one, HazardModel) else name] = one
    return stored


def predict_columns(
    columns: Mapping[str, OutcomeModel | HorizonModel], features: pd.DataFrame
) -> dict[str, FloatArray]:
    """Predict every column, the horizons of a hazard together.

    Parameters
    ----------
    columns : mapping of str to OutcomeModel or HorizonModel
        Models by column.
    features : pandas.DataFrame of shape (n_rows, n_columns)
        Columns by name.

    Returns
    -------
    dict of str to numpy.ndarray of shape (n_rows,)
        Calibrated predictions, in the order of the columns.
    """
    found: dict[str, FloatArray] = {}
    for name, model in list_stored(columns).items():
        found |= model.predict_columns(features) if isinstance(model, HazardModel) else {name: model.predict(features)}
    return {name: found[name] for name in columns}
