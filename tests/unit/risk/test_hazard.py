"""The hazard estimator finds known risks, keeps constraints on the trees and in the risks, and bounds its memory."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from riskkit.errors import DataContractError
from riskkit.risk.competing import compute_cumulative_incidence
from riskkit.risk.hazard import HazardClassifier
from riskkit.risk.hazard_margins import compute_hazards
from riskkit.risk.monotone import check_monotone
from riskkit.risk.training import TreeSettings
from tests.unit.risk.hazard_rows import NAMES, Known, make_times

TREES = TreeSettings(num_leaves=6, n_estimators=60, learning_rate=0.1, min_child_samples=20)
SIGNS = {"age_years": 1, "hba1c": 1}


@pytest.fixture(scope="module")
def known() -> Known:
    return make_times(6000)


@pytest.fixture(scope="module")
def model(known: Known) -> HazardClassifier:
    estimator = HazardClassifier(TREES, horizons_days=(365, 1095), monotone_constraints=SIGNS, num_threads=1)
    return estimator.fit(known.frame.features[NAMES], known.frame.times)


def test_the_mean_risk_is_the_true_one_though_members_leave_and_die(model: HazardClassifier) -> None:
    fresh = make_times(4000, seed=5)
    found = model.predict(fresh.frame.features[NAMES])
    # sqrt(.092 x .908 / 6,000) = .0037, and for the later horizon sqrt(.23 x .77 / 3,700 still followed) = .0069
    assert (np.abs(found.mean(axis=0) - fresh.true.mean(axis=0)) < 3 * np.array([0.0037, 0.0069])).all()
    assert all(np.corrcoef(found[:, k], fresh.true[:, k])[0, 1] > 0.9 for k in (0, 1))


def test_a_later_horizon_never_has_the_lower_risk(model: HazardClassifier) -> None:
    found = model.predict(make_times(2000, seed=6).frame.features[NAMES])
    assert (np.diff(found, axis=1) >= 0).all()


def test_both_hazards_together_are_never_more_than_one(model: HazardClassifier) -> None:
    event, death = compute_hazards(np.random.default_rng(0).normal(0, 20, (2, 1000, 4)))
    assert (event >= 0).all()
    assert (event + death <= 1).all()
    assert len(model.boosters_) == 2


def test_constraints_hold_on_the_trees_of_both_causes(model: HazardClassifier) -> None:
    for booster in model.boosters_:
        # There is something to check: the trees do split on constrained features.
        assert set(SIGNS) & set(booster.trees_to_dataframe()["split_feature"].dropna())
        check_monotone(booster, SIGNS)


def test_the_incidence_never_falls_along_a_constrained_feature_while_death_is_held(model: HazardClassifier) -> None:
    rng = np.random.default_rng(2)
    for row in rng.normal(size=(30, 3)):
        grid = pd.DataFrame(np.tile(row, (40, 1)), columns=NAMES).assign(age_years=np.linspace(-3, 3, 40))
        margins = model.predict_margins(grid)
        margins[1] = margins[1, 20]
        risk = compute_cumulative_incidence(*compute_hazards(margins))
        assert (np.diff(risk, axis=0) >= -1e-12).all()


def test_one_multiclass_booster_would_break_the_constraint() -> None:
    # Why there are two boosters: LightGBM constrains the margin of every class, so that "none" rises as well.
    import lightgbm as lgb

    rng = np.random.default_rng(0)
    x = rng.normal(size=(4000, 1))
    event, death = np.exp(-2 + 0.8 * x[:, 0]), np.exp(-2 + 0.9 * x[:, 0])
    draw, total = rng.random(4000), 1 + event + death
    y = np.where(draw < event / total, 1, np.where(draw < (event + death) / total, 2, 0))
    params = {"objective": "multiclass", "num_class": 3, "monotone_constraints": [1], "verbosity": -1, "num_threads": 1}
    booster = lgb.train({**params, "monotone_constraints_method": "basic"}, lgb.Dataset(x, y), 40)
    grid = np.linspace(-3, 3, 60)[:, None]
    assert (np.diff(booster.predict(grid, raw_score=True), axis=0) >= -1e-12).all()
    assert np.diff(booster.predict(grid)[:, 1]).min() < -0.001


def test_without_a_death_there_is_one_booster_and_nobody_dies() -> None:
    times = make_times(500).frame.times
    alive = HazardClassifier(TREES, num_threads=1).fit(
        np.zeros((500, 1)), np.column_stack([times[:, 0] == 1, times[:, 1]])
    )
    assert alive.predict_margins(np.zeros((2, 1))).shape == (1, 2, 4)


def test_members_of_no_weight_are_not_learnt_from(known: Known) -> None:
    times, x = known.frame.times[:1000], known.frame.features[NAMES][:1000]
    noise = times.copy()
    noise[500:] = [1, 1]
    weight = np.repeat([1.0, 0.0], 500)
    one = HazardClassifier(TREES, num_threads=1).fit(x, times, weight)
    other = HazardClassifier(TREES, num_threads=1).fit(x, noise, weight)
    assert one.boosters_[0].model_to_string() == other.boosters_[0].model_to_string()


def test_early_stopping_keeps_fewer_trees_of_each_cause(known: Known) -> None:
    x, times = known.frame.features[NAMES], known.frame.times
    many = TreeSettings(num_leaves=31, n_estimators=200, learning_rate=0.3, min_child_samples=5)
    model = HazardClassifier(many, horizons_days=(1095,), early_stopping_rounds=5, num_threads=1)
    model.fit(x[:2000], times[:2000], eval_X=x[2000:3000], eval_y=times[2000:3000])
    assert all(0 < count < 200 for count in model.best_iterations_)


@pytest.mark.parametrize(
    ("y", "said"),
    [(np.zeros(10), "expected .n_members, 2"), (np.column_stack([np.zeros(10), np.ones(10)]), "no event")],
)
def test_times_without_an_event_or_without_a_cause_are_refused(y: np.ndarray, said: str) -> None:
    with pytest.raises(DataContractError, match=said):
        HazardClassifier(TREES).fit(np.zeros((10, 1)), y)
