"""From a specification to the estimator that it asks for, with its number of trees chosen if need be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from riskkit.errors import PolicyError
from riskkit.risk.matrix import ModelFrame, assign_folds

if TYPE_CHECKING:
    import pandas as pd

    from riskkit.risk.classifier import RiskClassifier
    from riskkit.risk.cost import CostRegressor
    from riskkit.risk.settings import ModelSettings
    from riskkit.risk.training import OnIteration, TreeSettings

HOLDOUT_FOLDS = 7
"""One fold of seven, about 15% of the training persons, chooses the number of trees where early stopping is asked."""


@dataclass(frozen=True)
class Recipe:
    """All that an estimator needs before it sees rows.

    Parameters
    ----------
    settings : ModelSettings
        The [model] block: objective, its own parameters, patience of early stopping.
    trees : TreeSettings
        Size and growth of the trees, tuned or not.
    constraints : mapping of str to int
        -1, 0 or 1 by feature name.
    seed : int
        Seed of row and feature sampling.
    num_threads : int
        Threads of training.
    """

    settings: ModelSettings
    trees: TreeSettings
    constraints: Mapping[str, int]
    seed: int
    num_threads: int


def make_estimator(recipe: Recipe, *, early_stopping_rounds: int | None = None) -> RiskClassifier | CostRegressor:
    """Make the estimator of a recipe.

    Parameters
    ----------
    recipe : Recipe
        What to make.
    early_stopping_rounds : int, optional
        Patience, for an estimator that will be given rows to watch.

    Returns
    -------
    RiskClassifier or CostRegressor
        Not yet fitted.

    Raises
    ------
    PolicyError
        If the objective is 'hazard', which has two causes and a fit of its own.
    """
    settings = recipe.settings
    if settings.objective == "binary":
        from riskkit.risk.classifier import RiskClassifier

        return RiskClassifier(
            recipe.trees,
            monotone_constraints=dict(recipe.constraints),
            early_stopping_rounds=early_stopping_rounds,
            num_threads=recipe.num_threads,
            random_state=recipe.seed,
        )
    if settings.objective == "hazard":
        message = "objective 'hazard': found where one estimator is made, expected its own fit. Use fit_hazard."
        raise PolicyError(message)
    from riskkit.risk.cost import CostRegressor

    return CostRegressor(
        recipe.trees,
        objective=settings.objective,
        variance_power=settings.variance_power,
        cap_quantile=settings.cap_quantile,
        monotone_constraints=dict(recipe.constraints),
        early_stopping_rounds=early_stopping_rounds,
        num_threads=recipe.num_threads,
        random_state=recipe.seed,
    )


def choose_n_estimators(
    recipe: Recipe, x: pd.DataFrame, train: ModelFrame, *, on_iteration: OnIteration | None = None
) -> Recipe:
    """Choose the number of trees on some of the training persons; the calibration rows stay unseen.

    Parameters
    ----------
    recipe : Recipe
        What to make; unchanged where its settings ask for no early stopping.
    x : pandas.DataFrame of shape (n_rows, n_features)
        Features of `train` alone.
    train : ModelFrame
        Training rows, sorted.
    on_iteration : callable, optional
        Told of each tree.

    Returns
    -------
    Recipe
        With the number of trees that did best on about 15% of the persons.
    """
    patience = recipe.settings.early_stopping_rounds
    if not patience:
        return recipe
    out = assign_folds(train.groups, n_folds=HOLDOUT_FOLDS, seed=recipe.seed) == 0
    scout = make_estimator(recipe, early_stopping_rounds=patience).fit(
        x[~out],
        train.observed[~out],
        train.weight[~out],
        eval_X=x[out],
        eval_y=train.observed[out],
        eval_weight=train.weight[out],
        on_iteration=on_iteration,
    )
    return replace(recipe, trees=recipe.trees.model_copy(update={"n_estimators": scout.best_iteration_}))
