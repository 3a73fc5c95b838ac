"""An override raises, for a reason, under a name, until a day; it never lowers."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from riskkit.errors import DataContractError
from riskkit.policy import read_policy
from riskkit.tiers.overrides import apply_overrides
from riskkit.tiers.policy import TierPolicy


@pytest.fixture
def policy(policies: Path) -> TierPolicy:
    return read_policy(policies / "two_axes.toml", TierPolicy).model_copy(update={"difficulty": None})


@pytest.fixture
def assigned() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "person_id": ["A", "B", "C"],
            "index_date": pd.Timestamp("2025-01-01"),
            "risk_tier": ["low", "high", "low"],
            "tier_reason": "predicted_risk",
            "package": ["basic", "advanced", "basic"],
        }
    )


def make_override(person: str, tier: str, expiry: str = "2026-01-01", code: str = "dka") -> dict[str, str]:
    return {"person_id": person, "risk_tier": tier, "code": code, "author": "Dr. Li", "expiry_date": expiry}


def test_an_override_raises_tier_and_package_and_says_who_and_why(policy: TierPolicy, assigned: pd.DataFrame) -> None:
    found = apply_overrides(policy, assigned, pd.DataFrame([make_override("A", "high")]))
    first = found.iloc[0]
    assert [first["risk_tier"], first["package"], first["tier_reason"]] == ["high", "advanced", "clinical_override"]
    assert [first["override_code"], first["override_author"]] == ["dka", "Dr. Li"]
    assert found["override_code"].isna().tolist() == [False, True, True]


def test_an_override_never_lowers(policy: TierPolicy, assigned: pd.DataFrame) -> None:
    found = apply_overrides(policy, assigned, pd.DataFrame([make_override("B", "low")]))
    assert found["risk_tier"].tolist() == ["low", "high", "low"]
    assert found["override_code"].isna().all()


def test_an_override_that_ends_on_the_index_date_no_longer_holds(policy: TierPolicy, assigned: pd.DataFrame) -> None:
    rows = [make_override("A", "high", "2025-01-01"), make_override("C", "medium", "2025-01-02")]
    assert apply_overrides(policy, assigned, pd.DataFrame(rows))["risk_tier"].tolist() == ["low", "high", "medium"]


def test_the_highest_of_several_counts(policy: TierPolicy, assigned: pd.DataFrame) -> None:
    rows = [make_override("A", "high"), make_override("A", "medium", code="amputation")]
    assert apply_overrides(policy, assigned, pd.DataFrame(rows))["risk_tier"].tolist()[0] == "high"


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"author": ""}, "author is empty in 1 of 1 rows"),
        ({"expiry_date": None}, "expiry_date is empty"),
        ({"code": "because"}, "code 'because' .* is not one of new_esrd"),
        ({"risk_tier": "severe"}, "risk_tier 'severe'"),
    ],
)
def test_an_override_that_nobody_answers_for_is_refused(
    change: dict[str, str], text: str, policy: TierPolicy, assigned: pd.DataFrame
) -> None:
    with pytest.raises(DataContractError, match=text):
        apply_overrides(policy, assigned, pd.DataFrame([{**make_override("A", "high"), **change}]))


def test_a_policy_without_overrides_takes_none(policies: Path, assigned: pd.DataFrame) -> None:
    plain = read_policy(policies / "three_level.toml", TierPolicy)
    with pytest.raises(DataContractError, match="no clinician may raise a tier"):
        apply_overrides(plain, assigned, pd.DataFrame([make_override("A", "high")]))
