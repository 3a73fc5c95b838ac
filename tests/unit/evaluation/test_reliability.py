"""Bins never part equal predictions, and the ICI measures the distance from a smooth curve."""

from __future__ import annotations

import numpy as np
import pytest

from riskkit.evaluation.reliability import compute_ici, compute_reliability


def test_bins_hold_equal_weight() -> None:
    predicted = np.arange(100) / 100
    table = compute_reliability(np.zeros(100), predicted, n_bins=10, n_bootstrap=0)
    assert table["n_rows"].tolist() == [10] * 10
    assert table["lower"].iloc[0] == 0.0
    assert table["upper"].iloc[-1] == 0.99


def test_equal_predictions_stay_in_one_bin() -> None:
    table = compute_reliability([0, 1, 0, 1], [0.2, 0.2, 0.2, 0.9], n_bins=10, n_bootstrap=0)
    assert table["n_rows"].tolist() == [3, 1]
    np.testing.assert_allclose(table["observed"], [1 / 3, 1])
    assert table["bin"].tolist() == [1, 2]


def test_the_ratios_are_each_others_inverse() -> None:
    # Bin means: predicted 150 and observed 300 (weight 1 and 1).
    table = compute_reliability([200, 400], [100, 200], n_bins=1, n_bootstrap=0)
    assert table["oe_ratio"].item() == 2.0
    assert table["predictive_ratio"].item() == 0.5


def test_bands_hold_the_observed_mean() -> None:
    rng = np.random.default_rng(2)
    predicted = rng.uniform(0.1, 0.9, 600)
    person = rng.integers(0, 300, 600)
    table = compute_reliability(rng.random(600) < predicted, predicted, None, person, n_bins=5, n_bootstrap=100)
    assert (table["low"] < table["observed"]).all()
    assert (table["observed"] < table["high"]).all()
    assert (table["predictive_ratio_low"] < table["predictive_ratio_high"]).all()


def test_the_smoother_follows_a_straight_line_exactly() -> None:
    # 25 observations at each of nine predictions p, of which the share .5 p + .2 had the event:
    # the smooth curve is that line, so the index is mean abs(p - .5 p - .2) = mean abs(.5 p - .2).
    predicted = np.arange(1, 10) / 10
    weight = np.concatenate([0.5 * predicted + 0.2, 0.8 - 0.5 * predicted]) * 25
    observed = np.repeat([1, 0], 9)
    expected = np.abs(0.5 * predicted - 0.2).mean()
    assert compute_ici(observed, np.tile(predicted, 2), weight) == pytest.approx(expected, abs=1e-9)


def test_a_calibrated_model_has_a_small_index() -> None:
    rng = np.random.default_rng(3)
    p = rng.beta(2, 8, 50_000)
    y = rng.random(50_000) < p
    # Standard error of a mean of 50,000 outcomes is below .002; predictions moved up by .05 are .05 off.
    assert compute_ici(y, p) < 0.005
    assert compute_ici(y, p + 0.05) == pytest.approx(0.05, abs=0.005)
