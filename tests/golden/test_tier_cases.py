"""The worked tier cases in ``tiers/*.toml`` against the shipped tier policies."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pandas as pd
import pytest

from riskkit.policy import read_policy
from riskkit.tiers.assignment import TIER_REASONS, assign_tiers
from riskkit.tiers.cuts import fit_cuts
from riskkit.tiers.policy import TierPolicy

CASES = sorted((Path(__file__).parent / "tiers").glob("*.toml"))
POLICIES = Path(__file__).parents[2] / "models" / "tiers"
FEATURES = {
    "hba1c": "hba1c_latest_365d",
    "other": "any_complication_730d",
    "kidney": "nephropathy_730d",
    "eye": "retinopathy_730d",
}


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_worked_tier_case_holds(path: Path) -> None:
    case = tomllib.loads(path.read_text(encoding="utf-8"))
    members = pd.DataFrame(case["members"]).assign(index_date=pd.Timestamp("2025-01-01"))
    policy = read_policy(POLICIES / f"{case['policy']}.toml", TierPolicy)
    features = members.rename(columns=FEATURES) if "hba1c" in members else None
    predictions = members.assign(outcome="admission", predicted=members["risk"]) if "risk" in members else None

    frozen = fit_cuts(policy, predictions, reference_population=case["title"])
    assigned = assign_tiers(frozen, predictions, features)

    assert assigned["risk_tier"].tolist() == members["tier"].tolist()
    assert assigned["package"].tolist() == members["package"].tolist()
    assert assigned["tier_reason"].tolist() == members["reason"].tolist()
    assert set(assigned["tier_reason"]) <= set(TIER_REASONS)


def test_there_are_worked_tier_cases() -> None:
    assert {path.stem for path in CASES} >= {"seed_hba1c", "three_level", "probability_only"}
