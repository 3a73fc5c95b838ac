"""Every cost objective keeps the exposure-weighted mean and stays positive."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from riskkit.risk.cost import CostRegressor
from riskkit.risk.training import TreeSettings

TREES = TreeSettings(n_estimators=80, min_child_samples=5, bagging_fraction=1, feature_fraction=1, lambda_l2=0)


@pytest.mark.parametrize("objective", ["tweedie", "two_part", "regression"])
def test_without_features_the_prediction_is_total_cost_over_member_years(objective: Any) -> None:
    # 3000, 12000 and 500 in 0.75, 0.25 and 1 years: 15500 / 2 = 7750
    model = CostRegressor(TREES, objective=objective).fit(np.zeros((3, 1)), [4000.0, 48000.0, 500.0], [0.75, 0.25, 1.0])
    np.testing.assert_allclose(model.predict([[0.0]]), [7750.0], rtol=1e-6)


def test_two_parts_are_chance_times_amount() -> None:
    # half of the members cost nothing, the others 100 or 300: 0.5 * 200 = 100
    y = np.tile([0.0, 0.0, 100.0, 300.0], 25)
    model = CostRegressor(TREES, objective="two_part").fit(np.zeros((100, 1)), y)
    chance, amount = (booster.predict([[0.0]])[0] for booster in model.boosters_)
    np.testing.assert_allclose([chance, amount], [0.5, 200.0], rtol=1e-6)
    np.testing.assert_allclose(model.predict([[0.0]]), [100.0], rtol=1e-6)


def test_a_cap_holds_down_the_dearest_member() -> None:
    # 99 members of 100 and one of 10000, capped at the 0.95 quantile: everyone costs 100
    y = np.r_[np.full(99, 100.0), 10000.0]
    model = CostRegressor(TREES, objective="regression", cap_quantile=0.95).fit(np.zeros((100, 1)), y)
    assert model.cap_ == 100.0
    np.testing.assert_allclose(model.predict([[0.0]]), [100.0])


def test_least_squares_predictions_are_positive() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(300, 3))
    y = np.where(rng.random(300) < 0.1, rng.exponential(5000.0, 300), 0.0)
    model = CostRegressor(TREES, objective="regression").fit(x, y)
    assert (model.booster_.predict(x) < 0).any()
    assert (model.predict(x) > 0).all()


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"objective": "poisson"}, "expected tweedie, two_part or regression"),
        ({"variance_power": 2.5}, "between 1 and 2"),
        ({"cap_quantile": 0.9}, "only the objective 'regression'"),
        ({"objective": "two_part", "early_stopping_rounds": 5}, "two parts would stop"),
    ],
)
def test_parameters_that_do_not_go_together_are_refused(params: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        CostRegressor(TREES, **params).fit(np.zeros((3, 1)), [1.0, 2.0, 3.0])


def test_negative_costs_are_refused_under_a_log_link_alone() -> None:
    x, y = np.zeros((3, 1)), [-10.0, 20.0, 30.0]
    with pytest.raises(ValueError, match="1 costs are negative"):
        CostRegressor(TREES).fit(x, y)
    assert CostRegressor(TREES, objective="regression").fit(x, y).predict(x)[0] > 0


def test_no_cost_at_all_is_refused() -> None:
    with pytest.raises(ValueError, match="no cost at all"):
        CostRegressor(TREES).fit(np.zeros((3, 1)), np.zeros(3))
