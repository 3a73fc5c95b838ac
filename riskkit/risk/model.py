"""A fitted outcome: trees and calibrator together, from a features frame to probabilities or expected costs."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from riskkit.errors import DataContractError, LeakageError, ModelStoreError
from riskkit.risk.balance import Balance
from riskkit.risk.calibrator import Calibrator
from riskkit.risk.factory import Recipe, choose_n_estimators, make_estimator
from riskkit.risk.links import Link, combine_margins, invert_link
from riskkit.risk.matrix import KEY, ModelFrame, make_matrix
from riskkit.risk.monotone import check_monotone
from riskkit.risk.outcome_calibration import calibrate_outcome
from riskkit.risk.training import OnIteration, TreeSettings

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


def fit_outcome(
    spec: OutcomeSpec,
    train: ModelFrame,
    calibration: ModelFrame,
    *,
    feature_names: Sequence[str],
    directions: Mapping[str, int],
    params: Mapping[str, Any] | None = None,
    seed: int = 0,
    num_threads: int = 2,
    on_iteration: OnIteration | None = None,
) -> OutcomeModel:
    """Train an outcome's trees, check them, and calibrate them on rows they never saw.

    Parameters
    ----------
    spec : OutcomeSpec
        What to predict and how.
    train, calibration : ModelFrame
        Rows for the trees, in any order, and later rows for the calibrator.
    feature_names : sequence of str
        Features to use, from `select_features`.
    directions : mapping of str to int
        -1, 0 or 1 by feature, from the catalogue; used where the specification says `monotone`.
    params : mapping, optional
        Tuned tree settings that replace those of the specification, from `tune`; where they give `n_estimators`,
        there is no early stopping.
    seed : int, default 0
        Seed of sampling.
    num_threads : int, default 2
        Threads; the model does not depend on it.
    on_iteration : callable, optional
        Told of each tree: ``on_iteration(number, asked, loss)``; with early stopping twice over.

    Returns
    -------
    OutcomeModel
        The same bytes for the same rows, whatever their order.

    Raises
    ------
    DataContractError
        If a feature is missing or the training rows hold no event, or only events.
    LeakageError
        If a row is in both frames.
    AcceptanceError
        If a split breaks a monotone constraint.
    """
    train, calibration = train.sort(), calibration.sort()
    _check_rows(spec, train, calibration)
    recipe = Recipe(
        settings=spec.model,
        trees=TreeSettings(**{**spec.model.trees.model_dump(), **(params or {})}),
        constraints={name: directions.get(name, 0) for name in feature_names} if spec.model.monotone else {},
        seed=seed,
        num_threads=num_threads,
    )
    matrix = make_matrix(train.features, feature_names)
    x = pd.DataFrame(matrix, columns=list(feature_names), copy=False)
    if "n_estimators" not in (params or {}):
        recipe = choose_n_estimators(recipe, x, train, on_iteration=on_iteration)
    estimator = make_estimator(recipe).fit(x, train.observed, train.weight, on_iteration=on_iteration)
    boosters = getattr(estimator, "boosters_", (estimator.booster_,))
    for booster in boosters:
        check_monotone(booster, recipe.constraints)
    model = OutcomeModel(
        spec=spec,
        feature_names=tuple(feature_names),
        booster_texts=tuple(booster.model_to_string() for booster in boosters),
        calibrator=Calibrator(spec.prediction_kind, "identity"),
        floor=getattr(estimator, "floor_", 0.0),
        metadata=_describe(recipe, matrix, train),
    )
    return calibrate_outcome(model, calibration, num_threads=num_threads)


def _check_rows(spec: OutcomeSpec, train: ModelFrame, calibration: ModelFrame) -> None:
    """Refuse a row on both sides, and training rows from which nothing can be learnt."""
    both = train.features[KEY].merge(calibration.features[KEY], on=KEY)
    if len(both):
        message = (
            f"outcome {spec.name!r}: {len(both)} rows are in both train and calibration (first person_id="
            f"{both['person_id'].iloc[0]!r}), expected none. Calibrate on other persons or a later year."
        )
        raise LeakageError(message)
    seen = train.observed[train.weight > 0]
    values = np.unique(seen)
    if spec.kind == "binary" and values.tolist() != [0, 1]:
        problem = f"hold {len(values)} different values {values[:3].tolist()}, expected 0 and 1, both present"
    elif spec.kind == "cost" and not values[-1:].sum() > 0:
        problem = "hold no cost, expected some positive cost"
    elif spec.model.objective in {"tweedie", "two_part"} and values[0] < 0:
        problem = (
            f"hold {int((seen < 0).sum())} negative costs (least {values[0]:g}), expected none for objective "
            f"{spec.model.objective!r}, or objective 'regression'"
        )
    else:
        return
    message = f"outcome {spec.name!r}: {len(seen)} training rows {problem}. Check the label, the amounts and the years."
    raise DataContractError(message)


def _describe(recipe: Recipe, matrix: FloatArray, train: ModelFrame) -> dict[str, Any]:
    """Write down what the trees were grown from."""
    from importlib.metadata import version

    digest = hashlib.sha256()
    for part in (matrix.T, train.observed, train.weight):
        digest.update(np.ascontiguousarray(part).data)
    return {
        "train_rows": len(train.observed),
        "train_persons": int(train.groups.nunique()),
        "train_weight": float(train.weight.sum()),
        "train_mean": float(np.average(train.observed, weights=train.weight)),
        "train_sha256": digest.hexdigest(),
        "trees": recipe.trees.model_dump(),
        "constraints": {name: sign for name, sign in recipe.constraints.items() if sign},
        "seed": recipe.seed,
        "versions": {name: version(name) for name in ("riskkit", "lightgbm", "numpy", "scikit-learn")},
    }
