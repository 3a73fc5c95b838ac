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
    "drugs": "distinct_drugs_365d",
    "age": "age_years",
    "last_visit": "days_since_follow_up",
    "low_glucose": "hypoglycaemia_730d",
}


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_worked_tier_case_holds(path: Path) -> None:
    case = tomllib.loads(path.read_text(encoding="utf-8"))
    members = pd.DataFrame(case["members"]).assign(index_date=pd.Timestamp("2025-01-01"))
    policy = read_policy(POLICIES / f"{case['policy']}.toml", TierPolicy)
    features = members.rename(columns=FEATURES) if "hba1c" in members else None
    outcome = policy.cuts.outcome if policy.cuts else "none"
    predictions = members.assign(outcome=outcome, predicted=members["risk"]) if "risk" in members else None

    frozen = fit_cuts(policy, predictions, reference_population=case["title"])
    assigned = assign_tiers(frozen, predictions, features)

    assert assigned["risk_tier"].tolist() == members["tier"].tolist()
    assert assigned["package"].tolist() == members["package"].tolist()
    assert assigned["tier_reason"].tolist() == members["reason"].tolist()
    assert set(assigned["tier_reason"]) <= set(TIER_REASONS)
    if "class" in members:
        assert assigned["management_class"].tolist() == members["class"].tolist()


def test_capacity_gives_the_hundred_highest_to_high_and_the_next_three_hundred_to_medium() -> None:
    # METHODS 5 (b). 410 members in four groups: 90 at .9, 20 at .8, 295 at .5, 5 at .1. High has 100 places: the 90 and
    # 10 of the 20. Medium has 300: the other 10 and 290 of the 295; 5 of those and the 5 at .1 are low.
    risks = [0.9] * 90 + [0.8] * 20 + [0.5] * 295 + [0.1] * 5
    members = pd.DataFrame({"person_id": [f"P{n:03d}" for n in range(410)], "predicted": risks}).assign(
        index_date=pd.Timestamp("2025-01-01"), outcome="admission"
    )
    policy = read_policy(POLICIES / "capacity.toml", TierPolicy)
    assigned = assign_tiers(fit_cuts(policy, members, reference_population="410"), members, None)
    counted = assigned.assign(risk=risks).groupby(["risk", "risk_tier"]).size().to_dict()
    assert counted == {
        (0.9, "high"): 90,
        (0.8, "high"): 10,
        (0.8, "medium"): 10,
        (0.5, "medium"): 290,
        (0.5, "low"): 5,
        (0.1, "low"): 5,
    }


def test_there_are_worked_tier_cases() -> None:
    assert {path.stem for path in CASES} >= {policy.stem for policy in POLICIES.glob("*.toml")} - {"capacity"}
