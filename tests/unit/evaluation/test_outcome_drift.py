"""Keep, recalibrate or refuse: the verdict of a later year."""

from __future__ import annotations

import numpy as np
import pytest

from riskkit.errors import PolicyError
from riskkit.evaluation.outcome_drift import DriftLimits, compute_outcome_drift, judge_outcome_drift

LIMITS = DriftLimits(stable=(0.97, 1.03), refuse=(0.33, 3.0))
RNG = np.random.default_rng(0)
EXPECTED = np.exp(RNG.normal(8, 0.8, 4000))
OBSERVED = EXPECTED * RNG.gamma(1, 1, 4000)
OBSERVED *= EXPECTED.sum() / OBSERVED.sum()


def test_a_model_that_holds_is_stable() -> None:
    drift = compute_outcome_drift(OBSERVED, EXPECTED, limits=LIMITS, n_bootstrap=50)
    assert drift.verdict == "stable"
    assert drift.oe_ratio == pytest.approx(1)


def test_a_thin_year_is_to_be_recalibrated() -> None:
    # DE-SynPUF 2009 -> 2010: the model predicts 1.97 times the actual cost, O/E .51.
    drift = compute_outcome_drift(OBSERVED, 1.97 * EXPECTED, limits=LIMITS, n_bootstrap=50)
    assert drift.verdict == "recalibrate"
    assert drift.oe_ratio == pytest.approx(1 / 1.97)
    assert drift.expected_ratio == pytest.approx(1.97)
    assert drift.low < drift.oe_ratio < drift.high < 0.97


def test_a_change_beyond_all_scale_is_refused() -> None:
    drift = compute_outcome_drift(OBSERVED, 4 * EXPECTED, limits=LIMITS, n_bootstrap=20)
    assert drift.verdict == "refuse"
    assert "no rescaling mends that" in drift.reason


def test_a_lost_ranking_is_refused_even_where_the_total_fits() -> None:
    drift = compute_outcome_drift(np.sort(OBSERVED), -np.sort(-EXPECTED), limits=LIMITS, n_bootstrap=20)
    assert drift.oe_ratio == pytest.approx(1)
    assert drift.gini == pytest.approx(-1)
    assert drift.verdict == "refuse"
    assert "ranking is lost" in drift.reason


def test_the_verdict_of_a_few_members_is_called_weak() -> None:
    # O/E 1.5 of five members with one heavy claim: the interval holds 1.
    drift = compute_outcome_drift([0, 0, 0, 100, 650], [50, 50, 50, 150, 200], limits=LIMITS)
    assert drift.oe_ratio == pytest.approx(1.5)
    assert drift.verdict == "recalibrate"
    assert drift.evidence == "weak"
    assert "holds 1, so this may be chance" in drift.reason


@pytest.mark.parametrize(("times", "verdict"), [(1.0, "stable"), (1.05, "recalibrate"), (4.0, "refuse")])
def test_the_same_shift_gets_the_same_verdict_from_a_thousand_and_from_a_hundred_thousand_rows(
    times: float, verdict: str
) -> None:
    y, f = OBSERVED[:1000] * EXPECTED[:1000].sum() / OBSERVED[:1000].sum(), times * EXPECTED[:1000]
    small = compute_outcome_drift(y, f, limits=LIMITS, n_bootstrap=40)
    large = compute_outcome_drift(np.tile(y, 100), np.tile(f, 100), limits=LIMITS, n_bootstrap=40)
    assert small.verdict == large.verdict == verdict
    # Ten times as narrow: what grows with the rows is the evidence alone.
    assert large.high - large.low == pytest.approx((small.high - small.low) / 10, rel=0.5)
    assert large.evidence == "clear"


@pytest.mark.parametrize(
    ("low", "high", "evidence"),
    [(1.06, 1.14, "clear"), (1.0, 1.2, "weak"), (0.9, 1.3, "weak"), (1.06, 5.0, "weak")],
)
def test_an_interval_that_reaches_over_a_border_on_either_side_is_weak_evidence(
    low: float, high: float, evidence: str
) -> None:
    # .9 to 1.3 has both ends outside the stable band of .97 to 1.03, and all of the band between them
    limits = DriftLimits(stable=(0.97, 1.03), refuse=(0.33, 3.0))
    found = judge_outcome_drift(1.1, low, high, gini=0.4, limits=limits)
    assert (found.verdict, found.evidence) == ("recalibrate", evidence)


def test_the_finding_is_plain_values() -> None:
    finding = compute_outcome_drift(OBSERVED, EXPECTED, limits=LIMITS, n_bootstrap=10).to_dict()
    assert set(finding) == {"oe_ratio", "low", "high", "expected_ratio", "gini", "verdict", "evidence", "reason"}


@pytest.mark.parametrize(
    ("stable", "refuse"), [((1.03, 0.97), (0.3, 3)), ((0.9, 1.1), (0.95, 3)), ((0.9, 1.1), (0, 3))]
)
def test_bands_must_be_nested_around_one(stable, refuse) -> None:
    with pytest.raises(PolicyError, match="drift limits"):
        DriftLimits(stable=stable, refuse=refuse)
