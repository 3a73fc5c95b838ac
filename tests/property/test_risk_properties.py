"""Whatever the rows: calibration keeps the order and the sums, and no tree makes the sicker cheaper."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from riskkit.risk.classifier import RiskClassifier
from riskkit.risk.cost import CostRegressor
from riskkit.risk.monotone import check_monotone
from riskkit.risk.recalibration import fit_calibrator
from riskkit.risk.training import TreeSettings

SEEDS = st.integers(0, 10_000)


@settings(max_examples=40, deadline=None)
@given(
    seed=SEEDS,
    n_rows=st.integers(4, 200),
    share=st.floats(0.05, 0.95),
    method=st.sampled_from(["intercept", "sigmoid", "beta", "isotonic", "venn_abers"]),
)
def test_probabilities_keep_order_bounds_and_sum(seed: int, n_rows: int, share: float, method: str) -> None:
    rng = np.random.default_rng(seed)
    p, y = rng.uniform(0.001, 0.999, n_rows), (rng.random(n_rows) < share).astype(float)
    y[:2] = [0.0, 1.0]
    weight = rng.uniform(0.1, 3.0, n_rows)
    q = fit_calibrator(p, y, weight, kind="binary", methods=[method], events_for_isotonic=1).apply(np.sort(p))
    assert (np.diff(q) >= 0).all()
    assert ((q > 0) & (q < 1)).all()
    np.testing.assert_allclose(weight[np.argsort(p)] @ q, weight @ y, rtol=1e-6)


@settings(max_examples=40, deadline=None)
@given(seed=SEEDS, n_rows=st.integers(3, 200), method=st.sampled_from(["scale", "loglinear", "deciles", "isotonic"]))
def test_amounts_keep_order_and_sum(seed: int, n_rows: int, method: str) -> None:
    rng = np.random.default_rng(seed)
    f = rng.lognormal(8, 1, n_rows)
    y = f * rng.gamma(0.3, 3.0, n_rows) * (rng.random(n_rows) < 0.7)
    y[0] = 1000.0
    weight = rng.uniform(0.1, 1.0, n_rows)
    g = fit_calibrator(f, y, weight, kind="cost", methods=[method], events_for_isotonic=1).apply(np.sort(f))
    assert (np.diff(g) >= 0).all()
    np.testing.assert_allclose(weight[np.argsort(f)] @ g, weight @ y, rtol=1e-9)


@settings(max_examples=15, deadline=None)
@given(
    seed=SEEDS,
    objective=st.sampled_from(["binary", "tweedie", "two_part", "regression"]),
    sign=st.sampled_from([-1, 1]),
)
def test_a_constrained_feature_never_moves_a_prediction_the_wrong_way(seed: int, objective: str, sign: int) -> None:
    rng = np.random.default_rng(seed)
    x = pd.DataFrame(rng.normal(size=(300, 3)), columns=["a", "b", "c"]).mask(rng.random((300, 3)) < 0.1)
    margin = -sign * x["a"].fillna(0) + x["b"].fillna(0) * x["a"].fillna(0)
    trees = TreeSettings(n_estimators=15, min_child_samples=5, learning_rate=0.3)
    if objective == "binary":
        model = RiskClassifier(trees, monotone_constraints={"a": sign}, random_state=seed, num_threads=1)
        model.fit(x, rng.random(300) < 1 / (1 + np.exp(-margin)))
        boosters = [model.booster_]
    else:
        cost = CostRegressor(
            trees, objective=objective, monotone_constraints={"a": sign}, random_state=seed, num_threads=1
        )
        cost.fit(x, np.exp(margin) * (rng.random(300) < 0.8))
        boosters = list(cost.boosters_)
    grid = np.sort(rng.normal(size=50))
    for booster in boosters:
        check_monotone(booster, {"a": sign})
        for row in x.sample(5, random_state=seed).to_numpy():
            profile = np.tile(row, (50, 1))
            profile[:, 0] = grid
            assert (sign * np.diff(booster.predict(profile, raw_score=True)) >= -1e-12).all()
