"""A forest read from LightGBM's text has its paths, shares and mean; what tables cannot hold is refused."""

from __future__ import annotations

import lightgbm as lgb
import numpy as np
import pytest

from riskkit.errors import ModelStoreError
from riskkit.explain.forest import Split, read_forest

QUIET = {"verbosity": -1, "num_threads": 1, "min_child_samples": 1, "deterministic": True, "force_col_wise": True}


def _train(x: np.ndarray, y: np.ndarray, trees: int = 1, **more: object) -> lgb.Booster:
    settings = {**QUIET, "objective": "regression", "learning_rate": 1.0, "num_leaves": 2, **more}
    return lgb.train(settings, lgb.Dataset(x, y, categorical_feature=more.pop("cats", [])), trees)


def test_a_stump_has_two_leaves_with_the_shares_of_their_rows() -> None:
    # Three rows of ten lie above 5, and are worth 10; the others are worth 0: the mean is 3.
    x = np.array([[1.0]] * 7 + [[9.0]] * 3)
    forest = read_forest(_train(x, np.where(x[:, 0] > 5, 10.0, 0.0)).model_to_string())
    ((low, high),) = forest.trees
    assert (low.lefts, high.lefts) == ((True,), (False,))
    assert (low.shares, high.shares) == ((0.7,), (0.3,))
    assert (low.value, high.value, forest.base) == pytest.approx((0.0, 10.0, 3.0), abs=1e-6)
    assert forest.depth == 1
    assert low.splits[0].feature == 0
    assert 1 < low.splits[0].threshold < 9


def test_missing_values_go_where_training_sent_them() -> None:
    x = np.array([[1.0]] * 5 + [[9.0]] * 5 + [[np.nan]] * 5)
    like_low = read_forest(_train(x, np.repeat([0.0, 1.0, 0.0], 5)).model_to_string())
    like_high = read_forest(_train(x, np.repeat([0.0, 1.0, 1.0], 5)).model_to_string())
    never = read_forest(_train(x[:10], np.repeat([0.0, 1.0], 5)).model_to_string())
    found = [forest.trees[0][0].splits[0].missing for forest in (like_low, like_high, never)]
    assert found == ["left", "right", "as_zero"]


def test_a_tree_of_one_leaf_adds_to_the_base_value_alone() -> None:
    forest = read_forest(_train(np.ones((10, 1)), np.full(10, 4.0)).model_to_string())
    assert forest.trees == ((),)
    assert forest.base == pytest.approx(4.0)
    assert forest.depth == 0


def test_equal_questions_are_one_split() -> None:
    assert len({Split(1, 0.5, "left"), Split(1, 0.5, "left"), Split(1, 0.5, "right")}) == 2


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ({"categorical_feature": [0], "min_data_per_group": 1, "cat_smooth": 0.0}, "categorical splits"),
        ({"zero_as_missing": True}, "a split of type"),
        ({"objective": "multiclass", "num_class": 2}, "several outputs"),
        ({"boosting": "rf", "bagging_freq": 1, "bagging_fraction": 0.5}, "averaged trees"),
        ({"linear_tree": True}, "linear leaves"),
    ],
)
def test_trees_that_tables_cannot_hold_are_refused(more, problem) -> None:
    rng = np.random.default_rng(0)
    x = rng.integers(0, 3, size=(60, 1)).astype(float)
    y = (x[:, 0] == 1).astype(float)
    data = lgb.Dataset(x, y, categorical_feature=more.get("categorical_feature", []))
    settings = {name: value for name, value in more.items() if name != "categorical_feature"}
    booster = lgb.train({**QUIET, "objective": "regression", "num_leaves": 3, **settings}, data, 1)
    with pytest.raises(ModelStoreError, match=problem):
        read_forest(booster.model_to_string())
