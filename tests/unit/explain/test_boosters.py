"""Many rows come from tables and few from LightGBM, and neither is published where it misses the raw score."""

from __future__ import annotations

import lightgbm as lgb
import numpy as np
import pandas as pd
import pytest

from riskkit.errors import AcceptanceError
from riskkit.explain import boosters
from riskkit.explain.contributions import compute_contributions

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


def _train(objective: str, **more: object) -> lgb.Booster:
    x = FEATURES[NAMES].to_numpy()
    signal = np.exp(0.5 * x[:, 0] - 0.7 * x[:, 2] + np.nan_to_num(x[:, 1]) * x[:, 3])
    y = (signal > 1).astype(float) if objective == "binary" else signal
    settings = {"objective": objective, "num_leaves": 7, "verbosity": -1, "num_threads": 1, "deterministic": True}
    return lgb.train(settings | {"force_col_wise": True} | more, lgb.Dataset(x, y, feature_name=NAMES), 20)


def test_contributions_that_miss_the_raw_score_are_not_published() -> None:
    class Crooked:
        def feature_name(self) -> list[str]:
            return NAMES

        def num_model_per_iteration(self) -> int:
            return 1

        def predict(self, matrix: np.ndarray, *, pred_contrib: bool = False, **_: object) -> np.ndarray:
            return np.ones((len(matrix), 5)) if pred_contrib else np.full(len(matrix), 5.1)

    with pytest.raises(AcceptanceError, match=r"row 0 sums to 5 but its raw score is 5\.1"):
        compute_contributions(Crooked(), FEATURES)  # type: ignore[arg-type]


def test_many_rows_are_tabulated_and_equal_to_few(monkeypatch) -> None:
    booster = _train("tweedie")
    few = compute_contributions(booster, FEATURES, num_threads=1)
    monkeypatch.setattr(boosters, "FEWEST_ROWS", 10)
    many = compute_contributions(booster, FEATURES, num_threads=1)
    pd.testing.assert_frame_equal(many, few, rtol=0, atol=1e-12)


@pytest.mark.parametrize(("more", "cats"), [({}, [3]), ({"num_leaves": 300, "min_child_samples": 1}, [])])
def test_trees_that_have_no_tables_are_explained_by_lightgbm(monkeypatch, more, cats) -> None:
    monkeypatch.setattr(boosters, "FEWEST_ROWS", 10)
    x = FEATURES[NAMES].to_numpy()
    data = lgb.Dataset(x, np.nan_to_num(x[:, 0] * x[:, 1]) + x[:, 3], feature_name=NAMES, categorical_feature=cats)
    settings = {"objective": "regression", "verbosity": -1, "num_threads": 1, "min_data_per_group": 1, **more}
    booster = lgb.train(settings, data, 3)
    found = compute_contributions(booster, FEATURES, num_threads=1)
    np.testing.assert_array_equal(found[NAMES], booster.predict(x, pred_contrib=True, num_threads=1)[:, :-1])


def test_tables_that_miss_lightgbm_are_not_published(monkeypatch) -> None:
    monkeypatch.setattr(boosters, "FEWEST_ROWS", 10)
    monkeypatch.setattr(boosters, "compute_tree_shap", lambda _, matrix, **__: np.full((len(matrix), 5), 9.0))
    with pytest.raises(AcceptanceError, match="tables and LightGBM differ"):
        compute_contributions(_train("binary"), FEATURES, num_threads=1)
