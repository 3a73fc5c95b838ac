"""Contributions equal shap's, sum to the raw score and do not depend on company."""

from __future__ import annotations

import warnings

import lightgbm as lgb
import numpy as np
import pandas as pd
import pytest

from riskkit.errors import DataContractError, ModelStoreError
from riskkit.explain.contributions import compute_contributions, compute_group_contributions, compute_importance

NAMES = ["age_years", "hba1c", "egfr", "flag"]
N = 400


def _features() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    values = rng.normal(size=(N, 4))
    values[:, 3] = values[:, 3] > 0
    values[rng.random(N) < 0.2, 1] = np.nan
    key = pd.DataFrame({"person_id": [f"p{i:03d}" for i in range(N)], "index_date": pd.Timestamp(2024, 12, 31)})
    return pd.concat([key, pd.DataFrame(values, columns=NAMES)], axis=1)


FEATURES = _features()
CATALOGUE = pd.DataFrame(
    {
        "name": NAMES,
        "meaning": ["age", "HbA1c", "eGFR", "retinopathy"],
        "group": ["demography", "glycaemia", "kidney", "glycaemia"],
    }
)


def _train(objective: str, **more: object) -> lgb.Booster:
    x = FEATURES[NAMES].to_numpy()
    signal = np.exp(0.5 * x[:, 0] - 0.7 * x[:, 2] + np.nan_to_num(x[:, 1]) * x[:, 3])
    y = (signal > 1).astype(float) if objective == "binary" else signal
    settings = {"objective": objective, "num_leaves": 7, "verbosity": -1, "num_threads": 1, "deterministic": True}
    return lgb.train(settings | {"force_col_wise": True} | more, lgb.Dataset(x, y, feature_name=NAMES), 20)


@pytest.mark.parametrize("objective", ["binary", "tweedie"])
def test_contributions_equal_shap_tree_explainer(objective) -> None:
    booster = _train(objective)
    with warnings.catch_warnings():
        # shap itself calls functions that matplotlib and numpy have deprecated, and warns of its own output shapes.
        warnings.simplefilter("ignore")
        import shap

        explained = shap.TreeExplainer(booster)(FEATURES[NAMES])
    found = compute_contributions(booster, FEATURES, num_threads=1)
    np.testing.assert_allclose(found[NAMES], explained.values, atol=1e-12)
    np.testing.assert_allclose(found["base_value"], explained.base_values, atol=1e-12)


def test_contributions_and_base_value_sum_to_the_raw_score() -> None:
    booster = _train("tweedie")
    found = compute_contributions(booster, FEATURES, num_threads=1)
    raw = booster.predict(FEATURES[NAMES].to_numpy(), raw_score=True)
    np.testing.assert_allclose(found[["base_value", *NAMES]].sum(axis=1), raw, atol=1e-12)
    assert list(found) == ["person_id", "index_date", "base_value", *NAMES]


def test_neither_batches_nor_column_order_change_a_row() -> None:
    booster = _train("binary")
    whole = compute_contributions(booster, FEATURES, num_threads=1)
    pieces = compute_contributions(booster, FEATURES[FEATURES.columns[::-1]], batch_rows=7, num_threads=1)
    pd.testing.assert_frame_equal(whole, pieces, check_exact=True)


def test_no_rows_give_an_empty_frame() -> None:
    assert compute_contributions(_train("binary"), FEATURES.iloc[:0]).shape == (0, 7)


def test_an_absent_feature_is_named() -> None:
    with pytest.raises(DataContractError, match="egfr absent"):
        compute_contributions(_train("binary"), FEATURES.drop(columns="egfr"))


def test_a_model_of_several_outputs_is_refused() -> None:
    y = np.arange(N) % 3
    settings = {"objective": "multiclass", "num_class": 3, "verbosity": -1, "num_threads": 1}
    booster = lgb.train(settings, lgb.Dataset(FEATURES[NAMES].to_numpy(), y, feature_name=NAMES), 2)
    with pytest.raises(ModelStoreError, match="3 outputs"):
        compute_contributions(booster, FEATURES)


def test_groups_are_sums_of_their_features() -> None:
    frame = FEATURES.assign(base_value=1.0).fillna(0.0)
    found = compute_group_contributions(frame, CATALOGUE)
    assert list(found) == ["person_id", "index_date", "base_value", "demography", "glycaemia", "kidney"]
    np.testing.assert_allclose(found["glycaemia"], frame["hba1c"] + frame["flag"])


def test_importance_is_the_mean_size_and_its_share() -> None:
    key = {"person_id": ["a", "b"], "index_date": pd.Timestamp(2024, 12, 31), "base_value": 0.0}
    frame = pd.DataFrame({**key, "age_years": [1.0, -1.0], "egfr": [3.0, 3.0]})
    table = compute_importance(frame, CATALOGUE)
    assert table["feature"].tolist() == ["egfr", "age_years"]
    assert table["share"].tolist() == [0.75, 0.25]
    with pytest.raises(DataContractError, match="no entry for bmi"):
        compute_importance(frame.assign(bmi=1.0), CATALOGUE)
