"""Contributions from tables equal LightGBM's and shap's for every kind of missing value, row by row."""

from __future__ import annotations

import warnings

import lightgbm as lgb
import numpy as np
import pytest

from riskkit.explain import tree_shap
from riskkit.explain.forest import read_forest
from riskkit.explain.tree_shap import can_tabulate, compute_tree_shap

N, FEATURES = 1_500, 8


def _matrix(seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(N, FEATURES))
    x[:, 3] = x[:, 3] > 0
    x[:, 4] = np.round(x[:, 4])
    x[rng.random(N) < 0.3, 1] = np.nan
    return x


def _train(objective: str = "binary", trees: int = 30, **more: object) -> lgb.Booster:
    x = _matrix()
    signal = x[:, 0] + np.nan_to_num(x[:, 1], nan=0.7) * x[:, 3] - np.abs(x[:, 2]) + x[:, 4] * x[:, 5]
    y = (signal > 0).astype(float) if objective == "binary" else np.exp(signal)
    settings = {"objective": objective, "num_leaves": 31, "max_depth": 6, "verbosity": -1, "num_threads": 1}
    settings |= {"deterministic": True, "force_col_wise": True, "min_child_samples": 5, **more}
    return lgb.train(settings, lgb.Dataset(x, y), trees)


@pytest.mark.parametrize("objective", ["binary", "tweedie", "regression"])
def test_tables_equal_lightgbm(objective) -> None:
    booster, x = _train(objective), _matrix(1)
    # Values that training never saw missing: LightGBM reads them as 0.
    x[:50, [0, 4]] = np.nan
    found = compute_tree_shap(read_forest(booster.model_to_string()), x)
    reference = booster.predict(x, pred_contrib=True)
    np.testing.assert_allclose(found, reference, atol=1e-12 * max(1.0, np.abs(reference).max()))


def test_tables_equal_shap_tree_explainer() -> None:
    booster, x = _train(num_leaves=64), _matrix(2)
    with warnings.catch_warnings():
        # shap itself calls functions that matplotlib and numpy have deprecated, and warns of its own output shapes.
        warnings.simplefilter("ignore")
        import shap

        explained = shap.TreeExplainer(booster)(x)
    found = compute_tree_shap(read_forest(booster.model_to_string()), x)
    np.testing.assert_allclose(found[:, :-1], explained.values, atol=1e-12)
    np.testing.assert_allclose(found[:, -1], explained.base_values, atol=1e-12)


def test_a_row_has_the_same_bits_in_any_company_and_on_any_threads(monkeypatch) -> None:
    forest, x = read_forest(_train().model_to_string()), _matrix(3)
    whole = compute_tree_shap(forest, x, num_threads=2)
    assert np.array_equal(compute_tree_shap(forest, x[::-1], num_threads=1), whole[::-1])
    monkeypatch.setattr(tree_shap, "BLOCK_ROWS", 7)
    monkeypatch.setattr(tree_shap, "TREES_AT_ONCE", 4)
    assert np.array_equal(compute_tree_shap(forest, x[:20]), whole[:20])


def test_trees_deeper_than_the_tables_are_not_tabulated() -> None:
    deep = _train(trees=1, max_depth=-1, num_leaves=200, min_child_samples=1)
    forest = read_forest(deep.model_to_string())
    assert forest.depth > 10
    assert not can_tabulate(forest)
    assert can_tabulate(read_forest(_train(trees=1).model_to_string()))


def test_no_rows_and_no_splits_give_the_base_value_alone() -> None:
    forest = read_forest(_train(trees=1).model_to_string())
    assert compute_tree_shap(forest, np.empty((0, FEATURES))).shape == (0, FEATURES + 1)
