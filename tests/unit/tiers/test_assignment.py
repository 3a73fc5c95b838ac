"""Assignment puts each member alone into a tier, with reason and package."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from riskkit.errors import DataContractError
from riskkit.tiers.assignment import assign_tiers
from riskkit.tiers.cuts import FrozenTiers, fit_cuts
from riskkit.tiers.policy import TierPolicy

Frames = Callable[..., pd.DataFrame]


@pytest.fixture
def combined(shipped: Callable[[str], TierPolicy]) -> FrozenTiers:
    return fit_cuts(shipped("three_level"), None, reference_population="none")


def test_missing_hba1c_keeps_the_models_tier_but_at_least_medium(
    combined: FrozenTiers, predictions: Frames, features: Frames
) -> None:
    assigned = assign_tiers(combined, predictions(0.01, 0.1, 0.5), features(np.nan, np.nan, np.nan))
    assert assigned["risk_tier"].tolist() == ["medium", "medium", "high"]
    assert assigned["tier_reason"].tolist() == ["hba1c_missing", "hba1c_missing", "predicted_risk"]


def test_the_frame_is_sorted_by_key_and_the_inputs_stay(
    combined: FrozenTiers, predictions: Frames, features: Frames
) -> None:
    risks, evidence = predictions(0.01, 0.1, 0.5).iloc[::-1], features(6.0, 7.0, 9.5).iloc[[1, 0, 2]]
    before = risks.copy(), evidence.copy()
    assigned = assign_tiers(combined, risks, evidence)
    assert assigned["person_id"].tolist() == ["P0", "P1", "P2"]
    assert assigned["risk_tier"].tolist() == ["low", "medium", "high"]
    assert list(assigned) == ["person_id", "index_date", "risk_tier", "tier_reason", "package"]
    assert assigned.dtypes[["risk_tier", "tier_reason", "package"]].map(str).unique().tolist() == ["str"]
    pd.testing.assert_frame_equal(risks, before[0])
    pd.testing.assert_frame_equal(evidence, before[1])


def test_other_outcomes_in_the_predictions_are_left_aside(
    combined: FrozenTiers, predictions: Frames, features: Frames
) -> None:
    both = pd.concat([predictions(9000.0, outcome="next_year_cost"), predictions(0.2)])
    assert assign_tiers(combined, both, features(6.0))["risk_tier"].tolist() == ["high"]


def test_frames_of_different_members_are_refused(combined: FrozenTiers, predictions: Frames, features: Frames) -> None:
    with pytest.raises(DataContractError, match="features: 1 members, but predictions hold 2, or others"):
        assign_tiers(combined, predictions(0.1, 0.2), features(6.0))


def test_a_member_twice_is_refused(combined: FrozenTiers, predictions: Frames, features: Frames) -> None:
    twice = pd.concat([predictions(0.1), predictions(0.2)])
    with pytest.raises(DataContractError, match="predictions: 1 of 2 rows repeat a person_id and index_date"):
        assign_tiers(combined, twice, features(6.0))


def test_an_absent_frame_or_column_is_named(combined: FrozenTiers, predictions: Frames, features: Frames) -> None:
    with pytest.raises(DataContractError, match=r"\[cuts\] needs predictions"):
        assign_tiers(combined, None, features(6.0))
    with pytest.raises(DataContractError, match=r"\[rule\] needs features"):
        assign_tiers(combined, predictions(0.1))
    with pytest.raises(DataContractError, match="predictions: column 'predicted' is missing"):
        assign_tiers(combined, predictions(0.1).drop(columns="predicted"), features(6.0))
