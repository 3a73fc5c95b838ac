"""Probabilities, values and tails at risk by hand."""

from __future__ import annotations

import numpy as np
import pytest

from riskkit.stress.measures import (
    compute_first_breach,
    compute_tail_value_at_risk,
    compute_value_at_risk,
    estimate_mean,
    estimate_probability,
)


def test_wilson_interval_of_a_published_case() -> None:
    # 81 of 263: .308, 95% interval .2553 to .3662 (Newcombe 1998, Statistics in Medicine 17, table I, method 3).
    found = estimate_probability(np.arange(263) < 81)
    assert [found["low"], found["high"]] == pytest.approx([0.2553, 0.3662], abs=5e-5)


def test_a_probability_of_nought_keeps_an_upper_bound() -> None:
    found = estimate_probability(np.zeros(100, dtype=bool))
    assert found["value"] == found["low"] == 0
    assert found["high"] > 0.03


def test_tail_value_at_risk_counts_the_path_on_the_edge_in_part() -> None:
    losses = np.arange(1.0, 11.0)
    # The worst 25% of ten: 10, 9 and half of 8: (10 + 9 + 4) / 2.5 = 9.2. VaR: the eighth of ten.
    assert compute_tail_value_at_risk(losses, 0.75) == pytest.approx(9.2)
    assert compute_value_at_risk(losses, 0.75) == 8.0


def test_a_tail_is_never_better_than_its_edge_and_order_does_not_matter() -> None:
    losses = np.random.default_rng(0).normal(size=999)
    for level in (0.5, 0.95, 0.99):
        assert compute_tail_value_at_risk(losses, level) >= compute_value_at_risk(losses, level)
        assert compute_tail_value_at_risk(losses[::-1], level) == compute_tail_value_at_risk(losses, level)


def test_first_breach_is_the_first() -> None:
    breached = np.array([[True, True], [False, True], [False, False]])
    assert compute_first_breach(breached).tolist() == [1, 2, 0]


def test_a_mean_has_the_interval_of_its_standard_error() -> None:
    # Values 0 and 2: mean 1, sd sqrt(2), error 1, half-width 1.96.
    assert estimate_mean(np.array([0.0, 2.0])) == pytest.approx(
        {"value": 1, "low": -0.95996, "high": 2.95996}, abs=1e-5
    )
    assert estimate_mean(np.array([3.0])) == {"value": 3.0, "low": 3.0, "high": 3.0}
