"""What is published of a model of any kind rests on the very values of `shap.TreeExplainer`."""

from __future__ import annotations

import warnings

import lightgbm
import numpy as np
import pandas as pd
import pytest

from riskkit.explain import boosters as boosters_module
from riskkit.explain.boosters import explain_matrix
from riskkit.explain.contributions import make_frame
from riskkit.explain.factors import multiply_contributions
from riskkit.explain.rescaling import rescale_to_probability
from riskkit.explain.two_part import combine_parts
from riskkit.risk.fit import fit_outcome
from riskkit.risk.hazard_fit import fit_hazard
from riskkit.risk.hazard_model import HazardModel
from riskkit.risk.hazard_split import attribute_risk
from riskkit.risk.model import OutcomeModel
from riskkit.workflow.member_contributions import KEYS, compute_member_contributions
from tests.property.test_balance_properties import SPEC, draw_frame
from tests.unit.risk.hazard_rows import NAMES, make_hazard_spec, make_times

COST_NAMES = ["age_years", "is_female", "sick"]


def ask_shap(booster: lightgbm.Booster, matrix: np.ndarray, num_threads: int = 1) -> np.ndarray:
    """Explain a booster by shap itself, the base value in the last column."""
    with warnings.catch_warnings():
        # shap itself calls functions that matplotlib and numpy have deprecated, and warns of its own output shapes.
        warnings.simplefilter("ignore")
        import shap

        explained = shap.TreeExplainer(booster)(pd.DataFrame(matrix, columns=booster.feature_name()))
    base = np.broadcast_to(np.asarray(explained.base_values, dtype=float).reshape(-1, 1), (len(matrix), 1))
    return np.column_stack([explained.values, base])  # noqa: PD011  (of shap, not of pandas)


@pytest.fixture(scope="module", params=["tweedie", "two_part"])
def cost(request: pytest.FixtureRequest) -> OutcomeModel:
    spec = SPEC.with_overrides({"model": {"objective": request.param}})
    train, calibration = (draw_frame(np.random.default_rng(seed), prefix, 0.4) for seed, prefix in ((1, "t"), (2, "c")))
    if request.param == "two_part":
        free = np.random.default_rng(3).random(300) < 0.3
        train = type(train)(train.features, np.where(free, 0.0, train.observed), train.weight)
    return fit_outcome(spec, train, calibration, feature_names=COST_NAMES, directions={}, num_threads=1)


def test_a_cost_rests_on_the_values_of_shap(cost: OutcomeModel) -> None:
    members = draw_frame(np.random.default_rng(4), "m", 0.4).features
    matrix = members[COST_NAMES].to_numpy(float)
    parts = []
    for booster in cost.boosters:
        values = ask_shap(booster, matrix)
        np.testing.assert_allclose(explain_matrix(booster, matrix, 1), values, atol=1e-10)
        parts.append(make_frame(members[KEYS], values[:, -1], values[:, :-1], COST_NAMES))
    margin = parts[0] if len(parts) == 1 else combine_parts(*parts)
    expected = rescale_to_probability(margin, cost.calibrate)
    if cost.balance is not None:
        expected = multiply_contributions(expected, cost.balance.split_factor(members), level=cost.balance.level)
    found = compute_member_contributions(cost, members)
    pd.testing.assert_frame_equal(found, expected, rtol=1e-8, atol=1e-8)
    np.testing.assert_allclose(found.drop(columns=KEYS).sum(axis=1), cost.predict(members), rtol=1e-9)


@pytest.fixture(scope="module")
def hazard() -> HazardModel:
    train, calibration = make_times(1_500), make_times(1_500, seed=10, prefix="q")
    spec = make_hazard_spec(calibration={"methods": ["sigmoid"]})
    return fit_hazard(spec, train.frame, calibration.frame, feature_names=NAMES, directions={}, num_threads=1)


@pytest.mark.parametrize("column", ["outcome_1y", "outcome_3y"])
def test_a_hazard_rests_on_the_values_of_shap_in_every_interval_and_cause(hazard: HazardModel, column: str) -> None:
    members = make_times(60, seed=40).frame.features
    model = hazard.columns[column]
    base, parts = attribute_risk(hazard, members, model.place, num_threads=1, explain=ask_shap)
    found = compute_member_contributions(model, members)
    np.testing.assert_allclose(found["base_value"], base, rtol=1e-9)
    np.testing.assert_allclose(found[NAMES], parts, atol=1e-10)
    assert len(hazard.boosters) == 2


def test_tables_of_many_members_rest_on_the_values_of_shap_too(
    hazard: HazardModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(boosters_module, "FEWEST_ROWS", 10)
    members = make_times(60, seed=41).frame.features
    model = hazard.columns["outcome_3y"]
    base, parts = attribute_risk(hazard, members, 1, num_threads=1, explain=ask_shap)
    found = compute_member_contributions(model, members)
    np.testing.assert_allclose(found["base_value"], base, rtol=1e-9)
    np.testing.assert_allclose(found[NAMES], parts, atol=1e-10)
