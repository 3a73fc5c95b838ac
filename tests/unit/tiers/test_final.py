"""The final tier: the model's, held by last year's and raised by clinicians, with the model's own beside it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from riskkit.policy import read_policy
from riskkit.tiers.assignment import assign_tiers
from riskkit.tiers.cuts import FrozenTiers, fit_cuts
from riskkit.tiers.final import TierHistory, assign_final_tiers
from riskkit.tiers.policy import TierPolicy

DAY = pd.Timestamp("2025-01-01")


@pytest.fixture
def frozen(policies: Path) -> FrozenTiers:
    """Cuts .087 and .16, margin 15%, twelve months, one step a year; no second axis."""
    policy = read_policy(policies / "two_axes.toml", TierPolicy)
    plain = policy.model_copy(update={"difficulty": None, "rule": None, "combine": None})
    return replace(fit_cuts(policy, None, reference_population="none"), policy=plain)


def make_risks(*risks: float) -> pd.DataFrame:
    ids = [f"P{place}" for place in range(len(risks))]
    return pd.DataFrame({"person_id": ids, "index_date": DAY, "outcome": "admission", "predicted": list(risks)})


def make_last(*tiers: str, since: str = "2022-01-01") -> pd.DataFrame:
    ids = [f"P{place}" for place in range(len(tiers))]
    last = pd.DataFrame({"person_id": ids, "risk_tier": list(tiers)})
    return last.assign(index_date=pd.Timestamp("2024-01-01"), tier_since=pd.Timestamp(since))


def make_override(person: str, tier: str, expiry: str = "2025-07-01") -> pd.DataFrame:
    row = {"person_id": person, "risk_tier": tier, "code": "dka", "author": "Dr. Li", "expiry_date": expiry}
    return pd.DataFrame([row])


def test_without_a_history_the_tiers_are_the_models_to_the_byte(frozen: FrozenTiers) -> None:
    risks = make_risks(0.05, 0.1, 0.2)
    for history in (None, TierHistory()):
        pd.testing.assert_frame_equal(assign_final_tiers(frozen, risks, history=history), assign_tiers(frozen, risks))


def test_the_models_tier_stands_beside_the_held_one_with_the_reason_in_words(frozen: FrozenTiers) -> None:
    # high held at medium by one step; .08 is above .087 x .85 = .07395; .2 rises at once
    last = make_last("high", "medium", "low")
    found = assign_final_tiers(frozen, make_risks(0.05, 0.08, 0.20), history=TierHistory(last))
    assert found["risk_tier"].tolist() == ["medium", "medium", "high"]
    assert found["model_tier"].tolist() == ["low", "low", "high"]
    assert found["tier_change"].tolist() == [
        "held at medium, where the model says low: not more than 1 tier down a year",
        "held at medium, where the model says low: the risk is not 15% below the cut",
        "",
    ]
    assert found["tier_change_zh"].tolist()[0] == "维持中危（模型为低危）：每年最多下调1级"


def test_a_short_stay_is_said_with_its_months(frozen: FrozenTiers) -> None:
    last = make_last("high", since="2024-07-01")
    found = assign_final_tiers(frozen, make_risks(0.05), history=TierHistory(last))
    assert found["tier_change"].tolist() == [
        "held at high, where the model says low: less than 12 months in the tier",
    ]


def test_an_override_comes_last_and_is_said_with_code_author_and_expiry(frozen: FrozenTiers) -> None:
    history = TierHistory(make_last("high", "low"), make_override("P0", "high"))
    found = assign_final_tiers(frozen, make_risks(0.05, 0.05), history=history)
    assert found["risk_tier"].tolist() == ["high", "low"]
    assert found["tier_reason"].tolist() == ["clinical_override", "predicted_risk"]
    assert found["tier_change"].tolist()[0] == (
        "raised to high, where the model says low: diabetic ketoacidosis (override dka by Dr. Li, until 2025-07-01)"
    )
    assert "糖尿病酮症酸中毒（人工上调代码dka" in found["tier_change_zh"].tolist()[0]
    assert found["package"].tolist() == ["advanced", "basic"]


def test_the_day_of_a_tier_is_that_of_the_final_tier(frozen: FrozenTiers) -> None:
    # P0 was high since 2022 and stays so by the override; P1 is raised to high today and was low before
    overrides = pd.concat([make_override("P0", "high"), make_override("P1", "high")])
    found = assign_final_tiers(frozen, make_risks(0.05, 0.05), history=TierHistory(make_last("high", "low"), overrides))
    assert found["tier_since"].tolist() == [pd.Timestamp("2022-01-01"), DAY]


def test_an_override_that_has_expired_changes_nothing(frozen: FrozenTiers) -> None:
    # the expiry is the first day on which it no longer holds
    history = TierHistory(overrides=make_override("P0", "high", expiry="2025-01-01"))
    found = assign_final_tiers(frozen, make_risks(0.05), history=history)
    assert found[["risk_tier", "model_tier", "tier_change"]].to_numpy().tolist() == [["low", "low", ""]]


def test_an_empty_list_of_overrides_is_no_error(frozen: FrozenTiers) -> None:
    history = TierHistory(overrides=make_override("P0", "high").iloc[:0])
    found = assign_final_tiers(frozen, make_risks(0.05), history=history)
    assert found["risk_tier"].tolist() == ["low"]


def test_a_member_alone_has_the_tier_that_the_batch_gives(frozen: FrozenTiers) -> None:
    risks, last = make_risks(0.05, 0.08, 0.2, 0.12), make_last("high", "medium", "low")
    history = TierHistory(last, make_override("P3", "high"))
    batch = assign_final_tiers(frozen, risks, history=history)
    alone = [assign_final_tiers(frozen, risks.iloc[[place]], history=history) for place in range(4)]
    pd.testing.assert_frame_equal(pd.concat(alone, ignore_index=True), batch)
    own = TierHistory(last.iloc[[1]], history.overrides)
    pd.testing.assert_frame_equal(assign_final_tiers(frozen, risks.iloc[[1]], history=own), alone[1], check_exact=True)


def test_words_are_there_where_and_only_where_the_tier_is_not_the_models(frozen: FrozenTiers) -> None:
    names = ["low", "medium", "high"]
    risks = [0.01 * step for step in range(24)]
    last = make_last(*[names[place % 3] for place in range(24)])
    found = assign_final_tiers(frozen, make_risks(*risks), history=TierHistory(last, make_override("P5", "high")))
    for column in ("tier_change", "tier_change_zh"):
        assert ((found[column] != "") == (found["risk_tier"] != found["model_tier"])).all()
