"""Tuning: a search for better trees within a budget, on folds of whole persons."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from riskkit.risk.factory import Recipe, make_estimator
from riskkit.risk.matrix import ModelFrame, assign_folds, make_matrix
from riskkit.risk.recalibration import compute_loss
from riskkit.risk.study import count_finished, hush, name_study, open_study, run_study
from riskkit.risk.training import OnIteration, TreeSettings

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt
    import optuna

    from riskkit.risk.spec import OutcomeSpec

    FloatArray = npt.NDArray[np.float64]

Progress = Callable[[int, int, float], None]
"""Called after each trial with its number (from 1), the number asked for (0: no limit), and the best loss so far."""

PATIENCE = 30
"""Trees without a better loss before a trial stops."""

REPORT_EVERY = 10
"""A trial may be pruned at every tenth tree of its first fold."""


@dataclass(frozen=True)
class Tuned:
    """What a search came to.

    Parameters
    ----------
    params : dict
        Tree settings for `fit_outcome(params=...)`; empty where the budget is 0 trials.
    trials_asked : int or None
        Trials of the budget; None where only time limits it.
    minutes_asked : float or None
        Minutes of the budget; None where only trials limit it.
    trials_made : int
        Finished trials, those of earlier runs of the same search included.
    best_loss : float, optional
        The least loss on the folds.
    """

    params: dict[str, Any]
    trials_asked: int | None
    minutes_asked: float | None
    trials_made: int = 0
    best_loss: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """Write the account of the search as plain values.

        Returns
        -------
        dict
            The fields but `params`, and `cut`: whether time ran out before the trials asked for were made.
        """
        cut = self.trials_asked is not None and self.trials_made < self.trials_asked
        return {name: value for name, value in vars(self).items() if name != "params"} | {"cut": cut}


def tune(
    spec: OutcomeSpec,
    train: ModelFrame,
    *,
    feature_names: Sequence[str],
    directions: Mapping[str, int],
    seed: int = 0,
    num_threads: int = 2,
    warm: Sequence[Mapping[str, Any]] = (),
    store: Path | None = None,
    progress: Progress | None = None,
) -> Tuned:
    """Search for the trees with the least cross-validated loss, within the budget of the specification.

    The first trial is the specification itself, so the answer is never worse on the folds; those of `warm` follow.
    Trials that fall behind the median are given up at an early tree.

    Parameters
    ----------
    spec : OutcomeSpec
        Objective, starting trees and budget (`tuning.trials`, `tuning.timeout_seconds`, `tuning.folds`).
    train : ModelFrame
        Training rows, in any order.
    feature_names : sequence of str
        Features to use.
    directions : mapping of str to int
        -1, 0 or 1 by feature.
    seed : int, default 0
        Seed of search, folds and sampling: the same trials for the same seed, unless time runs out.
    num_threads : int, default 2
        Threads of training.
    warm : sequence of mapping, optional
        Tree settings to try early, such as last year's best; what lies outside the search is brought to its edge.
    store : pathlib.Path, optional
        SQLite file that keeps the trials: the same search, started again after it was cut short, goes on from there.
    progress : callable, optional
        Told of each trial: ``progress(number, asked, best_loss)``; `asked` is 0 where only time limits the search.

    Returns
    -------
    Tuned
        Tree settings, and how many trials led to them.

    Raises
    ------
    DataContractError
        If a feature is missing or is not numeric, or the store is no SQLite file.
    """
    budget = spec.tuning
    if budget.trials == 0:
        return Tuned({}, 0, None)
    train = train.sort()
    recipe = Recipe(
        settings=spec.model,
        trees=spec.model.trees,
        constraints={name: directions.get(name, 0) for name in feature_names} if spec.model.monotone else {},
        seed=seed,
        num_threads=num_threads,
    )
    x = pd.DataFrame(make_matrix(train.features, feature_names), columns=list(feature_names), copy=False)
    search = _Search(recipe, x, train, assign_folds(train.groups, n_folds=budget.folds, seed=seed))

    def tell(study: optuna.Study, trial: optuna.trial.FrozenTrial) -> None:
        if progress is not None:
            progress(count_finished(study), budget.trials or 0, study.best_value)

    with hush():
        parts = (x.to_numpy(), train.observed, train.weight, tuple(feature_names), spec.model, recipe.constraints)
        study = open_study(name_study(spec.name, *parts, budget.folds, seed), store)
        own = spec.model.model_dump()
        run_study(
            study,
            search.score,
            starts=[{name: space.hold(name, each, own) for name, space in _SPACE.items()} for each in (own, *warm)],
            trials=budget.trials,
            timeout_seconds=budget.timeout_seconds,
            seed=seed,
            tell=tell,
        )
    minutes = None if budget.timeout_seconds is None else budget.timeout_seconds / 60
    params = {**study.best_params, "n_estimators": study.best_trial.user_attrs["n_estimators"]}
    return Tuned(params, budget.trials, minutes, count_finished(study), study.best_value)


@dataclass(frozen=True)
class _Range:
    """Where a setting is searched; it is widened to hold the specification's own value."""

    low: float
    high: float
    log: bool = False
    whole: bool = False

    def hold(self, name: str, settings: Mapping[str, Any], own: Mapping[str, Any]) -> float:
        """Bring a setting within the search, or take the specification's own where there is none."""
        value = min(max(settings.get(name, own[name]), min(self.low, own[name])), max(self.high, own[name]))
        return int(value) if self.whole else float(value)

    def suggest(self, trial: optuna.Trial, name: str, own: float) -> float:
        """Ask the search for a value."""
        low, high = min(self.low, own), max(self.high, own)
        if self.whole:
            return int(trial.suggest_int(name, int(low), int(high), log=self.log))
        return float(trial.suggest_float(name, low, high, log=self.log))


_SPACE = {
    "num_leaves": _Range(4, 64, log=True, whole=True),
    "max_depth": _Range(2, 6, whole=True),
    "learning_rate": _Range(0.02, 0.2, log=True),
    "min_child_samples": _Range(10, 500, log=True, whole=True),
    "feature_fraction": _Range(0.3, 1.0),
    "bagging_fraction": _Range(0.5, 1.0),
    "lambda_l2": _Range(0.0, 30.0),
}


@dataclass(frozen=True)
class _Search:
    """The rows and folds on which trials are scored."""

    recipe: Recipe
    x: pd.DataFrame
    train: ModelFrame
    folds: npt.NDArray[np.int64]

    def score(self, trial: optuna.Trial) -> float:
        """Compute a trial's weighted mean loss over all folds, and remember how many trees it took."""
        own = self.recipe.trees.model_dump()
        proposed = {name: space.suggest(trial, name, own[name]) for name, space in _SPACE.items()}
        recipe = replace(self.recipe, trees=TreeSettings(**{**own, **proposed}))
        scores = [self._score_fold(fold, recipe, trial) for fold in np.unique(self.folds)]
        trial.set_user_attr("n_estimators", max(1, round(float(np.mean([grown for _, grown in scores])))))
        return float(sum(loss for loss, _ in scores) / self.train.weight.sum())

    def _score_fold(self, fold: int, recipe: Recipe, trial: optuna.Trial) -> tuple[float, int]:
        """Train without one fold; compute the summed loss on it and the number of trees."""
        out, rows = self.folds == fold, self.train
        settings = recipe.settings
        watched: dict[str, Any] = {}
        # the two parts of a model have no common loss to watch, so that they grow all their trees
        if settings.objective != "two_part":
            watched = {"eval_X": self.x[out], "eval_y": rows.observed[out], "eval_weight": rows.weight[out]}
            watched["on_iteration"] = _prune(trial) if fold == 0 else None
        estimator = make_estimator(recipe, early_stopping_rounds=PATIENCE if watched else None)
        estimator.fit(self.x[~out], rows.observed[~out], rows.weight[~out], **watched)
        loss = _compute_fold_loss(estimator, self.x[out], rows.observed[out], settings.objective)
        return float((rows.weight[out] * loss).sum()), int(estimator.best_iteration_)


def _compute_fold_loss(estimator: Any, x: pd.DataFrame, observed: FloatArray, objective: str) -> FloatArray:
    """Compute the loss that the objective is after: log loss, squared error or Tweedie deviance."""
    if objective == "binary":
        return compute_loss(observed, estimator.predict_proba(x)[:, 1], kind="binary")
    predicted = estimator.predict(x)
    if objective == "regression":
        return np.asarray((observed - predicted) ** 2)
    return compute_loss(observed, predicted, kind="cost")


def _prune(trial: optuna.Trial) -> OnIteration:
    """Give a trial up where its loss falls behind the median of earlier ones at the same tree."""
    import optuna

    def on_iteration(number: int, asked: int, loss: float | None) -> None:
        if loss is not None and number % REPORT_EVERY == 0:
            trial.report(loss, number)
            if trial.should_prune():
                message = f"pruned at tree {number} of {asked}"
                raise optuna.TrialPruned(message)

    return on_iteration
