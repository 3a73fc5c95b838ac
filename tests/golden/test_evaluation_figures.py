"""Worked figures of the methods, section 3 and 5: computed once elsewhere and checked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from riskkit.evaluation.calibration import weighted_calibration_intercept
from riskkit.evaluation.corp import compute_score_parts
from riskkit.evaluation.drift import compute_psi
from riskkit.evaluation.lift import compute_net_benefit
from riskkit.evaluation.metrics import compute_metrics
from riskkit.evaluation.profit import compute_mapl
from riskkit.evaluation.reliability import compute_reliability
from riskkit.evaluation.sample import make_sample

OBSERVED = (0, 500, 1000, 2000, 20000)
PREDICTED = (800, 1200, 1500, 3000, 9000)


def test_cost_metrics_of_five_members() -> None:
    # Errors 800, 700, 500, 1,000, 11,000: mean 2,800; SSE 123,380,000 against SST 294,200,000; deviations from the
    # mean 4,700 sum to 30,600.
    figures = compute_metrics(OBSERVED, PREDICTED, kind="cost", n_bootstrap=0).set_index("metric")["value"]
    assert figures["r2"] == pytest.approx(0.581, abs=5e-4)
    assert figures["cpm"] == pytest.approx(0.542, abs=5e-4)
    assert figures["mae"] == pytest.approx(2800)
    assert figures["oe_ratio"] == pytest.approx(23500 / 15500)
    assert figures["predictive_ratio"] == pytest.approx(0.660, abs=5e-4)
    assert figures["balance"] == pytest.approx((15500 - 23500) / 5)


def test_predictive_ratio_of_five_members() -> None:
    table = compute_reliability(OBSERVED, PREDICTED, n_bins=1, n_bootstrap=0)
    assert table["predictive_ratio"].item() == pytest.approx(0.660, abs=5e-4)


def test_net_benefit_against_treating_all() -> None:
    # 1,000 members, 120 true and 230 false positives at .2, prevalence 15%: .12 - .23 / 4 and .15 - .85 / 4.
    observed = np.repeat([1, 0, 1, 0], [120, 230, 30, 620])
    predicted = np.repeat([0.3, 0.3, 0.1, 0.1], [120, 230, 30, 620])
    table = compute_net_benefit(observed, predicted, thresholds=[0.2])
    assert table["net_benefit"].item() == pytest.approx(0.0625)
    assert table["treat_all"].item() == pytest.approx(-0.0625)


def test_stability_index_of_three_tiers() -> None:
    before, after = np.repeat([0, 1, 2], [50, 30, 20]), np.repeat([0, 1, 2], [40, 33, 27])
    assert compute_psi(before, after, bins=[1, 2]) == pytest.approx(0.046, abs=5e-4)


def test_intercept_that_brings_four_risks_to_fifteen_percent() -> None:
    # Section 4: p = .05, .1, .2, .4 with 15% observed gives d = -.301. Each p is split into events and non-events.
    p = np.array([0.05, 0.1, 0.2, 0.4])
    sample = make_sample(np.repeat([1, 0], 4), np.tile(p, 2), np.repeat([0.15, 0.85], 4), kind="binary")
    shift = weighted_calibration_intercept(sample, sample.weight[None, :]).item()
    assert shift == pytest.approx(-0.301, abs=5e-4)
    moved = 1 / (1 + np.exp(-(np.log(p / (1 - p)) + shift)))
    np.testing.assert_allclose(moved, [0.037, 0.076, 0.156, 0.330], atol=5e-4)


def test_predictable_profit_of_three_groups_that_balance() -> None:
    # Section 6: shares .3, .5, .2 with 300, 60, -600 a member: the mean is 0, the mean absolute 90 + 30 + 120 = 240.
    group = np.repeat([0, 1, 2], [30, 50, 20])
    paid = 1000.0 + np.array([300.0, 60.0, -600.0])[group]
    assert paid.mean() == pytest.approx(1000)
    assert compute_mapl(np.full(100, 1000.0), paid, partition=group, n_bootstrap=0)["value"].item() == pytest.approx(
        240
    )


def test_parts_of_a_score_as_model_diagnostics_documents_them() -> None:
    # Section 3 prints .0387 - .0956 + .2213 = .1643 of a sample that it does not give: the four figures alone do not
    # say which rows they are of, so that they cannot be replayed, only checked for the order and sign of the parts.
    assert 0.0387 - 0.0956 + 0.2213 == pytest.approx(0.1643, abs=2e-4)
    # Replayed is the example that model-diagnostics documents: y = 0, 0, 1, 1 predicted as -1, 1, 1, 2. Squared errors
    # 1, 1, 0, 1: .75. The mean .5 scores .25. Isotonic 0, 1/2, 1/2, 1 scores (0 + 1/4 + 1/4 + 0) / 4 = .125.
    observed, predicted = [0, 0, 1, 1], [-1, 1, 1, 2]
    expected = {"miscalibration": 0.75 - 0.125, "discrimination": 0.25 - 0.125, "uncertainty": 0.25, "score": 0.75}
    ours = compute_score_parts(observed, predicted, kind="cost").iloc[0]
    assert ours.to_dict() == pytest.approx(expected)
    reason = "model-diagnostics (the extra 'report') is not installed"
    scoring = pytest.importorskip("model_diagnostics.scoring", reason=reason)
    theirs = scoring.decompose(y_obs=observed, y_pred=predicted, scoring_function=scoring.SquaredError())
    assert theirs.row(0, named=True) == pytest.approx(expected)
