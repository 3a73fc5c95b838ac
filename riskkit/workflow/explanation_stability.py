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
IntArray = npt.NDArray[np.int64]

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
    return frame.take(choose_rows(frame.groups, seed, most=MOST_ROWS))


def choose_rows(groups: pd.Series[str], seed: int, *, most: int) -> IntArray:
    """Choose the rows of whole persons, drawn by a seed, until there are enough.

    Parameters
    ----------
    groups : pandas.Series of str
        Person of each row.
    seed : int
        Seed of the draw.
    most : int
        Most rows, but always one person.

    Returns
    -------
    numpy.ndarray of int
        Positions.
    """
    codes, persons = pd.factorize(groups)
    order = np.random.default_rng(seed).permutation(len(persons))[codes]
    kept = np.searchsorted(np.cumsum(np.bincount(order)), most, side="right")
    return np.flatnonzero(order < max(int(kept), 1)).astype(np.int64)


def _resample(frame: ModelFrame, seed: int) -> ModelFrame:
    """Draw persons with replacement: a person drawn twice weighs twice."""
    times = draw_persons(frame.groups, seed)
    return ModelFrame(frame.features, frame.observed, frame.weight * times).take(np.flatnonzero(times))


def draw_persons(groups: pd.Series[str], seed: int) -> IntArray:
    """Draw as many persons as there are, with replacement.

    Parameters
    ----------
    groups : pandas.Series of str
        Person of each row.
    seed : int
        Seed of the draw.

    Returns
    -------
    numpy.ndarray of int of shape (n_rows,)
        How often the person of each row was drawn.
    """
    codes, persons = pd.factorize(groups)
    rng = np.random.default_rng([seed, len(persons)])
    drawn = np.bincount(rng.integers(0, len(persons), len(persons)), minlength=len(persons))
    return drawn[codes].astype(np.int64)


def lighten(refit: Refit, *, most_trees: int) -> TreeSettings:
    """Make the settings of a light refit: fewer trees, a learning rate raised in proportion.

    Parameters
    ----------
    refit : Refit
        Outcome and tuned settings.
    most_trees : int
        Most trees.

    Returns
    -------
    TreeSettings
        The settings.
    """
    settings = TreeSettings(**{**refit.spec.model.trees.model_dump(), **refit.params})
    fewer = min(settings.n_estimators, most_trees)
    rate = min(settings.learning_rate * settings.n_estimators / fewer, 1.0)
    return settings.model_copy(update={"n_estimators": fewer, "learning_rate": rate})


def _weigh_features(refit: Refit, frame: ModelFrame, shown: pd.DataFrame, seed: int) -> FloatArray:
    """Fit and return the mean size of each feature's contributions."""
    spec, names = refit.spec, refit.feature_names
    recipe = Recipe(
        settings=spec.model,
        trees=lighten(refit, most_trees=MOST_TREES),
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
