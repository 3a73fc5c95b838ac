"""The estimator is the one that the specification asks for."""

from __future__ import annotations

import numpy as np
import pandas as pd

from riskkit.risk.classifier import RiskClassifier
from riskkit.risk.cost import CostRegressor
from riskkit.risk.factory import Recipe, choose_n_estimators, make_estimator
from riskkit.risk.matrix import ModelFrame
from riskkit.risk.settings import ModelSettings


def make_recipe(**settings: object) -> Recipe:
    chosen = ModelSettings.model_validate({"n_estimators": 300, "learning_rate": 0.3, **settings})
    return Recipe(chosen, chosen.trees, {"a": 1}, seed=5, num_threads=1)


def make_rows() -> tuple[pd.DataFrame, ModelFrame]:
    rng = np.random.default_rng(0)
    x = pd.DataFrame(rng.normal(size=(500, 1)), columns=["a"])
    y = (rng.random(500) < 0.4).astype(float)
    keys = pd.DataFrame({"person_id": [f"p{i:03d}" for i in range(500)], "index_date": pd.Timestamp("2023-01-01")})
    return x, ModelFrame(keys.join(x), y, np.ones(500))


def test_the_objective_chooses_the_estimator_and_its_parameters() -> None:
    assert isinstance(make_estimator(make_recipe(objective="binary")), RiskClassifier)
    cost = make_estimator(make_recipe(objective="regression", cap_quantile=0.99))
    assert isinstance(cost, CostRegressor)
    assert (cost.objective, cost.cap_quantile, cost.random_state, cost.num_threads) == ("regression", 0.99, 5, 1)
    assert cost.monotone_constraints == {"a": 1}


def test_noise_is_given_few_trees() -> None:
    x, train = make_rows()
    recipe = choose_n_estimators(make_recipe(objective="binary", early_stopping_rounds=5), x, train)
    assert recipe.trees.n_estimators < 50


def test_without_early_stopping_the_recipe_stays() -> None:
    recipe = make_recipe(objective="binary")
    assert choose_n_estimators(recipe, *make_rows()) is recipe
