"""What a history did is counted by rule and by code."""

from __future__ import annotations

import pandas as pd

from riskkit.workflow.tier_changes import count_changes, describe_changes


def make_tiers() -> pd.DataFrame:
    rows = [
        ("A", "high", "low", "minimum_stay", None),
        ("B", "medium", "low", "one_step_down", None),
        ("C", "medium", "low", "one_step_down", None),
        ("D", "high", "low", "clinical_override", "dka"),
        ("E", "low", "low", "predicted_risk", None),
    ]
    return pd.DataFrame(rows, columns=["person_id", "risk_tier", "model_tier", "tier_reason", "override_code"])


def test_held_and_raised_members_are_counted_by_rule_and_code() -> None:
    # D took effect, E had expired, Z is no member
    overrides = pd.DataFrame({"person_id": ["D", "E", "Z"]})
    assert count_changes(make_tiers(), overrides) == {
        "held": {"minimum_stay": 1, "one_step_down": 2},
        "raised": {"dka": 1},
        "overrides": 3,
        "not_members": 1,
        "without_effect": 1,
    }


def test_without_a_history_there_is_nothing_to_say() -> None:
    assert count_changes(make_tiers().drop(columns="model_tier")) is None
    assert describe_changes(pd.DataFrame()) == []


def test_the_line_for_the_terminal_names_both() -> None:
    assert describe_changes(make_tiers()) == ["Tiers: 3 held (minimum_stay 1, one_step_down 2), 1 raised (dka 1)"]
