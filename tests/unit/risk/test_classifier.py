"""The classifier learns probabilities from frames and arrays alike."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from riskkit.errors import DataContractError
from riskkit.risk.classifier import RiskClassifier
from riskkit.risk.training import TreeSettings

TREES = TreeSettings(n_estimators=150, min_child_samples=5, bagging_fraction=1, feature_fraction=1, lambda_l2=0)


@pytest.fixture(scope="module")
def rows() -> tuple[pd.DataFrame, np.ndarray]:
    rng = np.random.default_rng(0)
    x = pd.DataFrame(rng.normal(size=(400, 2)), columns=["age_years", "egfr"])
    y = (rng.random(400) < 1 / (1 + np.exp(-x["age_years"] + x["egfr"]))).astype(int).to_numpy()
    return x, y


def test_weights_count_like_shares_of_events() -> None:
    # weights 3 on events and 1 on the rest: 3 * 50 / (3 * 50 + 1 * 150) = 0.5
    y = np.repeat([0, 1], [150, 50])
    model = RiskClassifier(TREES).fit(np.zeros((200, 1)), y, np.where(y == 1, 3.0, 1.0))
    np.testing.assert_allclose(model.predict_proba([[0.0]]), [[0.5, 0.5]], atol=1e-12)


def test_constraints_by_name_hold_on_a_grid(rows: tuple[pd.DataFrame, np.ndarray]) -> None:
    model = RiskClassifier(TREES, monotone_constraints={"egfr": -1}).fit(*rows)
    grid = pd.DataFrame({"age_years": 0.3, "egfr": np.linspace(-3, 3, 200)})
    assert (np.diff(model.predict_proba(grid)[:, 1]) <= 0).all()


def test_a_text_column_is_refused_by_name(rows: tuple[pd.DataFrame, np.ndarray]) -> None:
    with pytest.raises(DataContractError, match="column 'egfr' has dtype"):
        RiskClassifier(TREES).fit(rows[0].assign(egfr="1"), rows[1])


def test_columns_in_another_order_are_refused(rows: tuple[pd.DataFrame, np.ndarray]) -> None:
    model = RiskClassifier(TREES).fit(*rows)
    with pytest.raises(ValueError, match="same order"):
        model.predict_proba(rows[0][["egfr", "age_years"]])


def test_early_stopping_needs_rows_to_watch(rows: tuple[pd.DataFrame, np.ndarray]) -> None:
    model = RiskClassifier(TREES, early_stopping_rounds=5)
    with pytest.raises(ValueError, match="give eval_X and eval_y"):
        model.fit(*rows)
    with pytest.raises(ValueError, match="only one of them"):
        model.fit(*rows, eval_X=rows[0])


def test_early_stopping_keeps_fewer_trees(rows: tuple[pd.DataFrame, np.ndarray]) -> None:
    x, y = rows
    model = RiskClassifier(TREES, early_stopping_rounds=5).fit(x[:300], y[:300], eval_X=x[300:], eval_y=y[300:])
    assert 0 < model.best_iteration_ < 150


def test_one_class_is_refused() -> None:
    with pytest.raises(ValueError, match=r"1 class\(es\)"):
        RiskClassifier(TREES).fit(np.zeros((10, 1)), np.ones(10))
