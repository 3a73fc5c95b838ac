"""Places go to the highest scores; equal scores are ordered by a hash, and the answer holds for a member alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from riskkit.errors import DataContractError
from riskkit.policy import read_policy
from riskkit.tiers.assignment import assign_tiers
from riskkit.tiers.capacity import fit_capacity, hash_members, place_by_capacity
from riskkit.tiers.cuts import FrozenTiers, fit_cuts
from riskkit.tiers.policy import TierPolicy

RISK = np.array([0.9, 0.5, 0.5, 0.5, 0.1, 0.5])


def make_members(number: int) -> pd.DataFrame:
    persons = [f"P{place}" for place in range(number)]
    return pd.DataFrame({"person_id": persons, "index_date": pd.Timestamp("2025-01-01")})


def test_exactly_as_many_members_as_places_are_taken_though_four_tie() -> None:
    cuts, ties = fit_capacity(RISK, make_members(6), [2, 1])
    place = place_by_capacity(RISK, make_members(6), cuts, ties)
    assert np.bincount(place).tolist() == [3, 2, 1]
    # of the four who tie at .5 the two lowest hashes have the places
    tied = [1, 2, 3, 5]
    lowest = sorted(tied, key=lambda row: int(hash_members(make_members(6))[row]))[:2]
    assert sorted(np.flatnonzero(place == 1).tolist()) == sorted(lowest)


def test_the_place_of_a_member_alone_is_the_same() -> None:
    cuts, ties = fit_capacity(RISK, make_members(6), [2, 1])
    whole = place_by_capacity(RISK, make_members(6), cuts, ties)
    alone = [place_by_capacity(RISK[[row]], make_members(6).iloc[[row]], cuts, ties)[0] for row in range(6)]
    assert alone == whole.tolist()


def test_the_hash_is_of_the_member_and_the_year() -> None:
    members = make_members(2)
    later = members.assign(index_date=pd.Timestamp("2025-06-30"))
    next_year = members.assign(index_date=pd.Timestamp("2026-01-01"))
    assert hash_members(members).tolist() == hash_members(later).tolist()
    assert hash_members(members).tolist() != hash_members(next_year).tolist()


def test_more_places_than_members_are_refused() -> None:
    with pytest.raises(DataContractError, match="6 places above the lowest tier, but the reference population has 6"):
        fit_capacity(RISK, make_members(6), [4, 2])


def test_capacity_cuts_are_kept_with_the_frozen_tiers(policies: Path) -> None:
    policy = read_policy(policies / "capacity.toml", TierPolicy)
    rng = np.random.default_rng(3)
    frame = make_members(500).assign(outcome="admission", predicted=rng.integers(0, 40, 500) / 40)
    frozen = fit_cuts(policy, frame, reference_population="500 members")
    again = FrozenTiers.from_dict(frozen.to_dict())
    assert again == frozen
    assert assign_tiers(again, frame)["risk_tier"].value_counts().to_dict() == {"medium": 300, "high": 100, "low": 100}
