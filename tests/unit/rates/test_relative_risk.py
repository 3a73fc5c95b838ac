"""Relative scores have mean one on their reference population."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from riskkit.errors import DataContractError
from riskkit.rates.blocks import RelativeRisk
from riskkit.rates.relative_risk import (
    compute_relative_risk,
    compute_tier_relativity,
    fit_normalization,
    fit_tier_relativities,
    weighted_mean,
)


def test_the_mean_is_weighted_by_member_months_not_heads(members: pd.DataFrame) -> None:
    # (4,000 x 12 + 6,000 x 12 + 8,000 x 6) / 30 = 168,000 / 30; by heads it would be 6,000
    assert fit_normalization(members) == 5600.0


def test_scores_have_a_weighted_mean_of_one(members: pd.DataFrame) -> None:
    score = compute_relative_risk(
        RelativeRisk(method="individual"), members["expected_cost"].to_numpy(), fit_normalization(members)
    )
    assert weighted_mean(score, members["exposure_months"].to_numpy()) == pytest.approx(1.0, abs=1e-15)


def test_members_without_exposure_make_no_reference_population(members: pd.DataFrame) -> None:
    with pytest.raises(DataContractError, match=r"reference population \(3 rows\) has no member months"):
        fit_normalization(members.assign(exposure_months=0.0))


def test_a_population_that_costs_nothing_is_refused(members: pd.DataFrame) -> None:
    with pytest.raises(DataContractError, match="mean expected cost of 0"):
        fit_normalization(members.assign(expected_cost=0.0))


def test_a_tier_without_exposure_has_no_relativity() -> None:
    tiers = pd.Series(["low", "high"])
    assert fit_tier_relativities(tiers, np.array([0.5, 2.0]), np.array([12.0, 0.0])) == {"low": 0.5}


def test_a_tier_that_was_not_in_the_reference_population_is_refused() -> None:
    with pytest.raises(DataContractError, match=r"no relativity for tier 'high' \(1 of 2 members\), known: low"):
        compute_tier_relativity(pd.Series(["low", "high"]), {"low": 0.5})
