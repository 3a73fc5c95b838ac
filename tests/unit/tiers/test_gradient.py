"""Observed rates by tier: Wilson's interval, and whether they rise."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from riskkit.tiers.gradient import compute_gradient, name_gradient

TIERS = ["low", "medium", "high"]


def make_members(events: list[int], number: int) -> pd.DataFrame:
    observed = np.concatenate([np.r_[np.ones(some), np.zeros(number - some)] for some in events])
    tier = np.repeat(TIERS[: len(events)], number)
    return pd.DataFrame({"risk_tier": tier, "observed": observed, "cost": 100 + 900 * observed})


def test_wilsons_interval_and_the_share_of_cost() -> None:
    found = compute_gradient(make_members([10], 100), ["low"])
    # p = .1, n = 100, z = 1.96: centre (.1 + .019208) / 1.038416 = .11480, half-width .05957
    assert found["low"].item() == pytest.approx(0.0552, abs=1e-4)
    assert found["high"].item() == pytest.approx(0.1744, abs=1e-4)
    # 100 members of each tier at 100, and 0, 10 of them at 1,000: 10,000 and 19,000
    shares = compute_gradient(make_members([0, 10], 100), ["low", "medium"])["cost_share"]
    assert shares.tolist() == pytest.approx([10 / 29, 19 / 29])


@pytest.mark.parametrize(
    ("events", "named"),
    [([50, 150, 400], "separated"), ([50, 60, 400], "increasing"), ([60, 60, 400], "not increasing")],
)
def test_rates_that_rise_are_told_from_those_that_do_not(events: list[int], named: str) -> None:
    assert name_gradient(compute_gradient(make_members(events, 1000), TIERS)) == named


def test_an_empty_tier_has_no_rate_and_is_passed_over() -> None:
    members = make_members([50, 0, 400], 1000)
    found = compute_gradient(members[members["risk_tier"] != "medium"], TIERS)
    assert np.isnan(found["rate"][1])
    assert name_gradient(found) == "separated"
