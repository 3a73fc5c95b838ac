"""Programmes that pay, and blocks that cannot hold."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from riskkit.policy import read_policy
from riskkit.tiers.blocks import Difficulty, Programme
from riskkit.tiers.cuts import fit_cuts
from riskkit.tiers.policy import TierPolicy


def number(value: float) -> dict[str, Any]:
    return {"value": value, "unit": "as written", "reference": "test", "effective": "2025-01-01"}


def test_a_programme_pays_from_cost_over_effect_times_loss(policies: Path) -> None:
    # METHODS 5 (c) [V]: 600 / (.25 x 15,000) = .16, and half of the cost gives .08
    frozen = fit_cuts(read_policy(policies / "cost_optimal.toml", TierPolicy), None, reference_population="none")
    assert frozen.cuts == pytest.approx((0.08, 0.16))


def test_a_programme_that_never_pays_is_refused() -> None:
    values = {"tier": "high", "cost": number(6000), "effect": number(0.25), "loss": number(15_000)}
    with pytest.raises(ValidationError, match="The programme never pays"):
        Programme.model_validate(values)


def test_classes_that_fall_with_difficulty_are_refused() -> None:
    item = {**number(1), "column": "x"}
    with pytest.raises(ValidationError, match="the hard member's not below the easy one's"):
        Difficulty.model_validate({"items": [item], "hard_from": number(1), "classes": {"low": ["regular", "general"]}})


def test_classes_that_fall_from_tier_to_tier_or_miss_one_are_refused(policies: Path) -> None:
    policy = read_policy(policies / "two_axes.toml", TierPolicy).model_dump(mode="json")
    policy["difficulty"]["classes"]["high"] = ["general", "key"]
    with pytest.raises(ValidationError, match="must not fall from tier to tier"):
        TierPolicy.model_validate(policy)
    del policy["difficulty"]["classes"]["high"]
    with pytest.raises(ValidationError, match=r"must name \['high', 'low', 'medium'\]"):
        TierPolicy.model_validate(policy)
