"""Stability of a model's explanations: light refits on other seeds and other samples of persons, compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskkit.explain.contributions import compute_contributions, split_frame
from riskkit.explain.stability import compute_stability
from riskkit.risk.factory import Recipe, make_estimator
from riskkit.risk.matrix import ModelFrame, make_matrix
from riskkit.risk.training import TreeSettings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from riskkit.risk.spec import OutcomeSpec

FloatArray = npt.NDArray[np.float64]

SEEDS, BOOTSTRAPS = 2, 2
MOST_ROWS, MOST_TREES, EXPLAINED_ROWS = 10_000, 100, 500


@dataclass(frozen=True)
class Refit:
    """What every refit of one outcome shares.

    Parameters
    ----------
    spec : OutcomeSpec
        The outcome.
    feature_names : list of str
        The features.
    directions : mapping of str to int
        -1, 0 or 1 by feature.
    params : mapping
        Tuned tree settings.
    """

    spec: OutcomeSpec
    feature_names: list[str]
    directions: Mapping[str, int]
    params: Mapping[str, Any]


def measure_stability(refit: Refit, train: ModelFrame, seed: int) -> dict[str, Any]:
    """Refit an outcome a few times and compare which features matter.

    The refits are light, so that every run affords them: at most 10,000 rows of whole persons and 100 trees (a learning
    rate raised in proportion), compared with one another and not with the kept model.

    Parameters
    ----------
    refit : Refit
        Outcome, features and settings.
    train : ModelFrame
        Training rows.
    seed : int
        Seed of the kept model.

    Returns
    -------
    dict
        `seeds` and `bootstraps`, each from `compute_stability`.
    """
    frame = _limit_rows(train.sort(), seed)
    drawn = np.unique(np.linspace(0, len(frame.observed) - 1, EXPLAINED_ROWS).astype(np.int64))
    shown = frame.take(drawn).features
    reference = _weigh_features(refit, frame, shown, seed)
    seeds = [_weigh_features(refit, frame, shown, seed + number) for number in range(1, SEEDS + 1)]
    samples = [_weigh_features(refit, _resample(frame, seed + number), shown, seed) for number in range(BOOTSTRAPS)]
    return {"seeds": compute_stability(reference, seeds), "bootstraps": compute_stability(reference, samples)}


def _limit_rows(frame: ModelFrame, seed: int) -> ModelFrame:
    """Keep whole persons until there are enough rows."""
    codes, persons = pd.factorize(frame.groups)
    order = np.random.default_rng(seed).permutation(len(persons))[codes]
    sizes = np.bincount(order)
    kept = np.searchsorted(np.cumsum(sizes), MOST_ROWS, side="right")
    return frame.take(np.flatnonzero(order < max(int(kept), 1)))


def _resample(frame: ModelFrame, seed: int) -> ModelFrame:
    """Draw persons with replacement: a person drawn twice weighs twice."""
    codes, persons = pd.factorize(frame.groups)
    rng = np.random.default_rng([seed, len(persons)])
    times = np.bincount(rng.integers(0, len(persons), len(persons)), minlength=len(persons))[codes]
    return ModelFrame(frame.features, frame.observed, frame.weight * times).take(np.flatnonzero(times))


def _weigh_features(refit: Refit, frame: ModelFrame, shown: pd.DataFrame, seed: int) -> FloatArray:
    """Fit and return the mean size of each feature's contributions."""
    spec, names = refit.spec, refit.feature_names
    settings = TreeSettings(**{**spec.model.trees.model_dump(), **refit.params})
    fewer = min(settings.n_estimators, MOST_TREES)
    rate = min(settings.learning_rate * settings.n_estimators / fewer, 1.0)
    recipe = Recipe(
        settings=spec.model,
        trees=settings.model_copy(update={"n_estimators": fewer, "learning_rate": rate}),
        constraints={name: refit.directions.get(name, 0) for name in names} if spec.model.monotone else {},
        seed=seed,
        num_threads=2,
    )
    x = pd.DataFrame(make_matrix(frame.features, names), columns=names)
    estimator = make_estimator(recipe).fit(x, frame.observed, frame.weight)
    total = np.zeros(len(names))
    for booster in getattr(estimator, "boosters_", (estimator.booster_,)):
        _, _, phi = split_frame(compute_contributions(booster, shown))
        total += np.abs(phi).mean(axis=0)
    return total
