"""Calibration figures against their defining equations."""

from __future__ import annotations

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss

from riskkit.evaluation.calibration import (
    compute_brier_score,
    compute_oe_ratio,
    weighted_calibration_intercept,
    weighted_calibration_slope,
    weighted_log_loss,
)
from riskkit.evaluation.sample import ScoredSample, make_sample


def _draw(n: int = 800) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    predicted = rng.uniform(0.02, 0.9, n)
    return (rng.random(n) < predicted**1.3).astype(float), predicted, rng.uniform(0.5, 2, n)


def _own(sample: ScoredSample) -> np.ndarray:
    return sample.weight[None, :]


def test_slope_equals_an_unpenalised_logistic_regression() -> None:
    y, p, w = _draw()
    sample = make_sample(y, p, w, kind="binary")
    model = LogisticRegression(C=np.inf, tol=1e-10).fit(np.log(p / (1 - p))[:, None], y, sample_weight=w)
    np.testing.assert_allclose(weighted_calibration_slope(sample, _own(sample)), model.coef_[0], rtol=1e-5)


def test_slope_is_solved_for_every_row_of_weights() -> None:
    y, p, w = _draw()
    sample = make_sample(y, p, w, kind="binary")
    weights = np.stack([sample.weight, np.arange(len(y)) % 3.0])
    alone = make_sample(sample.observed, sample.predicted, weights[1], kind="binary")
    slopes = weighted_calibration_slope(sample, weights)
    np.testing.assert_allclose(slopes[1], weighted_calibration_slope(alone, _own(alone))[0], rtol=1e-8)


def test_intercept_makes_expected_equal_observed() -> None:
    y, p, w = _draw()
    sample = make_sample(y, p, w, kind="binary")
    shift = weighted_calibration_intercept(sample, _own(sample))[0]
    moved = 1 / (1 + np.exp(-(np.log(p / (1 - p)) + shift)))
    np.testing.assert_allclose(np.average(moved, weights=w), np.average(y, weights=w), rtol=1e-10)


def test_a_constant_prediction_or_a_single_class_has_no_slope() -> None:
    for y, p in (([0, 1, 1], [0.5] * 3), ([0, 0, 0], [0.1, 0.2, 0.3])):
        sample = make_sample(y, p, kind="binary")
        assert np.isnan(weighted_calibration_slope(sample, _own(sample))).all()
    assert np.isnan(weighted_calibration_intercept(sample, _own(sample))).all()


def test_perfect_separation_has_no_finite_slope() -> None:
    sample = make_sample([0, 0, 1, 1], [0.1, 0.2, 0.8, 0.9], kind="binary")
    assert np.isnan(weighted_calibration_slope(sample, _own(sample))).all()


def test_brier_score_and_oe_ratio_weigh_their_rows() -> None:
    # Brier: (3 * .25 + 1 * 1) / 4. O/E: 3 / (3 * .5 + 1).
    assert compute_brier_score([1, 0], [0.5, 1.0], [3, 1]) == 0.4375
    assert compute_oe_ratio([1, 0], [0.5, 1.0], [3, 1], kind="binary") == 1.2


def test_log_loss_equals_scikit_learn() -> None:
    y, p, w = _draw()
    sample = make_sample(y, p, w, kind="binary")
    np.testing.assert_allclose(weighted_log_loss(sample, _own(sample)), log_loss(y, p, sample_weight=w), rtol=1e-12)
