"""Lift, gain and net benefit on figures small enough to count."""

from __future__ import annotations

import numpy as np

from riskkit.evaluation.lift import compute_gain, compute_lift, compute_net_benefit


def test_a_tie_at_the_border_is_shared_out() -> None:
    # One event among four equal predictions: any half of them holds half an event.
    table = compute_lift([1, 0, 0, 0], [0.3] * 4, shares=[0.5], n_bootstrap=0)
    assert table["capture"].item() == 0.5
    assert table["lift"].item() == 1.0


def test_shares_are_of_weight() -> None:
    # The first row is half of all weight, and holds 100 of (2 * 100 + 200) = half the cost.
    table = compute_lift([100, 200], [9, 1], weight=[2, 1], shares=[2 / 3], n_bootstrap=0)
    np.testing.assert_allclose(table["capture"], 0.5)


def test_capture_has_an_interval_around_it() -> None:
    rng = np.random.default_rng(0)
    predicted = rng.random(400)
    table = compute_lift(rng.random(400) < predicted, predicted, n_bootstrap=50)
    assert (table["low"] < table["capture"]).all()
    assert (table["capture"] < table["high"]).all()


def test_a_ranking_by_the_outcome_itself_is_ideal() -> None:
    table = compute_gain([0, 5, 10], [0, 5, 10], n_points=4)
    # The best third holds 10 of 15, the best two thirds all of it.
    np.testing.assert_allclose(table["ideal"], [0, 2 / 3, 1, 1])
    np.testing.assert_allclose(table["capture"], table["ideal"])


def test_nothing_observed_has_no_gain() -> None:
    assert compute_gain([0, 0], [1, 2], n_points=3)["capture"].isna().all()


def test_net_benefit_counts_a_prediction_on_the_threshold_as_flagged() -> None:
    table = compute_net_benefit([1, 0], [0.5, 0.1], thresholds=[0.5])
    assert table["net_benefit"].item() == 0.5


def test_net_benefit_has_an_interval_over_persons() -> None:
    rng = np.random.default_rng(1)
    p = rng.beta(1, 6, 3000)
    y, person = (rng.random(3000) < p).astype(float), rng.integers(0, 300, 3000)
    table = compute_net_benefit(y, p, None, person, thresholds=[0.1, 0.3], n_bootstrap=100)
    assert ((table["low"] < table["net_benefit"]) & (table["net_benefit"] < table["high"])).all()
    assert compute_net_benefit(y, p, thresholds=[0.1])[["low", "high"]].isna().all(axis=None)
