"""Rising is at once; falling waits for the stay, the margin and one step a year."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from riskkit.errors import DataContractError
from riskkit.policy import read_policy
from riskkit.tiers.cuts import FrozenTiers, fit_cuts
from riskkit.tiers.hysteresis import assign_held_tiers
from riskkit.tiers.policy import TierPolicy


@pytest.fixture
def frozen(policies: Path) -> FrozenTiers:
    return fit_cuts(read_policy(policies / "two_axes.toml", TierPolicy), None, reference_population="none")


def make_frame(risk: list[float], hba1c: float = 6.0) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "person_id": [f"P{place}" for place in range(len(risk))],
            "index_date": pd.Timestamp("2025-01-01"),
            "outcome": "admission",
            "predicted": risk,
            "hba1c_latest_365d": hba1c,
            "any_complication_730d": 0.0,
            "nephropathy_730d": 0.0,
            "retinopathy_730d": 0.0,
            "distinct_drugs_365d": 3.0,
            "age_years": 60.0,
            "days_since_follow_up": 30.0,
            "hypoglycaemia_730d": 0.0,
        }
    )


def make_prior(tiers: list[str | None], since: str = "2024-01-01") -> pd.DataFrame:
    rows = [(f"P{place}", tier) for place, tier in enumerate(tiers) if tier is not None]
    return pd.DataFrame(rows, columns=["person_id", "risk_tier"]).assign(
        index_date=pd.Timestamp("2024-01-01"), tier_since=pd.Timestamp(since)
    )


def hold(frozen: FrozenTiers, risk: list[float], tiers: list[str | None], since: str = "2024-01-01") -> pd.DataFrame:
    frame = make_frame(risk)
    return assign_held_tiers(frozen, make_prior(tiers, since), frame, frame)


def test_cuts_margin_steps_and_stay(frozen: FrozenTiers) -> None:
    # cuts .087 and .16; margins .07395 and .136
    risk = [0.20, 0.15, 0.13, 0.05, 0.08, 0.07, 0.05]
    last = ["low", "high", "high", "high", "medium", "medium", None]
    held = hold(frozen, risk, last)
    assert held["risk_tier"].tolist() == ["high", "high", "medium", "medium", "medium", "low", "low"]
    reasons = held["tier_reason"].tolist()
    assert [reasons[1], reasons[3], reasons[4]] == ["within_margin", "one_step_down", "within_margin"]
    assert held["package"].tolist()[:2] == ["advanced", "advanced"]


def test_less_than_twelve_months_are_too_short_to_go_down(frozen: FrozenTiers) -> None:
    held = hold(frozen, [0.05, 0.20], ["high", "high"], since="2024-07-01")
    assert held["risk_tier"].tolist() == ["high", "high"]
    assert held["tier_reason"].tolist()[0] == "minimum_stay"


def test_the_day_since_which_a_tier_holds_is_kept_or_begins_anew(frozen: FrozenTiers) -> None:
    held = hold(frozen, [0.20, 0.05, 0.20], ["high", "high", "low"], since="2022-01-01")
    assert held["tier_since"].dt.year.tolist() == [2022, 2025, 2025]


def test_no_member_ever_falls_below_the_tier_of_today_or_by_two_steps(frozen: FrozenTiers) -> None:
    rng = np.random.default_rng(5)
    names = ["low", "medium", "high"]
    last = rng.integers(0, 3, 300)
    held = hold(frozen, rng.uniform(0, 0.25, 300).tolist(), [names[place] for place in last])
    by_id = held.set_index("person_id")["risk_tier"].map(names.index)
    after = np.array([by_id[f"P{place}"] for place in range(300)])
    assert (after >= last - 1).all()


@pytest.fixture
def rule(policies: Path) -> FrozenTiers:
    """The documents' rule alone, held."""
    values = read_policy(policies / "seed_hba1c.toml", TierPolicy).model_dump(mode="json")
    block = read_policy(policies / "two_axes.toml", TierPolicy).model_dump(mode="json")["hysteresis"]
    return fit_cuts(TierPolicy.model_validate({**values, "hysteresis": block}), None, reference_population="none")


@pytest.mark.parametrize("since", ["2024-07-01", "2020-01-01"])
def test_missing_evidence_holds_a_tier_above_the_lowest_for_as_long_as_it_is_missing(
    rule: FrozenTiers, since: str
) -> None:
    frame = make_frame([0.0, 0.0], hba1c=float("nan"))
    held = assign_held_tiers(rule, make_prior(["high", "medium"], since), features=frame)
    assert held["risk_tier"].tolist() == ["high", "medium"]
    assert held["tier_reason"].tolist() == ["evidence_missing"] * 2


def test_missing_evidence_is_low_through_the_minimum_stay_and_then_unassessed(rule: FrozenTiers) -> None:
    frame = make_frame([0.0], hba1c=float("nan"))
    # 2024-07-01 to 2025-01-01 are six months, 2024-01-01 to 2025-01-01 are twelve
    found = [
        assign_held_tiers(rule, make_prior(["low"], since), features=frame).iloc[0]
        for since in ("2024-07-01", "2024-01-01", "2020-01-01")
    ]
    assert [row["risk_tier"] for row in found] == ["low", "unassessed", "unassessed"]
    assert [row["tier_reason"] for row in found] == ["evidence_missing", "hba1c_missing", "hba1c_missing"]
    assert found[2]["tier_since"] == pd.Timestamp("2025-01-01")


def test_beside_a_model_missing_evidence_holds_a_higher_tier_and_is_never_low(frozen: FrozenTiers) -> None:
    frame = make_frame([0.05, 0.05, 0.05, 0.20], hba1c=float("nan"))
    held = assign_held_tiers(frozen, make_prior(["high", "medium", "low", "high"], "2020-01-01"), frame, frame)
    # without an HbA1c the tier of today is at least medium; .20 is above the cut of .16
    assert held["risk_tier"].tolist() == ["high", "medium", "medium", "high"]
    assert held["tier_reason"].tolist() == ["evidence_missing", "hba1c_missing", "hba1c_missing", "predicted_risk"]


@pytest.mark.parametrize(("stay", "months"), [(1, 12), (6, 12), (18, 18)])
def test_a_step_down_needs_a_year_since_the_last_change_or_the_stay_if_longer(
    frozen: FrozenTiers, stay: float, months: int
) -> None:
    block = frozen.policy.hysteresis
    assert block is not None
    number = block.minimum_stay.model_copy(update={"value": stay})
    short = block.model_copy(update={"minimum_stay": number})
    frozen = replace(frozen, policy=frozen.policy.model_copy(update={"hysteresis": short}))
    # far below both cuts: high is left for medium, and medium for low, only after so many months in the tier
    last, tiers = make_prior(["high"], "2024-01-01"), []
    for passed in range(1, 2 * months + 1):
        today = pd.Timestamp("2024-01-01") + pd.DateOffset(months=passed)
        frame = make_frame([0.01]).assign(index_date=today)
        last = assign_held_tiers(frozen, last, frame, frame)
        tiers.append(last["risk_tier"].item())
    assert tiers == ["high"] * (months - 1) + ["medium"] * months + ["low"]


def test_an_unknown_tier_and_a_policy_without_hysteresis_are_refused(frozen: FrozenTiers, policies: Path) -> None:
    frame = make_frame([0.1])
    with pytest.raises(DataContractError, match="found tier 'severe'"):
        assign_held_tiers(frozen, make_prior(["severe"]), frame, frame)
    plain = fit_cuts(read_policy(policies / "three_level.toml", TierPolicy), None, reference_population="none")
    with pytest.raises(DataContractError, match=r"no \[hysteresis\]"):
        assign_held_tiers(plain, make_prior(["low"]), frame, frame)
