"""Fit an outcome: its trees from rows, checked, and its calibration on rows that the trees never saw."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Required, TypedDict, Unpack

import numpy as np
import pandas as pd

from riskkit.errors import DataContractError, LeakageError
from riskkit.risk.calibrator import Calibrator
from riskkit.risk.factory import Recipe, choose_n_estimators, make_estimator
from riskkit.risk.matrix import KEY, ModelFrame, make_matrix
from riskkit.risk.model import OutcomeModel
from riskkit.risk.monotone import check_monotone
from riskkit.risk.outcome_calibration import calibrate_outcome
from riskkit.risk.training import OnIteration, TreeSettings

if TYPE_CHECKING:
    import numpy.typing as npt

    from riskkit.risk.spec import OutcomeSpec


NUM_THREADS = 2


class FitOptions(TypedDict, total=False):
    """What a fit is told beside its specification and rows, see `fit_trees`."""

    feature_names: Required[Sequence[str]]
    directions: Required[Mapping[str, int]]
    params: Mapping[str, Any] | None
    seed: int
    num_threads: int
    on_iteration: OnIteration | None


def fit_outcome(
    spec: OutcomeSpec, train: ModelFrame, calibration: ModelFrame, **options: Unpack[FitOptions]
) -> OutcomeModel:
    """Train an outcome's trees, check them, and calibrate them on rows they never saw.

    Parameters
    ----------
    spec : OutcomeSpec
        What to predict and how.
    train, calibration : ModelFrame
        Rows for the trees, in any order, and later rows for the calibrator.
    **options : FitOptions
        `feature_names`, `directions`, and where they are not the defaults `params`, `seed`, `num_threads` and
        `on_iteration`, as for `fit_trees`.

    Returns
    -------
    OutcomeModel
        The same bytes for the same rows, whatever their order.

    Raises
    ------
    DataContractError, AcceptanceError
        As from `fit_trees`.
    LeakageError
        If a row is in both frames.
    """
    both = train.features[KEY].merge(calibration.features[KEY], on=KEY)
    if len(both):
        message = (
            f"outcome {spec.name!r}: {len(both)} rows are in both train and calibration (first person_id="
            f"{both['person_id'].iloc[0]!r}), expected none. Calibrate on other persons or a later year."
        )
        raise LeakageError(message)
    return calibrate_outcome(
        fit_trees(spec, train, **options), calibration, num_threads=options.get("num_threads", NUM_THREADS)
    )


def fit_trees(
    spec: OutcomeSpec,
    train: ModelFrame,
    *,
    feature_names: Sequence[str],
    directions: Mapping[str, int],
    params: Mapping[str, Any] | None = None,
    seed: int = 0,
    num_threads: int = NUM_THREADS,
    on_iteration: OnIteration | None = None,
) -> OutcomeModel:
    """Train an outcome's trees and check them, and leave them uncalibrated.

    Parameters
    ----------
    spec : OutcomeSpec
        What to predict and how.
    train : ModelFrame
        Rows, in any order.
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
        The trees alone; what it predicts is not to be used before `calibrate_outcome` or `calibrate_crossed`.

    Raises
    ------
    DataContractError
        If a feature is missing or the rows hold no event, or only events.
    AcceptanceError
        If a split breaks a monotone constraint.
    """
    train = train.sort()
    _require_something_to_learn(spec, train)
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
    return OutcomeModel(
        spec=spec,
        feature_names=tuple(feature_names),
        booster_texts=tuple(booster.model_to_string() for booster in boosters),
        calibrator=Calibrator(spec.prediction_kind, "identity"),
        floor=getattr(estimator, "floor_", 0.0),
        metadata=_describe(recipe, matrix, train),
    )


def _require_something_to_learn(spec: OutcomeSpec, train: ModelFrame) -> None:
    """Refuse training rows from which nothing can be learnt."""
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


def _describe(recipe: Recipe, matrix: npt.NDArray[np.float64], train: ModelFrame) -> dict[str, Any]:
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
