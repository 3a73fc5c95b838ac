"""Cost fit against its definitions; the [V] figures of the methods are in tests/golden."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression
from sklearn.metrics import r2_score

from riskkit.evaluation.cost import (
    compute_cpm,
    compute_gini,
    compute_mae,
    compute_r2,
    weighted_cpm,
    weighted_gini,
    weighted_linear_slope,
    weighted_r2,
)
from riskkit.evaluation.discrimination import compute_auroc
from riskkit.evaluation.sample import make_sample

RNG = np.random.default_rng(0)
F = np.exp(RNG.normal(8, 1, 400))
Y = F * RNG.gamma(0.5, 2, 400)
W = RNG.uniform(0.1, 1, 400)


def test_r2_with_exposure_equals_scikit_learn() -> None:
    np.testing.assert_allclose(compute_r2(Y, F, W), r2_score(Y, F, sample_weight=W), rtol=1e-12)


def test_the_slope_is_that_of_weighted_least_squares() -> None:
    sample = make_sample(Y, F, W, kind="cost")
    model = LinearRegression().fit(F[:, None], Y, sample_weight=W)
    np.testing.assert_allclose(weighted_linear_slope(sample, sample.weight[None, :]), model.coef_, rtol=1e-9)


@pytest.mark.parametrize("compute", [compute_r2, compute_mae, compute_cpm, compute_gini])
def test_a_weight_of_two_is_the_row_twice(compute) -> None:
    y, f, w = [0, 100, 400, 50], [50, 80, 300, 80], np.array([1, 2, 1, 3])
    assert compute(y, f, w) == pytest.approx(compute(np.repeat(y, w), np.repeat(f, w)), rel=1e-12)


def test_exposure_weighs_annualised_amounts() -> None:
    # METHODS 1: y = 4,000, 48,000, 500 with e = .75, .25, 1 has weighted mean 7,750; a prediction of 7,750 for all
    # explains nothing, and its absolute errors are .75 * 3,750 + .25 * 40,250 + 1 * 7,250 = 20,125 over 2 years.
    y, f, e = [4000, 48000, 500], [7750] * 3, [0.75, 0.25, 1]
    assert compute_r2(y, f, e) == pytest.approx(0.0, abs=1e-12)
    assert compute_cpm(y, f, e) == pytest.approx(0.0, abs=1e-12)
    assert compute_mae(y, f, e) == pytest.approx(10_062.5)


def test_the_gini_ratio_of_an_event_is_twice_auroc_less_one() -> None:
    y = (Y > 5000).astype(float)
    assert compute_gini(y, F, W) == pytest.approx(2 * compute_auroc(y, F / F.max(), W) - 1, abs=1e-12)


def test_constant_amounts_have_no_fit() -> None:
    sample = make_sample([0.1] * 3, [0.1, 0.2, 0.3], kind="cost")
    weights = np.array([[1.0, 1, 1], [0.3, 0.3, 0.1]])
    for statistic in (weighted_r2, weighted_cpm):
        assert np.isnan(statistic(sample, weights)).all()
    flat = make_sample([1.0, 2.0], [0.1, 0.1], kind="cost")
    assert np.isnan(weighted_linear_slope(flat, np.ones((1, 2)))).all()
    assert weighted_gini(flat, np.ones((1, 2)))[0] == pytest.approx(0.0)
